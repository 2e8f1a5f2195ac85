"""What is measured of each sentence of an article, and of each two, to tell how good a summary they make.

The weights of these figures are in `data/ranker.json`, fitted by `benchmarks/train_ranker.py` to the
ROUGE of sentences against the lead paragraphs that journalists wrote. Which sentences are taken is
`selection`'s business.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from summarizer.captions import caption_score
from summarizer.openers import is_dangling
from summarizer.vectors import Floats, Vectors, rarity_of, vectorise

_OPENING_QUOTE = ("“", '"', "-", "–", "‘", "'")
_NUMBER = re.compile(r"\d+")
_TOP_TERMS = 15
Pair = tuple[str, str]


@dataclass(frozen=True)
class Measured:
    """An article's sentences as figures.

    Attributes:
        vectors: their TF-IDF vectors.
        pairs: the neighbouring syllables of each sentence.
        in_title: 1 where a sentence has a syllable of the title, (n, t).
        title_weights: IDF of each distinct syllable of the title, (t,).
        title_recall: the share of the title that each sentence has, rare syllables weighing more, (n,).
        dangling: 1 where the sentence leans on the one before it, (n,).
        table: the figures, (n, f).
    """

    vectors: Vectors
    pairs: Sequence[frozenset[Pair]]
    in_title: Floats
    title_weights: Floats
    title_recall: Floats
    dangling: Floats
    table: Floats


def measure(title: Sequence[str], texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> Measured:
    """Measure the sentences `texts`, which have the syllables `tokens`, of an article with this title."""
    vectors = vectorise(tokens)
    pairs = [frozenset(pairwise(words)) for words in tokens]
    words = list(dict.fromkeys(title))
    weights = np.array([rarity_of(word) for word in words], np.float32)
    in_title = np.zeros((len(texts), len(words)), np.float32)
    known = [(at, vectors.columns[word]) for at, word in enumerate(words) if word in vectors.columns]
    if known:
        into, out_of = zip(*known, strict=True)
        in_title[:, into] = vectors.weights[:, out_of] > 0
    dangling = np.array([is_dangling(text) for text in texts], np.float32)
    title_figures = _title_figures(title, words, vectors, pairs, in_title, weights)
    columns = [
        *title_figures,
        *_centre_figures(vectors, pairs),
        *_position_figures(vectors),
        *_text_figures(texts, tokens, pairs, title),
        dangling,
        np.full(len(texts), min(len(title), 25), np.float32),
    ]
    table = np.empty((len(texts), len(columns)), np.float32)
    for number, column in enumerate(columns):
        table[:, number] = column
    return Measured(vectors, pairs, in_title, weights, title_figures[1], dangling, table)


def _title_figures(
    title: Sequence[str],
    words: Sequence[str],
    vectors: Vectors,
    pairs: Sequence[frozenset[Pair]],
    in_title: Floats,
    weights: Floats,
) -> list[Floats]:
    """Return overlap with the title: pairs, rare syllables, both relative to the best sentence, cosine."""
    title_pairs = frozenset(pairwise(title))
    common = np.array([len(own & title_pairs) for own in pairs], np.float32)
    by_pairs = np.asarray(common / max(len(title_pairs), 1), np.float32)
    recall = np.asarray(in_title @ weights / (weights.sum() or 1), np.float32)
    wanted = np.zeros(vectors.weights.shape[1], np.float32)
    for word, weight in zip(words, weights, strict=True):
        if word in vectors.columns:
            wanted[vectors.columns[word]] = weight
    cosine = vectors.weights @ wanted / (np.sqrt(weights @ weights) or 1)
    return [by_pairs, recall, cosine, by_pairs / (by_pairs.max() or 1), recall / (recall.max() or 1)]


def _centre_figures(vectors: Vectors, pairs: Sequence[frozenset[Pair]]) -> list[Floats]:
    """Return how central each sentence is: PageRank, cosines to centre, lead and neighbours, shared pairs."""
    seen = Counter(chain.from_iterable(pairs))
    again = {pair: count - 1 for pair, count in seen.items() if count > 1}
    shared = np.array([sum(again[pair] for pair in own if pair in again) for own in pairs], np.float32)
    similarity = vectors.similarity
    to_lead = similarity[0].copy()
    to_lead[0] = 1
    before = np.concatenate(([0], np.diagonal(similarity, -1)))
    after = np.concatenate((np.diagonal(similarity, 1), [0]))
    has = vectors.weights > 0
    strength = has.sum(axis=0) * vectors.rarity * (vectors.rarity > 2.5)
    top = np.zeros_like(strength)
    best = np.argsort(-strength, kind="stable")[:_TOP_TERMS]
    top[best] = strength[best]
    covered = has @ top / (top.sum() or 1)
    return [
        vectors.pagerank(),
        vectors.centrality(),
        shared / np.maximum(vectors.lengths, 1),
        to_lead,
        before,
        after,
        similarity.max(axis=1),
        covered,
    ]


def _position_figures(vectors: Vectors) -> list[Floats]:
    """Return where each sentence stands and how long it is."""
    count, lengths = len(vectors.tokens), vectors.lengths
    at = np.arange(count, dtype=np.float32)
    before = np.cumsum(lengths) - lengths
    return [
        at / max(count - 1, 1),
        before / max(lengths.sum(), 1),
        1 / (1 + at),
        at == 0,
        at == count - 1,
        np.full(count, min(count, 40), np.float32),
        np.minimum(lengths, 80),
        np.minimum(lengths, 80) ** 2 / 100,
        np.minimum(lengths / max(lengths.mean(), 1), 3),
        lengths < 8,
        np.maximum(lengths - 45, 0),
    ]


def _text_figures(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    pairs: Sequence[frozenset[Pair]],
    title: Sequence[str],
) -> list[Floats]:
    """Return what the characters say: quotes, questions, numbers, colons, caption words."""
    numbers = {word for word in title if word[0].isdigit()}
    figures = [
        (
            min(text.count('"') + text.count("“") + text.count("”"), 4),
            text.startswith(_OPENING_QUOTE),
            text.endswith(":"),
            text.rstrip("”\" '").endswith("?"),
            text[-1:] in ".!…",
            min(len(_NUMBER.findall(text)), 6),
            len(numbers.intersection(words)),
            min(text.count(","), 6),
            max(-4.0, min(4.0, caption_score(text, words, own))),
        )
        for text, words, own in zip(texts, tokens, pairs, strict=True)
    ]
    return list(np.array(figures, np.float32).T)
