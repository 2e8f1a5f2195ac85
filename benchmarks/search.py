"""Print the tables of docs/search.md: known-item MRR@10 and CPU beside plain FTS5, tantivy and bm25s.

    python benchmarks/search.py ARTICLES.jsonl.gz... --queries QUERIES.jsonl [--sizes 22846 150000]

ARTICLES have rows {"id", "title", "sapo", "body": [line...]}, QUERIES {"q", "kind", "id"}: the article that
a question was made from. Beyond the articles given, a size is filled with copies whose words and sentences
are partly exchanged for others of the corpus. CPU is that of one question: of the asking thread, which must
not be held up, and of the whole process (our database has a thread of its own); for the frequent words that
of the process, the best of three. A busy machine inflates all of them alike. Needs the extra `bench`.
"""

import argparse
import asyncio
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from common import read_rows
from search_engines import Article, Ask, Contender, bm25s_folded, ours, plain_fts5, tantivy_folded

FREQUENT = ("người", "cong an", "viet nam", "thành phố hồ chí minh", "của và các những")
KINDS = ("acc", "noacc", "partial", "d", "phrase", "tone", "typo")
EXCHANGED = 0.7  # of the words and sentences of a copy
ROUNDS = 3
_WORD = re.compile(r"[^\W\d_]+")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path, nargs="+")
    ask.add_argument("--queries", type=Path, required=True)
    ask.add_argument("--sizes", type=int, nargs="+", default=[])
    args = ask.parse_args()
    articles = [article(row) for path in args.articles for row in read_rows(path)]
    queries = list(read_rows(args.queries))
    for size in args.sizes or [len(articles)]:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(compare(filled(articles, size), queries, Path(folder)))


def article(row: dict[str, Any]) -> Article:
    return Article(row["id"], row["title"], row["sapo"], "\n".join(row["body"]))


def filled(articles: Sequence[Article], size: int) -> list[Article]:
    """Return `size` articles: the given ones, then altered copies of them."""
    return list(islice(copies_of(articles), size))


def copies_of(articles: Sequence[Article]) -> Iterator[Article]:
    """Yield the given articles, then altered copies of them without end.

    A copy has words of its title exchanged and most sentences, so its neighbouring words are real ones.
    """
    chance = random.Random(1)
    words = [word for one in islice(articles, 2_000) for word in _WORD.findall(one.sapo)]
    sentences = [line for one in islice(articles, 4_000) for line in one.body.split("\n") if line]

    def exchanged(text: str) -> str:
        return _WORD.sub(
            lambda word: chance.choice(words) if chance.random() < EXCHANGED else word.group(), text
        )

    def altered(text: str) -> str:
        lines = text.split("\n")
        return "\n".join(chance.choice(sentences) if chance.random() < EXCHANGED else line for line in lines)

    yield from articles
    for n, one in enumerate(cycle(articles)):
        yield Article(f"copy-{n}", exchanged(one.title), exchanged(one.sapo), altered(one.body))


async def compare(articles: Sequence[Article], queries: Sequence[dict[str, Any]], folder: Path) -> None:
    """Print how every engine does on these articles."""
    text = sum(len((a.title + a.sapo + a.body).encode()) for a in articles)
    print(f"\n{len(articles)} articles, {text / 1e6:.0f} MB of text\n")
    costs = "thread CPU ms p50 / p95 | process CPU | worst frequent | index / text | built, s"
    print(f"| engine | {' | '.join(KINDS)} | {costs} |")
    print(f"|---|{'---|' * (len(KINDS) + 5)}")
    mine, database = await ours(articles, folder)
    try:
        for contender in (
            plain_fts5(articles, folder),
            mine,
            tantivy_folded(articles, folder),
            bm25s_folded(articles),
        ):
            print(await line(contender, articles, queries, text), flush=True)
    finally:
        await database.close()


async def line(
    contender: Contender, articles: Sequence[Article], queries: Sequence[dict[str, Any]], text: int
) -> str:
    """Return the engine's row of the table."""
    ranks: dict[str, list[float]] = defaultdict(list)
    threads, processes = [], []
    await timed(contender.ask, "xyzzyx một lầm")  # what loads on first use is loaded
    for query in queries:
        found, thread, process = await timed(contender.ask, query["q"])
        ids = [articles[number - 1].id for number in found]
        ranks[query["kind"]].append(1 / (ids.index(query["id"]) + 1) if query["id"] in ids else 0)
        threads.append(thread)
        processes.append(process)
    worst = 0.0
    for words in FREQUENT:
        worst = max(worst, min([(await timed(contender.ask, words))[2] for _ in range(ROUNDS)]))
    cells = [f"{sum(ranks[kind]) / max(1, len(ranks[kind])):.3f}" for kind in KINDS]
    size = f"{contender.index_bytes / text:.2f}" if contender.index_bytes is not None else "memory"
    speeds = [middle_and_most(threads), middle_and_most(processes)]
    shown = [contender.name, *cells, *speeds, f"{worst:.1f}", size, f"{contender.build_seconds:.0f}"]
    return f"| {' | '.join(shown)} |"


def middle_and_most(milliseconds: Sequence[float]) -> str:
    """Return the median and what 95 of 100 stay below."""
    ordered = sorted(milliseconds)
    return f"{ordered[len(ordered) // 2]:.1f} / {ordered[int(len(ordered) * 0.95)]:.1f}"


async def timed(ask: Ask, typed: str) -> tuple[Sequence[int], float, float]:
    """Return what a question finds and its CPU in milliseconds: of this thread, and of the process."""
    thread, process = time.thread_time(), time.process_time()
    found = await ask(typed)
    return found, (time.thread_time() - thread) * 1e3, (time.process_time() - process) * 1e3


if __name__ == "__main__":
    main()
