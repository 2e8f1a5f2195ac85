"""Find the articles that report the event of another one: among the last ones, and within a story."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from summarizer.model import Piece
from summarizer.stories.leads import IN_LEAD, NO_ORDER, Lead, lead_of
from summarizer.stories.roundups import is_roundup
from summarizer.stories.same_event import Others, same_event
from summarizer.stories.terms import LEAD_CHARACTERS, Frequencies, Postings, Terms, article_terms, similarity

MAX_HOURS_APART = 96  # an event is reported within days; a similar report a week later is another event
MOST_COMPARED = 64  # of the articles that share words with a new one, those that share most
_NOISE = 0.03  # a cosine below is chance
_IMPROBABLE = 0.02  # as good as excluded
_MAYBE_COPY = 0.5  # least cosine at which two articles are compared for being one text
_SAME_LEAD = 0.95  # of the shorter lead's terms, in the other
_SHORTEST_LEAD = 30  # terms: some fifteen syllables
_SHORTEST_BODY = 200  # characters: less is a line of leftovers


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article to group. `published` is None when unknown, or known to the month only; so is `source`."""

    article_id: int | str
    title: str
    sapo: str
    body: str
    published: dt.datetime | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleFeatures:
    """What grouping compares and stores of an article; `moment` is a UNIX timestamp or NaN."""

    terms: Terms
    lead: Lead
    moment: float
    source: str | None
    has_body: bool
    is_roundup: bool


def features_of(arrival: Arrival) -> ArticleFeatures:
    title, sapo, body, published = arrival.title, arrival.sapo, arrival.body, arrival.published
    return ArticleFeatures(
        article_terms(title, sapo, body),
        lead_of(title, sapo, body, published),
        published.timestamp() if published else float("nan"),
        arrival.source,
        len(body) >= _SHORTEST_BODY,
        is_roundup(title, sapo),
    )


def _is_copy(kept: ArticleFeatures | None, article: ArticleFeatures) -> bool:
    """Tell whether two articles have the same lead and figures, perhaps cut or under another headline.

    Recurring reports look alike, so those of different days never count as the same.
    """
    if kept is None or kept.is_roundup or (article.lead.series and kept.lead.day != article.lead.day):
        return False
    old, new = (one.lead.hashes[(one.lead.flags & IN_LEAD) > 0] for one in (kept, article))
    shorter = min(old.size, new.size)
    if shorter < _SHORTEST_LEAD or np.isin(old, new, assume_unique=True).sum() < _SAME_LEAD * shorter:
        return False
    less, more = sorted((kept.lead, article.lead), key=lambda lead: len(lead.numbers))
    return less.numbers <= more.numbers


class Neighbours:
    """The last `window` articles, numbered by arrival from 0."""

    def __init__(self, window: int, *, most_compared: int = MOST_COMPARED) -> None:
        if window < 1:
            raise ValueError(f"a window of {window} articles")
        self.window = window
        self._most_compared = most_compared
        self._postings = Postings()
        self.frequencies = Frequencies()
        # Of article n, at n modulo the window.
        self._kept: list[ArticleFeatures | None] = [None] * window
        self._moments: NDArray[np.float64] = np.full(window, np.nan)

    def near(self, article: ArticleFeatures) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the articles that may report the event of `article`, and how probable that is.

        Their numbers, ascending, and probabilities. Both: (n,). A round-up has none. An article with the same
        text has probability 1, however many days ago it came.
        """
        if article.is_roundup:
            return np.zeros(0, np.int64), np.zeros(0)
        cosines = self._postings.cosines(article.terms)
        numbers, others = self._beside(article, self._candidates(article, cosines), cosines)
        probable = same_event(article.lead, others, self.frequencies)
        copies = self._copies(article, cosines)
        is_other = ~np.isin(numbers, copies) & (probable >= _IMPROBABLE)
        numbers = np.concatenate((numbers[is_other], copies))
        probable = np.concatenate((probable[is_other], np.ones(copies.size)))
        order = np.argsort(numbers)
        return numbers[order], probable[order]

    def comparable(self, article: ArticleFeatures) -> tuple[NDArray[np.int64], Others]:
        """Return the articles that share words with `article` and are near in time, and what to compare."""
        if article.is_roundup:
            return np.zeros(0, np.int64), Others([], np.zeros(0), np.zeros(0, np.bool_), np.zeros(0))
        cosines = self._postings.cosines(article.terms)
        return self._beside(article, self._candidates(article, cosines), cosines)

    def _copies(self, article: ArticleFeatures, cosines: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the articles kept that have the text of `article`."""
        numbers = np.flatnonzero(cosines >= _MAYBE_COPY) + self._postings.first
        return numbers[[_is_copy(self._kept[number % self.window], article) for number in numbers.tolist()]]

    def _beside(
        self, article: ArticleFeatures, numbers: NDArray[np.int64], cosines: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], Others]:
        alike = cosines[numbers - self._postings.first]
        kept = [other for number in numbers.tolist() if (other := self._kept[number % self.window])]
        one_paper = [other.source is not None and other.source == article.source for other in kept]
        bodies = np.array([other.has_body and article.has_body for other in kept], np.bool_)
        hours = np.abs(self._moments[numbers % self.window] - article.moment) / 3600
        leads = [other.lead for other in kept]
        return numbers, Others(leads, hours, np.array(one_paper, np.bool_), np.where(bodies, alike, np.nan))

    def count(self, article: ArticleFeatures) -> None:
        """Count the words of an article, before it is kept."""
        self.frequencies.add(article.lead.hashes)

    def keep(self, article: ArticleFeatures) -> int:
        """Keep an article whose words are counted and return its number; a full window loses its oldest."""
        if self._postings.next - self._postings.first == self.window:
            self.forget(self._postings.first)
            self._postings.forget_before(self._postings.first + 1)
        number = self._postings.add(article.terms)
        self._kept[number % self.window] = replace(article, lead=replace(article.lead, order=NO_ORDER))
        self._moments[number % self.window] = article.moment
        return number

    def add(self, article: ArticleFeatures) -> int:
        number = self.keep(article)
        self.count(article)
        return number

    def add_many(self, articles: Sequence[ArticleFeatures]) -> list[int]:
        """Count and keep articles and return their numbers: like `add` for each, but faster."""
        if self._postings.next - self._postings.first + len(articles) > self.window:
            return [self.add(article) for article in articles]
        first = self._postings.add_many([article.terms for article in articles])
        numbers = list(range(first, first + len(articles)))
        for number, article in zip(numbers, articles, strict=True):
            self._kept[number % self.window] = article
            self._moments[number % self.window] = article.moment
        self.frequencies.add(*(article.lead.hashes for article in articles))
        return numbers

    def forget(self, number: int) -> None:
        article = self._kept[number % self.window]
        if article is not None:
            self.frequencies.remove(article.lead.hashes)
            self._postings.remove(article.terms)
        self._kept[number % self.window] = None

    def forget_all(self, numbers: Sequence[int]) -> None:
        """Forget the articles with these numbers, and the postings before the first article that is kept."""
        for number in numbers:
            self.forget(number)
        first = self._postings.first
        while first < self._postings.next and self._kept[first % self.window] is None:
            first += 1
        self._postings.forget_before(first)

    def _candidates(self, article: ArticleFeatures, cosines: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the articles to compare, ascending: near in time, the most similar in words."""
        found = np.flatnonzero(cosines >= _NOISE)
        numbers = found + self._postings.first
        hours = np.abs(np.nan_to_num(self._moments[numbers % self.window] - article.moment)) / 3600
        fit = self._is_kept(numbers) & (hours <= MAX_HOURS_APART)
        found, numbers = found[fit], numbers[fit]
        if numbers.size > self._most_compared:
            most = np.lexsort((-numbers, -cosines[found]))[: self._most_compared]
            numbers = np.sort(numbers[most])
        return numbers

    def _is_kept(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        kept = (self._kept[number] for number in (numbers % self.window).tolist())
        return np.fromiter((one is not None and not one.is_roundup for one in kept), np.bool_, numbers.size)


# Which articles of a story may give it a second sentence: those that surely report the leading one's event.
#
# A wrong second sentence is worse than none, so a higher probability is needed here than to join a story.

QUOTE_AT = 0.75  # least probability of one event; of labelled pairs above it nine in ten are of one


def common_words(pieces: Iterable[Piece]) -> Frequencies:
    """Count the words of the news that a digest is chosen from, so that common ones weigh little."""
    frequencies = Frequencies()
    frequencies.add(*(_lead(piece).hashes for piece in pieces))
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
