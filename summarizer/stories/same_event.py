"""Estimate the probability that two articles report one event, from features for and against it."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from summarizer.packaged_data import load_regression
from summarizer.stories.leads import IN_LEAD, IN_TITLE, IS_NAME, IS_WORD, NAME_IN_TITLE, Lead
from summarizer.stories.terms import Frequencies

# The features of an article compared with others, which the regression below weighs.
#
# Two leads of forty syllables on one event share who, where and what. So names and other words are compared
# separately, and different names count against one event.

FEATURES = (
    *("whole", "titles", "leads", "crossed", "contained", "amount"),
    *("names", "rarest_name", "other_names", "other_title_names"),
    *("words", "rarest_words", "names_and_words"),
    *("numbers", "other_numbers", "day", "other_day"),
    *("hours", "days_apart", "hours_unknown", "one_paper"),
    *("rarest", "rarest_next", "advice"),
    *("run", "beside_run", "run_share"),
    *("meaning", "bodies", "bodies_alike"),
)
"""What `compare` returns, in order."""

_UNKNOWN_HOURS = 12.0  # used if a time is not known
_LOGARITHM = 10.0  # about the weight of the rarest term, to scale weights to 1
_MOST_NUMBERS = 3
_RUN = 20.0  # about the weight of a run of three rare words
_MOST_BESIDE = 6  # words beside the run that count

Floats = NDArray[np.float64]


class Others(NamedTuple):
    """The articles to compare with. hours, one_paper, bodies_alike: (n,); NaN where it is not known."""

    leads: Sequence[Lead]
    hours: Floats
    one_paper: NDArray[np.bool_]
    bodies_alike: Floats


def compare(lead: Lead, others: Others, frequencies: Frequencies) -> Floats:
    """Return the features of `lead` beside each of the others: (n, len(FEATURES))."""
    terms = _Shared(lead, others.leads, frequencies)
    known = ~np.isnan(others.hours)
    hours = np.where(known, others.hours, _UNKNOWN_HOURS)
    bodies = ~np.isnan(others.bodies_alike)
    numbers = np.array([_numbers(lead, other) for other in others.leads]).reshape(-1, 2)
    days = np.array([_days(lead, other) for other in others.leads], np.float64).reshape(-1, 2)
    # sums, not products of matrices: those round otherwise with other threads and on other processors
    meaning = (np.array([other.meaning for other in others.leads]) * lead.meaning).sum(
        axis=1, dtype=np.float64
    )
    columns = (
        *terms.features(),
        *numbers.T,
        *days.T,
        np.log1p(hours) / 4,
        known & (hours > 24),
        ~known,
        others.one_paper,
        *terms.rarest(),
        [lead.is_advice and other.is_advice for other in others.leads],
        *terms.runs(lead.order),
        meaning,
        bodies,
        np.where(bodies, others.bodies_alike, 0.0),
    )
    return np.column_stack(columns).astype(np.float64)


class _Shared:
    """The terms of one article beside those of n others, in flat arrays; `at` is the number of the other.

    The arrays of `both` hold only the terms that both articles have, some in a hundred.
    """

    def __init__(self, lead: Lead, others: Sequence[Lead], frequencies: Frequencies) -> None:
        self.count = len(others)
        sizes = [other.hashes.size for other in others]
        self.at = np.repeat(np.arange(self.count), sizes)
        hashes = np.concatenate([other.hashes for other in others])
        self.flags = np.concatenate([other.flags for other in others])
        self.idf = frequencies.weights(hashes)
        self.weights = self.idf**2
        self.mine = lead.flags
        self.my_idf = frequencies.weights(lead.hashes)
        self.my_weights = self.my_idf**2
        if lead.hashes.size:
            places = np.minimum(np.searchsorted(lead.hashes, hashes), lead.hashes.size - 1)
            self.shared = lead.hashes[places] == hashes
        else:
            places = np.zeros(hashes.size, np.int64)
            self.shared = np.zeros(hashes.size, np.bool_)
        both = np.flatnonzero(self.shared)
        self.both_at, self.both_idf, self.both_weights = self.at[both], self.idf[both], self.weights[both]
        self.both_flags, self.both_mine = self.flags[both], lead.flags[places[both]]
        self.mine_shared = np.zeros((self.count, lead.hashes.size), np.bool_)
        self.mine_shared[self.both_at, places[both]] = True
        self._theirs: dict[int, Floats] = {}

    def features(self) -> tuple[Floats, ...]:
        """Return the features from `whole` to `names_and_words`."""
        shared = self._sum_of_both(slice(None))
        total, mine = self._sum(slice(None)), float(self.my_weights.sum())
        names = self._cosine(IS_NAME, IS_NAME)
        words = self._cosine(IS_WORD, IS_WORD)
        crossed = (self._cosine(IN_TITLE, IN_LEAD) + self._cosine(IN_LEAD, IN_TITLE)) / 2
        return (
            _ratio(shared, np.sqrt(total * mine)),
            self._cosine(IN_TITLE, IN_TITLE),
            self._cosine(IN_LEAD, IN_LEAD),
            crossed,
            _ratio(shared, np.minimum(total, mine)),
            np.log1p(shared) / 5,
            names,
            self._largest(IS_NAME, 1)[0] / _LOGARITHM,
            self._differing(IS_NAME),
            self._differing(NAME_IN_TITLE),
            words,
            np.add.reduce(self._largest(IS_WORD, 3)) / (3 * _LOGARITHM),
            np.sqrt(names * words),
        )

    def rarest(self) -> tuple[Floats, Floats]:
        """Return the weight of the rarest shared term, and the mean of the next three."""
        first, *rest = self._largest(np.uint8(0), 4)
        return first / _LOGARITHM, np.add.reduce(rest) / (3 * _LOGARITHM)

    def runs(self, order: NDArray[np.int16]) -> tuple[Floats, Floats, Floats]:
        """Return the weight of the heaviest shared run of words, the shared weight beside it, and its share.

        Two leads that share only one run often share a name: of a show, a project, a cup. Leads of one event
        share words in several places.
        """
        singles, pairs = order
        if not singles.size:
            return (np.zeros(self.count),) * 3
        weights = self.my_idf[singles]
        joined = self.mine_shared[:, pairs] & (pairs >= 0)  # a syllable with the next one: (n, syllables)
        begun = np.cumsum(weights) - weights
        broken = np.where(np.hstack((np.zeros((self.count, 1), np.bool_), joined[:, :-1])), -1.0, begun)
        since = np.maximum.accumulate(broken, axis=1)  # where the run that a syllable ends began
        run = np.where(self.mine_shared[:, singles], begun + weights - since, 0.0)
        heaviest = run.max(axis=1)
        ends = run.argmax(axis=1)[:, None]
        starts = since[np.arange(self.count)[:, None], ends]
        inside = (np.arange(singles.size) <= ends) & (begun >= starts)
        distinct, first = np.unique(singles, return_index=True)
        in_run = np.zeros((self.count, self.my_idf.size), np.bool_)
        rows, columns = np.nonzero(inside)
        in_run[rows, singles[columns]] = True
        shared = self.mine_shared[:, distinct] * weights[first]
        beside = np.where(in_run[:, distinct], 0.0, shared)
        most = np.sort(beside, axis=1)[:, -_MOST_BESIDE:].sum(axis=1)
        return heaviest / _RUN, np.minimum(most / _RUN, 2.0), _ratio(heaviest, shared.sum(axis=1))

    def _sum(self, where: NDArray[np.bool_] | slice) -> Floats:
        counted = np.bincount(self.at[where], self.weights[where], self.count)
        return counted.astype(np.float64)  # of nothing it counts integers

    def _sum_of_both(self, where: NDArray[np.bool_] | slice) -> Floats:
        counted = np.bincount(self.both_at[where], self.both_weights[where], self.count)
        return counted.astype(np.float64)

    def _sum_of_theirs(self, flag: np.uint8) -> Floats:
        if (found := self._theirs.get(int(flag))) is None:
            found = self._theirs[int(flag)] = self._sum((self.flags & flag) > 0)
        return found

    def _cosine(self, here: np.uint8, there: np.uint8) -> Floats:
        """Return the cosine of the terms with the flag `here` in the article, `there` in the others."""
        both = ((self.both_flags & there) > 0) & ((self.both_mine & here) > 0)
        mine = float(self.my_weights[(self.mine & here) > 0].sum())
        return _ratio(self._sum_of_both(both), np.sqrt(self._sum_of_theirs(there) * mine))

    def _differing(self, flag: np.uint8) -> Floats:
        """Return the share of names that the other side lacks, of the side with fewer names.

        One half if a side has no names, which is neutral.
        """
        theirs = self._sum_of_theirs(flag)
        mine = float(self.my_weights[(self.mine & flag) > 0].sum())
        unknown_here = self._sum(((self.flags & flag) > 0) & ~self.shared)
        known_there = self._sum_of_both((self.both_mine & flag) > 0)
        of_theirs = np.where(theirs > 0, _ratio(unknown_here, theirs), 0.5)
        of_mine = (mine - known_there) / mine if mine > 0 else np.full(self.count, 0.5)
        return np.minimum(of_theirs, of_mine)

    def _largest(self, flag: np.uint8, count: int) -> list[Floats]:
        """Return the `count` largest IDFs of the terms that are shared and have `flag` on both sides."""
        both = ((self.both_flags & flag) == flag) & ((self.both_mine & flag) == flag)
        at, idf = self.both_at[both], self.both_idf[both]
        order = np.lexsort((-idf, at))
        at, idf = at[order], idf[order]
        rank = np.arange(at.size) - np.searchsorted(at, at)
        found = []
        for place in range(count):
            values = np.zeros(self.count)
            values[at[rank == place]] = idf[rank == place]
            found.append(values)
        return found


def _ratio(one: Floats, other: Floats) -> Floats:
    return np.divide(one, other, out=np.zeros_like(one), where=other > 0)


def _numbers(lead: Lead, other: Lead) -> tuple[float, float]:
    """Return the weight of shared numbers, and how many numbers each side lacks (the smaller count)."""
    if not (lead.numbers and other.numbers):
        return 0.0, 0.0
    shared = sum(1.0 if len(number) > 1 else 0.4 for number in lead.numbers & other.numbers)
    mine = sum(len(number) > 1 for number in lead.numbers - other.numbers)
    theirs = sum(len(number) > 1 for number in other.numbers - lead.numbers)
    return min(shared, _MOST_NUMBERS) / _MOST_NUMBERS, min(mine, theirs, _MOST_NUMBERS) / _MOST_NUMBERS


def _days(lead: Lead, other: Lead) -> tuple[bool, bool]:
    shared = bool(lead.days & other.days)
    return shared, bool(lead.days and other.days) and not shared


# The logistic regression over `FEATURES`. Its weights are in `data/same_event.json`, made by
# `benchmarks/train_same_event.py` from labelled pairs.

# Of 96 labelled pairs of one event none is below both limits; of the 449 others 37 are.
_FEWEST_WORDS = 0.3
_LEAST_MEANING = 0.5


def same_event(lead: Lead, others: Others, frequencies: Frequencies) -> Floats:
    """Return the probability that each of the others reports the event of `lead`: (n,), 0 to 1."""
    if not others.leads:
        return np.zeros(0)
    weights, bias = _model()
    features = compare(lead, others, frequencies)
    probable = 1 / (1 + np.exp(-(features * weights).sum(axis=1) - bias))
    return np.where(is_excluded(lead, others, features), 0.0, probable)


def is_excluded(lead: Lead, others: Others, features: Floats) -> NDArray[np.bool_]:
    """Tell which of the others are never of one event with `lead`, whatever their features: (n,).

    These are daily reports (gold, weather, draws, fixtures) of two days, and leads that share only names,
    days or numbers, but no word or subject of what happened.
    """
    recurs = np.array([_is_another_day(lead, other) for other in others.leads], np.bool_)
    words, meaning, bodies = (features[:, FEATURES.index(n)] for n in ("rarest_words", "meaning", "bodies"))
    share_only_names = (words < _FEWEST_WORDS) & (meaning < _LEAST_MEANING) & (bodies == 0)
    return np.asarray(recurs | share_only_names, np.bool_)


def _is_another_day(lead: Lead, other: Lead) -> bool:
    return bool(lead.series & other.series) and None not in (lead.day, other.day) and lead.day != other.day


@cache
def _model() -> tuple[Floats, float]:
    return load_regression("same_event.json", FEATURES)
