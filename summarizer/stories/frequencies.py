"""How common terms are: in the corpus that the packaged table comes from, and in the news of late.

The name of a cup that everybody writes about is rare in the corpus and says little this week. So a term's
weight comes from both: the corpus counts like `_CORPUS_ARTICLES` articles of the window.
"""

import numpy as np
from numpy.typing import NDArray

from summarizer.stories.terms import rarity

_CORPUS_ARTICLES = 500.0
_BUCKETS = 1 << 20  # terms that share one are counted together, the commoner one decides
_LEAST = 0.05  # what every article has still weighs something


class Frequencies:
    """In how many of the articles kept each term stands."""

    def __init__(self) -> None:
        self._counts: NDArray[np.uint32] = np.zeros(_BUCKETS, np.uint32)
        self._articles = 0

    def add(self, hashes: NDArray[np.uint32]) -> None:
        """Count the distinct terms of an article in."""
        self._counts[np.unique(hashes & np.uint32(_BUCKETS - 1))] += np.uint32(1)
        self._articles += 1

    def remove(self, hashes: NDArray[np.uint32]) -> None:
        """Take back the terms of an article that was counted in."""
        self._counts[np.unique(hashes & np.uint32(_BUCKETS - 1))] -= np.uint32(1)
        self._articles -= 1

    def weights(self, hashes: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return how rare each term is, as a natural logarithm: (n,), above 0."""
        counted = self._counts[hashes & np.uint32(_BUCKETS - 1)]
        expected = _CORPUS_ARTICLES * np.exp(-rarity(hashes).astype(np.float64))
        share = (counted + expected) / (self._articles + _CORPUS_ARTICLES)
        weights: NDArray[np.float64] = np.maximum(-np.log(share), _LEAST)
        return weights
