"""Measure what one new article costs among many: CPU milliseconds to put it into its story.

    python benchmarks/bench_grouping.py ARTICLES.jsonl[.gz] [WINDOW]

ARTICLES: rows of {"title", "sapo", "body": [lines]}. Where there are fewer than WINDOW (50,000) the window is
filled up with articles put together from the title, sapo and body of three others.
"""

import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import numpy as np
from common import read_rows

from summarizer.stories.grouping import Grouper
from summarizer.stories.neighbours import Arrival, features_of

MEASURED = 1_000


def arrivals(path: Path) -> Iterator[Arrival]:
    rows = list(read_rows(path))
    for number in count():
        shift, place = divmod(number, len(rows))
        title, sapo, body = (rows[(place + shift * step) % len(rows)] for step in (0, 7, 31))
        yield Arrival(number, title["title"], sapo["sapo"], "\n".join(body["body"]))


def add(grouper: Grouper, arrival: Arrival) -> None:
    """Put an article into its story; one that begins a story gives that its own number."""
    features = features_of(arrival)
    found = grouper.nearest(features)
    grouper.enter(arrival.article_id, features, int(arrival.article_id) if found is None else found)


def main(path: Path, window: int) -> None:
    grouper = Grouper(window)
    stream = arrivals(path)
    begun = time.process_time()
    for arrival in islice(stream, window):
        add(grouper, arrival)
    print(f"filling: {1000 * (time.process_time() - begun) / window:.2f} ms an article")
    spent = []
    for arrival in islice(stream, MEASURED):
        begun = time.thread_time()
        add(grouper, arrival)
        spent.append(1000 * (time.thread_time() - begun))
    p50, p95, p99 = np.percentile(spent, (50, 95, 99))
    print(f"window {window}: p50 {p50:.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms, worst {max(spent):.1f} ms")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 50_000)
