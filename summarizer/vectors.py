"""Sentences as TF-IDF vectors over syllables, and how alike they are.

How rare a syllable is comes from `data/rarity.json`, counted by `benchmarks/train_ranker.py` over the
vietnews training articles. A syllable of Vietnamese is often half a word; measured, cutting words first
does not pay.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """The sentences of one or several articles.

    Attributes:
        tokens: the syllables of each sentence.
        columns: the column of each distinct syllable.
        rarity: IDF of each column, (m,).
        weights: log(1 + tf) * IDF of each sentence, each of length 1, (n, m).
    """

    tokens: Sequence[Sequence[str]]
    columns: dict[str, int]
    rarity: Floats
    weights: Floats

    @cached_property
    def similarity(self) -> Floats:
        """Return the cosine of each two sentences, 0 on the diagonal, (n, n)."""
        cosines = self.weights @ self.weights.T
        np.fill_diagonal(cosines, 0)
        return cosines

    @cached_property
    def lengths(self) -> Floats:
        """Return the number of syllables of each sentence, (n,)."""
        return np.array([len(words) for words in self.tokens], np.float32)

    def centrality(self) -> Floats:
        """Return each sentence's cosine to the sum of all, (n,)."""
        centre = self.weights.sum(axis=0)
        return np.asarray(self.weights @ centre / (np.sqrt(centre @ centre) or 1), np.float32)

    def pagerank(self, damping: float = 0.85, steps: int = 12) -> Floats:
        """Return how often a walk over alike sentences is at each, times n, (n,).

        Source: LexRank without a threshold (Erkan and Radev, 2004).
        """
        count = len(self.tokens)
        moves = self.similarity + np.float32(1e-6)
        moves /= moves.sum(axis=1, keepdims=True)
        share: Floats = np.full(count, 1 / count, np.float32)
        for _ in range(steps):
            share = np.asarray((1 - damping) / count + damping * (share @ moves), np.float32)
        return np.asarray(share * count, np.float32)


def vectorise(tokens: Sequence[Sequence[str]]) -> Vectors:
    """Return the vectors of sentences given as syllables; there is at least one, and it may be empty."""
    columns: dict[str, int] = {}
    flat = [columns.setdefault(word, len(columns)) for words in tokens for word in words]
    width = max(len(columns), 1)
    rows = np.repeat(np.arange(len(tokens)), [len(words) for words in tokens])
    counts = np.bincount(rows * width + np.array(flat, np.intp), minlength=len(tokens) * width)
    known, unseen = _rarity()
    rarity = np.array([known.get(word, unseen) for word in columns] or [0], np.float32)
    weights = np.log1p(counts.reshape(len(tokens), width).astype(np.float32)) * rarity
    norms = np.sqrt(np.einsum("ij,ij->i", weights, weights))
    norms[norms == 0] = 1
    return Vectors(tokens, columns, rarity, weights / norms[:, None])


def rarity_of(syllable: str) -> float:
    """Return the IDF of a syllable, that of the rarest for one never seen."""
    known, unseen = _rarity()
    return known.get(syllable, unseen)


@cache
def _rarity() -> tuple[dict[str, float], float]:
    """Return the IDF of the syllables counted, and of others. The file: IDF in hundredths → syllables."""
    groups = json.loads(files("summarizer").joinpath("data/rarity.json").read_text("utf-8"))
    known = {word: int(level) / 100 for level, words in groups.items() for word in words.split()}
    return known, max(known.values())
