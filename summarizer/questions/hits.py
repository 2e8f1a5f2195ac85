"""The hits of a search: their filters, and their ranking by how well title and sapo match the question."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from summarizer.questions.diacritics import how_likely, likely_phrases
from summarizer.questions.phrases import MOST_READ, Groups, Phrases, content_of, weights_of
from summarizer.stories.roundups import is_only_of_parts
from summarizer.text.syllables import Forms, folded, word_forms

# Filters of a search, and an article as the search reads it.


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a search beside its words; empty ones filter nothing.

    The time of an article is its publication, or its arrival if that is unknown.
    """

    source_names: tuple[str, ...] = ()  # values of `articles.source`
    topics: tuple[str, ...] = ()  # values of `articles.topic`
    since: dt.datetime | None = None
    until: dt.datetime | None = None  # inclusive


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate; `at` is its time, `score` that of the index, 0 to 1. `body` may not have been read."""

    article_id: int
    title: str
    sapo: str
    at: dt.datetime
    body: str = ""
    score: float = 0.0


# Rank candidates by how well title and sapo match the question: diacritics, neighbours, title, freshness.
#
# Pure. `summarizer.questions.phrases` weighs the parts of the question. Source: the weights were measured on
# known-item queries and on questions that people asked (docs/search.md). The weight of freshness is a choice,
# so small that it decides only between hits of about equal quality.

_TITLE, _SAPO, _BODY = 3.0, 1.0, 0.1  # weight of an occurrence
_MARKED = 0.8
_LIKELY = 0.4  # the likeliest diacritics of a word typed without any
_TITLE_PAIRS = 1.0
_SAPO_PAIRS = 0.8
_BODY_PAIRS = 0.4
_TITLE_WORDS = 0.1
_LEAST_PAIR = 3.0  # a pair counts as much even where one of its words is common
_SCORE = 0.3  # of the index's own score, which knows the body
_FRESH = 0.1
_HALF_LIFE = dt.timedelta(days=7)
_SATURATION, _USUAL_LENGTH = 1.2, 45  # a second occurrence says less; words of a usual title and sapo
_NEARLY_ALL = 0.9  # of a question


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its points."""

    hit: Hit
    points: float
    is_own: bool  # title and sapo have every word typed with diacritics in that form
    is_full: bool  # title and sapo have all content words
    share: float  # how much of the question the text that was read has, 0 to 1
    has_phrase: bool  # all content words are side by side
    is_complete: bool = False  # it has every word, common ones too, in title and sapo

    @property
    def tier(self) -> int:
        """Return 0 for all the words as typed, 1 for all the words that matter, 2 for less; 0 goes first."""
        if not (self.is_full or self.has_phrase):
            return 2
        return 0 if self.is_complete and self.is_own else 1

    @property
    def order(self) -> tuple[float, float, int]:
        """Return the key that sorts best first; of equals the newer comes first."""
        return (-self.points, -self.hit.at.timestamp(), -self.hit.article_id)


def rank_hits(hits: Iterable[Hit], groups: Groups, *, now: dt.datetime) -> list[Ranked]:
    """Return `hits` best first; of equals the newer first."""
    scorer = _Scorer(groups)
    return sorted((scorer.rank(hit, now) for hit in hits), key=lambda one: one.order)


@lru_cache(maxsize=1 << 13)  # searches find the articles of the day again and again
def _words(text: str) -> list[Forms]:
    return word_forms(text)


@dataclass(frozen=True, slots=True)
class _FieldMatches:
    """The matches in a field, by group."""

    counts: dict[int, int]  # how often each occurs
    own: set[int]  # those that occur as typed
    pairs: set[int]  # those that occur right after the group before
    likely: dict[int, float]  # of a question typed without diacritics: how likely the matching word is meant


_Fields = tuple[_FieldMatches, _FieldMatches, _FieldMatches]  # title, sapo, body


class Points(NamedTuple):
    """The components of a hit's points, which are their sum."""

    words: float
    marks: float
    neighbours: float
    title: float
    likely: float
    idf: float
    freshness: float


class _Scorer:
    """A question prepared for comparing with articles."""

    def __init__(self, groups: Groups) -> None:
        self.weights = weights_of(groups)
        self.content = set(content_of(self.weights))
        self.phrases = Phrases(groups)
        phrases = [group[0] for group in groups]
        self.marked = {
            at for at, phrase in enumerate(phrases) if any(folded(word) != word for word in phrase)
        }
        self.typed = {folded(word) for phrase in phrases for word in phrase}
        self.content_pairs = {at for at in self.content if at - 1 in self.content}
        pairs = (max(_LEAST_PAIR, min(pair)) for pair in pairwise(self.weights))
        self.pair_weights = [0.0, *pairs]
        self.total, self.pair_total = sum(self.weights) or 1.0, sum(self.pair_weights) or 1.0
        self.marked_total = sum(self.weights[at] for at in self.marked) or 1.0
        self.likely = [] if self.marked else likely_phrases(phrases)

    def find_matches(self, hit: Hit) -> tuple[_Fields, int]:
        """Return the matches in title, sapo and body, and the number of words of the first two."""
        title, sapo = _words(hit.title), _words(hit.sapo[:MOST_READ])
        body = word_forms(hit.body[:MOST_READ]) if hit.body else ()
        fields = self._matches_in(title), self._matches_in(sapo), self._matches_in(body)
        return fields, len(title) + len(sapo)

    def rank(self, hit: Hit, now: dt.datetime) -> Ranked:
        fields, length = self.find_matches(hit)
        in_title, in_sapo, in_body = fields
        own = in_title.own | in_sapo.own | in_body.own
        in_lead = in_title.counts.keys() | in_sapo.counts.keys()
        share = self._sum(in_lead | in_body.counts.keys()) / self.total
        points = sum(self.points(hit, fields, length, now))
        has_phrase = share > _NEARLY_ALL and any(self.content_pairs <= field.pairs for field in fields)
        is_own = own >= self.marked & self.content
        is_full, is_complete = in_lead >= self.content, len(in_lead) == len(self.weights)
        if (is_full or has_phrase) and is_only_of_parts(hit.title, hit.sapo, self.typed):
            # A round-up ranks after the reports that it collects.
            is_full = has_phrase = is_complete = False
        return Ranked(hit, points, is_own, is_full, share, has_phrase, is_complete)

    def points(self, hit: Hit, fields: _Fields, length: int, now: dt.datetime) -> Points:
        """Return the components of a hit's points; its title and sapo have `length` words."""
        own = fields[0].own | fields[1].own | fields[2].own
        return Points(
            self._occurrences(fields, length),
            _MARKED * self._sum(own & self.marked) / self.marked_total,
            sum(
                weight * sum(self.pair_weights[at] for at in field.pairs) / self.pair_total
                for field, weight in zip(fields, (_TITLE_PAIRS, _SAPO_PAIRS, _BODY_PAIRS), strict=True)
            ),
            _TITLE_WORDS * self._sum(fields[0].counts) / self.total,
            _LIKELY * self._meant(fields) / self.total,
            _SCORE * hit.score,
            _FRESH * math.exp2(-(max(now - hit.at, dt.timedelta()) / _HALF_LIFE)),
        )

    def _occurrences(self, fields: Sequence[_FieldMatches], length: int) -> float:
        """Return the matched share of the question in a lead of `length` words; repetition adds little."""
        room = _SATURATION * (0.25 + 0.75 * length / _USUAL_LENGTH)
        counts = dict.fromkeys(chain.from_iterable(field.counts for field in fields), 0.0)
        for field, weight in zip(fields, (_TITLE, _SAPO, _BODY), strict=True):
            for at, count in field.counts.items():
                counts[at] += weight * count
        return sum(self.weights[at] * count / (count + room) for at, count in counts.items()) / self.total

    def _meant(self, fields: Sequence[_FieldMatches]) -> float:
        best: dict[int, float] = {}
        for field in fields:
            for at, likely in field.likely.items():
                best[at] = max(likely, best.get(at, 0.0))
        return sum([self.weights[at] * likely for at, likely in best.items()])

    def _sum(self, found: Iterable[int]) -> float:
        return sum([self.weights[at] for at in found])

    def _matches_in(self, words: Sequence[Forms]) -> _FieldMatches:
        found = _FieldMatches({}, set(), set(), {})
        ended = set[tuple[int, int]]()
        for group, start, end, is_as_typed in self.phrases.find(words):
            found.counts[group] = found.counts.get(group, 0) + 1
            if is_as_typed:
                found.own.add(group)
            if (group - 1, start) in ended:
                found.pairs.add(group)
            ended.add((group, end))
            if self.likely:
                likely = how_likely(words[start:end], self.likely[group])
                found.likely[group] = max(likely, found.likely.get(group, 0.0))
        return found


# Explanations of the ranking for operators: the same rules, component by component.


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """One part of the question: its share of it, 0 to 1, and where the article has it."""

    words: str
    share: float
    is_main: bool  # an article must have it
    in_title: bool
    in_sapo: bool
    in_body: bool
    is_own: bool  # this article has it as typed
    is_next: bool  # it is right after the part before


@dataclass(frozen=True, slots=True)
class Explained:
    """A ranked hit with the components of its points, and the places of each part of the question."""

    ranked: Ranked
    points: Points
    words: tuple[WordPlaces, ...]

    @property
    def is_roundup(self) -> bool:
        """Tell whether it is a round-up, and ranks lower for that."""
        has_all = all(one.in_title or one.in_sapo for one in self.words if one.is_main)
        return has_all and not self.ranked.is_full


def explain_hits(ranked: Iterable[Ranked], groups: Groups, *, now: dt.datetime) -> list[Explained]:
    """Return each hit with the components of its points, in the order given."""
    scorer = _Scorer(groups)
    found = []
    for one in ranked:
        fields, length = scorer.find_matches(one.hit)
        title, sapo, body = fields
        words = tuple(
            WordPlaces(
                " ".join(group[0]),
                scorer.weights[at] / scorer.total,
                at in scorer.content,
                at in title.counts,
                at in sapo.counts,
                at in body.counts,
                any(at in field.own for field in fields),
                any(at in field.pairs for field in fields),
            )
            for at, group in enumerate(groups)
        )
        found.append(Explained(one, scorer.points(one.hit, fields, length, now), words))
    return found
