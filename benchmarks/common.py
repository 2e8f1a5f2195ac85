"""What several benchmarks use: rows of JSONL files, a logistic regression, what Linux tells of processes."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSONL file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def fit_logistic(
    table: npt.NDArray[Any], truth: npt.NDArray[Any], penalty: Floats, counts: Floats | float = 1.0
) -> Floats:
    """Return the weight of each column: a logistic regression with squared weights held small.

    It is solved by Newton's method. `truth` and `counts`, how much each row counts, are (rows,); `penalty` is
    (columns,).
    """
    weights = np.zeros(table.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (counts * (truth - likely)) - penalty * weights
        curve = (table * (counts * likely * (1 - likely))[:, None]).T @ table + np.diag(penalty + 1e-9)
        weights += np.linalg.solve(curve, slope)
    return weights


def fit_features(
    features: Floats, truth: npt.NDArray[Any], counts: Floats, held: Floats
) -> tuple[Floats, float]:
    """Return weights for unscaled features, and the bias. Features are standardised while fitting.

    `held` are the penalties of the features; nothing holds the bias.
    """
    share = counts / counts.sum()
    mean = share @ features
    spread = np.sqrt(share @ (features - mean) ** 2) + 1e-9
    table = np.column_stack(((features - mean) / spread, np.ones(len(features))))
    found = fit_logistic(table, truth, np.append(held, 1e-6), counts)
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ mean)


def stat_of(process: Path) -> list[str]:
    """Return what /proc tells of a process (its folder there) behind the name; nothing if it has ended."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def seconds_of(stat: list[str]) -> float:
    """Return the seconds of CPU in what `stat_of` returned."""
    return sum(map(int, stat[11:13])) / os.sysconf("SC_CLK_TCK")
