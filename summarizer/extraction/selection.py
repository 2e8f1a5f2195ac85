"""Choose the sentences of a summary: of one article, or of several articles on one event.

The two cases differ. The summary of one article is the one or two sentences that cover most of its title.
Several articles agree in their leads, so leads are taken in turn, sentences that other papers have too come
first, and sentences similar to a chosen one come last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summarizer.extraction.features import ArticleFeatures, compute_features
from summarizer.extraction.scoring import score_alone, score_pairs
from summarizer.extraction.vectors import Floats, Indices, Vectors, vectorise
from summarizer.text.openings import is_dangling

Words = Sequence[Sequence[str]]  # of each title, or of each sentence of an article
RANKER = "diemtin"  # the name of this ranker, beside sumy's
_BEAM = 3
_DANGLING = 0.05  # deducted from the expected ROUGE of a sentence that depends on one not shown
_CAPTION = 0.03  # deducted from one that reads like a caption: ROUGE rewards them, readers do not
_REDUNDANT = 0.15  # deducted per unit of similarity to a chosen sentence, from the third on
_SECOND = 0.003  # a second sentence is worth this much to a reader beyond its ROUGE
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class SummaryLimits:
    """The limits of a summary: sentences, syllables together, or both; None sets no limit."""

    sentences: int | None = None
    syllables: int | None = None

    @property
    def is_free(self) -> bool:
        """Tell whether the length is left to the ranker."""
        return self.sentences is None and self.syllables is None


def select(titles: Words, texts: Words, tokens: Sequence[Words], limits: SummaryLimits) -> list[int]:
    """Return the indices of the sentences to show: of one article in its order, of several best first.

    `texts` are the sentences of each article, and indices count through all of them. `titles` and `tokens`
    are syllables, of each title and of each sentence.
    """
    if not any(texts) or limits.sentences == 0:
        return []
    if len(texts) == 1:
        return _select_from_article(titles[0], texts[0], tokens[0], limits)
    return _select_from_story(titles, texts, tokens, limits)


def _select_from_article(
    title: Sequence[str], texts: Sequence[str], tokens: Words, limits: SummaryLimits
) -> list[int]:
    """Do what `select` does for one article. Free `limits`: it decides between one sentence and two."""
    features = compute_features(title, texts, tokens)
    alone = score_alone(features)
    budget = _Budget(features.vectors.lengths, limits)
    if limits.syllables is None and limits.sentences != 1:
        chosen = _best_pair(features, alone, may_be_one=limits.is_free)
        if limits.is_free or len(chosen) == limits.sentences:
            return sorted(chosen)
        for one in chosen:
            budget.take(one)
    scores, dangling = alone - _CAPTION * features.caption, features.dangling
    _fill(budget, scores, _DANGLING * dangling, dangling > 0, _REDUNDANT * features.vectors.similarity)
    return sorted(budget.taken)


def _best_pair(features: ArticleFeatures, alone: Floats, *, may_be_one: bool) -> list[int]:
    """Return the best pair of sentences, or the best sentence if no pair is better."""
    single = alone - _CAPTION * features.caption - _DANGLING * features.dangling
    ranked = np.argsort(-single, kind="stable")[:_BEAM]
    best, best_score = [int(ranked[0])], float(single[ranked[0]]) if may_be_one else float(_NEVER)
    if len(alone) == 1:
        return best
    at, first = np.arange(len(alone)), ranked[:, None]
    leaning = features.dangling * (at != first + 1) + features.dangling[first] * (at != first - 1)
    both = score_pairs(features, alone, ranked.tolist()) + _SECOND - _DANGLING * leaning
    both -= _CAPTION * (features.caption + features.caption[first])
    both[at == first] = _NEVER
    row, second = divmod(int(np.argmax(both)), len(alone))
    return [int(ranked[row]), second] if both[row, second] > best_score else best


class _Budget:
    """The sentences taken so far, and what still fits."""

    def __init__(self, lengths: Floats, limits: SummaryLimits) -> None:
        self._lengths = lengths
        self._sentences = len(lengths) if limits.sentences is None else limits.sentences
        self._syllables = float("inf") if limits.syllables is None else float(limits.syllables)
        self.taken: list[int] = []

    def best(self, scores: Floats) -> int | None:
        if len(self.taken) >= min(self._sentences, len(self._lengths)):
            return None
        open_scores = np.where(self._lengths <= self._syllables, scores, _NEVER)
        open_scores[self.taken] = _NEVER
        best = int(np.argmax(open_scores))
        return best if open_scores[best] > _NEVER else None

    def take(self, index: int) -> None:
        self.taken.append(index)
        self._syllables -= float(self._lengths[index])


def _fill(
    budget: _Budget, scores: Floats, leaning: Floats, follows: NDArray[np.bool_], repeated: Floats
) -> None:
    """Take the best sentences that fit, besides those taken, until none does.

    Deducted from the `scores` are `leaning`, from a sentence that depends on one not shown (one that
    `follows` a sentence does not, once that is taken), and `repeated`, (n, n), from repetitions.
    """
    new, deducted = list(budget.taken), np.zeros_like(scores)
    while True:
        for one in new:
            deducted = np.maximum(deducted, repeated[one])
            leaning[one + 1 : one + 2] *= ~follows[one + 1 : one + 2]
        best = budget.best(scores - leaning - deducted)
        if best is None:
            return
        budget.take(best)
        new = [best]


# The weights of a story's sentences were tuned on the 100 development clusters of VN-MDS (Tran et al.)
_LEAD, _WALK, _TITLE, _AGREED, _LENGTH, _REPEATED, _LEANING = 3.7, 0.2, 0.35, 0.5, 3.0, 4.0, 6.0
_FULL_LENGTH = 25  # syllables; shorter sentences count less
_STORY_SENTENCES = 3


def _select_from_story(
    titles: Words, texts: Words, tokens: Sequence[Words], limits: SummaryLimits
) -> list[int]:
    """Do what `select` does for several articles. Free `limits`: three sentences."""
    flat = [words for article in tokens for words in article]
    vectors = vectorise(flat)
    article = np.repeat(np.arange(len(tokens)), [len(sentences) for sentences in tokens])
    scores = _story_scores(titles, tokens, vectors, article)
    leans = np.array([is_dangling(text) for sentences in texts for text in sentences])
    # A body's first sentence may also depend on the sapo, which is missing here.
    follows = leans & (np.diff(article, prepend=-1) == 0)
    budget = _Budget(vectors.lengths, SummaryLimits(_STORY_SENTENCES) if limits.is_free else limits)
    leaning = _LEANING * leans.astype(np.float32)
    _fill(budget, scores, leaning, follows, _REPEATED * vectors.similarity)
    return _followed(budget.taken, follows)


def _followed(taken: Sequence[int], follows: NDArray[np.bool_]) -> list[int]:
    """Put each sentence that depends on the one before it right after that, if that is chosen too."""
    known = set(taken)
    ordered = []
    for first in taken:
        if not (follows[first] and first - 1 in known):
            ordered.append(first)
            while ordered[-1] + 1 in known and follows[ordered[-1] + 1]:
                ordered.append(ordered[-1] + 1)
    return ordered


def _story_scores(titles: Words, tokens: Sequence[Words], vectors: Vectors, article: Indices) -> Floats:
    position = np.concatenate([np.arange(len(sentences)) for sentences in tokens])
    scores = (
        _LEAD / (1 + position)
        + _WALK * _standard(vectors.pagerank())
        + _TITLE * _standard(_title_similarity(titles, vectors))
        + _AGREED * _standard(_agreement(vectors, article))
        + _LENGTH * np.minimum(vectors.lengths / _FULL_LENGTH, 1)
    )
    return np.asarray(scores, np.float32)


def _title_similarity(titles: Words, vectors: Vectors) -> Floats:
    wanted = np.zeros(vectors.weights.shape[1], np.float32)
    for word in (word for title in titles for word in set(title) if word in vectors.columns):
        wanted[vectors.columns[word]] += vectors.idf[vectors.columns[word]]
    return np.asarray(vectors.weights @ wanted, np.float32)


def _agreement(vectors: Vectors, article: Indices) -> Floats:
    """Return the mean similarity of each sentence to the most similar one of each other article."""
    articles = np.unique(article)
    nearest = np.column_stack([vectors.similarity[:, article == one].max(axis=1) for one in articles])
    nearest[article[:, None] == articles[None, :]] = 0
    return np.asarray(nearest.sum(axis=1) / max(len(articles) - 1, 1), np.float32)


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), np.float32)
