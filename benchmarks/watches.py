"""Cost of watches: memory, loading, and one new article matched against many.

    python -m benchmarks.watches [--watches 100000] [--articles 300]

Watches and articles are invented: words drawn from the product's own list of syllables as they occur in
Vietnamese news (`data/idf.json` tells how often), watches of one to four words, articles with heads of 12
and 35 words, in half of which one watch's words stand side by side. All watches are different questions, the
worst case: equal ones are kept once. Times are thread CPU.
"""

import argparse
import math
import random
import statistics
import time
import tracemalloc

from summarizer.extraction.vectors import lexicon
from summarizer.model import Document
from summarizer.questions.watching import Arrived, WatchIndex, parse_watch, watch_key


class Words:
    """Words as often as news has them."""

    def __init__(self, seed: int) -> None:
        known = lexicon()
        self.rng = random.Random(seed)
        self._words = list(known.index)
        self._weights = [math.exp(-float(known.idf[at])) for at in known.index.values()]

    def some(self, count: int) -> list[str]:
        return self.rng.choices(self._words, self._weights, k=count)

    def watches(self, count: int) -> dict[str, str]:
        """Draw questions until `count` are different; return them by key."""
        found: dict[str, str] = {}
        while len(found) < count:
            text = " ".join(self.some(self.rng.choices((1, 2, 3, 4), (1, 5, 2, 4))[0]))
            found.setdefault(watch_key(parse_watch(text)), text)
        return found


def load(watches: dict[str, str]) -> tuple[WatchIndex, float]:
    index = WatchIndex()
    began = time.thread_time()
    for number, key in enumerate(watches, 1):
        index.put(number, key)
    return index, time.thread_time() - began


def measure(index: WatchIndex, words: Words, texts: list[str], articles: int) -> tuple[list[float], int]:
    """Return the milliseconds of each article and how many watches were found in all."""
    costs, found = [], 0
    for number in range(articles):
        title = " ".join(words.some(12))
        if number % 2:
            title += " " + words.rng.choice(texts)
        arrived = Arrived(Document(title, " ".join(words.some(35)), " ".join(words.some(400))))
        began = time.thread_time()
        found += len(index.find(arrived))
        costs.append(1_000 * (time.thread_time() - began))
    return costs, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--watches", type=int, default=100_000)
    parser.add_argument("--articles", type=int, default=300)
    asked = parser.parse_args()
    words = Words(seed=1)
    watches = words.watches(asked.watches)
    for share in (100, 10, 1):
        some = dict(list(watches.items())[: asked.watches // share])
        index, loading = load(some)
        costs, found = measure(index, words, list(some.values()), asked.articles)
        p95 = statistics.quantiles(costs, n=20)[-1]
        print(
            f"{len(index):>8,} watches: loaded in {loading:.1f} s; an article costs "
            f"{statistics.median(costs):.2f} ms (p95 {p95:.2f}, most {max(costs):.2f}), "
            f"finds {found / asked.articles:.1f}"
        )
    del index
    tracemalloc.start()
    kept, _ = load(watches)
    print(f"{len(kept):,} watches take {tracemalloc.get_traced_memory()[0] / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
