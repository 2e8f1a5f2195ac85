"""Train `summarizer/data/captions.json`: the words that distinguish a photo caption from prose.

    python benchmarks/train_captions.py TRAIN.jsonl.gz summarizer/data/captions.json

TRAIN has rows {"body": [sentence...], "captions": [text...]}, as the vietnews corpus has (Nguyen et al.,
2019). Captions with a credit ("Ảnh: ...") are left out: rules find those. Every fifth row is held out and
scored.
"""

import argparse
import json
import random
import re
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import Floats, fit_logistic, read_rows

from summarizer.text.boilerplate import lone_cues
from summarizer.text.repair import repair
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables

Example = tuple[frozenset[str], bool]
CREDIT = re.compile(
    r"^ảnh\b|ảnh (?:minh|tư liệu|chụp|cắt|internet)|ảnh\s*[:;]|video\s*:|clip\s*:|nguồn\s*:|đồ h[oọ]ạ?\s*:",
    re.IGNORECASE,
)
CUES, RIDGE = 700, 3.0


def read(path: Path, rows: int) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on and those held out."""
    rng = random.Random(1)
    train: list[Example] = []
    held_out: list[Example] = []
    for number, row in enumerate(islice(read_rows(path), rows)):
        into = train if number % 5 else held_out
        for caption in row["captions"]:
            text = repair(caption).text
            into += [example(text[a:b], True) for a, b in split(text)[:2] if usable(text[a:b])]
        prose = [repair(line).text for line in row["body"] if rng.random() < 0.25]
        into += [example(line, False) for line in prose if usable(line) and len(line.split()) <= 45]
    return train, held_out


def usable(line: str) -> bool:
    """Tell whether the line is one that rules over credits and punctuation leave undecided."""
    return not CREDIT.search(line) and line[-1:] in '.!?…"' and len(line.split()) > 2


def example(text: str, is_caption: bool) -> Example:
    tokens = syllables(text)
    return frozenset((*lone_cues(text, tokens), *map(" ".join, pairwise(tokens)))), is_caption


def vocabulary(examples: list[Example]) -> list[str]:
    """Return the cues whose share differs most between captions and prose."""
    counts = {
        kind: Counter(cue for seen, k in examples if k is kind for cue in seen) for kind in (True, False)
    }
    totals = Counter(kind for _, kind in examples)

    def gain(cue: str) -> float:
        share, other = (counts[kind][cue] / totals[kind] for kind in (True, False))
        return float(abs(share - other) * abs(np.log((share + 1e-5) / (other + 1e-5))))

    frequent = [
        cue for cue in sorted(counts[True] | counts[False]) if counts[True][cue] + counts[False][cue] >= 40
    ]
    return sorted(frequent, key=gain, reverse=True)[:CUES]


def matrix(examples: list[Example], names: list[str]) -> npt.NDArray[np.float32]:
    """Return the cues as (examples, cues + 1), the last column being constant."""
    column = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(examples), len(names) + 1), np.float32)
    table[:, -1] = 1
    for row, (seen, _) in enumerate(examples):
        table[row, [column[cue] for cue in seen if cue in column]] = 1
    return table


def fit(table: npt.NDArray[np.float32], truth: npt.NDArray[np.bool_]) -> Floats:
    """Fit a ridge logistic regression, captions and prose weighing the same."""
    balance = np.where(truth, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    return fit_logistic(table, truth, np.append(np.full(table.shape[1] - 1, RIDGE), 0.0), balance)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("train", type=Path)
    ask.add_argument("output", type=Path)
    ask.add_argument("--rows", type=int, default=19_000)
    args = ask.parse_args()
    train, held_out = read(args.train, args.rows)
    names = vocabulary(train)
    weights = fit(matrix(train, names), np.array([kind for _, kind in train]))
    scores, truth = matrix(held_out, names) @ weights, np.array([kind for _, kind in held_out])
    print(f"{len(train)} examples, {len(held_out)} held out")
    for bound in (0.0, 0.8, 1.5, 2.0, 2.5):
        found, wrong = (scores[truth] >= bound).mean(), (scores[~truth] >= bound).mean()
        print(f"score >= {bound}: {found:.3f} of captions, {wrong:.4f} of prose")
    kept = {"": round(float(weights[-1]), 2)} | {
        n: round(float(w), 2) for n, w in zip(names, weights, strict=False)
    }
    args.output.write_text(json.dumps(kept, ensure_ascii=False, indent=0), encoding="utf-8")


if __name__ == "__main__":
    main()
