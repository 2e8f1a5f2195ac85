"""Estimate the ROUGE of one sentence of an article as its summary, and of two sentences together.

Two small nets (one hidden layer beside a linear one) take the features of `features`. They are fitted by
`benchmarks/train_ranker.py` on the vietnews training articles. They give the mean of ROUGE-1, -2 and -L
against the lead paragraph, so scores of one sentence and of two are comparable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from summarizer.extraction.features import ArticleFeatures
from summarizer.extraction.vectors import Floats
from summarizer.packaged_data import load_json

_FAR = 6  # standard deviations at which inputs are clipped
_LONGEST = 160  # syllables of two sentences


@dataclass(frozen=True, slots=True)
class Net:
    """A regression with f inputs and h hidden units."""

    mean: Floats  # of the inputs, (f,)
    scale: Floats  # of the inputs, (f,)
    inner: Floats  # (f, h)
    inner_bias: Floats  # (h,)
    outer: Floats  # (h,)
    direct: Floats  # the linear part, (f,)
    bias: float  # added to the answer

    def __call__(self, *tables: Floats) -> Floats:
        """Return the expected ROUGE of each row; the first table has the first inputs, and so on.

        Each table is (..., its inputs). Tables are broadcast against each other, so inputs that many rows
        share are processed once.
        """
        hidden, direct, start = self.inner_bias, np.float32(self.bias), 0
        for table in tables:
            own = slice(start, start + table.shape[-1])
            inputs = (table - self.mean[own]) / self.scale[own]
            inputs = np.maximum(np.minimum(inputs, _FAR), -_FAR)  # np.clip takes three times as long
            hidden = hidden + inputs @ self.inner[own]
            direct = direct + inputs @ self.direct[own]
            start = own.stop
        return np.asarray(np.maximum(hidden, 0) @ self.outer + direct, np.float32)


def score_alone(features: ArticleFeatures) -> Floats:
    """Return the expected ROUGE of each sentence as the whole summary, (n,)."""
    return _nets()["alone"](features.table)


def score_pairs(features: ArticleFeatures, alone: Floats, firsts: Sequence[int]) -> Floats:
    """Return the expected ROUGE of each sentence together with each of `firsts`, (firsts, n)."""
    tables = features.table, features.table[list(firsts)][:, None], pair_features(features, alone, firsts)
    return _nets()["pair"](*tables)


def pair_features(features: ArticleFeatures, alone: Floats, firsts: Sequence[int]) -> Floats:
    """Return the features of each sentence together with each of `firsts`, (firsts, n, columns)."""
    first, lengths = np.array(firsts)[:, None], features.vectors.lengths
    together = np.minimum(lengths + lengths[first], _LONGEST)
    columns = (
        alone,
        alone[first],
        *_overlap(features, list(firsts)),
        together,
        np.maximum(together - 45, 0),
        *_order(features, first),
    )
    table = np.empty((len(firsts), len(alone), len(columns)), np.float32)
    for number, column in enumerate(columns):
        table[:, :, number] = column
    return table


def _overlap(features: ArticleFeatures, firsts: list[int]) -> list[Floats]:
    """Return what two sentences share, and what they have together of the title."""
    similarity = features.vectors.similarity[firsts]
    common = np.stack([features.pairs.common(one) for one in firsts])
    pairs = features.in_title_pairs.shape[1]
    return [
        similarity,
        np.asarray(common / np.maximum(features.vectors.lengths, 1), np.float32),
        _together(features.in_title, firsts, features.title_weights / (features.title_weights.sum() or 1)),
        _together(features.in_title_pairs, firsts, np.full(pairs, 1 / max(pairs, 1), np.float32)),
    ]


def _together(has: Floats, firsts: list[int], weights: Floats) -> Floats:
    """Return the weight of what each of `firsts` and each sentence have between them, (firsts, n)."""
    own, weighed = has @ weights, has[firsts] * weights
    return np.asarray(own[firsts][:, None] + own - weighed @ has.T, np.float32)


def _order(features: ArticleFeatures, first: np.ndarray[tuple[int, int], np.dtype[np.intp]]) -> list[Floats]:
    """Return how far apart they are, and whether one depends on a sentence that is not the other."""
    far = np.arange(len(features.dangling)) - first
    follows, leads = far == 1, far == -1
    return [
        np.maximum(np.minimum(far, 20), -20),
        follows,
        leads,
        far > 0,
        features.dangling * ~follows,
        features.dangling[first] * ~leads,
    ]


@cache
def _nets() -> dict[str, Net]:
    return {name: net_from(values) for name, values in load_json("ranker.json").items()}


def net_from(values: dict[str, list[float] | list[list[float]] | float]) -> Net:
    arrays = {key: np.array(value, np.float32) for key, value in values.items() if key != "bias"}
    return Net(**arrays, bias=float(values["bias"]))  # type: ignore[arg-type] # "bias" is the one plain number
