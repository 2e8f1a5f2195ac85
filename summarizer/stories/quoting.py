"""Decide which articles of a story may give it a second sentence: those surely on the leading one's event.

A wrong second sentence is worse than none, so a higher probability is needed here than to join a story.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np

from summarizer.model import Piece
from summarizer.stories.leads import Lead, lead_of
from summarizer.stories.same_event import Others, same_event
from summarizer.stories.terms import LEAD_CHARACTERS, Frequencies, Terms, article_terms, similarity

QUOTE_AT = 0.75  # least probability of one event; of labelled pairs above it nine in ten are of one
_SHORTEST_BODY = 200  # characters; a shorter one is a line of leftovers


def common_words(pieces: Iterable[Piece]) -> Frequencies:
    """Count the words of the news that a digest is chosen from, so that common ones weigh little."""
    frequencies = Frequencies()
    for piece in pieces:
        frequencies.add(_lead(piece).hashes)
    return frequencies


def surely_same(pieces: Sequence[Piece], frequencies: Frequencies) -> list[Piece]:
    """Return the first of `pieces` and those that surely report its event, in order."""
    first, *others = pieces
    if not others:
        return [first]
    probable = same_event(_lead(first), _beside(first, others), frequencies)
    return [first, *(other for other, p in zip(others, probable.tolist(), strict=True) if p >= QUOTE_AT)]


def likeliest(piece: Piece, others: Sequence[Piece]) -> float:
    """Return how probable it is that an article reports the event of the nearest of the others, 0 to 1.

    The time between them is left out: what happened goes on for days.
    """
    beside = _beside(piece, others)._replace(hours=np.full(len(others), np.nan))
    return float(same_event(_lead(piece), beside, _corpus()).max(initial=0.0))


@cache
def _corpus() -> Frequencies:
    """Return how common words are in the packaged corpus alone."""
    return Frequencies()


def _beside(first: Piece, others: Sequence[Piece]) -> Others:
    hours = [_hours(first.published_at, other.published_at) for other in others]
    one_paper = [first.source == other.source for other in others]
    alike = [_bodies_alike(first, other) for other in others]
    return Others(
        [_lead(other) for other in others], np.array(hours), np.array(one_paper, np.bool_), np.array(alike)
    )


def _hours(one: dt.datetime | None, other: dt.datetime | None) -> float:
    return abs((one - other).total_seconds()) / 3600 if one and other else float("nan")


def _bodies_alike(one: Piece, other: Piece) -> float:
    if min(len(one.document.body), len(other.document.body)) < _SHORTEST_BODY:
        return float("nan")
    return similarity(_terms(one), _terms(other))


def _terms(piece: Piece) -> Terms:
    document = piece.document
    return _terms_of(document.title, document.sapo, document.body[:LEAD_CHARACTERS])


def _lead(piece: Piece) -> Lead:
    document = piece.document
    return _lead_of(document.title, document.sapo, document.body[:LEAD_CHARACTERS], piece.published_at)


# A story is composed for many profiles, and the same articles come up in several issues.
_lead_of = lru_cache(maxsize=4_096)(lead_of)
_terms_of = lru_cache(maxsize=512)(article_terms)
