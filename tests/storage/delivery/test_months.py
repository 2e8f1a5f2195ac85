"""The ledger by month on PostgreSQL: a new partition when a month begins, an old one dropped as a whole."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.claiming import _IN_ORDER, _due, claim_deliveries
from storage.delivery.deliveries import (
    IDS,
    begin_month,
    drop_month,
    find_months,
    first_kept_message,
    make_months,
    mark_sent,
)
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus, count_finished
from storage.engine import Database
from storage.tables import deliveries, issues, messages, subscribers
from storage.upkeep.prune import measure_prune, prune_issues
from tests.storage.delivery.test_deliveries import HOUR, publish

Listener = Callable[..., Awaitable[int]]
MONTH = dt.timedelta(days=31)


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Run these tests on PostgreSQL."""
    return postgres_database


async def message_ids(connection: AsyncConnection) -> list[int]:
    """Return the numbers of all messages, in order."""
    return list((await connection.execute(select(messages.c.id).order_by(messages.c.id))).scalars())


async def test_a_month_begins_once_and_its_messages_have_numbers_of_their_own(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    async with database.write() as connection:
        assert not await begin_month(connection, now=now), "nothing was written yet"
    await publish(database, profile, now)
    end_of_month = now + dt.timedelta(days=29)
    steps = [(now + HOUR, False), (end_of_month, False), (now + MONTH, True), (now + MONTH + HOUR, False)]
    for at, begins in steps:
        async with database.write() as connection:
            assert await begin_month(connection, now=at) is begins
    await publish(database, profile, now + MONTH)
    async with database.write() as connection:
        assert await find_months(connection) == [0, 1, 2]
        assert await message_ids(connection) == [1, 10_000_000_001]
        assert not await begin_month(connection, now=now + MONTH + HOUR)


async def test_a_range_of_less_than_three_days_serves_the_next_month_too(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    began = now.replace(month=2, day=28)
    await publish(database, await listener(1), began)
    three_days = dt.timedelta(days=3)
    for age, begins in ((three_days - dt.timedelta(seconds=1), False), (three_days, True)):
        async with database.write() as connection:
            assert await begin_month(connection, now=began + age) is begins


async def test_a_copy_is_unique_and_parts_keep_their_order_over_the_turn_of_a_month(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await publish(database, profile, now - MONTH, parts=2)
    async with database.write() as connection:
        assert await begin_month(connection, now=now)
    await publish(database, profile, now, parts=2)
    for _ in range(4):
        async with database.write() as connection:
            [one] = await claim_deliveries(connection, now=now, limit=5)
            assert await claim_deliveries(connection, now=now, limit=5, in_flight=[1]) == []
            await mark_sent(connection, [(one, 1)], now=now)
    async with database.read() as connection:
        sent = await connection.execute(
            select(deliveries.c.message_id).where(deliveries.c.status == "sent").order_by(deliveries.c.id)
        )
        assert list(sent.scalars()) == await message_ids(connection)
        assert (await count_finished(connection)).sent == 4
    row = {"message_id": 1, "subscriber_id": 1, "status": "pending", "not_before": now, "tries": 0}
    async with database.engine.begin() as connection:
        twice = {**row, "message_id": (await message_ids(connection))[-1]}
        twice["subscriber_id"] = (await connection.execute(select(subscribers.c.id))).scalar_one()
        with pytest.raises(IntegrityError, match="subscriber_id_message_id"):
            await connection.execute(insert(deliveries), {**twice, "changed_at": now})
        await connection.rollback()


async def test_an_old_month_goes_as_a_whole_and_then_its_issues(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    for months in (5, 4, 0):
        async with database.write() as connection:
            await begin_month(connection, now=now - months * MONTH)
        await _publish_then(database, profile, now - months * MONTH)
    async with database.write() as connection:
        assert await find_months(connection) == [0, 1, 2, 3]
        for months in (6, 5):
            assert not await drop_month(connection, before=now - months * MONTH), "its messages are young"
        before = now - 3 * MONTH
        assert await drop_month(connection, before=before)
        assert await drop_month(connection, before=before)
        assert not await drop_month(connection, before=now + MONTH), "messages go into the one that is left"
        assert (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one() == 1
        assert await prune_issues(connection, before=before) == 2
        assert len(await message_ids(connection)) == 1
        assert len((await connection.execute(select(issues.c.id))).all()) == 1


async def test_issues_of_a_month_that_the_ledger_has_are_kept_with_it(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await _publish_then(database, profile, now - 4 * MONTH)
    async with database.write() as connection:
        await begin_month(connection, now=now - 3 * MONTH)
    for days in (80, 60):
        await _publish_then(database, profile, now - dt.timedelta(days=days))
    async with database.write() as connection:
        before = now - dt.timedelta(days=70)
        assert await prune_issues(connection, before=before) == 2, "of the first partition: an issue, its row"
        assert await prune_issues(connection, before=before) == 0
        assert (await measure_prune(connection, before=before)).deliveries == 0
        assert len(await message_ids(connection)) == 2


async def _publish_then(database: Database, profile: int, then: dt.datetime) -> None:
    """Publish an issue of that moment."""
    issue = Issue(profile, "sang", then, then - HOUR, IssueStatus.MADE, parts=(Part("một"),))
    async with database.write() as connection:
        number = await record_issue(connection, issue, now=then)
        assert number is not None
        await enqueue_issues(connection, [number], true(), release=lambda start, end: then, now=then)


async def test_partitions_are_made_for_messages_that_come_from_elsewhere(database: Database) -> None:
    async with database.write() as connection:
        await make_months(connection, up_to=3 * IDS + 5)
        assert await find_months(connection) == [0, 1, 2, 3, 4]
        for first_month, kept in ((0, 10_000_000_000), (1, 10_000_000_000), (2, 20_000_000_000)):
            assert await first_kept_message(connection) == kept, "those before are deleted one by one"
            await connection.execute(text(f"DROP TABLE deliveries_{first_month}"))


async def test_a_claim_reads_the_head_of_the_queue_only_though_nobody_counted_it_yet(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    plans: list[str] = []

    def explained(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> Any:
        return "EXPLAIN " + statement, parameters

    asked = {"by_now": now, "at_most": 5, "waiting": [], "a_second_before": now, "a_second_after": now}
    for together in (False, True):
        async with database.write() as connection:
            await connection.execute(_IN_ORDER)
            await connection.execution_options(compiled_cache=None)
            event.listen(connection.sync_connection, "before_cursor_execute", explained, retval=True)
            query = _due(is_repeat=False, together=together)
            rows = await connection.execute(query, asked)
            plans.append("\n".join(row[0] for row in rows))
    assert all("->  Merge Append" in plan and "->  Sort" not in plan for plan in plans), plans


async def test_on_sqlite_the_ledger_is_one_table(sqlite_database: Database, now: dt.datetime) -> None:
    async with sqlite_database.write() as connection:
        assert not await begin_month(connection, now=now)
        assert not await drop_month(connection, before=now)
        await make_months(connection, up_to=3 * IDS)
        assert await find_months(connection) == []
