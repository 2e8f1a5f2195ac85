"""Claims: which rows, in which order, what a claimed one tells the sender, and which end instead."""

import datetime as dt

from sqlalchemy import select, text

from storage.delivery.claiming import _IN_ORDER, Claimed, _due, claim_deliveries
from storage.delivery.deliveries import (
    free_unsent,
    mark_sent,
    put_back,
    recover_interrupted,
    release_recalled,
)
from storage.delivery.refusals import hold_chat
from storage.engine import Database
from storage.processes.leases import LeaseKey, take_lease
from storage.subscribers import set_status
from storage.tables import deliveries
from tests.storage.delivery.test_deliveries import HOUR, Listener, publish


async def test_a_row_that_comes_back_after_its_chat_paused_is_cancelled(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        [one] = await claim_deliveries(connection, now=now, limit=5)
        await set_status(connection, 1, "paused", now=now)
        await put_back(connection, one, not_before=now, counts=False, reason="502", now=now)
        assert await claim_deliveries(connection, now=now, limit=5) == []
        row = (await connection.execute(select(deliveries.c.status, deliveries.c.reason))).one()
    assert tuple(row) == ("gone", "paused")


async def test_a_delivery_to_a_chat_that_was_held_says_so(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    async with database.write() as connection:
        await hold_chat(connection, 1, now + HOUR)
        [free] = await claim_deliveries(connection, now=now, limit=5)
        [held] = await claim_deliveries(connection, now=now + HOUR, limit=5)
    assert [(one.chat_id, one.was_held) for one in (free, held)] == [(2, False), (1, True)]


async def test_a_chat_gets_its_next_row_after_the_others_and_a_busy_one_last(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    for hours in (2, 1):
        await publish(database, profile, now - hours * HOUR)
    await listener(2)
    await publish(database, profile, now)
    async with database.write() as connection:
        claims = [
            await claim_deliveries(connection, now=now, limit=limit, busy=busy)
            for limit, busy in [(1, [1]), (5, []), (5, [1]), (5, [1, 2])]
        ]
    assert [[one.chat_id for one in claimed] for claimed in claims] == [[2], [1], [1], [1]]


async def test_a_chat_with_a_message_in_flight_waits_though_nothing_else_is_due(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    for hours in (2, 1):
        await publish(database, profile, now - hours * HOUR)
    async with database.write() as connection:
        [first] = await claim_deliveries(connection, now=now, limit=5, busy=[1])
        assert await claim_deliveries(connection, now=now, limit=5, busy=[1], in_flight=[1]) == []
        await mark_sent(connection, [(first, 7)], now=now)
        assert len(await claim_deliveries(connection, now=now, limit=5, busy=[1])) == 1


async def test_who_has_no_room_gets_nothing(database: Database, listener: Listener, now: dt.datetime) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        for limit in (0, -1):
            assert await claim_deliveries(connection, now=now, limit=limit) == []


async def test_no_more_rows_are_tried_again_at_once_than_asked_for(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    for chat in (2, 3, 4):
        await listener(chat)
    await publish(database, profile, now)
    async with database.write() as connection:
        await claim_deliveries(connection, now=now, limit=4)
        await recover_interrupted(connection, now=now)
        claims = [
            await claim_deliveries(connection, now=now, limit=4),
            await claim_deliveries(connection, now=now, limit=4, repeats=0),
            await claim_deliveries(connection, now=now, limit=4, repeats=2),
        ]
    assert [len(claimed) for claimed in claims] == [1, 0, 2]


async def test_a_second_try_that_never_left_is_still_to_come(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        await claim_deliveries(connection, now=now, limit=1)
        await recover_interrupted(connection, now=now)
        [one] = await claim_deliveries(connection, now=now, limit=1)
        await release_recalled(connection, one, now=now)
        [again] = await claim_deliveries(connection, now=now, limit=1)
        await free_unsent(connection, in_flight=[again], now=now)
        assert await claim_deliveries(connection, now=now, limit=1) == [], "it is being sent"
        await free_unsent(connection, in_flight=[], now=now)
        [last] = await claim_deliveries(connection, now=now, limit=1)
    assert [one.tries, again.tries, last.tries] == [2, 2, 2]


async def test_after_a_claim_the_planner_of_its_connection_sorts_again(
    postgres_database: Database,
) -> None:
    async with postgres_database.engine.connect() as connection:
        for during in ("off", "on"):
            async with connection.begin():
                if during == "off":
                    await connection.execute(_IN_ORDER)
                assert (await connection.execute(text("SHOW enable_sort"))).scalar_one() == during


async def test_nothing_is_claimed_while_another_process_has_the_lease(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        holder, other = LeaseKey("bot", "a"), LeaseKey("bot", "b")
        assert await take_lease(connection, holder)
        assert await claim_deliveries(connection, now=now, limit=5, lease=other) == []
        [one] = await claim_deliveries(connection, now=now, limit=5, lease=holder)
        sender = select(deliveries.c.sender).where(deliveries.c.id == one.id)
        assert (await connection.execute(sender)).scalar_one() == "a"


def test_a_delivery_without_further_words_is_one_ordinary_message() -> None:
    one = Claimed(1, 2, "một", tries=1)
    assert (one.part, one.parts, one.was_held, one.is_silent, one.is_paid) == (0, 1, False, False, False)


def test_each_query_for_due_rows_is_built_once() -> None:
    kinds = [(is_repeat, together) for is_repeat in (False, True) for together in (False, True)]
    built = [[_due(is_repeat=one, together=other) for one, other in kinds] for _ in range(2)]
    assert [id(query) for query in built[0]] == [id(query) for query in built[1]]
    assert len({id(query) for query in built[0]}) == 4
