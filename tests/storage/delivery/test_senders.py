"""Several processes that send for one bot: shares of the rate, and claims that never overlap."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from storage.delivery.claiming import claim_deliveries
from storage.delivery.deliveries import free_unsent, mark_sent, recover_interrupted
from storage.delivery.senders import expire, find_senders, give_back, set_share, share_out, take_turn
from storage.engine import Database
from storage.errors import StorageError
from storage.processes.leases import LeaseKey
from storage.tables import deliveries, senders
from tests.storage.delivery.test_deliveries import publish

Listener = Callable[..., Awaitable[int]]
A, B = LeaseKey("bot", "a"), LeaseKey("bot", "b")
SECOND = dt.timedelta(seconds=1)


async def share(
    database: Database, key: LeaseKey, has: int, wanted: int, *, is_new: bool = False
) -> int | None:
    """Renew a share of thirty places."""
    async with database.write() as connection:
        return await set_share(connection, key, total=30, has=has, wanted=wanted, is_new=is_new)


WANTED = st.dictionaries(st.text("abcdefgh", min_size=1), st.integers(0, 2000), min_size=1)


@given(st.integers(0, 1000), WANTED)
def test_no_more_is_shared_out_than_there_is_and_nearly_all_of_it(total: int, wanted: dict[str, int]) -> None:
    parts = share_out(total, wanted)
    assert parts.keys() == wanted.keys()
    assert total - len(wanted) < sum(parts.values()) <= total
    busy = [parts[owner] for owner, places in wanted.items() if places]
    assert total < len(wanted) or min(busy, default=1) >= 1
    idle = [part for owner, part in parts.items() if not wanted[owner]]
    assert not idle or min(idle) > 0 or sum(parts.values()) < total or total < len(wanted), "one is kept free"


def test_of_many_processes_that_send_nothing_one_place_is_kept() -> None:
    idle = dict.fromkeys("bcdefghij", 0)
    assert share_out(30, {"a": 30} | idle)["a"] == 29
    assert sorted(share_out(30, idle).values()) == [3] * 9


async def test_a_process_takes_only_what_others_have_given_back(database: Database) -> None:
    assert await share(database, A, 0, 30, is_new=True) == 30
    assert await share(database, B, 0, 30, is_new=True) == 0
    assert await share(database, A, 30, 30) == 15, "told to give back half"
    assert await share(database, B, 0, 30) == 0, "which it has not done yet"
    async with database.write() as connection:
        await give_back(connection, A, 18)
    assert await share(database, B, 0, 30) == 12
    assert await share(database, A, 18, 30) == 15


async def test_a_process_that_sends_nothing_finds_a_place_as_soon_as_it_does(database: Database) -> None:
    idle, also_idle = LeaseKey("bot", "idle"), LeaseKey("bot", "also idle")
    for key in (idle, also_idle):
        await share(database, key, 0, 0, is_new=True)
        async with database.write() as connection:
            await give_back(connection, key, 0)
    assert await share(database, A, 0, 30, is_new=True) == 29
    assert await share(database, idle, 0, 2) == 1
    assert await share(database, also_idle, 0, 2) == 0, "there was one"
    assert await share(database, A, 29, 30) == 26
    async with database.write() as connection:
        await give_back(connection, A, 26)
    assert await share(database, also_idle, 0, 2) == 2
    assert await share(database, idle, 1, 2) == 2


async def test_the_places_of_an_ended_process_are_free_after_its_last_messages(database: Database) -> None:
    await share(database, A, 0, 30, is_new=True)
    await share(database, B, 0, 30, is_new=True)
    async with database.write() as connection:
        await expire(connection, "bot", ["a"])
        assert set(await find_senders(connection)) == {"a", "b"}
    assert await share(database, B, 0, 30) == 0
    async with database.write() as connection:
        long_ago = dt.datetime.now(dt.UTC) - SECOND
        await connection.execute(update(senders).where(senders.c.owner == "a").values(expires_at=long_ago))
    assert await share(database, B, 0, 30) == 30
    assert await share(database, A, 30, 30) is None, "it was taken for dead"


async def test_two_senders_never_claim_one_row_nor_one_chat_at_once(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    for minutes in (2, 1):
        await publish(database, profile, now - minutes * 60 * SECOND)
    await share(database, A, 0, 30, is_new=True)
    await share(database, B, 0, 30, is_new=True)
    first = await claim(database, A, now, limit=1)
    second = await claim(database, B, now, limit=5)
    assert [[one.chat_id for one in claimed] for claimed in (first, second)] == [[1], [2]]
    async with database.write() as connection:
        await mark_sent(connection, [(first[0], 7)], now=now)
    assert await claim(database, B, now, limit=5) == [], "a second must pass between two messages to a chat"
    assert [one.chat_id for one in await claim(database, B, now + 2 * SECOND, limit=5)] == [1]


async def claim(database: Database, key: LeaseKey, now: dt.datetime, *, limit: int) -> list[object]:
    """Claim for one of the senders, in its turn."""
    async with database.write() as connection:
        await take_turn(connection, key.name)
        return list(await claim_deliveries(connection, now=now, limit=limit, share=key))


async def test_what_a_dead_sender_held_is_freed_and_a_living_ones_is_not(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    await share(database, A, 0, 30, is_new=True)
    await share(database, B, 0, 30, is_new=True)
    for key in (A, B):
        assert len(await claim(database, key, now, limit=1)) == 1
    async with database.write() as connection:
        await connection.execute(senders.delete().where(senders.c.owner == "a"))
        assert await recover_interrupted(connection, now=now, together=True, own="a") == 0
        still = (await connection.execute(select(deliveries.c.status))).scalars().all()
        assert still == ["sending", "sending"], "a process that lost its share knows what it sends"
        assert await recover_interrupted(connection, now=now, together=True) == 0
        rows = (await connection.execute(select(deliveries.c.status, deliveries.c.sender))).all()
    assert sorted(map(tuple, rows), key=str) == [("pending", None), ("sending", "b")]
    assert await claim(database, A, now, limit=5) == [], "who was taken for dead claims nothing"


async def test_a_lost_claim_is_freed_for_its_own_sender_only(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    await share(database, A, 0, 30, is_new=True)
    await share(database, B, 0, 30, is_new=True)
    for key in (A, B):
        await claim(database, key, now, limit=1)
    async with database.write() as connection:
        await free_unsent(connection, in_flight=[], now=now, sender="a")
        rows = (await connection.execute(select(deliveries.c.status, deliveries.c.tries))).all()
    assert sorted(map(tuple, rows)) == [("pending", 0), ("sending", 1)], "a lost claim is no try"


@pytest.mark.parametrize("total", [1, 2])
def test_with_fewer_places_than_processes_some_have_none(total: int) -> None:
    assert sorted(share_out(total, {"a": 5, "b": 5, "c": 5}).values()) == [0] * (3 - total) + [1] * total


async def test_a_process_that_is_frozen_in_its_turn_loses_it(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.delivery.senders._MOST_IDLE", "200ms")
    with pytest.raises(StorageError):  # noqa: PT012 - the block is the transaction
        async with postgres_database.write() as frozen:
            await take_turn(frozen, "bot")
            async with postgres_database.write() as connection:
                await take_turn(connection, "bot")
            await frozen.execute(select(1))
