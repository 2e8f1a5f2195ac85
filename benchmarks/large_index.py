"""Measure the search index of a very large store: its build, the CPU of questions, and how it catches up.

    python benchmarks/large_index.py ARTICLES.jsonl.gz... --questions QUESTIONS.jsonl... --size 1000000

ARTICLES have rows {"id", "title", "sapo", "body": [line...]}; they are filled up to the size as in
`benchmarks/search.py`. QUESTIONS have rows {"q": ...}. The CPU of a question is that of the asking thread,
which must not be held up, and that of the whole process. Then `--changes` articles are logged as changed, and
the time is taken until the index has applied all. A busy machine inflates the wall times.
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from common import read_rows
from search import article, copies_of, middle_and_most, timed
from search_engines import Article, ours

from storage.engine import Database
from storage.search.index import examine_index, record_changes
from storage.search.rebuild import keep_up


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path, nargs="+")
    ask.add_argument("--questions", type=Path, nargs="+", required=True)
    ask.add_argument("--size", type=int, default=1_000_000)
    ask.add_argument("--changes", type=int, default=10_000)
    args = ask.parse_args()
    given = [article(row) for path in args.articles for row in read_rows(path)]
    questions = [row["q"] for path in args.questions for row in read_rows(path)]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given, questions, args.size, args.changes, Path(folder)))


async def measure(
    given: Sequence[Article], questions: Sequence[str], size: int, changes: int, folder: Path
) -> None:
    """Fill a store, ask all questions of it, and let the index catch up with changes."""
    begun = time.perf_counter()
    mine, database = await ours(islice(copies_of(given), size), folder)
    whole = time.perf_counter() - begun
    try:
        print(f"{size} articles: built in {mine.build_seconds:.0f} s (stored and built in {whole:.0f} s)")
        print(f"index {(mine.index_bytes or 0) / 1e6:.0f} MB; most memory {peak_megabytes():.0f} MB")
        for kind in ("first", "second"):
            threads, processes = [], []
            for question in questions:
                _, thread, process = await timed(mine.ask, question)
                threads.append(thread)
                processes.append(process)
            shown = f"thread {middle_and_most(threads)}, process {middle_and_most(processes)}"
            print(f"{len(questions)} questions, {kind} time asked: CPU ms, median / 95 of 100: {shown}")
        print(await caught_up(database, size, changes))
    finally:
        await database.close()


async def caught_up(database: Database, size: int, changes: int) -> str:
    """Log changes of random articles, let the index follow, and say what that took."""
    changed = random.Random(2).sample(range(1, size + 1), changes)
    async with database.write() as connection:
        await record_changes(connection, changed)
    async with database.read() as connection:
        lag = (await examine_index(connection)).lag
    begun, cpu = time.perf_counter(), time.process_time()
    await keep_up(database)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    async with database.read() as connection:
        left = (await examine_index(connection)).lag
    return f"{lag} changes applied in {seconds:.1f} s ({cpu:.1f} s of CPU); {left} left"


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
