"""Articles as weighted terms, by which reports of one event are found; frequencies of terms."""

import importlib.resources
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

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
    fields = [term_hashes(syllables(text[:LEAD_CHARACTERS])[:LEAD_SYLLABLES]) for text in (title, sapo, body)]
    weights = np.repeat([_TITLE_WEIGHT, 1, 1], [field.size for field in fields])
    hashes, term_of = np.unique(np.concatenate(fields), return_inverse=True)
    often = np.bincount(term_of, weights, minlength=hashes.size)
    return _strongest(hashes, (1 + np.log(often)).astype(np.float32) * idf(hashes))


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
    packed = (importlib.resources.files("summarizer") / "data" / "grouping.npz").read_bytes()
    with np.load(io.BytesIO(packed)) as arrays:
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
        """Remove the terms of an article from the counts."""
        np.subtract.at(self._counts, hashes & np.uint32(_BUCKETS - 1), np.uint32(1))
        self._articles -= 1

    def weights(self, hashes: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return how rare each term is, as a natural logarithm: (n,), above 0."""
        counted = self._counts[hashes & np.uint32(_BUCKETS - 1)]
        expected = _CORPUS_ARTICLES * np.exp(-idf(hashes).astype(np.float64))
        share = (counted + expected) / (self._articles + _CORPUS_ARTICLES)
        weights: NDArray[np.float64] = np.maximum(-np.log(share), _LEAST)
        return weights
