"""An article as weighted terms, so that reports of one event can be told by the words they share.

Terms are canonical syllables and pairs of neighbours, weighted by TF-IDF (title twice, sapo and the start of
the body once) and kept as 32-bit hashes: no dictionary to grow while the bot runs. How common a term is comes
from `data/grouping.npz`, made of 19,848 articles of the vietnews corpus by `benchmarks/train_grouping.py`.
"""

import importlib.resources
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from summarizer.syllables import syllables

LEAD_SYLLABLES = 300  # the body's start: past it reports of one event drift into different backgrounds
TERMS_KEPT = 100  # the heaviest terms: bounds the work per article; all of them gain 0.3 B-cubed F
_TITLE_WEIGHT = 2
_LEVELS = 20  # steps of the packaged IDF per natural unit


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
    counts: Counter[str] = Counter()
    for text, weight in ((title, _TITLE_WEIGHT), (sapo, 1), (body, 1)):
        for term in terms_of(syllables(text[: LEAD_SYLLABLES * 12])[:LEAD_SYLLABLES]):
            counts[term] += weight
    hashes = np.fromiter(map(term_hash, counts), np.uint32, len(counts))
    often = np.fromiter(counts.values(), np.float32, len(counts))
    return _strongest(hashes, (1 + np.log(often)) * rarity(hashes))


def terms_of(words: Sequence[str]) -> Iterable[str]:
    """Yield the syllables `words` and the pairs of neighbours among them."""
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"


def term_hash(term: str) -> int:
    """Return the 32-bit hash that stands for `term`, the same on every machine."""
    return zlib.crc32(term.encode())


def rarity(hashes: NDArray[np.uint32]) -> NDArray[np.float32]:
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
    return Terms(hashes, (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32))


@cache
def _idf_table() -> tuple[NDArray[np.uint8], int]:
    packed = (importlib.resources.files("summarizer") / "data" / "grouping.npz").read_bytes()
    with np.load(io.BytesIO(packed)) as arrays:
        return arrays["levels"], int(arrays["unseen"])
