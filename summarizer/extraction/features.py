"""Compute the features of each sentence of an article, from which `scoring` rates it as a summary.

Their weights are in `data/ranker.json`, fitted by `benchmarks/train_ranker.py` to the ROUGE of sentences
against the lead paragraphs that journalists wrote. `selection` chooses the sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np

from summarizer.extraction.vectors import Floats, Indices, Vectors, idf_of, lexicon, vectorise
from summarizer.text.boilerplate import similarity_to_captions, word_weights
from summarizer.text.openings import is_dangling

_NO_CAPTION_WORDS = -1.5  # log odds of the words alone; below them a sentence is not checked further
_OPENING_QUOTE = ("“", '"', "-", "–", "‘", "'")


@dataclass(frozen=True)
class Pairs:
    """The pairs of neighbouring syllables of sentences, stored sparsely because few sentences share one."""

    codes: Indices  # of the distinct pairs, ascending, (p,)
    sentence: Indices  # the number of a sentence that has a pair, (k,)
    pair: Indices  # the place of that pair in `codes`, once for each sentence, (k,)
    often: Indices  # how many sentences have each pair, (p,)
    sentences: int  # how many there are

    def common(self, one: int) -> Floats:
        """Return how many pairs each sentence has in common with the sentence `one`, (n,)."""
        has = np.zeros(len(self.codes), bool)
        has[self.pair[self.sentence == one]] = True
        found = np.bincount(self.sentence[has[self.pair]], minlength=self.sentences)
        return found.astype(np.float32)

    def shared(self) -> Floats:
        """Return how often other sentences have the pairs of each sentence, (n,)."""
        others = self.often[self.pair] - 1
        return np.bincount(self.sentence, others, minlength=self.sentences).astype(np.float32)

    def columns(self, wanted: Sequence[int]) -> Floats:
        """Return 1 where a sentence has a pair, a column for each `wanted` code that occurs, (n, found)."""
        at = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        found = at[self.codes[at] == wanted]
        table = np.zeros((self.sentences, len(found)), np.float32)
        for column, pair in enumerate(found.tolist()):
            table[self.sentence[self.pair == pair], column] = 1
        return table


@dataclass(frozen=True)
class ArticleFeatures:
    """The features of an article's sentences."""

    vectors: Vectors
    pairs: Pairs
    in_title: Floats  # 1 where a sentence has a syllable of the title, (n, t)
    title_weights: Floats  # IDF of each distinct syllable of the title, (t,)
    in_title_pairs: Floats  # 1 where a sentence has a pair of the title, (n, q)
    caption: Floats  # from 0 to 1, how much a sentence reads like a photo's caption, (n,)
    dangling: Floats  # 1 where a sentence depends on the one before it, (n,)
    table: Floats  # the features, (n, f)


def compute_features(
    title: Sequence[str], texts: Sequence[str], tokens: Sequence[Sequence[str]]
) -> ArticleFeatures:
    """Compute the features of the sentences `texts`; `tokens` are their syllables, `title` the title's."""
    vectors = vectorise(tokens)
    pairs = _pairs(vectors)
    has = (vectors.weights > 0).astype(np.float32)
    words = list(dict.fromkeys(title))
    in_title, title_weights = _in_title(words, vectors, has)
    in_title_pairs = _in_title_pairs(title, vectors, pairs)
    dangling = np.fromiter(map(is_dangling, texts), np.float32, len(texts))
    of_words = _word_features(words, vectors, has, in_title)
    columns = (
        *_title_features(title, in_title, title_weights, in_title_pairs),
        *_centre_features(vectors, pairs),
        *_position_features(vectors.lengths),
        *of_words,
        *_text_features(texts),
        dangling,
        np.full(len(texts), min(len(title), 25), np.float32),
    )
    table = np.array(columns, np.float32).T
    caption = np.zeros(len(texts), np.float32)
    for at in np.flatnonzero(of_words[-1] > _NO_CAPTION_WORDS).tolist():
        caption[at] = similarity_to_captions(texts[at], tokens[at])
    return ArticleFeatures(vectors, pairs, in_title, title_weights, in_title_pairs, caption, dangling, table)


def _pairs(vectors: Vectors) -> Pairs:
    together = vectors.sentence[1:] == vectors.sentence[:-1]
    codes = (vectors.column[:-1] * len(vectors.columns) + vectors.column[1:])[together]
    distinct = _distinct(codes)
    count = max(len(distinct), 1)
    entries = _distinct(vectors.sentence[1:][together] * count + np.searchsorted(distinct, codes))
    sentence, pair = np.divmod(entries, count)
    often = np.bincount(pair, minlength=len(distinct))
    return Pairs(distinct, sentence, pair, often, len(vectors.lengths))


def _distinct(values: Indices) -> Indices:
    ordered = np.sort(values)
    return np.concatenate((ordered[:1], ordered[1:][ordered[1:] != ordered[:-1]]))  # np.unique is slower


def _in_title(words: Sequence[str], vectors: Vectors, has: Floats) -> tuple[Floats, Floats]:
    nowhere = np.zeros((len(has), 1), np.float32)
    columns = [vectors.columns.get(word, -1) for word in words]
    return np.concatenate((has, nowhere), axis=1)[:, columns], idf_of(words)


def _in_title_pairs(title: Sequence[str], vectors: Vectors, pairs: Pairs) -> Floats:
    columns = vectors.columns
    wanted = [
        columns[first] * len(columns) + columns[second]
        for first, second in dict.fromkeys(pairwise(title))
        if first in columns and second in columns
    ]
    if not wanted or not len(pairs.codes):
        return np.zeros((pairs.sentences, 1), np.float32)
    return pairs.columns(wanted)


def _title_features(
    title: Sequence[str], in_title: Floats, weights: Floats, in_title_pairs: Floats
) -> list[Floats]:
    """Return overlap with the title: pairs, rare syllables, both relative to the best sentence."""
    by_pairs = in_title_pairs.sum(axis=1) / max(len(title) - 1, 1)
    recall = in_title @ weights / (weights.sum() or 1)
    return [by_pairs, recall, by_pairs / (by_pairs.max() or 1), recall / (recall.max() or 1)]


def _centre_features(vectors: Vectors, pairs: Pairs) -> list[Floats]:
    """Return how central each sentence is: cosines to centre, lead and others, shared pairs."""
    similarity = vectors.similarity
    to_lead = similarity[0].copy()
    to_lead[0] = 1
    return [
        vectors.centrality(),
        pairs.shared() / np.maximum(vectors.lengths, 1),
        to_lead,
        similarity.max(axis=1),
    ]


def _position_features(lengths: Floats) -> list[Floats]:
    total = lengths.sum() or np.float32(1)
    return [
        *_places(len(lengths)),
        (np.cumsum(lengths) - lengths) / total,
        np.minimum(lengths, 80),
        np.minimum(lengths * (len(lengths) / total), 3),
    ]


@lru_cache(maxsize=64)
def _places(count: int) -> tuple[Floats, ...]:
    """Return the positions of the sentences of an article that has `count` sentences."""
    at = np.arange(count, dtype=np.float32)
    last, most = np.float32(max(count - 1, 1)), np.float32(min(count, 40))
    return at / last, np.reciprocal(1 + at), np.full(count, most, np.float32)


def _word_features(words: Sequence[str], vectors: Vectors, has: Floats, in_title: Floats) -> list[Floats]:
    """Return for each sentence its numbers, how many of them the title has, and its words' caption weight."""
    if not vectors.columns:
        return [np.zeros(len(has), np.float32)] * 3
    is_number = np.fromiter(map(str.isdigit, vectors.columns), np.float32, len(vectors.columns))
    of_title = [at for at, word in enumerate(words) if word.isdigit()]
    return [
        np.minimum(has @ is_number, 6),
        in_title[:, of_title].sum(axis=1),
        has @ _caption_words()[vectors.known],
    ]


@cache
def _caption_words() -> Floats:
    """Return the caption weight of each syllable of the lexicon, (lexicon + 1,)."""
    weights, index = word_weights(), lexicon().index
    found = np.zeros(len(index) + 1, np.float32)
    for word, weight in weights.items():
        found[index.get(word, 0)] = weight
    found[0] = 0
    return found


def _text_features(texts: Sequence[str]) -> list[Floats]:
    """Return features of the characters: quotes, questions and commas."""
    features = [
        (
            min(text.count('"') + text.count("“") + text.count("”"), 4),
            text.startswith(_OPENING_QUOTE),
            "?" in text[-3:],
            min(text.count(","), 6),
        )
        for text in texts
    ]
    return list(np.array(features, np.float32).T)
