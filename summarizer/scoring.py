"""How good a summary one sentence of an article makes, and how good two make together, in expected ROUGE.

Two small nets (one hidden layer beside a linear one) read what `features` measured. Fitted by
`benchmarks/train_ranker.py` on the vietnews training articles; the answer is the mean of ROUGE-1, -2 and
-L against the lead paragraph, so that one sentence and two compare.
"""

import json
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


def score_beside(measured: Measured, alone: Floats, first: int) -> Floats:
    """Return the expected ROUGE of each sentence together with sentence `first`, (n,)."""
    return _nets()["pair"](pair_table(measured, alone, first))


def pair_table(measured: Measured, alone: Floats, first: int) -> Floats:
    """Return the figures of each sentence beside sentence `first`, (n, figures)."""
    count = len(alone)
    lengths = measured.vectors.lengths
    total = np.minimum(lengths + lengths[first], 160)
    likeness = measured.vectors.similarity[first]
    shared, gain = _overlap(measured, first)
    at = np.arange(count)
    columns = (
        alone,
        np.full(count, alone[first]),
        likeness,
        shared,
        gain,
        total,
        total**2 / 100,
        np.maximum(total - 45, 0),
        np.maximum(total - 70, 0),
        np.clip(at - first, -20, 20),
        at == first + 1,
        at == first - 1,
        at > first,
        alone**2,
        np.full(count, alone[first] ** 2),
        alone * alone[first],
        alone * total,
        alone[first] * total,
        likeness * alone,
        np.full(count, measured.title_recall[first]),
        np.full(count, first == 0),
        measured.dangling * (at != first + 1),
        measured.dangling[first] * (at != first - 1),
    )
    return np.column_stack(columns).astype(np.float32)


def _overlap(measured: Measured, first: int) -> tuple[Floats, Floats]:
    """Return the share of each sentence's pairs that `first` has, and the share of the title it adds."""
    own, told = measured.pairs[first], measured.in_title[first]
    shared = [len(pairs & own) / max(len(pairs), 1) for pairs in measured.pairs]
    weights = measured.title_weights
    gain = [sum(weights[word] for word in words - told) if words else 0.0 for words in measured.in_title]
    return np.array(shared, np.float32), np.array(gain, np.float32) / (sum(weights.values()) or 1)


@cache
def _nets() -> dict[str, Net]:
    saved = json.loads(files("summarizer").joinpath("data/ranker.json").read_text("utf-8"))
    return {name: net_from(values) for name, values in saved.items()}


def net_from(values: dict[str, list[float] | list[list[float]] | float]) -> Net:
    """Make a net of what its JSON object holds."""
    arrays = {key: np.array(value, np.float32) for key, value in values.items() if key != "bias"}
    return Net(**arrays, bias=float(values["bias"]))  # type: ignore[arg-type] # "bias" is the one plain number
