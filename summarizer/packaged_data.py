"""Read the data files of the package: trained weights, and lists of words."""

import io
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray


def data_bytes(name: str) -> bytes:
    """Return the content of `summarizer/data/<name>`."""
    return (files("summarizer") / "data" / name).read_bytes()


def load_json(name: str) -> Any:
    """Return the value of a JSON file."""
    return json.loads(data_bytes(name))


def load_arrays(name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of a `.npz` file by name."""
    with np.load(io.BytesIO(data_bytes(name))) as arrays:
        return dict(arrays)


def load_regression(name: str, features: Sequence[str]) -> tuple[NDArray[np.float64], float]:
    """Return the weights of a regression in the order of `features`, (len(features),), and its bias."""
    saved = load_json(name)
    return np.array([saved["weights"][feature] for feature in features]), float(saved["bias"])
