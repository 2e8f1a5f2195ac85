"""Time text to summary, one core, beside sumy's LexRank as shipped over our sentences and syllables.

    OPENBLAS_NUM_THREADS=1 python benchmarks/summary_speed.py ROWS.jsonl.gz [--rows N]

ROWS are {"title", "body": [line...]}. The two take turns on each article, so that a busy machine slows both.
"""

import argparse
import gzip
import json
import time
from itertools import islice
from pathlib import Path

from sumy.summarizers.lex_rank import LexRankSummarizer

from summarizer.model import Document
from summarizer.ranking import document_of
from summarizer.repair import repair
from summarizer.sentences import split
from summarizer.summaries import summarize


def ours(document: Document) -> None:
    """Sum an article up as the product does."""
    summarize([document], sentences=2)


def lexrank(document: Document) -> None:
    """Cut an article by our rules and let sumy rank it."""
    text = repair(document.body).text
    sentences = [text[start:end] for start, end in split(text)]
    LexRankSummarizer()(document_of([document.title], [sentences]), 2)


def main() -> None:
    """Print articles a second of each and the ratio."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("rows_file", type=Path)
    ask.add_argument("--rows", type=int, default=300)
    args = ask.parse_args()
    with gzip.open(args.rows_file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, args.rows)]
    documents = [Document(row["title"], body=" ".join(row["body"])) for row in rows]
    ours(documents[0])  # weights load on first use
    spent = {ours: 0.0, lexrank: 0.0}
    for document in documents:
        for way in spent:
            start = time.process_time()
            way(document)
            spent[way] += time.process_time() - start
    for way, seconds in spent.items():
        print(f"{way.__name__}: {len(documents) / seconds:.0f} articles/s")
    print(f"{spent[lexrank] / spent[ours]:.1f} times LexRank")


if __name__ == "__main__":
    main()
