"""Which rows each statement of the ledger concerns, case by case: statuses, attempts, kinds, moments.

SQLite alone: the other tests of the ledger run on both engines, and the conditions are the same for both.
"""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.claiming import Claimed, claim_deliveries
from storage.delivery.deliveries import (
    free_unsent,
    mark_gone,
    mark_sent,
    mark_unknown,
    put_back,
    recover_interrupted,
    release_recalled,
)
from storage.delivery.senders import set_share
from storage.delivery.states import DeliveryStatus, IssueStatus, MessageKind
from storage.engine import Database
from storage.processes.leases import LeaseKey
from storage.tables import deliveries, issues, messages, subscribers
from tests.storage.delivery.test_deliveries import HOUR, Listener, publish

A = LeaseKey("bot", "a")
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Run these tests on SQLite."""
    return sqlite_database


async def put(connection: AsyncConnection, row: int = 0, **values: object) -> None:
    """Write columns of a delivery, or of all of them."""
    these = deliveries.c.id == row if row else deliveries.c.id > 0
    await connection.execute(update(deliveries).where(these).values(values))


async def rows_of(connection: AsyncConnection) -> list[tuple[str, int]]:
    """Return status and tries of each row."""
    d = deliveries.c
    rows = await connection.execute(select(d.status, d.tries).order_by(d.id))
    return [(row.status, row.tries) for row in rows]


Finish = Callable[[AsyncConnection, Claimed, dt.datetime], Awaitable[None]]
RESULTS: dict[str, tuple[Finish, tuple[str, int]]] = {
    "sent": (lambda c, one, now: mark_sent(c, [(one, 7)], now=now), ("sent", 2)),
    "gone": (lambda c, one, now: mark_gone(c, one, "refused: odd", now=now), ("gone", 2)),
    "unknown": (lambda c, one, now: mark_unknown(c, one, "timed out", now=now), ("unknown", 2)),
    "a try": (
        lambda c, one, now: put_back(c, one, not_before=now, counts=True, reason="502", now=now),
        ("pending", 2),
    ),
    "no try": (
        lambda c, one, now: put_back(c, one, not_before=now, counts=False, reason="429", now=now),
        ("pending", 1),
    ),
    "recalled": (lambda c, one, now: release_recalled(c, one, now=now), ("pending", 1)),
}


@pytest.mark.parametrize("result", RESULTS)
async def test_a_result_is_stored_in_its_own_row_only_while_that_attempt_is_being_sent(
    database: Database, listener: Listener, now: dt.datetime, result: str
) -> None:
    profile = await listener(1)
    for chat in (2, 3):
        await listener(chat)
    await publish(database, profile, now)
    finish, expected = RESULTS[result]
    async with database.write() as connection:
        for status in DeliveryStatus:
            for tries in (1, 2, 3):
                await put(connection, status="sending", tries=2)
                await put(connection, 2, status=status, tries=tries)
                await finish(connection, Claimed(2, 2, "một", tries=2), now)
                stored = expected if (status, tries) == ("sending", 2) else (status, tries)
                assert await rows_of(connection) == [("sending", 2), stored, ("sending", 2)]


async def test_only_rows_that_were_being_sent_are_freed_and_from_the_second_try_on_are_unknown(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    """Whoever sent them, if only one process sends."""
    await publish(database, await listener(1), now)
    cases = [(status, 1, status, 0) for status in DeliveryStatus if status != "sending"]
    cases += [("sending", 1, "pending", 0), ("sending", 2, "unknown", 1), ("sending", 3, "unknown", 1)]
    async with database.write() as connection:
        await set_share(connection, A, total=30, has=0, wanted=30, is_new=True)
        for status, tries, after, in_doubt in cases:
            await put(connection, status=status, tries=tries, sender="a")
            assert await recover_interrupted(connection, now=now) == in_doubt
            assert await rows_of(connection) == [(after, tries)]


@pytest.mark.parametrize(("own", "dead"), [("a", "b"), ("b", "a")])
async def test_a_process_frees_the_rows_of_a_dead_one_and_of_its_own_only_those_that_it_lost(
    database: Database, listener: Listener, now: dt.datetime, own: str, dead: str
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    async with database.write() as connection:
        for row, sender in ((1, own), (2, dead)):
            await put(connection, row, status="sending", tries=1, sender=sender)
        await recover_interrupted(connection, now=now, together=True, own=own)
        assert await rows_of(connection) == [("sending", 1), ("pending", 1)]
        for status in DeliveryStatus:
            await put(connection, 1, status=status, tries=2, sender=own)
            await put(connection, 2, status="sending", tries=2, sender=dead)
            await free_unsent(connection, in_flight=[], now=now, sender=own)
            freed = ("pending", 1) if status == "sending" else (status, 2)
            assert await rows_of(connection) == [freed, ("sending", 2)]


async def test_only_pending_rows_are_claimed(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        for status in DeliveryStatus:
            await put(connection, status=status, tries=0, not_before=now)
            claimed = await claim_deliveries(connection, now=now, limit=5)
            assert [one.id for one in claimed] == ([1] if status == "pending" else [])


PAUSE = 1.02 * SECOND
SERVED = [
    ("sending", -HOUR, True), ("sending", HOUR, True),
    ("sent", -PAUSE, True), ("sent", -PAUSE - SECOND / 100, False),
    ("sent", PAUSE, True), ("sent", PAUSE + SECOND / 100, False),
    ("pending", 0 * SECOND, False), ("gone", 0 * SECOND, False), ("unknown", 0 * SECOND, False),
]  # fmt: skip


async def test_a_chat_that_another_process_serves_or_served_a_second_ago_waits(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    for hours in (2, 1):
        await publish(database, profile, now - hours * HOUR)
    async with database.write() as connection:
        await set_share(connection, A, total=30, has=0, wanted=30, is_new=True)
        for status, ago, waits in SERVED:
            await put(connection, 1, status=status, changed_at=now + ago, not_before=now + HOUR)
            await put(connection, 2, status="pending", tries=0)
            claimed = await claim_deliveries(connection, now=now, limit=5, share=A)
            assert [one.id for one in claimed] == ([] if waits else [2]), (status, ago)


@pytest.mark.parametrize("tries", [0, 1])
async def test_what_comes_after_the_first_rows_fills_the_room_that_they_leave(
    database: Database, listener: Listener, now: dt.datetime, tries: int
) -> None:
    """Five chats that are busy, or whose rows were tried before; and one that is neither."""
    profile = await listener(1)
    for chat in range(2, 7):
        await listener(chat)
    await publish(database, profile, now)
    async with database.write() as connection:
        await put(connection, tries=tries)
        await put(connection, 1, tries=0)
        busy = range(2, 7) if not tries else ()
        claimed = await claim_deliveries(connection, now=now, limit=4, repeats=9, busy=busy)
    assert [one.chat_id for one in claimed] == [1, 2, 3, 4]


async def test_a_row_that_was_not_tried_yet_takes_no_room_of_those_that_were(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    """The first chat's rows fill the limit, so that the second chat's first try is for the next claim."""
    profile = await listener(1)
    for hours in (3, 2):
        await publish(database, profile, now - hours * HOUR)
    await listener(2)
    await publish(database, profile, now - HOUR)
    async with database.write() as connection:
        claimed = await claim_deliveries(connection, now=now, limit=2)
    assert [one.chat_id for one in claimed] == [1]


async def test_a_claim_without_room_asks_for_no_rows(database: Database, now: dt.datetime) -> None:
    asked: list[str] = []
    async with database.write() as connection:
        event.listen(
            connection.sync_connection, "before_cursor_execute",
            lambda _c, _cursor, statement, *_: asked.append(statement),
        )  # fmt: skip
        assert await claim_deliveries(connection, now=now, limit=0) == []
        assert asked == []
        assert await claim_deliveries(connection, now=now, limit=1, repeats=0) == []
        assert len(asked) == 1


@pytest.mark.parametrize("wants_silence", [False, True])
async def test_each_kind_of_message_says_whether_it_edits_and_whether_it_comes_without_a_sound(
    database: Database, listener: Listener, now: dt.datetime, *, wants_silence: bool
) -> None:
    """After a message that arrived as number 77, and after none."""
    calm = {"digest", "recap", "breaking"} if wants_silence else set()
    await publish(database, await listener(1), now, parts=2)
    async with database.write() as connection:
        await connection.execute(update(subscribers).values(silent=wants_silence))
        await put(connection, 1, status="sent", telegram_id=77)
        for kind in MessageKind:
            for after in (1, None):
                values: dict[str, Any] = {"kind": kind, "issue_id": None, "part": 0, "after_id": after}
                await connection.execute(update(messages).where(messages.c.id == 2).values(values))
                await put(connection, 2, status="pending", tries=0)
                found = await claim_deliveries(connection, now=now, limit=5)
                is_edit = kind == "correction_edit"
                edits, is_silent = (77 if is_edit else None), kind in calm | {"correction_notice"}
                expected = [] if is_edit and after is None else [(edits, is_silent, 1)]
                assert [(one.edits, one.is_silent, one.parts) for one in found] == expected, (kind, after)


@pytest.mark.parametrize("retracted", [1, 2])
async def test_each_row_belongs_to_its_own_issue(
    database: Database, listener: Listener, now: dt.datetime, retracted: int
) -> None:
    """Two issues, of one part and of three: whichever was retracted, the other goes out."""
    profile = await listener(1)
    await publish(database, profile, now - HOUR)
    await publish(database, profile, now, parts=3)
    async with database.write() as connection:
        await connection.execute(
            update(issues).where(issues.c.id == retracted).values(status=IssueStatus.RETRACTED)
        )
        found = []
        for _ in range(5):
            for one in await claim_deliveries(connection, now=now, limit=5):
                found.append((one.html, one.parts))
                await mark_sent(connection, [(one, 7)], now=now)
                await put(connection, one.id, changed_at=now - HOUR)
    assert found == ([("một", 1)] if retracted == 2 else [("một", 3), ("hai", 3), ("ba", 3)])


@pytest.mark.parametrize(
    ("first", "second", "missing"),
    [
        (("gone", "refused: odd"), ("unknown", "timed out"), (0,)),
        (("gone", "refused: odd"), ("sent", None), ()),
        (("gone", "refused: odd"), ("gone", "refused: odd"), (0, 1)),
        (("gone", "left: odd"), ("unknown", "timed out"), ()),
    ],
)
async def test_the_parts_that_a_reader_misses_were_refused_after_the_last_that_arrived(
    database: Database, listener: Listener, now: dt.datetime,
    first: tuple[str, str], second: tuple[str, str | None], missing: tuple[int, ...],
) -> None:  # fmt: skip
    """Two other readers were refused all parts."""
    profile = await listener(1)
    for chat in (2, 3):
        await listener(chat)
    await publish(database, profile, now, parts=3)
    async with database.write() as connection:
        await put(connection, status="gone", reason="refused: odd")
        await put(connection, 8, status="pending", reason=None)
        for row, (status, reason) in ((2, first), (5, second)):
            await put(connection, row, status=status, reason=reason)
        [third] = await claim_deliveries(connection, now=now, limit=5)
    assert (third.chat_id, third.part, third.missing) == (2, 2, missing)


async def test_a_row_waits_for_the_message_before_its_own_whatever_else_its_reader_got(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    """Three issues, the second of two parts, for three readers: only the second reader's rows are open."""
    profile = await listener(1)
    for chat in (2, 3):
        await listener(chat)
    for hours, parts in ((3, 1), (2, 2), (1, 1)):
        await publish(database, profile, now - hours * HOUR, parts=parts)
    async with database.write() as connection:
        for row in range(1, 13):
            await put(connection, row, status="sent", telegram_id=100 + row)
        await put(connection, 5, status="sending")
        await put(connection, 8, status="pending")
        assert await claim_deliveries(connection, now=now, limit=5) == []
        await put(connection, 5, status="sent")
        await connection.execute(
            update(messages).where(messages.c.part == 1).values(kind=MessageKind.CORRECTION_EDIT)
        )
        [one] = await claim_deliveries(connection, now=now, limit=5)
    assert (one.chat_id, one.edits) == (2, 105)
