"""The ledger: which deliveries are claimed, in which order, and the results of interrupted ones."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import event, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.claiming import Claimed, claim_deliveries
from storage.delivery.deliveries import (
    count_open,
    mark_gone,
    mark_sent,
    mark_unknown,
    put_back,
    recover_interrupted,
)
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.mailings import find_mailing, retract
from storage.delivery.states import IssueStatus, count_finished
from storage.engine import Database
from storage.subscribers import delete_subscriber, set_quiet, set_status
from storage.tables import deliveries
from storage.upkeep.stats import gather_stats

Listener = Callable[..., Awaitable[int]]
HOUR = dt.timedelta(hours=1)


async def publish(database: Database, profile: int, now: dt.datetime, *, parts: int = 1) -> int:
    """Record an issue and queue its deliveries; return how many."""
    texts = tuple(map(Part, ("một", "hai", "ba")[:parts]))
    issue = Issue(profile, "sang", now, now - HOUR, IssueStatus.MADE, parts=texts)
    async with database.write() as connection:
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        return await enqueue_issues(connection, [issue_id], true(), release=lambda start, end: now, now=now)


async def statuses(database: Database) -> list[str]:
    """Return every row's status in order."""
    async with database.read() as connection:
        rows = await connection.execute(select(deliveries.c.status).order_by(deliveries.c.id))
        return list(rows.scalars())


async def test_each_listener_gets_one_row_per_part(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    assert await publish(database, profile, now, parts=2) == 4
    async with database.read() as connection:
        assert await count_open(connection) == {"pending": 4}


async def test_a_slot_is_recorded_once(database: Database, listener: Listener, now: dt.datetime) -> None:
    profile = await listener(1)
    issue = Issue(profile, "sang", now, now - HOUR, IssueStatus.MADE, parts=(Part("một"),))
    async with database.write() as connection:
        first = await record_issue(connection, issue, now=now)
        again = await record_issue(connection, issue, now=now)
    assert first is not None
    assert again is None


async def test_a_paused_subscriber_gets_no_delivery(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    async with database.write() as connection:
        await set_status(connection, 1, "paused", now=now)
    assert await publish(database, profile, now) == 0


async def test_pausing_calls_off_what_is_queued(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        await set_status(connection, 1, "paused", now=now)
        assert await claim_deliveries(connection, now=now, limit=5) == []
    assert await statuses(database) == ["gone"]


async def test_quiet_hours_decide_when_each_may_go_out(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    async with database.write() as connection:
        await set_quiet(connection, 2, 0, 300, now=now)
        issue = Issue(profile, "sang", now, now - HOUR, IssueStatus.MADE, parts=(Part("một"),))
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        late = now + 3 * HOUR
        await enqueue_issues(
            connection, [issue_id], true(), release=lambda start, end: late if start == 0 else now, now=now
        )
        claimed = await claim_deliveries(connection, now=now, limit=5)
        assert [one.chat_id for one in claimed] == [1]
        almost = late - dt.timedelta(microseconds=1)
        assert await claim_deliveries(connection, now=almost, limit=5) == []
        assert [one.chat_id for one in await claim_deliveries(connection, now=late, limit=5)] == [2]


async def test_parts_are_claimed_in_order_and_never_together(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now, parts=3)
    seen = []
    for number in range(3):
        async with database.write() as connection:
            [one] = await claim_deliveries(connection, now=now, limit=5)
            await mark_sent(connection, [(one, number + 1)], now=now)
        seen.append((one.html, one.is_silent))
    assert seen == [("một", False), ("hai", True), ("ba", True)]


async def test_an_interrupted_row_is_tried_once_more_after_the_others_and_then_unknown(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    async with database.write() as connection:
        [first] = await claim_deliveries(connection, now=now, limit=1)
        assert await recover_interrupted(connection, now=now) == 0
        order = await claim_deliveries(connection, now=now, limit=1)
        assert [one.chat_id for one in order] == [2], "the interrupted one waits at the tail"
        await mark_sent(connection, [(order[0], 7)], now=now)
        [second] = await claim_deliveries(connection, now=now, limit=1)
        assert (second.id, second.tries) == (first.id, 2)
        assert await recover_interrupted(connection, now=now) == 1
    assert sorted(await statuses(database)) == ["sent", "unknown"]


ENDS = ["sent", "gone", "unknown", "put back"]


async def finish(connection: AsyncConnection, one: Claimed, end: str, now: dt.datetime) -> None:
    """Store the result of an attempt."""
    match end:
        case "sent":
            await mark_sent(connection, [(one, 7)], now=now)
        case "gone":
            await mark_gone(connection, one, "refused: odd", now=now)
        case "unknown":
            await mark_unknown(connection, one, "timed out", now=now)
        case _:
            await put_back(connection, one, not_before=now, counts=False, reason="429", now=now)


@pytest.mark.parametrize("end", ENDS)
async def test_what_an_earlier_try_learns_changes_nothing_while_its_successor_is_sending(
    database: Database, listener: Listener, now: dt.datetime, end: str
) -> None:
    """The row is in `sending` all the same: only the number of the try tells the two apart."""
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        [early] = await claim_deliveries(connection, now=now, limit=1)
        await recover_interrupted(connection, now=now)
        await finish(connection, early, end, now)
        assert (await connection.execute(select(deliveries.c.status, deliveries.c.tries))).one() == (
            "pending",
            1,
        ), "it waits for its second try"
        [late] = await claim_deliveries(connection, now=now, limit=1)
        for other in (early, replace(late, tries=3)):
            await finish(connection, other, end, now)
        assert await recover_interrupted(connection, now=now) == 1, "the second try ended nowhere else"
    assert (early.tries, late.tries) == (1, 2)
    assert await statuses(database) == ["unknown"]


async def test_a_part_waits_while_the_one_before_it_is_being_sent(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now, parts=3)
    async with database.write() as connection:
        [first] = await claim_deliveries(connection, now=now, limit=5)
        assert await claim_deliveries(connection, now=now, limit=5) == [], "nobody says that the chat is busy"
        await mark_gone(connection, first, "refused: odd", now=now)
        [second] = await claim_deliveries(connection, now=now, limit=5)
        await mark_sent(connection, [(second, 7)], now=now)
        [third] = await claim_deliveries(connection, now=now, limit=5)
    assert (first.html, second.html, second.missing) == ("một", "hai", (0,))
    assert (third.html, third.missing) == ("ba", ()), "the second part told of the first"


@pytest.mark.parametrize("hours", [(1, 0), (0, 1)])
async def test_missing_parts_are_those_of_the_same_issue(
    database: Database, listener: Listener, now: dt.datetime, hours: tuple[int, int]
) -> None:
    """Whichever of two issues was made first."""
    profile, missing = await listener(1), []
    for slot in (now - ago * HOUR for ago in hours):
        await publish(database, profile, slot, parts=3)
    async with database.write() as connection:
        for _ in range(5):
            [one] = await claim_deliveries(connection, now=now, limit=5)
            missing.append(one.missing)
            await mark_gone(connection, one, "refused: odd", now=now)
    assert missing == [(), (0,), (0, 1), (), (0,)]


async def test_the_order_of_parts_is_each_readers_own(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    """One reader has got the first part; it is still in flight to the other, who waits for it."""
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now, parts=2)
    await publish(database, profile, now + HOUR, parts=2)
    async with database.write() as connection:
        firsts = await claim_deliveries(connection, now=now, limit=5)
        assert [(one.chat_id, one.html, one.parts) for one in firsts] == [(1, "một", 2), (2, "một", 2)]
        await mark_sent(connection, [(firsts[0], 7)], now=now)
        seconds = await claim_deliveries(connection, now=now, limit=5)
    assert [(one.chat_id, one.html) for one in seconds] == [(1, "hai")]


@pytest.mark.parametrize("counts", [True, False])
async def test_a_row_that_comes_back_after_its_issue_was_retracted_is_called_off(
    database: Database, listener: Listener, now: dt.datetime, *, counts: bool
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    async with database.write() as connection:
        [one] = await claim_deliveries(connection, now=now, limit=1)
        batch = await find_mailing(connection, 1)
        assert batch is not None
        assert await retract(connection, batch, "Thu hồi", now=now) == 1, "one is being sent"
        await put_back(connection, one, not_before=now, counts=counts, reason="502", now=now)
        assert await claim_deliveries(connection, now=now, limit=5) == []
        reasons = (await connection.execute(select(deliveries.c.reason))).scalars().all()
    assert reasons == ["retracted", "retracted"]
    assert await statuses(database) == ["gone", "gone"]


async def test_a_try_that_cannot_have_arrived_does_not_count(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    for _ in range(4):
        async with database.write() as connection:
            [one] = await claim_deliveries(connection, now=now, limit=1)
            await put_back(connection, one, not_before=now, counts=False, reason="429", now=now)
        assert one.tries == 1
    assert await statuses(database) == ["pending"]


async def test_outcomes_are_counted_by_status(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    async with database.write() as connection:
        one, two = await claim_deliveries(connection, now=now, limit=5)
        await mark_gone(connection, one, "bot was blocked by the user", now=now)
        await mark_unknown(connection, two, "timed out", now=now)
        assert (await count_finished(connection)).by_status == {"gone": 1, "unknown": 1}


async def test_deleting_a_subscriber_leaves_no_row(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        await delete_subscriber(connection, 1)
    assert await statuses(database) == []


async def test_an_operators_look_never_reads_the_ledger_from_end_to_end(
    sqlite_database: Database, now: dt.datetime
) -> None:
    """A ledger of ninety days took a second and more at each look of an operator."""
    statements: list[str] = []
    async with sqlite_database.read() as connection:
        event.listen(
            connection.sync_connection, "before_cursor_execute",
            lambda _c, _cursor, statement, values, *_: statements.append(statement),
        )  # fmt: skip
        await gather_stats(connection, since=now - 24 * HOUR, now=now)
        plans = [
            await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (0,) * statement.count("?"))
            for statement in list(statements)
        ]
        steps = [row[-1] for plan in plans for row in plan]
    assert any("deliveries" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN deliveries")], steps
