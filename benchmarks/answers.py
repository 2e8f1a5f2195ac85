"""Measure answers: right first citations, and questions without an answer that get none.

    python benchmarks/answers.py store.sqlite3 queries.jsonl [--show]

`store.sqlite3` holds the articles, processed by `diemtin ingest`. Each row of `queries.jsonl` is a question
about one of them, `{"q", "kind", "id"}`, with the article's external id. The questions about what is not
there are in `not_there.jsonl`: those marked "dev" were looked at while the thresholds were set, those marked
"check" were written afterwards and are only reported. `--show` prints what went wrong.
"""

import asyncio
import sys
import time
from collections import defaultdict
from pathlib import Path

from common import read_rows

from bot.news.answers import Reply, reply_to
from bot.news.services import Services
from bot.startup.assembly import assemble
from bot.times.clock import Clock
from config.reading import TEMPLATE, parse_newsroom
from storage.articles import find_articles
from storage.engine import Database

_NOT_THERE = Path(__file__).with_name("not_there.jsonl")
_ZONE = "Asia/Ho_Chi_Minh"


async def main(store: str, queries: str, *, shows: bool) -> None:
    database = Database(f"sqlite+aiosqlite:///{store}")
    services = Services(database, Clock(), assemble(parse_newsroom(TEMPLATE, base=Path.cwd())))
    right: defaultdict[str, list[bool]] = defaultdict(list)
    silent: defaultdict[str, list[bool]] = defaultdict(list)
    seconds: list[float] = []
    for row in read_rows(Path(queries)):
        reply = await _timed(services, row["q"], seconds)
        first = await _first_cited(services, reply) if reply.is_answered else None
        right[row["kind"]].append(first == row["id"])
        if shows and first != row["id"]:
            print(f"  {row['kind']}: {row['q']} → {first}, not {row['id']}")
    for row in read_rows(_NOT_THERE):
        reply = await _timed(services, row["q"], seconds)
        for kind in (row["set"], f"{row['set']}: {row['kind']}"):
            silent[kind].append(not reply.is_answered)
        if shows and reply.is_answered:
            print(f"  {row['set']}: {row['q']} → {[quote.text for quote in reply.answer.quotes]}")
    await database.close()
    _report("first citation is the article meant", right)
    _report("not there, and said so", silent)
    seconds.sort()
    p50, p95 = (1000 * seconds[int(len(seconds) * share)] for share in (0.5, 0.95))
    print(f"CPU of a reply, search and all: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


async def _timed(services: Services, text: str, seconds: list[float]) -> Reply:
    began = time.process_time()
    reply = await reply_to(services, text, zone=_ZONE)
    seconds.append(time.process_time() - began)
    return reply


async def _first_cited(services: Services, reply: Reply) -> str | None:
    async with services.database.read() as connection:
        found = await find_articles(connection, reply.answer.cited[:1])
    return next((article.external_id for article in found.values()), None)


def _report(title: str, outcomes: dict[str, list[bool]]) -> None:
    print(title)
    for kind, each in outcomes.items():
        print(f"  {kind}: {sum(each) / len(each):.1%} of {len(each)}")


if __name__ == "__main__":
    asyncio.run(main(*[arg for arg in sys.argv[1:] if arg != "--show"], shows="--show" in sys.argv))
