"""Train the data of the ranker: `idf.json` (the IDF of syllables) and `ranker.json` (two small nets).

    python benchmarks/train_ranker.py TRAIN.jsonl.gz summarizer/data [--rows N]

TRAIN has rows {"title", "sapo", "body": [line...]}, as the vietnews corpus has (Nguyen et al., 2019). The
body is joined by spaces and cut by our own splitter; the target is the mean ROUGE-1, -2 and -L F1, in
syllables, of a sentence (net `alone`) or two (net `pair`) against the sapo, which is not in the body.
"""

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from common import read_rows
from rouge import mean_rouge

from summarizer.extraction.features import ArticleFeatures, compute_features
from summarizer.extraction.scoring import Net, net_from, pair_features
from summarizer.extraction.vectors import Floats
from summarizer.text.repair import repair
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables, tokens_of

FEWEST = 4  # syllables of a sentence that may be shown
RARE = 4  # articles; a syllable of fewer counts as never seen
NETS, HIDDEN, EPOCHS, BATCH, RATE, DECAY = 3, 20, 8, 512, 3e-3, 1e-4
BEAM, PARTNERS = 3, 10


class Example(NamedTuple):
    """An article as the nets see it."""

    tokens: list[list[str]]
    reference: list[str]
    features: ArticleFeatures
    targets: Floats


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("train", type=Path)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--rows", type=int, default=20_000)
    args = ask.parse_args()
    rows = list(islice(read_rows(args.train), args.rows))
    write(args.folder / "idf.json", count_idf(rows))
    random.Random(1).shuffle(rows)
    examples = [example for row in rows if (example := make_example(row)) is not None]
    alone = fit([(example.features.table, example.targets) for example in examples])
    scorer = net_from(alone)
    pair = fit([pair_examples(example, scorer) for example in examples if len(example.tokens) > 1])
    write(args.folder / "ranker.json", {"alone": alone, "pair": pair})
    print(f"{len(examples)} articles")


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def count_idf(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return IDF in hundredths → the syllables that have it."""
    found = Counter(word for row in rows for word in set(syllables(" ".join(row["body"]))))
    groups = defaultdict(list)
    for word, count in found.items():
        if count >= RARE:
            groups[round(100 * (math.log((len(rows) + 1) / (count + 1)) + 1))].append(word)
    return {str(level): " ".join(sorted(groups[level])) for level in sorted(groups)}


def make_example(row: dict[str, Any]) -> Example | None:
    """Measure one article, None if it has no sentence."""
    body = repair(" ".join(row["body"])).text
    found = [(body[slice(*span)], words) for span, words in tokens_of(body, split(body))]
    kept = [(text, words) for text, words in found if len(words) >= FEWEST]
    if not kept:
        return None
    texts, tokens = [text for text, _ in kept], [words for _, words in kept]
    reference = syllables(repair(row["sapo"]).text)
    features = compute_features(syllables(repair(row["title"]).text), texts, tokens)
    targets = np.array([mean_rouge(words, reference) for words in tokens], np.float32)
    return Example(tokens, reference, features, targets)


def pair_examples(example: Example, scorer: Net) -> tuple[Floats, Floats]:
    """Return the features and ROUGE of the likeliest pairs of sentences."""
    alone = scorer(example.features.table)
    ranked = [int(i) for i in np.argsort(-alone)]
    rows, targets = [], []
    pairs = pair_features(example.features, alone, ranked[:BEAM])
    single = example.features.table
    for row, first in enumerate(ranked[:BEAM]):
        for second in ranked[:PARTNERS]:
            if second != first:
                early, late = sorted((first, second))
                rows.append(np.concatenate((single[second], single[first], pairs[row, second])))
                targets.append(mean_rouge(example.tokens[early] + example.tokens[late], example.reference))
    return np.array(rows, np.float32), np.array(targets, np.float32)


def fit(parts: Sequence[tuple[Floats, Floats]]) -> dict[str, Any]:
    """Fit nets to tables and targets by Adam on squared errors; return their mean, itself a net, as JSON."""
    table, target = (np.concatenate(column) for column in zip(*parts, strict=True))
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
    inputs = np.clip((table - mean) / scale, -6, 6)
    centre, spread = float(target.mean()), float(target.std())
    wanted = np.asarray((target - centre) / spread, np.float32)
    inner, inner_bias, outer, bias, direct = zip(
        *(descend(inputs, wanted, seed) for seed in range(NETS)), strict=True
    )
    named = {"mean": mean, "scale": scale, "inner": np.concatenate(inner, axis=1)}
    named["inner_bias"] = np.concatenate(inner_bias)
    named["outer"] = np.concatenate(outer) * spread / NETS
    named["direct"] = np.mean(direct, axis=0) * spread
    rounded = {name: [short(value) for value in values.tolist()] for name, values in named.items()}
    return rounded | {"bias": short(float(np.mean(bias)) * spread + centre)}


def short(value: Any) -> Any:
    """Return a number, or a row of them, with four significant digits."""
    return [short(one) for one in value] if isinstance(value, list) else float(f"{value:.4g}")


def descend(inputs: Floats, target: Floats, seed: int) -> list[Floats]:
    """Return inner (f, h), inner bias (h,), outer (h,), bias (1,) and direct (f,) weights."""
    rng = np.random.default_rng(seed)
    width = inputs.shape[1]
    inner = rng.normal(0, width**-0.5, (width, HIDDEN))
    outer = rng.normal(0, 0.1 * HIDDEN**-0.5, HIDDEN)
    start = [inner, np.zeros(HIDDEN), outer, np.zeros(1), np.zeros(width)]
    weights = [part.astype(np.float32) for part in start]
    speed = [np.zeros_like(part) for part in weights]
    power = [np.zeros_like(part) for part in weights]
    steps = EPOCHS * (len(inputs) // BATCH)
    for step in range(steps):
        if step % (len(inputs) // BATCH) == 0:
            order = rng.permutation(len(inputs))
        at = order[(step * BATCH) % (len(inputs) // BATCH * BATCH) :][:BATCH]
        rate = RATE * (1 - step / steps) + 1e-5
        for i, slope in enumerate(slopes(weights, inputs[at], target[at])):
            speed[i] = 0.9 * speed[i] + 0.1 * slope
            power[i] = 0.999 * power[i] + 0.001 * slope**2
            pace = np.sqrt(power[i] / (1 - 0.999 ** (step + 1))) + 1e-8
            weights[i] -= rate * speed[i] / (1 - 0.9 ** (step + 1)) / pace
    return weights


def slopes(weights: list[Floats], inputs: Floats, target: Floats) -> list[Floats]:
    """Return the gradient of the mean squared error, in the order of `weights`."""
    inner, inner_bias, outer, bias, direct = weights
    before = inputs @ inner + inner_bias
    hidden = np.maximum(before, 0)
    error = 2 * (hidden @ outer + bias + inputs @ direct - target) / len(inputs)
    back = error[:, None] * outer * (before > 0)
    return [
        inputs.T @ back + DECAY * inner,
        back.sum(axis=0),
        hidden.T @ error + DECAY * outer,
        np.array([error.sum()], np.float32),
        inputs.T @ error,
    ]


if __name__ == "__main__":
    main()
