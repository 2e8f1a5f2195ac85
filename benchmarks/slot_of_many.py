"""A slot of very many readers with very many different choices, on SQLite: how long, and in how much memory.

    python benchmarks/slot_of_many.py articles.jsonl [profiles] [readers]

Each row of the file is an article (`title`, `sapo`, `body`, `published`, `source`), a day's news, say 300 of
them. Two readers share a set of choices, as far as there are readers for it; each set has a topic or two, a
word or two left out, one wanted, and one of the three lengths. Printed are the seconds of CPU and of the
clock, the memory before and after, and what was made.
"""

import asyncio
import datetime as dt
import random
import resource
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import get_args

from common import read_rows
from newsrooms import MORNING, newsroom, store_story, tell_nobody
from sqlalchemy import func, insert, select

from bot.jobs.digests.slots import run_due_slots
from bot.news.services import Services
from storage.engine import Database
from storage.intake.drafts import Incoming
from storage.profiles import Choices, Length
from storage.tables import deliveries, issues, messages, profiles, subscribers
from storage.times import Published
from storage.upkeep.upgrade import upgrade
from tests.manual_clock import ManualClock

_NOW = dt.datetime(2026, 8, 20, 22, 0, tzinfo=dt.UTC)  # 5:00 in Vietnam
_TOPICS = {name: name for name in ("thoi-su", "the-gioi", "kinh-te", "the-thao", "giai-tri", "suc-khoe")}
_SAID = "giá xăng bão mưa Hà Nội bóng đá Mỹ Trump vàng học sinh bệnh viện phim ca sĩ công an tòa án đất"
_WORDS = _SAID.split()
_ARTICLES, _BATCH = 300, 500


def main(path: str, profile_count: int = 50_000, reader_count: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder) / "slot.sqlite", path, profile_count, reader_count))


async def _run(file: Path, path: str, profile_count: int, reader_count: int) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    await upgrade(database, now=_NOW)
    clock = ManualClock(_NOW)
    services = Services(database, clock, newsroom(MORNING, topics=_TOPICS))
    await _store(database, path)
    await _subscribe(database, profile_count, reader_count, clock.now() + dt.timedelta(minutes=90))
    await clock.advance(90 * 60)
    before, wall, cpu = _megabytes(), time.monotonic(), time.process_time()
    queued = await run_due_slots(services, tell_nobody)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    async with database.read() as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (issues, messages, deliveries)
        ]
    print(f"{profile_count} profiles, {reader_count} readers: {cpu:.1f} s of CPU, {wall:.1f} s")
    print(f"issues, messages, deliveries: {counts}; queued {queued}")
    print(f"memory {before} MB before, {_megabytes()} MB at most")
    await database.close()


async def _store(database: Database, path: str) -> None:
    rng = random.Random(3)
    for number, row in enumerate(islice(read_rows(Path(path)), _ARTICLES)):
        article = Incoming(
            key=str(number), external_id=str(number), url=None, source=row.get("source", "báo"),
            topic=rng.choice(list(_TOPICS)), title=row["title"], sapo=row.get("sapo", ""),
            body=row.get("body", ""), published=Published(_NOW - dt.timedelta(minutes=number)),
            text_hash=str(number), advertorial=False, place="",
        )  # fmt: skip
        async with database.write() as connection:
            await store_story(connection, article, now=_NOW)


async def _subscribe(database: Database, profile_count: int, reader_count: int, due: dt.datetime) -> None:
    rng = random.Random(7)
    for start in range(0, profile_count, _BATCH):
        numbers = range(start, min(start + _BATCH, profile_count))
        rows = [_profile(number, rng, due) for number in numbers]
        async with database.write() as connection:
            await connection.execute(insert(profiles), rows)
    readers = [
        {
            "chat_id": number + 1, "kind": "private", "status": "active",
            "profile_id": number % profile_count + 1, "quiet_start": 1320, "quiet_end": 390,
            "created_at": _NOW, "changed_at": _NOW,
        }
        for number in range(reader_count)
    ]  # fmt: skip
    for start in range(0, reader_count, _BATCH):
        async with database.write() as connection:
            await connection.execute(insert(subscribers), readers[start : start + _BATCH])


def _profile(number: int, rng: random.Random, due: dt.datetime) -> dict[str, object]:
    choices = Choices(
        "sang",
        topics=tuple(sorted(rng.sample(list(_TOPICS), rng.randint(0, 3)))),
        length=rng.choice(get_args(Length)),
        words_out=(rng.choice(_WORDS), f"{rng.choice(_WORDS)} {number}"),
        words_in=(rng.choice(_WORDS),),
    )
    own = {"topics": list(choices.topics), "words_out": list(choices.words_out), "length": choices.length}
    return own | {
        "key": choices.key, "edition": "sang", "times": [], "days": [], "zone": None,
        "words_in": list(choices.words_in), "sources_out": [], "sources_in": [],
        "next_due_at": due, "created_at": _NOW,
    }  # fmt: skip


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
