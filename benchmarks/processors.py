"""Articles a second with several processes of the role `process` on one PostgreSQL database.

    python benchmarks/processors.py ARTICLES.jsonl COUNT postgresql+asyncpg://… [--of 1 2 4] [--kill]

ARTICLES has rows of `diemtin ingest`; COUNT articles are made of them as in `scale.py` and stored in the
database, which must hold nothing else. Then for each number of processes all articles are processed anew.
Each process, with its text process, is pinned to one core in turn. `--kill` ends one of several by SIGKILL
half-way.

Printed for each: articles a second, CPU in milliseconds an article (of the processes, of their text
processes, of PostgreSQL where it is on this machine, and of the process that used most with its text process:
on cores that have nothing else to do it bounds the rate), and a hash of stories, summaries and topics, which
must be the same for all. What starting costs is left out.
"""

import argparse
import asyncio
import datetime as dt
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import read_rows, seconds_of, stat_of
from scale import copies
from sqlalchemy import func, select, update

from bot.jobs.intake.processing import Processor
from bot.text_work.tasks import PROCESS_NEW, DatedDocument, Processing
from bot.text_work.worker import TextWorker
from bot.times.clock import Clock
from storage import tables as t
from storage.articles import count_waiting, store_articles
from storage.engine import Database
from storage.intake.drafts import Draft, Incoming, Origin, take
from storage.upkeep.upgrade import upgrade
from summarizer.model import Document

STORED_AT_ONCE = 200


def main() -> None:
    if sys.argv[1] == "work":
        asyncio.run(work(sys.argv[2]))
        return
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("articles", type=Path)
    ask.add_argument("count", type=int)
    ask.add_argument("url")
    ask.add_argument("--of", type=int, nargs="+", default=[1, 2])
    ask.add_argument("--kill", action="store_true")
    args = ask.parse_args()
    given = list(read_rows(args.articles))
    asyncio.run(fill(args.url, given, args.count))
    for processes in args.of:
        asyncio.run(let_wait(args.url))
        print(json.dumps(measure(args.url, args.count, processes, is_killed=args.kill)), flush=True)


async def fill(url: str, given: Sequence[dict[str, Any]], count: int) -> None:
    """Store the articles, unless they are there."""
    database = Database(url)
    now = dt.datetime.now(dt.UTC)
    await upgrade(database, now=now)
    async with database.read() as connection:
        stored = (await connection.execute(select(func.count()).select_from(t.articles))).scalar_one()
    if stored not in (0, count):
        sys.exit(f"the database holds {stored} articles already")
    batch = list[Incoming]()
    for number, row in enumerate(copies(given, count if not stored else 0), start=1):
        names = {"title", "sapo", "body", "url", "source", "published"} & row.keys()
        draft = Draft(row["id"], **{name: row[name] for name in names}, external_id=row["id"])
        taken = take(draft, Origin(), now)
        if isinstance(taken, Incoming):
            batch.append(taken)
        if len(batch) == STORED_AT_ONCE or number == count:
            async with database.write() as connection:
                await store_articles(connection, batch, now=now)
            batch.clear()
    await database.close()


async def let_wait(url: str) -> None:
    """Let all articles wait as if none had been processed."""
    database = Database(url)
    nothing = ("processed_at", "ready_at", "story_id", "topic", "topic_by_words", "turn")
    async with database.write() as connection:
        await connection.execute(update(t.articles).values(dict.fromkeys(nothing) | {"tries": 0}))
        for table in (
            *(t.stories, t.packed_articles, t.summary_places, t.article_changes),
            *(t.article_turns, t.grouping_state, t.leases),
        ):
            await connection.execute(table.delete())
    await database.close()


@dataclass(frozen=True, slots=True)
class Running:
    """A process that is measured."""

    process: subprocess.Popen[str]

    def read(self) -> dict[str, float]:
        said, _ = self.process.communicate()
        return dict(json.loads(said)) if said.strip() else {}


def measure(url: str, count: int, processes: int, *, is_killed: bool) -> dict[str, Any]:
    """Have all waiting articles processed by so many processes."""
    running = [start(url, number) for number in range(processes)]
    for one in running:
        one.process.stdout.readline()  # type: ignore[union-attr] - a pipe; it is ready
    began, server = time.perf_counter(), asyncio.run(server_seconds(url))
    for one in running:
        one.process.stdin.write("go\n")  # type: ignore[union-attr] - a pipe
        one.process.stdin.flush()  # type: ignore[union-attr] - a pipe
    if is_killed and processes > 1:
        while asyncio.run(waiting(url)) > count / 2:
            time.sleep(0.2)
        running[0].process.send_signal(signal.SIGKILL)
    told = [one.read() for one in running]
    seconds = time.perf_counter() - began
    done = [one for one in told if one]
    own, texts = ([one[name] for one in done] for name in ("own", "texts"))
    return {
        "processes": processes,
        "articles_per_second": round(count / seconds, 1),
        "own_ms": round(1e3 * sum(own) / count, 2),
        "texts_ms": round(1e3 * sum(texts) / count, 2),
        "server_ms": round(1e3 * (asyncio.run(server_seconds(url)) - server) / count, 2),
        "most_used_ms": round(1e3 * max(one["own"] + one["texts"] for one in done) / count, 2),
        "shares": [int(one["articles"]) for one in done],
        "load": round(os.getloadavg()[0], 1),
        "hash": asyncio.run(hash_of(url)),
    }


def start(url: str, number: int) -> Running:
    core = sorted(os.sched_getaffinity(0))[number % len(os.sched_getaffinity(0))]
    command = ["taskset", "-c", str(core), sys.executable, __file__, "work", url]
    return Running(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))


async def work(url: str) -> None:
    """Process what waits until nothing does, and say what that took."""
    database, done = Database(url), 0
    async with aclosing(TextWorker()) as texts:
        report = DatedDocument(Document("Mưa lớn ở Hạ Long", "", "Nước lên nhanh trong đêm. " * 20), None)
        await texts.run(PROCESS_NEW, Processing("diemtin"), [report])  # loads what it needs
        print("ready", flush=True)
        sys.stdin.readline()
        before, texts_before = time.process_time(), cpu_of(texts)
        processor = Processor(database, Clock(), texts)
        while await waiting(url, database):
            more = await processor.run(most=100_000)
            done += more
            if not more:
                await asyncio.sleep(0.25)
        used = {"own": time.process_time() - before, "texts": cpu_of(texts) - texts_before}
    print(json.dumps(used | {"articles": done}))
    await database.close()


def cpu_of(texts: TextWorker) -> float:
    """Return the seconds that a text process has used."""
    assert texts._process is not None
    return seconds_of(stat_of(Path(f"/proc/{texts._process.pid}")))


async def server_seconds(url: str) -> float:
    """Return the CPU that PostgreSQL has used, with processes that have ended; 0 where it is elsewhere."""
    database = Database(url)
    async with database.read() as connection:
        seconds = cpu_of_family((await connection.execute(select(func.pg_backend_pid()))).scalar_one())
    await database.close()
    return seconds


def cpu_of_family(own: int) -> float:
    """Return the seconds that the parent of a process has used, with all its children."""
    found = {int(one.name): stat_of(one) for one in Path("/proc").iterdir() if one.name.isdigit()}
    if not found.get(own):
        return 0.0
    head = int(found[own][1])
    ticks = [found[head][11:15], *(one[11:13] for one in found.values() if one and int(one[1]) == head)]
    return sum(int(tick) for some in ticks for tick in some) / os.sysconf("SC_CLK_TCK")


async def waiting(url: str, database: Database | None = None) -> int:
    opened = database or Database(url)
    async with opened.read() as connection:
        count = await count_waiting(connection)
    if database is None:
        await opened.close()
    return count


async def hash_of(url: str) -> str:
    """Return a hash of what was found for all articles, stories named by their first article."""
    database, a = Database(url), t.articles.c
    first = select(a.story_id, func.min(a.id).label("first")).group_by(a.story_id).subquery()
    found = select(a.id, first.c.first, a.topic, a.topic_by_words, a.turn)
    found = found.outerjoin(first, first.c.story_id == a.story_id).order_by(a.id)
    places = select(t.summary_places).order_by(t.summary_places.c.article_id, t.summary_places.c.position)
    whole = hashlib.sha256()
    async with database.read() as connection:
        for query in (found, places):
            for row in await connection.execute(query):
                whole.update(repr(tuple(row)).encode())
    await database.close()
    return whole.hexdigest()[:16]


if __name__ == "__main__":
    main()
