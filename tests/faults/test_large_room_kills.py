"""Very many readers, queued part by part by processes that are killed: each gets everything once."""

import asyncio
import datetime as dt
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter

import pytest
from sqlalchemy import func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.announcements import confirm_announcement, draft_announcement
from storage.delivery.corrections import (
    confirm_correction,
    draft_correction,
    enqueue_edit,
    enqueue_notice,
    find_story_messages,
)
from storage.delivery.fanouts import begin_fanouts
from storage.delivery.issues import Issue, Part, record_issue
from storage.delivery.message_fanouts import begin_correcting
from storage.delivery.states import IssueStatus
from storage.tables import deliveries, fanouts, message_fanouts, messages
from tests.faults.conftest import HOUR, Figure, Ledger
from tests.storage.test_changes_of_mind import STORY, publish

READERS = 6_000
QUEUE = """
import asyncio, datetime as dt, sys
from bot.jobs.digests.publishing import queue_rest
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import Services
from bot.times.clock import Clock
from bot.times.schedule import Schedule
from storage.delivery import fanouts
from storage.engine import Database

fanouts.ROWS_AT_ONCE = 100
edition = Edition("sang", "Sáng", Schedule((dt.time(6),)), (), 3, dt.timedelta(hours=48))
newsroom = Newsroom(
    zone="UTC", editions=(edition,), sources=(), topics={}, topic_aliases={}, keep_days=90,
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


async def kill_while_queued(ledger: Ledger, rng: random.Random) -> list[int]:
    """Queue by two processes that are killed, six times, then to the end; return the rows after each kill."""
    reached = []
    for _ in range(6):
        await asyncio.gather(*(queue_until(ledger.url, rng.uniform(0.05, 0.5)) for _ in range(2)))
        async with ledger.database.read() as connection:
            by_part = select(messages.c.part, func.count()).join(
                deliveries, deliveries.c.message_id == messages.c.id
            )
            issue_only = by_part.where(messages.c.issue_id.is_not(None)).group_by(messages.c.part)
            parts = {row[0]: row[1] for row in await connection.execute(issue_only)}
            total = select(func.count()).select_from(deliveries)
            reached.append((await connection.execute(total)).scalar_one())
        assert len(set(parts.values())) <= 1, "a part is whole or not begun"
    await queue_until(ledger.url, None)
    return reached


async def copies_of_each(ledger: Ledger) -> Counter[tuple[int, ...]]:
    """Return how many readers have how many deliveries of each kind; nothing is left to queue."""
    d, m = deliveries.c, messages.c
    each = select(d.subscriber_id, m.kind, func.count()).join(messages, m.id == d.message_id)
    each = each.group_by(d.subscriber_id, m.kind).order_by(d.subscriber_id, m.kind)
    counts: dict[int, list[int]] = {}
    async with ledger.database.read() as connection:
        for row in await connection.execute(each):
            counts.setdefault(row[0], []).append(row[2])
        assert (await connection.execute(select(fanouts))).all() == []
        assert (await connection.execute(select(message_fanouts))).all() == []
    return Counter(map(tuple, counts.values()))


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
    reached = await kill_while_queued(ledger, rng)
    record_property("figure", f"rows after each kill: {reached}")
    assert await copies_of_each(ledger) == {(2,): READERS}


async def queue_what_operators_write(connection: AsyncConnection, now: dt.datetime) -> None:
    """Confirm an announcement, and a correction of the story that everybody got."""
    number = await draft_announcement(connection, 1, "Mai bot nghỉ.", now=now)
    everybody = [(true(), lambda start, end: now)]
    assert await confirm_announcement(connection, number, "Mai bot nghỉ.", everybody, now=now) == READERS
    draft = await draft_correction(connection, STORY, "Tăng ít thôi.", now=now)
    assert await confirm_correction(connection, draft.id, now=now)
    [telling] = await find_story_messages(connection, STORY, since=now - 2 * HOUR)
    edit, _ = await enqueue_edit(connection, draft, telling, "sửa", now=now, since=now)
    await enqueue_notice(
        connection, draft, telling, "báo", after_id=edit, release=lambda s, e: now, now=now, since=now
    )
    await begin_correcting(connection, draft.id, now=now)


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_kills_while_an_announcement_and_a_correction_are_queued_leave_no_reader_out_and_none_twice(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, record_property: Figure
) -> None:
    monkeypatch.setattr("storage.delivery.fanouts.ROWS_AT_ONCE", 100)
    rng = random.Random(17)
    profile = await ledger.subscribe(list(range(1, READERS + 1)))
    now = dt.datetime.now(dt.UTC)
    await publish(ledger.database, profile, now - HOUR)
    async with ledger.database.write() as connection:
        sent = {"status": "sent", "telegram_id": 7, "changed_at": now - HOUR}
        await connection.execute(update(deliveries).values(sent))
        await queue_what_operators_write(connection, now)
    reached = await kill_while_queued(ledger, rng)
    record_property("figure", f"rows after each kill: {reached}")
    assert await copies_of_each(ledger) == {(1, 1, 1, 2): READERS}
