"""A slot of very many readers, queued part by part by processes that are killed: each reader once."""

import asyncio
import datetime as dt
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter

import pytest
from sqlalchemy import func, select

from storage.delivery.fanouts import begin_fanouts
from storage.delivery.issues import Issue, Part, record_issue
from storage.delivery.states import IssueStatus
from storage.tables import deliveries, fanouts, messages
from tests.faults.conftest import HOUR, Figure, Ledger

READERS = 6_000
QUEUE = """
import asyncio, datetime as dt, sys
from bot.jobs.digests.publishing import queue_rest
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.times.clock import Clock
from storage.delivery import fanouts
from storage.engine import Database

fanouts.ROWS_AT_ONCE = 100
newsroom = Newsroom(
    zone="UTC", editions=(), sources=(), topics={}, topic_aliases={}, keep_days=90,
    late_window=dt.timedelta(hours=2), questions_per_10_seconds=5, questions_per_hour=60,
)
print("ready", flush=True)
asyncio.run(queue_rest(Services(Database(sys.argv[1]), Clock(), newsroom)))
"""


async def queue_until(url: str, seconds: float | None) -> None:
    """Queue in a process of its own, which is killed after so many seconds; None: not at all."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", QUEUE, url, stdout=PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    if seconds is not None:
        await asyncio.sleep(seconds)
        if process.returncode is None:
            process.kill()
    await process.wait()


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_kills_while_a_slot_is_queued_leave_no_reader_out_and_none_twice(
    ledger: Ledger, record_property: Figure
) -> None:
    rng, now = random.Random(16), dt.datetime.now(dt.UTC)
    profile = await ledger.subscribe(list(range(1, READERS + 1)))
    async with ledger.database.write() as connection:
        issue = Issue(profile, "sang", now, now - HOUR, IssueStatus.MADE, parts=(Part("một"), Part("hai")))
        number = await record_issue(connection, issue, now=now)
        assert number is not None
        await begin_fanouts(connection, [number], "UTC", now=now)
    reached = []
    for _ in range(6):
        await asyncio.gather(*(queue_until(ledger.url, rng.uniform(0.05, 0.5)) for _ in range(2)))
        async with ledger.database.read() as connection:
            total = (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one()
            by_part = select(messages.c.part, func.count()).join(
                deliveries, deliveries.c.message_id == messages.c.id
            )
            rows = await connection.execute(by_part.group_by(messages.c.part))
            parts = {row[0]: row[1] for row in rows}
        assert len(set(parts.values())) <= 1, "a part is whole or not begun"
        reached.append(total)
    await queue_until(ledger.url, None)
    d = deliveries.c
    each = select(d.subscriber_id, func.count()).group_by(d.subscriber_id)
    async with ledger.database.read() as connection:
        counts = Counter(row[1] for row in await connection.execute(each))
        assert (await connection.execute(select(fanouts))).all() == []
    record_property("figure", f"rows after each kill: {reached}")
    assert counts == {2: READERS}
