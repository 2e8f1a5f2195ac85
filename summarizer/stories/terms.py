"""Articles as weighted terms, by which reports of one event are found; frequencies and an index of terms."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from summarizer.packaged_data import load_arrays
from summarizer.text.syllables import syllables

# Terms are canonical syllables and pairs of neighbours, weighted by TF-IDF (title twice, sapo and the start
# of the body once) and kept as 32-bit hashes, so no dictionary grows while the bot runs. The IDF comes from
# `data/grouping.npz`, made by `benchmarks/train_grouping.py` from 19,848 articles of the vietnews corpus.

LEAD_SYLLABLES = 500  # the start of the body; further down, reports of one event have different backgrounds
LEAD_CHARACTERS = 3_000  # the same in characters; no more of a body is read
TERMS_KEPT = 200  # the heaviest: bounds the work an article, and 100 would cost 0.005 of B-cubed F
_TITLE_WEIGHT = 2
_LEVELS = 20  # steps of the packaged IDF per natural unit
_FIRST, _SECOND, _SPREAD = (
    np.uint32(odd) for odd in (0x9E3779B1, 0x85EBCA6B, 0x2C1B3C6D)
)  # mix a pair's hash


@dataclass(frozen=True, slots=True)
class Terms:
    """Distinct term hashes, ascending, and their weights. Both: (n,), n <= TERMS_KEPT; a unit vector."""

    hashes: NDArray[np.uint32]
    weights: NDArray[np.float32]


def article_terms(title: str, sapo: str, body: str) -> Terms:
    """Weigh the terms of an article; one without words has none.

    >>> article_terms("Mưa lớn ở Hạ Long", "", "").hashes.size
    9
    """
    hashes, frequencies = log_frequencies(title, sapo, body)
    return _strongest(hashes, frequencies * idf(hashes))


def log_frequencies(title: str, sapo: str, body: str) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the distinct term hashes of an article, ascending, and 1 + log of their frequencies: (n,)."""
    fields = [term_hashes(syllables(text[:LEAD_CHARACTERS])[:LEAD_SYLLABLES]) for text in (title, sapo, body)]
    weights = np.repeat([_TITLE_WEIGHT, 1, 1], [field.size for field in fields])
    hashes, term_of = np.unique(np.concatenate(fields), return_inverse=True)
    often = np.bincount(term_of, weights, minlength=hashes.size)
    return hashes, (1 + np.log(often)).astype(np.float32)


def term_hashes(words: Sequence[str]) -> NDArray[np.uint32]:
    """Return a hash for each of the syllables `words`, and one for each pair of neighbours: (2n - 1,)."""
    single = np.fromiter(map(_word_hash, words), np.uint32, len(words))
    pairs = (single[:-1] * _FIRST) ^ (single[1:] * _SECOND)  # wraps around, as it should
    pairs ^= pairs >> np.uint32(15)
    return np.concatenate((single, pairs * _SPREAD))


@lru_cache(maxsize=1 << 14)  # Vietnamese has some 7,000 syllables
def _word_hash(word: str) -> int:
    return zlib.crc32(word.encode())


def idf(hashes: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return the IDF of each hash; a term that the corpus hardly knows gets the highest."""
    table, unseen = _idf_table()
    levels = table[hashes & np.uint32(len(table) - 1)]
    return np.where(levels == 0, unseen, levels).astype(np.float32) / np.float32(_LEVELS)


def similarity(one: Terms, other: Terms) -> float:
    """Return the cosine of two articles' terms, 0 to 1."""
    _, left, right = np.intersect1d(one.hashes, other.hashes, assume_unique=True, return_indices=True)
    return float(one.weights[left] @ other.weights[right])


def _strongest(hashes: NDArray[np.uint32], weights: NDArray[np.float32]) -> Terms:
    # Ties are broken by hash, so that the same text always keeps the same terms.
    kept = np.lexsort((hashes, -weights))[:TERMS_KEPT]
    hashes, first = np.unique(hashes[kept], return_index=True)
    weights = weights[kept][first]
    length = float(np.sqrt((weights.astype(np.float64) ** 2).sum()))  # not by BLAS: everywhere the same
    return Terms(hashes, (weights / max(length, 1e-9)).astype(np.float32))


@cache
def _idf_table() -> tuple[NDArray[np.uint8], int]:
    arrays = load_arrays("grouping.npz")
    return arrays["levels"], int(arrays["unseen"])


# Frequencies of terms in the corpus of the packaged table, and in recent news.
#
# The name of a cup that all papers write about is rare in the corpus, but says little this week. So the
# weight of a term comes from both: the corpus counts like `_CORPUS_ARTICLES` articles of the window.

_CORPUS_ARTICLES = 500.0
_BUCKETS = 1 << 20  # terms that share one are counted together, the commoner one decides
_LEAST = 0.05  # weight of a term that every article has


class Frequencies:
    """The number of kept articles that have each term."""

    def __init__(self) -> None:
        self._counts: NDArray[np.uint32] = np.zeros(_BUCKETS, np.uint32)
        self._articles = 0

    def add(self, *articles: NDArray[np.uint32]) -> None:
        """Add the distinct terms of articles to the counts."""
        for hashes in articles:
            np.add.at(self._counts, hashes & np.uint32(_BUCKETS - 1), np.uint32(1))
        self._articles += len(articles)

    def remove(self, hashes: NDArray[np.uint32]) -> None:
        np.subtract.at(self._counts, hashes & np.uint32(_BUCKETS - 1), np.uint32(1))
        self._articles -= 1

    def weights(self, hashes: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return how rare each term is, as a natural logarithm: (n,), above 0."""
        counted = self._counts[hashes & np.uint32(_BUCKETS - 1)]
        expected = _CORPUS_ARTICLES * np.exp(-idf(hashes).astype(np.float64))
        share = (counted + expected) / (self._articles + _CORPUS_ARTICLES)
        weights: NDArray[np.float64] = np.maximum(-np.log(share), _LEAST)
        return weights


# An inverted index finds the articles that share terms with a new one, among the last tens of thousands.
#
# It is a few sorted arrays, merged like a binary counter as articles come: some 16 lookups a search, 8 bytes
# a term of an article, no Python object per term. Articles are numbered by arrival.

_MOST_POSTINGS = 30_000  # that a search reads, those of the greatest weight first


@dataclass(frozen=True, slots=True)
class _Segment:
    """Postings sorted by hash, those of one hash together."""

    hashes: NDArray[np.uint32]  # each once, ascending, (u,)
    begins: NDArray[np.int64]  # where the postings of each hash begin, and their end, (u + 1,)
    numbers: NDArray[np.uint32]  # of articles, (n,)
    weights: NDArray[np.float32]  # (n,)
    newest: int  # the last article's number


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
        return self.add_many([terms])

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
        read = self._terms_read(terms)
        found = [_shared(segment, read) for segment in self._segments]
        numbers = np.concatenate([numbers for numbers, _ in found] or [np.empty(0, np.uint32)])
        products = np.concatenate([products for _, products in found] or [np.empty(0, np.float32)])
        kept = numbers >= self.first
        total = np.bincount(numbers[kept] - self.first, products[kept], minlength=self.next - self.first)
        return total.astype(np.float64, copy=False)

    def _terms_read(self, terms: Terms) -> Terms:
        """Return the terms of the greatest weight, as many as the limit on postings allows."""
        often = self._often[terms.hashes & np.uint32(_BUCKETS - 1)]
        heaviest_first = np.argsort(-terms.weights, kind="stable")
        chosen = np.sort(heaviest_first[np.cumsum(often[heaviest_first], dtype=np.int64) <= _MOST_POSTINGS])
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
