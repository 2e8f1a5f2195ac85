"""Order hits by what the engine's score does not see: marks, neighbouring words, freshness.

Pure. Source: weights measured on 1,000 known-item queries; the weight of freshness is a choice, small enough
that it decides only between hits that are about equally good.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from storage.search.model import Hit
from storage.search.words import accented, unaccented
from summarizer.query import Query
from summarizer.syllables import folded
from summarizer.words import word_forms

_RANKED = 30  # hits worth reading closely
_MARKED = 0.8
_TITLE_PAIRS = 0.5
_SAPO_PAIRS = 0.3
_TITLE_WORDS = 0.1
_FRESH = 0.1
_HALF_LIFE = dt.timedelta(days=7)


def ranked(hits: Iterable[Hit], query: Query, *, now: dt.datetime) -> list[Hit]:
    """Return `hits` best first; those far down keep the engine's order."""
    found = sorted(hits, key=lambda hit: -hit.score)
    sought, best = _Sought(query), found[0].score if found else 0.0
    points = {
        hit.article_id: (hit.score / best if best > 0 else 0.0) + sought.points(hit) + _freshness(hit, now)
        for hit in found[:_RANKED]
    }
    first = sorted(found[:_RANKED], key=lambda hit: (-points[hit.article_id], -hit.at.timestamp()))
    return first + found[_RANKED:]


def _freshness(hit: Hit, now: dt.datetime) -> float:
    age = max(now - hit.at, dt.timedelta())
    return _FRESH * math.exp2(-(age / _HALF_LIFE))


class _Sought:
    """What a query asks for, in the forms in which texts are compared."""

    def __init__(self, query: Query) -> None:
        self.marked = [f" {word} " for word in query.words if folded(word) != word]
        self.words = [f" {folded(word)} " for word in query.words]
        self.pairs = [f" {folded(first)} {folded(second)} " for first, second in query.pairs]

    def points(self, hit: Hit) -> float:
        """Return what the hit's words deserve beside the engine's score."""
        title, bare_title = _padded(hit.title)
        sapo, bare_sapo = _padded(hit.sapo)
        return (
            _MARKED * _share(self.marked, title + sapo)
            + _TITLE_PAIRS * _share(self.pairs, bare_title)
            + _SAPO_PAIRS * _share(self.pairs, bare_sapo)
            + _TITLE_WORDS * _share(self.words, bare_title)
        )


def _padded(text: str) -> tuple[str, str]:
    """Return the words of `text` with a blank around each, with marks and without."""
    words = word_forms(text)
    return f" {accented(words)} ", f" {unaccented(words)} "


def _share(patterns: Sequence[str], text: str) -> float:
    return sum(pattern in text for pattern in patterns) / len(patterns) if patterns else 0.0
