"""An index of the terms of the last articles: which of them share telling terms with a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summarizer.stories.terms import Terms

# An inverted index finds the articles that share terms with a new one, among the last tens of thousands.
#
# It is a few sorted arrays, merged like a binary counter as articles come: some 16 lookups a search, 8 bytes
# a term of an article, no Python object per term. Articles are numbered by arrival.

_READ_AT_MOST = 30_000  # postings that a search looks at, the most telling terms first
_BUCKETS = 1 << 20  # terms that share one are counted together


@dataclass(frozen=True, slots=True)
class _Segment:
    """Postings sorted by hash, those of one hash together. `newest` is the last article's number.

    hashes: (u,), each once, ascending. begins: (u + 1,), where the postings of each hash begin, and their
    end. numbers, weights: (n,).
    """

    hashes: NDArray[np.uint32]
    begins: NDArray[np.int64]
    numbers: NDArray[np.uint32]
    weights: NDArray[np.float32]
    newest: int


class Postings:
    """The terms of the articles numbered `first` to `next - 1`.

    Results depend on which articles are kept, in which order, but not on when they were added or merged. So a
    process that loads the articles again finds the same.
    """

    def __init__(self) -> None:
        self.first = 0
        self.next = 0
        self._segments: list[_Segment] = []
        self._often: NDArray[np.uint32] = np.zeros(_BUCKETS, np.uint32)  # in how many articles kept

    def add(self, terms: Terms) -> int:
        """Add an article and return its number: one more than the last one's."""
        numbers = np.full(terms.hashes.size, self.next, np.uint32)
        self._append(_segment(terms.hashes, numbers, terms.weights, self.next))
        np.add.at(self._often, terms.hashes & np.uint32(_BUCKETS - 1), np.uint32(1))
        self.next += 1
        return self.next - 1

    def remove(self, terms: Terms) -> None:
        """Remove the terms of an article from the counts; its postings stay until `forget_before`."""
        np.subtract.at(self._often, terms.hashes & np.uint32(_BUCKETS - 1), np.uint32(1))

    def add_many(self, terms: Sequence[Terms]) -> int:
        """Add articles, sorted together and not one by one; return the first one's number."""
        first = self.next
        if terms:
            sizes = [one.hashes.size for one in terms]
            numbers = np.repeat(np.arange(first, first + len(terms), dtype=np.uint32), sizes)
            hashes = np.concatenate([one.hashes for one in terms])
            weights = np.concatenate([one.weights for one in terms])
            np.add.at(self._often, hashes & np.uint32(_BUCKETS - 1), np.uint32(1))
            order = np.argsort(hashes, kind="stable")
            self.next += len(terms)
            self._append(_segment(hashes[order], numbers[order], weights[order], self.next - 1))
        return first

    def _append(self, segment: _Segment) -> None:
        self._segments.append(segment)
        while len(self._segments) > 1 and self._segments[-2].numbers.size < 2 * segment.numbers.size:
            newer, older = self._segments.pop(), self._segments.pop()
            segment = _merged(older, newer, self.first)
            self._segments.append(segment)

    def forget_before(self, number: int) -> None:
        """Forget the articles that came before the one with this number."""
        self.first = max(self.first, min(number, self.next))
        self._segments = [segment for segment in self._segments if segment.newest >= self.first]

    def cosines(self, terms: Terms) -> NDArray[np.float64]:
        """Return the cosine of `terms` and each article kept: (next - first,), in order of arrival.

        For very common terms, which say little, not all postings are read.
        """
        read = self._worth_reading(terms)
        found = [_shared(segment, read) for segment in self._segments]
        numbers = np.concatenate([numbers for numbers, _ in found] or [np.empty(0, np.uint32)])
        products = np.concatenate([products for _, products in found] or [np.empty(0, np.float32)])
        kept = numbers >= self.first
        total = np.bincount(numbers[kept] - self.first, products[kept], minlength=self.next - self.first)
        return total.astype(np.float64, copy=False)

    def _worth_reading(self, terms: Terms) -> Terms:
        """Return the terms of the greatest weight, as many as the limit on postings allows."""
        often = self._often[terms.hashes & np.uint32(_BUCKETS - 1)]
        telling_first = np.argsort(-terms.weights, kind="stable")
        chosen = np.sort(telling_first[np.cumsum(often[telling_first], dtype=np.int64) <= _READ_AT_MOST])
        return Terms(terms.hashes[chosen], terms.weights[chosen])


def _segment(
    hashes: NDArray[np.uint32], numbers: NDArray[np.uint32], weights: NDArray[np.float32], newest: int
) -> _Segment:
    """Return the segment of postings that are sorted by hash."""
    is_first = np.ones(hashes.size, np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    begins = np.flatnonzero(is_first)
    return _Segment(hashes[begins], np.append(begins, hashes.size), numbers, weights, newest)


def _shared(segment: _Segment, terms: Terms) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the articles that have each of the terms, in order of terms, and the products of weights."""
    if not segment.hashes.size:
        return segment.numbers, segment.weights
    places = np.minimum(np.searchsorted(segment.hashes, terms.hashes), segment.hashes.size - 1)
    begins = segment.begins[places]
    is_there = segment.hashes[places] == terms.hashes
    lengths = np.where(is_there, segment.begins[places + 1] - begins, 0)
    offsets = np.cumsum(lengths) - lengths
    where = np.arange(lengths.sum()) + np.repeat(begins - offsets, lengths)
    return segment.numbers[where], segment.weights[where] * np.repeat(terms.weights, lengths)


def _merged(older: _Segment, newer: _Segment, first: int) -> _Segment:
    kept = older.numbers >= first
    hashes = np.concatenate((_of_each(older)[kept], _of_each(newer)))
    order = np.argsort(hashes, kind="stable")
    numbers = np.concatenate((older.numbers[kept], newer.numbers))[order]
    weights = np.concatenate((older.weights[kept], newer.weights))[order]
    return _segment(hashes[order], numbers, weights, newer.newest)


def _of_each(segment: _Segment) -> NDArray[np.uint32]:
    """Return the hash of each posting: (n,)."""
    return np.repeat(segment.hashes, np.diff(segment.begins))
