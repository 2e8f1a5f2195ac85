"""Make summarizer/data/developments.json: which later reports of a story have a development.

    python benchmarks/train_developments.py WEEK benchmarks/developments.tsv summarizer/data/developments.json

WEEK: JSONL, also gzipped: {"id", "title", "sapo", "published" (RFC 3339), "source"}. Each line of the labels
is an article's id, 1 where its lead tells something that happened since the older reports, else 0, and the
ids of these, at least three hours older. One reader read them; reports that the reader was unsure
about are left out.
It is a logistic regression with squared weights held small, by Newton's method.

Prints how many of the best-rated reports are developments, by weights that have not seen their stories.
"""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import Floats, fit_features, read_rows

from summarizer.model import Document, Piece
from summarizer.stories.developments import FEATURES, compare, is_view_or_promotion, may_be_of

HELD_SMALL = 5.0


def main(week_path: Path, labels_path: Path, target: Path) -> None:
    features, labels, groups = examples(pieces_of(week_path), labels_path)
    report(features, labels, groups)
    weights, bias = fit(features, labels)
    packed = {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
    text = json.dumps({"bias": round(bias, 4), "weights": packed}, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


def pieces_of(path: Path) -> dict[str, Piece]:
    found = {}
    for number, row in enumerate(read_rows(path)):
        moment, paper = dt.datetime.fromisoformat(row["published"]), row["source"]
        document = Document(row["title"], row["sapo"], "")
        found[row["id"]] = Piece(
            number, document, (), paper, paper, None, None, moment, moment, "full", advertorial=False
        )
    return found


def examples(pieces: dict[str, Piece], path: Path) -> tuple[Floats, npt.NDArray[np.bool_], list[str]]:
    """Return features (n, len(FEATURES)), labels, and the oldest report of each, which names its story."""
    features, labels, groups = [], [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        own, label, older = line.split("\t")
        known = [pieces[one] for one in older.split()]
        if not is_view_or_promotion(pieces[own]) and may_be_of(pieces[own], known):
            features.append(compare(pieces[own], known))
            labels.append(label == "1")
            groups.append(min(older.split(), key=lambda one: pieces[one].moment))
    return np.array(features), np.array(labels), groups


def fit(features: Floats, labels: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    return fit_features(features, labels, np.ones(len(labels)), np.full(features.shape[1], HELD_SMALL))


def report(features: Floats, labels: npt.NDArray[np.bool_], groups: Sequence[str]) -> None:
    """Print how many of the best-rated are developments, each story rated by weights fitted to the others."""
    names, rated = np.array(groups), np.zeros(len(labels))
    for name in set(groups):
        here = names == name
        weights, bias = fit(features[~here], labels[~here])
        rated[here] = features[here] @ weights + bias
    best = labels[np.argsort(-rated)]
    print(f"{len(labels)} reports, {int(labels.sum())} developments")
    for count in (10, 20, 30, 40, 50, 60):
        print(f"best {count}: {best[:count].mean():.0%}")
    for bar in (0.0, 0.15, 0.3, 0.45):
        print(f"above {bar}: {int((rated > bar).sum())}, of them {labels[rated > bar].mean():.0%}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
