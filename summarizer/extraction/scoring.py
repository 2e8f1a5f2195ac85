"""Estimate the ROUGE of one sentence of an article as its summary, and of two sentences together.

Two small nets (one hidden layer beside a linear one) read what `features` measured. They are fitted by
`benchmarks/train_ranker.py` on the vietnews training articles. They give the mean of ROUGE-1, -2 and -L
against the lead paragraph, so scores of one sentence and of two are comparable.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from summarizer.extraction.features import Measured
from summarizer.extraction.vectors import Floats

_FAR = 6  # standard deviations at which inputs are clipped
_LONGEST = 160  # syllables of two sentences


@dataclass(frozen=True, slots=True)
class Net:
    """A regression with f inputs and h hidden units.

    Attributes:
        mean, scale: of the inputs, (f,).
        inner: (f, h); inner_bias: (h,); outer: (h,); direct: (f,), the linear part.
        bias: added to the answer.
    """

    mean: Floats
    scale: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    direct: Floats
    bias: float

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


def score_alone(measured: Measured) -> Floats:
    """Return the expected ROUGE of each sentence as the whole summary, (n,)."""
    return _nets()["alone"](measured.table)


def score_beside(measured: Measured, alone: Floats, firsts: Sequence[int]) -> Floats:
    """Return the expected ROUGE of each sentence together with each of `firsts`, (firsts, n)."""
    tables = measured.table, measured.table[list(firsts)][:, None], pair_figures(measured, alone, firsts)
    return _nets()["pair"](*tables)


def pair_figures(measured: Measured, alone: Floats, firsts: Sequence[int]) -> Floats:
    """Return what is measured of each sentence beside each of `firsts`, (firsts, n, figures)."""
    figures = (
        *_worth(alone, alone[list(firsts)][:, None]),
        *_overlap(measured, list(firsts)),
        *_length(measured.vectors.lengths, list(firsts)),
        *_order(measured, np.array(firsts)[:, None]),
    )
    table = np.empty((len(firsts), len(alone), len(figures)), np.float32)
    for number, figure in enumerate(figures):
        table[:, :, number] = figure
    return table


def _worth(alone: Floats, other: Floats) -> list[Floats]:
    return [alone, other]


def _overlap(measured: Measured, firsts: list[int]) -> list[Floats]:
    """Return what two sentences share, and what they have together of the title."""
    similarity = measured.vectors.similarity[firsts]
    common = np.stack([measured.pairs.common(one) for one in firsts])
    title_pairs = max(measured.in_title_pairs.shape[1], 1)
    return [
        similarity,
        np.asarray(common / np.maximum(measured.vectors.lengths, 1), np.float32),
        _together(measured.in_title, firsts, measured.title_weights / (measured.title_weights.sum() or 1)),
        _together(
            measured.in_title_pairs,
            firsts,
            np.full(measured.in_title_pairs.shape[1], 1 / title_pairs, np.float32),
        ),
    ]


def _together(has: Floats, firsts: list[int], weights: Floats) -> Floats:
    """Return the weight of what each of `firsts` and each sentence have between them, (firsts, n)."""
    own, weighed = has @ weights, has[firsts] * weights
    return np.asarray(own[firsts][:, None] + own - weighed @ has.T, np.float32)


def _length(lengths: Floats, firsts: list[int]) -> list[Floats]:
    total = np.minimum(lengths + lengths[firsts][:, None], _LONGEST)
    return [total, np.maximum(total - 45, 0)]


def _order(measured: Measured, first: np.ndarray[tuple[int, int], np.dtype[np.intp]]) -> list[Floats]:
    """Return how far apart they are, and whether one depends on a sentence that is not the other."""
    far = np.arange(len(measured.dangling)) - first
    follows, leads = far == 1, far == -1
    return [
        np.maximum(np.minimum(far, 20), -20),
        follows,
        leads,
        far > 0,
        measured.dangling * ~follows,
        measured.dangling[first] * ~leads,
    ]


@cache
def _nets() -> dict[str, Net]:
    saved = json.loads(files("summarizer").joinpath("data/ranker.json").read_text("utf-8"))
    return {name: net_from(values) for name, values in saved.items()}


def net_from(values: dict[str, list[float] | list[list[float]] | float]) -> Net:
    """Make a net from its JSON object."""
    arrays = {key: np.array(value, np.float32) for key, value in values.items() if key != "bias"}
    return Net(**arrays, bias=float(values["bias"]))  # type: ignore[arg-type] # "bias" is the one plain number
