"""Order candidates by how well title and sapo meet the question: marks, neighbours, title, freshness.

Pure. Each part of the question counts as much as it matters (`summarizer.questions.importance`). Source: the
weights were measured on known-item queries and on questions that people asked (docs/search.md); the weight of
freshness is a choice, small enough that it decides only between hits that are about equally good.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storage.search.model import Hit
from summarizer.questions.importance import content_of, weights_of
from summarizer.questions.matching import Groups, Phrases
from summarizer.questions.query import Run
from summarizer.stories.roundups import is_only_of_parts
from summarizer.text.syllables import folded
from summarizer.text.words import Forms, word_forms

_TITLE, _SAPO, _BODY = 3.0, 1.0, 0.1  # what an occurrence weighs
_MARKED = 0.8
_TITLE_PAIRS = 1.0
_SAPO_PAIRS = 0.8
_BODY_PAIRS = 0.4
_TITLE_WORDS = 0.1
_LEAST_PAIR = 3.0  # a pair counts as much even where one of its words is common
_SCORE = 0.3  # of the index's own score, which knows the body
_FRESH = 0.1
_HALF_LIFE = dt.timedelta(days=7)
_SATURATION, _USUAL_LENGTH = 1.2, 45  # a second occurrence says less; words of a usual title and sapo
_MOST_READ = 12_000  # characters of a field, more than reports have


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its points.

    `is_full`: it has all that matters in title and sapo. `is_own`: every word typed with marks stands there
    with these. `share`: how much of the question it has anywhere that was read, 0 to 1. `has_phrase`: all
    that matters stands side by side.
    """

    hit: Hit
    points: float
    is_own: bool
    is_full: bool
    share: float
    has_phrase: bool
    is_complete: bool = False  # it has every word, common ones too, in title and sapo

    @property
    def order(self) -> tuple[float, float, int]:
        """Return the key that sorts best first; of equals the newer comes first."""
        return (-self.points, -self.hit.at.timestamp(), -self.hit.article_id)


def judged(hits: Iterable[Hit], groups: Groups, *, now: dt.datetime) -> list[Ranked]:
    """Return `hits` best first; of equals the newer first."""
    sought = _Sought(groups)
    return sorted((sought.judge(hit, now) for hit in hits), key=lambda one: one.order)


def occurs(runs: Sequence[Run], hit: Hit) -> bool:
    """Tell whether one of the runs stands in title or sapo."""
    phrases = Phrases([[run] for run in runs])
    return any(phrases.occur(word_forms(text)) for text in (hit.title, hit.sapo[:_MOST_READ]))


class _Sought:
    """What a question asks for, ready for comparing."""

    def __init__(self, groups: Groups) -> None:
        self.weights = weights_of(groups)
        self.content = set(content_of(self.weights))
        self.phrases = Phrases(groups)
        self.marked = {
            number for number, group in enumerate(groups) if any(folded(word) != word for word in group[0])
        }
        size = len(groups)
        self.typed = {folded(word) for group in groups for word in group[0]}
        self.all = set(range(size))
        self.pair_weights = [
            0.0,
            *(max(_LEAST_PAIR, min(self.weights[at - 1 : at + 1])) for at in range(1, size)),
        ]

    def judge(self, hit: Hit, now: dt.datetime) -> Ranked:
        title, sapo = word_forms(hit.title), word_forms(hit.sapo[:_MOST_READ])
        in_title, in_sapo = self._found(title), self._found(sapo)
        in_body = self._found(word_forms(hit.body[:_MOST_READ])) if hit.body else _Found({}, set(), set())
        own = in_title.own | in_sapo.own | in_body.own
        in_lead = in_title.counts.keys() | in_sapo.counts.keys()
        points = (
            self._occurrences((in_title, in_sapo, in_body), len(title) + len(sapo))
            + _MARKED * self._share(own & self.marked, self.marked)
            + _TITLE_PAIRS * self._pair_share(in_title.pairs)
            + _SAPO_PAIRS * self._pair_share(in_sapo.pairs)
            + _BODY_PAIRS * self._pair_share(in_body.pairs)
            + _TITLE_WORDS * self._share(in_title.counts.keys(), self.all)
            + _SCORE * hit.score
            + _freshness(hit, now)
        )
        share = self._share(in_lead | in_body.counts.keys(), self.all)
        pairs = {at for at in self.content if at - 1 in self.content}
        has_phrase = any(pairs <= field.pairs for field in (in_title, in_sapo, in_body)) and share > 0.9
        is_own = own >= self.marked & self.content
        is_full, is_complete = in_lead >= self.content, in_lead >= self.all
        if (is_full or has_phrase) and is_only_of_parts(hit.title, hit.sapo, self.typed):
            # A round-up comes behind the reports of what it strings together.
            is_full = has_phrase = is_complete = False
        return Ranked(hit, points, is_own, is_full, share, has_phrase, is_complete)

    def _occurrences(self, fields: "Sequence[_Found]", length: int) -> float:
        """Return the share of the question that is met, in a lead of so many words; repeating adds little."""
        room = _SATURATION * (0.25 + 0.75 * length / _USUAL_LENGTH)
        met = 0.0
        for at, weight in enumerate(self.weights):
            count = sum(
                each * field.counts.get(at, 0)
                for each, field in zip((_TITLE, _SAPO, _BODY), fields, strict=True)
            )
            met += weight * count / (count + room)
        return met / (sum(self.weights) or 1.0)

    def _share(self, found: Iterable[int], of: set[int]) -> float:
        return sum(self.weights[at] for at in found) / (sum(self.weights[at] for at in of) or math.inf)

    def _pair_share(self, found: Iterable[int]) -> float:
        return sum(self.pair_weights[at] for at in found) / (sum(self.pair_weights) or math.inf)

    def _found(self, words: Sequence[Forms]) -> "_Found":
        matches = self.phrases.find(words)
        ended = {(match.group, match.end) for match in matches}
        return _Found(
            Counter(match.group for match in matches),
            {match.group for match in matches if match.is_as_typed},
            {match.group for match in matches if (match.group - 1, match.start) in ended},
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """What a field holds: how often each group, which as typed, which right behind the group before."""

    counts: Mapping[int, int]
    own: set[int]
    pairs: set[int]


def _freshness(hit: Hit, now: dt.datetime) -> float:
    age = max(now - hit.at, dt.timedelta())
    return _FRESH * math.exp2(-(age / _HALF_LIFE))
