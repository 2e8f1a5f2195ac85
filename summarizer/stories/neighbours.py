"""The articles of late, and which of them may report what a new one does: like in words, near in time."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summarizer.stories.postings import Postings
from summarizer.stories.terms import Terms, article_terms

MAX_HOURS_APART = 96  # an event is reported within days; such a thing a week later is another event
# How much a common time adds to common words: half of it is gone after 72 hours, and unknown times count as
# if 36 hours lay between. Half the VN-MDS stories lie within 5 hours, nine tenths within 30.
_HALVED_AFTER_HOURS = 72.0
_NEUTRAL_HOURS = 36.0
_NOISE = 0.03  # a likeness below is chance


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
        """Return the articles that are like `article` in words and near to it in time.

        Their numbers, ascending, and the likeness of each, 0 to 1.4: the cosine of their terms, times how
        near their times are. Both: (n,).
        """
        cosines = self._postings.cosines(article.terms)
        found = np.flatnonzero(cosines >= _NOISE)
        places = (found + self._postings.first) % self.window
        likeness = cosines[found] * _nearness(self._moments[places] - article.moment)
        alike = self._kept[places] & (likeness >= _NOISE)
        return found[alike] + self._postings.first, likeness[alike]

    def add(self, article: Weighed) -> int:
        """Keep an article and return its number; past the window the oldest is forgotten."""
        if self._postings.next - self._postings.first == self.window:
            self._postings.forget_before(self._postings.first + 1)
        number = self._postings.add(article.terms)
        self._kept[number % self.window] = True
        self._moments[number % self.window] = article.moment
        return number

    def forget(self, number: int) -> None:
        """Forget the article with this number."""
        self._kept[number % self.window] = False

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


def _nearness(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    hours = np.abs(np.nan_to_num(seconds / 3600, nan=_NEUTRAL_HOURS))
    factor = 2.0 ** ((_NEUTRAL_HOURS - hours) / _HALVED_AFTER_HOURS)
    return np.where(hours <= MAX_HOURS_APART, factor, 0.0)
