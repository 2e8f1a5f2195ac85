"""Make summarizer/data/same_event.json: the weights of features for and against one event.

    python benchmarks/train_same_event.py PAIRS WEEK CLUSTERS ARTICLES summarizer/data/same_event.json

All JSONL, also gzipped. PAIRS: {"a", "b", "label": "same" | "related" | "different"} over the articles of
WEEK: {"id", "title", "sapo", "published" (RFC 3339), "source"}. CLUSTERS: {"id", "documents": [{"id",
"title", "sapo", "body"}...]}, reports of one event each. ARTICLES: {"id", "title", "sapo", "body": [lines]}.
The clusters among the articles are learnt from twice, once as headlines and leads, once with bodies, always
without times; they weigh less than the pairs, for they are easier. It is a logistic regression with squared
weights held small, by Newton's method.

Prints precision and recall on pairs that the weights have not seen: five folds, no article in two of them.
`cross_validate_stories.py` measures how such weights group the week and the clusters.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from common import Floats, fit_features, read_rows

from summarizer.stories.neighbours import Arrival, Neighbours, features_of
from summarizer.stories.same_event import FEATURES, compare, is_excluded

WINDOW, MOST_COMPARED = 50_000, 500
HELD_SMALL = 10.0
FREE = ("hours_unknown", "bodies", "bodies_alike")  # the pairs have neither: the clusters alone decide these
HELD_FREE = 0.2
SAME_CLUSTER, OTHER_CLUSTER = 0.3, 0.006  # what a pair of the clusters weighs; a labelled one weighs 1
FOLDS = 5


class Examples(NamedTuple):
    """features: (n, len(FEATURES)); same, weights: (n,)."""

    features: Floats
    same: npt.NDArray[np.bool_]
    weights: Floats

    def of(self, which: npt.NDArray[np.bool_]) -> "Examples":
        return Examples(self.features[which], self.same[which], self.weights[which])


def main(paths: Sequence[Path]) -> None:
    *given, target = paths
    pairs, week, clusters, articles = (list(read_rows(path)) for path in given)
    labelled, groups = labelled_pairs(pairs, week)
    weak = [cluster_pairs(clusters, articles, bodies=bodies) for bodies in (False, True)]
    report(labelled, groups, weak)
    weights, bias = fit([labelled, *weak])
    packed = {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
    text = json.dumps({"bias": round(float(bias), 4), "weights": packed}, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


def compared(
    arrivals: Iterable[Arrival],
) -> Iterator[tuple[int, npt.NDArray[np.int64], Floats, npt.NDArray[np.bool_]]]:
    """Yield each article's number, those before it that share words, the features of these pairs, and which
    of them are excluded."""
    neighbours = Neighbours(WINDOW, most_compared=MOST_COMPARED)
    features = [features_of(arrival) for arrival in arrivals]
    for article in features:
        neighbours.count(article)
    for number, article in enumerate(features):
        numbers, others = neighbours.comparable(article)
        if numbers.size:
            features = compare(article.lead, others, neighbours.frequencies)
            yield number, numbers, features, is_excluded(article.lead, others, features)
        neighbours.keep(article)


def labelled_pairs(
    pairs: Sequence[dict[str, Any]], week: Sequence[dict[str, Any]]
) -> tuple[Examples, list[str]]:
    """Return the pairs whose articles share words, and for each the group of articles that it belongs to."""
    label = {frozenset((pair["a"], pair["b"])): pair["label"] == "same" for pair in pairs}
    group = groups_of(pairs)
    features, same, groups = [], [], []
    for number, numbers, table, _ in compared(arrivals_of_week(week)):
        for other, row in zip(numbers.tolist(), table, strict=True):
            found = label.get(frozenset((week[number]["id"], week[other]["id"])))
            if found is not None:
                features.append(row)
                same.append(found)
                groups.append(group[week[number]["id"]])
    return Examples(np.array(features), np.array(same), np.ones(len(same))), groups


def groups_of(pairs: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return for each article the group of articles that pairs connect it with."""
    group: dict[str, str] = {}
    for pair in pairs:
        one, other = (group.setdefault(pair[key], pair[key]) for key in "ab")
        group |= {article: one for article, name in group.items() if name == other}
    return group


def arrivals_of_week(week: Sequence[dict[str, Any]]) -> list[Arrival]:
    return [
        Arrival(r["id"], r["title"], r["sapo"], "", dt.datetime.fromisoformat(r["published"]), r["source"])
        for r in week
    ]


def arrivals_of_clusters(
    clusters: Sequence[dict[str, Any]], articles: Sequence[dict[str, Any]], *, bodies: bool
) -> list[Arrival]:
    """Return the articles of the clusters, in their order, and the others after them."""
    found = [(row, row["body"]) for cluster in clusters for row in cluster["documents"]]
    found += [(row, "\n".join(row["body"])) for row in articles]
    return [Arrival(r["id"], r["title"], r["sapo"] or "", body if bodies else "") for r, body in found]


def cluster_pairs(
    clusters: Sequence[dict[str, Any]], articles: Sequence[dict[str, Any]], *, bodies: bool
) -> Examples:
    """Return the pairs of articles of the clusters and others; those of one cluster are the same event."""
    names = [each["id"] for each in clusters for _ in each["documents"]] + [None] * len(articles)
    features, same = [], []
    for number, numbers, table, _ in compared(arrivals_of_clusters(clusters, articles, bodies=bodies)):
        cluster = names[number]
        features.append(table)
        same += [cluster is not None and names[other] == cluster for other in numbers.tolist()]
    is_same = np.array(same)
    return Examples(np.vstack(features), is_same, np.where(is_same, SAME_CLUSTER, OTHER_CLUSTER))


def fit(parts: Sequence[Examples]) -> tuple[Floats, float]:
    """Return weights, (len(FEATURES),), and bias of a logistic regression on the features."""
    features, same, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    held = np.array([HELD_FREE if name in FREE else HELD_SMALL for name in FEATURES])
    return fit_features(features, same, weights, held)


def report(labelled: Examples, groups: Sequence[str], weak: Sequence[Examples]) -> None:
    """Print precision and recall on the labelled pairs, each fold by the weights of the others."""
    names = sorted(set(groups), key=lambda name: (-groups.count(name), name))
    fold = np.array([names.index(group) % FOLDS for group in groups])
    probable = np.zeros(len(groups))
    for number in range(FOLDS):
        weights, bias = fit([labelled.of(fold != number), *weak])
        probable[fold == number] = 1 / (1 + np.exp(-labelled.features[fold == number] @ weights - bias))
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        told = probable >= threshold
        right = int((told & labelled.same).sum())
        print(f"pairs told at {threshold}: P {right / told.sum():.3f} R {right / labelled.same.sum():.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main([Path(path) for path in sys.argv[1:]])
