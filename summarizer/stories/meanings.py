"""What an article is about, as a short vector: reports of one event in other words lie near each other.

A term's vector comes from the company it keeps in the vietnews corpus (latent semantic analysis);
`benchmarks/train_meanings.py` makes the table. A term it does not hold adds nothing.
"""

import importlib.resources
import io
from functools import cache

import numpy as np
from numpy.typing import NDArray

_TITLE_WEIGHT = 2.0


def meaning_of(hashes: NDArray[np.uint32], in_title: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the direction of the sum of the terms' vectors: (dimensions,), 0 when none is known."""
    known, vectors = _table()
    places = np.minimum(np.searchsorted(known, hashes), known.size - 1)
    found = known[places] == hashes
    weights = np.where(in_title[found], _TITLE_WEIGHT, 1.0).astype(np.float32)
    total = weights @ vectors[places[found]].astype(np.float32)
    length = float(np.linalg.norm(total))
    direction: NDArray[np.float32] = (total / length if length else total).astype(np.float32)
    return direction


@cache
def _table() -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
    packed = (importlib.resources.files("summarizer") / "data" / "meanings.npz").read_bytes()
    with np.load(io.BytesIO(packed)) as arrays:
        return arrays["hashes"], arrays["vectors"]
