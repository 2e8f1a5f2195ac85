"""Time text to summary on one core, ours beside sumy's LexRank over the same sentences and syllables.

    OPENBLAS_NUM_THREADS=1 python benchmarks/summary_speed.py ROWS.jsonl.gz [--rows N] [--rounds N]

ROWS are {"title", "body": [line...]}; the lines are joined by spaces. The two take turns, a round each, in
processor time. The ratio is the median over the rounds, which a busy machine affects least.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from common import read_rows
from sumy.summarizers.lex_rank import LexRankSummarizer

from summarizer.extraction.ranking import document_of
from summarizer.extraction.summaries import summarize
from summarizer.model import Document
from summarizer.text.repair import repair
from summarizer.text.sentences import split


def ours(document: Document) -> None:
    """Sum an article up as the product does."""
    summarize([document])


def lexrank(document: Document) -> None:
    """Cut an article by our rules and let sumy rank it, two sentences."""
    text = repair(document.body).text
    sentences = [text[start:end] for start, end in split(text)]
    LexRankSummarizer()(document_of([document.title], [sentences]), 2)


def speed(way: Callable[[Document], None], documents: Sequence[Document]) -> float:
    start = time.process_time()
    for document in documents:
        way(document)
    return len(documents) / (time.process_time() - start)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("rows_file", type=Path)
    ask.add_argument("--rows", type=int, default=600)
    ask.add_argument("--rounds", type=int, default=10)
    args = ask.parse_args()
    rows = islice(read_rows(args.rows_file), args.rows)
    documents = [Document(row["title"], body=" ".join(row["body"])) for row in rows]
    ours(documents[0])  # weights load on first use
    found = []
    for turn in range(args.rounds):
        part = documents[turn :: args.rounds]
        found.append((speed(ours, part), speed(lexrank, part)))
        print(f"round {turn + 1}: ours {found[-1][0]:.0f}/s, LexRank {found[-1][1]:.0f}/s")
    mine, theirs = (statistics.median(column) for column in zip(*found, strict=True))
    ratio = statistics.median(one / other for one, other in found)
    print(f"median: ours {mine:.0f} articles/s, LexRank {theirs:.0f} articles/s, {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
