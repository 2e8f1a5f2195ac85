"""Claims: what a claimed delivery tells the sender, and which rows are cancelled instead."""

import datetime as dt

from sqlalchemy import select

from storage.delivery.claiming import claim_deliveries
from storage.delivery.deliveries import put_back
from storage.delivery.refusals import hold_chat
from storage.engine import Database
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
