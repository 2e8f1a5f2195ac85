"""The state of delivery: what is due, since when, and the results of a day's deliveries."""

import datetime as dt
from collections.abc import Awaitable, Callable

from sqlalchemy import select, true, update

from storage.delivery.fanouts import begin_fanouts
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.tables import deliveries, issues
from storage.upkeep.stats import (
    FULL_RATE,
    Outcomes,
    Queue,
    WaitingIssue,
    count_outcomes,
    delivery_as_dict,
    find_oldest_due,
    find_waiting_issues,
    measure_queue,
)

Listener = Callable[..., Awaitable[int]]
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


async def queue_issue(database: Database, profile: int, slot: dt.datetime, not_before: dt.datetime) -> None:
    """Queue an issue of one part for every listener of the profile."""
    async with database.write() as connection:
        issue = Issue(profile, "sang", slot, slot - HOUR, IssueStatus.MADE, parts=(Part("một"),))
        issue_id = await record_issue(connection, issue, now=slot)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda start, end: not_before, now=slot)


async def set_rows(database: Database, *values: dict[str, object]) -> None:
    """Give the rows these values, in their order."""
    async with database.write() as connection:
        ids = (await connection.execute(select(deliveries.c.id).order_by(deliveries.c.id))).scalars().all()
        for number, value in zip(ids, values, strict=True):
            if value:
                await connection.execute(update(deliveries).where(deliveries.c.id == number).values(value))


async def test_what_waits_for_later_is_not_due(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await queue_issue(database, profile, now - HOUR, now - 20 * MINUTE)
    await queue_issue(database, profile, now, now + HOUR)
    async with database.read() as connection:
        queue = await measure_queue(connection, now=now)
        oldest = await find_oldest_due(connection, now=now)
    assert (queue.waiting, queue.due, queue.age) == (2, 1, 20 * MINUTE)
    assert oldest == ("sang", now - HOUR)


async def test_what_waits_is_told_by_edition_and_slot(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await queue_issue(database, profile, now - HOUR, now - HOUR)
    await queue_issue(database, profile, now, now + HOUR)
    await set_rows(database, {"status": "sent"}, {}, {}, {})
    async with database.write() as connection:
        [latest] = (await connection.execute(select(issues.c.id).where(issues.c.slot_at == now))).scalars()
        await begin_fanouts(connection, [latest], "UTC", now=now)
        first, second = await find_waiting_issues(connection)
    assert first == WaitingIssue("sang", now - HOUR, 1, now - HOUR, grows=False)
    assert second == WaitingIssue("sang", now, 2, now + HOUR, grows=True)


async def test_an_empty_queue_has_no_age_and_no_end(database: Database, now: dt.datetime) -> None:
    async with database.read() as connection:
        queue = await measure_queue(connection, now=now)
        assert await find_oldest_due(connection, now=now) is None
    assert queue == Queue(now, 0, 0, None, 0)
    assert (queue.age, queue.finish_at(20)) == (dt.timedelta(), None)


def test_the_forecast_takes_the_measured_rate_or_when_idle_the_full_one() -> None:
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    queue = Queue(now, 2_800, 2_800, now, 0)
    assert queue.finish_at(14) == now + dt.timedelta(seconds=200)
    assert queue.finish_at(0) == now + dt.timedelta(seconds=2_800 / FULL_RATE)


async def test_a_day_is_counted_by_what_came_of_it(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile, *_ = [await listener(chat) for chat in range(1, 8)]
    await queue_issue(database, profile, now - HOUR, now - HOUR)
    on_time, late = now - 50 * MINUTE, now - 44 * MINUTE
    await set_rows(
        database,
        {"status": "sent", "tries": 1, "changed_at": on_time},
        {"status": "sent", "tries": 1, "changed_at": late},
        {"status": "sent", "tries": 2, "changed_at": late},
        {"status": "sent", "tries": 1, "changed_at": now, "not_before": now},
        {"status": "gone", "tries": 1, "changed_at": late},
        {"status": "unknown", "tries": 2, "changed_at": late},
        {"status": "pending", "tries": 1, "changed_at": late},
    )
    async with database.read() as connection:
        outcomes = await count_outcomes(connection, since=now - 24 * HOUR, now=now)
        queue = await measure_queue(connection, now=now)
        before = await count_outcomes(connection, since=now + HOUR, now=now)
    assert outcomes == Outcomes(sent=4, late=2, gone=1, unknown=1, possible_doubles=2, rate=1 / 60)
    assert queue.unknown == 1
    assert before == Outcomes(0, 0, 0, 0, 0, rate=1 / 60), "the rate is of the last minute, whatever the slot"


def test_everything_has_a_plain_name() -> None:
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    queue = Queue(now, 30, 28, now - MINUTE, 1)
    assert delivery_as_dict(queue, Outcomes(5, 4, 3, 2, 1, 0.0)) == {
        "due": 28,
        "waiting": 30,
        "sent": 5,
        "late": 4,
        "gone": 3,
        "unknown": 2,
        "possible_doubles": 1,
        "rate_per_second": 0.0,
        "queue_age_seconds": 60,
        "held_chats": 0,
        "held_until": None,
        "limited_until": None,
        "forecast_finish": "2026-03-02T00:00:01+00:00",
    }
