"""The articles of late, and which of them may report what a new one does: like in words, near in time."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summarizer.postings import Postings
from summarizer.terms import Terms, article_terms

MAX_DAYS_APART = (
    4  # an event is reported within days; a report of the same thing a week later is another event
)
_NOISE = 0.03  # a cosine below is chance
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article to group. `published` is None when unknown, or known to the month only."""

    article_id: int | str
    title: str
    sapo: str
    body: str
    published: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is kept of an article: its terms, and its time as a UNIX timestamp or NaN."""

    terms: Terms
    moment: float


def weigh(arrival: Arrival) -> Weighed:
    """Return what is kept of an article."""
    moment = arrival.published.timestamp() if arrival.published else float("nan")
    return Weighed(article_terms(arrival.title, arrival.sapo, arrival.body), moment)


class Neighbours:
    """The last `window` articles, numbered by arrival from 0."""

    def __init__(self, window: int) -> None:
        if window < 1:
            raise ValueError(f"a window of {window} articles")
        self.window = window
        self._postings = Postings()
        # Of article n, at n modulo the window.
        self._kept: NDArray[np.bool_] = np.zeros(window, np.bool_)
        self._moments: NDArray[np.float64] = np.full(window, np.nan)

    def near(self, article: Weighed) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the articles that share terms with `article` and are not published too far from it.

        Their numbers, ascending, and the cosines, both (n,). Without both times, time says nothing.
        """
        cosines = self._postings.cosines(article.terms)
        found = np.flatnonzero(cosines >= _NOISE)
        places = (found + self._postings.first) % self.window
        apart = np.abs(self._moments[places] - article.moment) > MAX_DAYS_APART * _DAY_SECONDS
        found = found[self._kept[places] & ~apart]
        return found + self._postings.first, cosines[found]

    def add(self, article: Weighed) -> int:
        """Keep an article and return its number; past the window the oldest is forgotten."""
        if self._postings.next - self._postings.first == self.window:
            self._postings.forget_before(self._postings.first + 1)
        number = self._postings.add(article.terms)
        self._kept[number % self.window] = True
        self._moments[number % self.window] = article.moment
        return number

    def forget_before(self, moment: dt.datetime) -> list[int]:
        """Forget the articles published before `moment`, and return their numbers.

        Those without a time stay until the window has passed.
        """
        numbers = np.arange(self._postings.first, self._postings.next)
        places = numbers % self.window
        old = self._kept[places] & (self._moments[places] < moment.timestamp())
        self._kept[places[old]] = False
        kept = numbers[self._kept[places]]
        self._postings.forget_before(int(kept[0]) if kept.size else self._postings.next)
        return [int(number) for number in numbers[old]]
