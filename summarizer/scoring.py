"""How good a summary one sentence of an article makes, and how good two make together, in expected ROUGE.

Two small nets (one hidden layer beside a linear one) read what `features` measured. Fitted by
`benchmarks/train_ranker.py` on the vietnews training articles; the answer is the mean of ROUGE-1, -2 and
-L against the lead paragraph, so that one sentence and two compare.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from summarizer.features import Measured
from summarizer.vectors import Floats

_FAR = 6  # standard deviations; what is farther out says no more


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

    def __call__(self, table: Floats) -> Floats:
        """Return the expected ROUGE of each row of `table`, (rows, f) → (rows,)."""
        inputs = np.clip((table - self.mean) / self.scale, -_FAR, _FAR)
        hidden = np.maximum(inputs @ self.inner + self.inner_bias, 0)
        return np.asarray(hidden @ self.outer + inputs @ self.direct + self.bias, np.float32)


def score_alone(measured: Measured) -> Floats:
    """Return the expected ROUGE of each sentence as the whole summary, (n,)."""
    return _nets()["alone"](measured.table)


def score_beside(measured: Measured, alone: Floats, firsts: Sequence[int]) -> Floats:
    """Return the expected ROUGE of each sentence together with each of `firsts`, (firsts, n)."""
    table = pair_table(measured, alone, firsts)
    return _nets()["pair"](table.reshape(-1, table.shape[-1])).reshape(table.shape[:-1])


def pair_table(measured: Measured, alone: Floats, firsts: Sequence[int]) -> Floats:
    """Return the figures of each sentence beside each of `firsts`, (firsts, n, figures)."""
    at = np.arange(len(alone))
    first = np.array(firsts)[:, None]
    lengths = measured.vectors.lengths
    total = np.minimum(lengths + lengths[first], 160)
    likeness = measured.vectors.similarity[first[:, 0]]
    other = alone[first]
    columns = (
        alone,
        other,
        likeness,
        _shared(measured, firsts),
        _title_gain(measured, firsts),
        total,
        total**2 / 100,
        np.maximum(total - 45, 0),
        np.maximum(total - 70, 0),
        np.clip(at - first, -20, 20),
        at == first + 1,
        at == first - 1,
        at > first,
        alone**2,
        other**2,
        alone * other,
        alone * total,
        other * total,
        likeness * alone,
        measured.title_recall[first],
        first == 0,
        measured.dangling * (at != first + 1),
        measured.dangling[first] * (at != first - 1),
    )
    table = np.empty((len(firsts), len(alone), len(columns)), np.float32)
    for number, column in enumerate(columns):
        table[:, :, number] = column
    return table


def _shared(measured: Measured, firsts: Sequence[int]) -> Floats:
    """Return the share of each sentence's pairs that each of `firsts` has, (firsts, n)."""
    sizes = np.array([max(len(pairs), 1) for pairs in measured.pairs], np.float32)
    common = [[len(pairs & measured.pairs[first]) for pairs in measured.pairs] for first in firsts]
    return np.asarray(np.array(common, np.float32) / sizes, np.float32)


def _title_gain(measured: Measured, firsts: Sequence[int]) -> Floats:
    """Return the share of the title that each sentence adds to each of `firsts`, (firsts, n)."""
    missing = (1 - measured.in_title[list(firsts)]) * measured.title_weights
    return np.asarray(missing @ measured.in_title.T / (measured.title_weights.sum() or 1), np.float32)


@cache
def _nets() -> dict[str, Net]:
    saved = json.loads(files("summarizer").joinpath("data/ranker.json").read_text("utf-8"))
    return {name: net_from(values) for name, values in saved.items()}


def net_from(values: dict[str, list[float] | list[list[float]] | float]) -> Net:
    """Make a net of what its JSON object holds."""
    arrays = {key: np.array(value, np.float32) for key, value in values.items() if key != "bias"}
    return Net(**arrays, bias=float(values["bias"]))  # type: ignore[arg-type] # "bias" is the one plain number
