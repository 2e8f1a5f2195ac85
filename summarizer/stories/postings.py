"""Find the articles that share telling terms with a new one, among the last tens of thousands.

An inverted index in a few sorted arrays, merged like a binary counter as articles come: some 16 look-ups a
search, 12 bytes a term, no Python object per term. Articles are numbered by arrival.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summarizer.stories.terms import Terms

_READ_AT_MOST = 20_000  # postings of one segment that a search looks at, the most telling terms first


@dataclass(frozen=True, slots=True)
class _Segment:
    """Postings sorted by hash. hashes, numbers, weights: (n,). `newest` is the last article's number."""

    hashes: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    weights: NDArray[np.float32]
    newest: int


class Postings:
    """The terms of the articles numbered `first` to `next - 1`."""

    def __init__(self) -> None:
        self.first = 0
        self.next = 0
        self._segments: list[_Segment] = []

    def add(self, terms: Terms) -> int:
        """Take in an article and return its number: one more than the last one's."""
        numbers = np.full(terms.hashes.size, self.next, np.uint32)
        self._segments.append(_Segment(terms.hashes, numbers, terms.weights, self.next))
        while len(self._segments) > 1 and self._segments[-2].hashes.size < 2 * self._segments[-1].hashes.size:
            newer, older = self._segments.pop(), self._segments.pop()
            self._segments.append(_merged(older, newer, self.first))
        self.next += 1
        return self.next - 1

    def forget_before(self, number: int) -> None:
        """Forget the articles that came before the one with this number."""
        self.first = max(self.first, min(number, self.next))
        self._segments = [segment for segment in self._segments if segment.newest >= self.first]

    def cosines(self, terms: Terms) -> NDArray[np.float64]:
        """Return the cosine of `terms` and each article kept: (next - first,), in order of arrival.

        Of terms that a great many articles have, which say little, not all postings are read.
        """
        found = [_shared(segment, terms) for segment in self._segments]
        numbers = np.concatenate([numbers for numbers, _ in found] or [np.empty(0, np.uint32)])
        products = np.concatenate([products for _, products in found] or [np.empty(0, np.float32)])
        kept = numbers >= self.first
        total = np.bincount(numbers[kept] - self.first, products[kept], minlength=self.next - self.first)
        return total.astype(np.float64, copy=False)


def _shared(segment: _Segment, terms: Terms) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    starts = np.searchsorted(segment.hashes, terms.hashes, "left")
    lengths = np.searchsorted(segment.hashes, terms.hashes, "right") - starts
    telling_first = np.argsort(-terms.weights, kind="stable")
    telling_first = telling_first[np.cumsum(lengths[telling_first]) <= _READ_AT_MOST]
    starts, lengths = starts[telling_first], lengths[telling_first]
    offsets = np.cumsum(lengths) - lengths
    where = np.arange(lengths.sum()) + np.repeat(starts - offsets, lengths)
    return segment.numbers[where], segment.weights[where] * np.repeat(terms.weights[telling_first], lengths)


def _merged(older: _Segment, newer: _Segment, first: int) -> _Segment:
    kept = older.numbers >= first
    hashes = np.concatenate((older.hashes[kept], newer.hashes))
    order = np.argsort(hashes, kind="stable")
    numbers = np.concatenate((older.numbers[kept], newer.numbers))[order]
    weights = np.concatenate((older.weights[kept], newer.weights))[order]
    return _Segment(hashes[order], numbers, weights, newer.newest)
