"""Make summarizer/data/grouping.npz: how common Vietnamese syllables and pairs of them are in news.

    python benchmarks/train_grouping.py ARTICLES.jsonl[.gz] summarizer/data/grouping.npz

ARTICLES: rows of {"title", "sapo", "body": [lines]}. The table holds one byte a bucket: the IDF in steps of a
twentieth, 0 where no frequent term falls; two terms in one bucket share the commoner one's.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from common import read_rows

from summarizer.stories.terms import term_hashes
from summarizer.text.syllables import syllables

BUCKETS = 1 << 20
LEVELS = 20
RARE = 10  # terms in fewer articles have the same IDF


def texts(path: Path) -> Iterator[str]:
    for row in read_rows(path):
        yield " . ".join((row["title"], row["sapo"], " ".join(row["body"])))


def main(source: Path, target: Path) -> None:
    frequencies: Counter[int] = Counter()
    total = 0
    for text in texts(source):
        frequencies.update(np.unique(term_hashes(syllables(text))).tolist())
        total += 1
    levels = np.zeros(BUCKETS, np.uint8)
    kept = 0
    for term, frequency in sorted(frequencies.items(), key=lambda pair: (pair[1], pair[0])):
        if frequency >= RARE:  # ascending: the commoner term has the last word
            levels[term % BUCKETS] = max(1, round(LEVELS * math.log((total + 1) / (frequency + 1))))
            kept += 1
    unseen = round(LEVELS * math.log((total + 1) / RARE))
    np.savez_compressed(target, levels=levels, unseen=np.uint8(unseen))
    print(f"{total} articles, {len(frequencies)} terms, {kept} kept, {target.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
