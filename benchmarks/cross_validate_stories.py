"""Measure how articles are grouped into stories by weights that have not seen them.

    python benchmarks/cross_validate_stories.py PAIRS WEEK CLUSTERS ARTICLES

The files are those of `train_same_event.py`. For each fold of the labelled pairs (no article in two folds)
the weights are fitted without it, the whole week is grouped, and the fold's pairs are looked up: how many of
the joined ones are the same event, or unrelated, and how many of the same event are joined. The clusters are
left out in folds in the same way, and scored by B-cubed among ARTICLES, as headlines and leads and with their
bodies. Several ways to deal out the folds are averaged: one alone moves the results by .02.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from common import Floats, read_rows
from train_same_event import (
    OTHER_CLUSTER,
    SAME_CLUSTER,
    Examples,
    arrivals_of_clusters,
    arrivals_of_week,
    compared,
    fit,
    groups_of,
)

from summarizer.stories.story_rows import average_linkage

THRESHOLDS = (0.38, 0.4, 0.42)
FOLDS, DEALS = 5, 4
IMPROBABLE = 0.02


class Compared(NamedTuple):
    """All pairs of `count` articles that share words. one, other, excluded: (n,); features: (n, FEATURES)."""

    count: int
    one: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]
    features: Floats
    excluded: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, arrivals: Sequence[Any]) -> "Compared":
        found = list(compared(arrivals))
        one = np.concatenate([np.full(numbers.size, number) for number, numbers, _, _ in found])
        others, features, excluded = (np.concatenate(part) for part in list(zip(*found, strict=True))[1:])
        return cls(len(arrivals), one, others, features, excluded)

    def stories(self, weights: Floats, bias: float) -> "dict[float, list[int]]":
        """Return the story of each article, for each threshold."""
        probable = np.where(self.excluded, 0, 1 / (1 + np.exp(-self.features @ weights - bias)))
        kept = probable >= IMPROBABLE
        pairs = list(zip(*(part[kept].tolist() for part in (self.one, self.other, probable)), strict=True))
        return {threshold: average_linkage(self.count, pairs, threshold) for threshold in THRESHOLDS}


def cluster_examples(found: Compared, cluster: npt.NDArray[np.int64], left_out: int | None) -> Examples:
    """Return the pairs of the clusters and other articles (cluster -1) without those of one fold."""
    one, other = cluster[found.one], cluster[found.other]
    kept = np.ones(one.size, np.bool_)
    if left_out is not None:
        for side in (one, other):
            kept &= (side < 0) | (side % FOLDS != left_out)
    same = ((one == other) & (one >= 0))[kept]
    return Examples(found.features[kept], same, np.where(same, SAME_CLUSTER, OTHER_CLUSTER))


def score_week(
    week: Compared, place: dict[str, int], pairs: Sequence[dict[str, Any]], weak: Sequence[Examples]
) -> None:
    """Print precision, unrelated joins and recall of the pairs for each threshold."""
    row = {pair: at for at, pair in enumerate(zip(week.one.tolist(), week.other.tolist(), strict=True))}
    ends = [sorted((place[pair["a"]], place[pair["b"]]), reverse=True) for pair in pairs]
    labels, groups = [pair["label"] for pair in pairs], groups_of(pairs)
    tables = {at: row[one, other] for at, (one, other) in enumerate(ends) if (one, other) in row}
    joined: dict[float, Counter[str]] = defaultdict(Counter)
    for deal in range(DEALS):
        fold = deal_out([groups[pair["a"]] for pair in pairs], deal)
        for left_out in range(FOLDS):
            seen = [at for at in tables if fold[at] != left_out]
            same = np.array([labels[at] == "same" for at in seen])
            own = Examples(week.features[[tables[at] for at in seen]], same, np.ones(same.size))
            for threshold, story in week.stories(*fit([own, *weak])).items():
                joined[threshold].update(
                    labels[at]
                    for at, (one, other) in enumerate(ends)
                    if fold[at] == left_out and story[one] == story[other]
                )
    for threshold, counts in joined.items():
        precision, unrelated = counts["same"] / counts.total(), counts["different"] / counts.total()
        recall = counts["same"] / (DEALS * labels.count("same"))
        print(f"week, joined from {threshold}: P {precision:.3f} R {recall:.3f} unrelated {unrelated:.3f}")


def deal_out(groups: Sequence[str], deal: int) -> list[int]:
    """Return a fold for each pair, a group in one fold, the folds about as large as each other."""
    chance, often = np.random.default_rng(deal), Counter(groups)
    names = sorted(often, key=lambda name: (-often[name], chance.random()))
    load, fold = np.zeros(FOLDS), {}
    for name in names:
        fold[name] = int(np.argmin(load + 3 * chance.random(FOLDS)))
        load[fold[name]] += often[name]
    return [fold[name] for name in groups]


def score_clusters(
    found: Compared, others: Compared, cluster: npt.NDArray[np.int64], labelled: Examples, what: str
) -> None:
    """Print B-cubed of the clusters for each threshold."""
    sums: dict[float, Floats] = defaultdict(lambda: np.zeros(2))
    for left_out in range(FOLDS):
        weak = [cluster_examples(one, cluster, left_out) for one in (found, others)]
        for threshold, story in found.stories(*fit([labelled, *weak])).items():
            for at in np.flatnonzero((cluster >= 0) & (cluster % FOLDS == left_out)):
                told = np.array(story) == story[at]
                right = (told & (cluster == cluster[at])).sum()
                sums[threshold] += right / told.sum(), right / (cluster == cluster[at]).sum()
    for threshold, total in sums.items():
        precision, recall = total / (cluster >= 0).sum()
        f1 = 2 * precision * recall / (precision + recall)
        print(f"clusters, {what}, joined from {threshold}: P {precision:.3f} R {recall:.3f} F {f1:.3f}")


def main(paths: Sequence[Path]) -> None:
    pairs, week, clusters, articles = (list(read_rows(path)) for path in paths)
    names = [n for n, each in enumerate(clusters) for _ in each["documents"]] + [-1] * len(articles)
    cluster = np.array(names)
    leads, whole = (
        Compared.of(arrivals_of_clusters(clusters, articles, bodies=bodies)) for bodies in (False, True)
    )
    found = Compared.of(arrivals_of_week(week))
    place = {row["id"]: at for at, row in enumerate(week)}
    score_week(found, place, pairs, [cluster_examples(one, cluster, None) for one in (leads, whole)])
    label = {frozenset((place[pair["a"]], place[pair["b"]])): pair["label"] == "same" for pair in pairs}
    ends = zip(found.one.tolist(), found.other.tolist(), strict=True)
    known = [at for at, pair in enumerate(ends) if frozenset(pair) in label]
    same = np.array([label[frozenset((int(found.one[at]), int(found.other[at])))] for at in known])
    labelled = Examples(found.features[known], same, np.ones(same.size))
    score_clusters(leads, whole, cluster, labelled, "leads")
    score_clusters(whole, leads, cluster, labelled, "whole texts")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main([Path(path) for path in sys.argv[1:]])
