"""The outbox: when readers may get a message, by their quiet hours."""

import datetime as dt

from sqlalchemy import select

from storage.delivery.messages import not_before
from storage.engine import Database
from storage.subscribers import set_quiet
from storage.tables import subscribers
from tests.storage.delivery.test_deliveries import Listener

MINUTE = dt.timedelta(minutes=1)


async def test_all_quiet_hours_that_20000_readers_can_have_fit_into_a_statement(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await listener(1)
    hours = [(number // 100, number % 100) for number in range(20_000)]
    moment = not_before(hours, lambda start, end: now + MINUTE * (1 + start + end), now)
    async with database.write() as connection:
        await set_quiet(connection, 1, 3, 4, now=now)
        found = (await connection.execute(select(moment).select_from(subscribers))).scalars().all()
    assert found == [now + 8 * MINUTE]
