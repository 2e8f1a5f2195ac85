"""Make summarizer/data/meanings.npz: a short vector for each common term, by latent semantic analysis.

    python benchmarks/train_meanings.py ARTICLES.jsonl[.gz] summarizer/data/meanings.npz

ARTICLES: rows of {"title", "sapo", "body": [lines]}. The matrix of articles and terms (TF-IDF, rows of
length 1) is cut down to its strongest directions by a randomised SVD (Halko, Martinsson and Tropp 2011), with
numpy alone. Each direction is divided by the root of its strength, so that the few that all news shares do
not decide.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import read_rows

from summarizer.stories.terms import term_hashes
from summarizer.text.syllables import syllables

TERMS, DIMENSIONS, SPARE, ROUNDS = 8_000, 32, 16, 4
MOST_ARTICLES = 0.3  # a term of more articles says nothing
READ = 2_500  # characters of a body
CLIPPED_AT = 4.0  # standard deviations, so that a byte resolves the rest

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Sparse:
    """A matrix as its entries, ordered by row."""

    def __init__(self, rows: Ints, columns: Ints, values: Floats, height: int) -> None:
        order = np.argsort(rows, kind="stable")
        self.columns, self.values = columns[order], values[order]
        self.starts = np.searchsorted(rows[order], np.arange(height + 1))

    def times(self, dense: Floats) -> Floats:
        product = np.zeros((self.starts.size - 1, dense.shape[1]), np.float32)
        for row, (start, end) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            product[row] = self.values[start:end] @ dense[self.columns[start:end]]
        return product


def articles(path: Path) -> Iterator[npt.NDArray[np.uint32]]:
    for row in read_rows(path):
        yield term_hashes(syllables(f"{row['title']} . {row['sapo']} . {' '.join(row['body'])[:READ]}"))


def main(source: Path, target: Path) -> None:
    counted = [np.unique(terms, return_counts=True) for terms in articles(source)]
    frequency = Counter(term for terms, _ in counted for term in terms.tolist())
    commonest = [(often, term) for term, often in frequency.items() if often <= MOST_ARTICLES * len(counted)]
    kept = np.sort(np.array([term for _, term in sorted(commonest, reverse=True)[:TERMS]], np.uint32))
    idf = np.array([np.log((len(counted) + 1) / (frequency[term] + 1)) + 1 for term in kept.tolist()])
    rows, columns, values = entries(counted, kept, idf)
    matrix = Sparse(rows, columns, values, len(counted))
    turned = Sparse(columns, rows, values, kept.size)
    directions, strengths = strongest(matrix, turned, kept.size)
    vectors = idf[:, None] * directions / np.sqrt(strengths)
    scale = 127 / (CLIPPED_AT * vectors.std())
    packed = np.clip(np.round(vectors * scale), -127, 127).astype(np.int8)
    np.savez_compressed(target, hashes=kept, vectors=packed)
    print(f"{len(counted)} articles, {kept.size} terms, {target.stat().st_size} bytes")


def entries(
    counted: list[tuple[npt.NDArray[np.uint32], Ints]],
    kept: npt.NDArray[np.uint32],
    idf: npt.NDArray[np.float64],
) -> tuple[Ints, Ints, Floats]:
    rows, columns, values = [], [], []
    for number, (terms, often) in enumerate(counted):
        places = np.minimum(np.searchsorted(kept, terms), kept.size - 1)
        known = kept[places] == terms
        weights = (1 + np.log(often[known])) * idf[places[known]]
        rows.append(np.full(int(known.sum()), number))
        columns.append(places[known])
        values.append((weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32))
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def strongest(matrix: Sparse, turned: Sparse, width: int) -> tuple[Floats, Floats]:
    """Return the strongest directions of the terms, (width, DIMENSIONS), and their singular values."""
    drawn = np.random.default_rng(1).standard_normal((width, DIMENSIONS + SPARE)).astype(np.float32)
    basis = np.linalg.qr(matrix.times(drawn))[0]
    for _ in range(ROUNDS):
        basis = np.linalg.qr(matrix.times(np.linalg.qr(turned.times(basis))[0]))[0]
    _, strengths, directions = np.linalg.svd(turned.times(basis).T, full_matrices=False)
    return directions[:DIMENSIONS].T, strengths[:DIMENSIONS]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
