"""Sentences as TF-IDF vectors over syllables, and their similarity.

The IDF of syllables is in `data/idf.json`, counted by `benchmarks/train_ranker.py` over the vietnews training
articles. A Vietnamese syllable is often half a word, but finding the words first did not improve summaries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, count, repeat

import numpy as np
from numpy.typing import NDArray

from summarizer.packaged_data import load_json
from summarizer.text.syllables import I_MARKED, Y_MARKED, folded

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]
_DAMPING, _PAGERANK_STEPS = 0.85, 12


@dataclass(frozen=True)
class Vectors:
    """The sentences of one or several articles."""

    columns: dict[str, int]  # the column of each distinct syllable
    known: Indices  # the index in `lexicon()` of each column, 0 for one never seen, (m,)
    sentence: Indices  # of each syllable in the order of the text, (syllables,)
    column: Indices  # of each syllable in the order of the text, (syllables,)
    lengths: Floats  # the number of syllables of each sentence, (n,)
    idf: Floats  # of each column, (m,)
    weights: Floats  # log(1 + tf) * IDF of each sentence, each of length 1, (n, m)

    @cached_property
    def similarity(self) -> Floats:
        """Return the cosine of each two sentences, 0 on the diagonal, (n, n)."""
        cosines = self.weights @ self.weights.T
        np.fill_diagonal(cosines, 0)
        return cosines

    def centrality(self) -> Floats:
        """Return each sentence's cosine to the sum of all, (n,)."""
        centre = self.weights.sum(axis=0)
        return np.asarray(self.weights @ centre / (np.sqrt(centre @ centre) or 1), np.float32)

    def pagerank(self) -> Floats:
        """Return the PageRank of each sentence over the similarities, times n, (n,).

        Source: LexRank without a threshold (Erkan and Radev, 2004).
        """
        count = len(self.lengths)
        moves = self.similarity + np.float32(1e-6)
        moves /= moves.sum(axis=1, keepdims=True)
        share: Floats = np.full(count, 1 / count, np.float32)
        for _ in range(_PAGERANK_STEPS):
            share = np.asarray((1 - _DAMPING) / count + _DAMPING * (share @ moves), np.float32)
        return np.asarray(share * count, np.float32)


def vectorise(tokens: Sequence[Sequence[str]]) -> Vectors:
    """Return the vectors of sentences given as syllables; there is at least one, and it may be empty."""
    flat = list(chain.from_iterable(tokens))
    columns = dict(zip(dict.fromkeys(flat), count()))
    column = np.fromiter(map(columns.__getitem__, flat), np.intp, len(flat))
    lengths = np.fromiter(map(len, tokens), np.intp, len(tokens))
    sentence = np.repeat(np.arange(len(tokens)), lengths)
    width = max(len(columns), 1)
    counts = np.bincount(sentence * width + column, minlength=len(tokens) * width)
    find = lexicon().index.get
    known = np.fromiter(map(find, columns, repeat(0)), np.intp, len(columns))
    idf = lexicon().idf[known] if columns else np.zeros(1, np.float32)
    weights = _LOGS.take(counts, mode="clip").reshape(len(tokens), width) * idf
    norms = np.sqrt(np.einsum("ij,ij->i", weights, weights))
    weights /= np.maximum(norms, _NO_LENGTH)[:, None]
    return Vectors(columns, known, sentence, column, lengths.astype(np.float32), idf, weights)


_NO_LENGTH = np.float32(1e-6)  # of a sentence without syllables; it stays zero
_LOGS = np.log1p(np.arange(64, dtype=np.float32))  # of counts; more than 63 count as 63


@dataclass(frozen=True)
class Lexicon:
    """The syllables of news and their IDF."""

    index: dict[str, int]  # from 1 on, of each syllable that was counted
    idf: Floats  # by index; at 0 stands that of the rarest, for syllables never seen


@cache
def lexicon() -> Lexicon:
    """Read the lexicon. The file: IDF in hundredths → syllables."""
    groups = load_json("idf.json")
    idf = {word: int(level) / 100 for level, words in groups.items() for word in words.split()}
    index = {word: at for at, word in enumerate(idf, 1)}
    return Lexicon(index, np.array([max(idf.values()), *idf.values()], np.float32))


def idf_of(words: Sequence[str]) -> Floats:
    """Return the IDF of each syllable, (words,)."""
    find = lexicon().index.get
    return lexicon().idf[np.fromiter(map(find, words, repeat(0)), np.intp, len(words))]


def typed_idf(word: str) -> float:
    """Return the IDF of a syllable as typed: without marks that of the commonest one so written.

    >>> typed_idf("viet") == typed_idf("việt") < typed_idf("viết")
    True
    """
    known = lexicon()
    if folded(word) == word:
        return min(_bare_idf().get(one, float(known.idf[0])) for one in (word, _twin(word)))
    at = known.index.get(word) or known.index.get(_twin(word), 0)
    return float(known.idf[at])


def _twin(word: str) -> str:
    """Return a word that ends in y with the i that other papers write."""
    return word[:-1] + I_MARKED[Y_MARKED.index(word[-1])] if word[-1:] in Y_MARKED else word


@cache
def _bare_idf() -> dict[str, float]:
    known, bare = lexicon(), dict[str, float]()
    for word, at in known.index.items():
        level = float(known.idf[at])
        bare[folded(word)] = min(level, bare.get(folded(word), level))
    return bare
