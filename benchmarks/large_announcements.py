"""An announcement and a correction for very many readers on PostgreSQL: how long their transactions are.

    python -m benchmarks.large_announcements [--readers N]

A server of the wheel is started, as for the tests. Everybody got the story that is corrected, so that a
correction writes two deliveries for each reader. Times are of the clock.
"""

import argparse
import asyncio
import datetime as dt
import time
from collections.abc import Awaitable

from sqlalchemy import func, select, text, update

from benchmarks.newsrooms import MORNING, newsroom
from bot.news.reader_notices import announce, rules_of, send_correction
from bot.news.services import Services
from storage.delivery.announcements import call_off_announcement, draft_announcement, end_waiting
from storage.delivery.corrections import draft_correction
from storage.delivery.message_fanouts import queue_messages
from storage.engine import WORKING_FOLDER, Database
from storage.profiles import Choices, join_profile
from storage.tables import deliveries, messages
from storage.upkeep.upgrade import upgrade
from tests.manual_clock import ManualClock
from tests.postgres_server import running_server
from tests.storage.test_changes_of_mind import STORY, publish

_NOW = dt.datetime(2026, 8, 20, 22, 0, tzinfo=dt.UTC)
_READERS = (
    "INSERT INTO subscribers"
    " (chat_id, kind, status, profile_id, quiet_start, quiet_end, created_at, changed_at)"
    " SELECT n, 'private', 'active', :profile, 0, 0, :now, :now FROM generate_series(1, :readers) AS n"
)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--readers", type=int, default=1_000_000)
    readers = ask.parse_args().readers
    with running_server("on") as home:
        asyncio.run(_measure(f"postgresql+asyncpg://postgres@/postgres?host={home}", readers))


async def _measure(url: str, readers: int) -> None:
    database, clock = Database(url, WORKING_FOLDER / "announcements.index"), ManualClock(_NOW)
    services = Services(database, clock, newsroom(MORNING))
    await upgrade(database, now=_NOW)
    await _make_readers(database, readers)
    await clock.advance(120)
    async with database.write() as connection:
        announcement = await draft_announcement(connection, 1, "Mai bot nghỉ.", now=clock.now())
        correction = await draft_correction(connection, STORY, "Tăng ít thôi.", now=clock.now())
    await _time(services, "announcement", announce(services, announcement, 1))
    await _time_calling_off(database, clock)
    await _time(services, "correction", send_correction(services, correction.id))
    await database.close()


async def _make_readers(database: Database, readers: int) -> None:
    """Make readers who got an issue with the story."""
    async with database.write() as connection:
        profile = await join_profile(connection, Choices("sang"), next_due_at=_NOW, now=_NOW)
        values = {"profile": profile, "now": _NOW, "readers": readers}
        await connection.execute(text(_READERS), values)
    await publish(database, profile, _NOW)
    async with database.write() as connection:
        await connection.execute(update(deliveries).values(status="sent", telegram_id=7, changed_at=_NOW))
    async with database.engine.connect() as raw:
        await raw.execution_options(isolation_level="AUTOCOMMIT")
        await raw.execute(text("VACUUM ANALYZE"))


async def _time(services: Services, name: str, confirming: Awaitable[object]) -> None:
    began = time.monotonic()
    await confirming
    confirmed = time.monotonic() - began
    parts, rules = list[tuple[int, float]](), rules_of(services)
    while True:
        began = time.monotonic()
        async with services.database.write() as connection:
            part = await queue_messages(connection, rules)
        if part is None:
            break
        parts.append((part, time.monotonic() - began))
    rows, seconds = sum(part for part, _ in parts), sum(each for _, each in parts)
    print(
        f"{name}: confirmed in {confirmed:.2f} s; {rows} rows, {rows / seconds:.0f} a second,"
        f" longest transaction {max(each for _, each in parts):.2f} s"
    )


async def _time_calling_off(database: Database, clock: ManualClock) -> None:
    began = time.monotonic()
    async with database.write() as connection:
        message_id = (await connection.execute(select(func.max(messages.c.id)))).scalar_one()
        count = await call_off_announcement(connection, message_id)
    parts, is_more = [time.monotonic() - began], True
    while is_more:
        began = time.monotonic()
        async with database.write() as connection:
            is_more = await end_waiting(connection, message_id, now=clock.now()) > 0
        parts.append(time.monotonic() - began)
    print(
        f"called off: nothing is sent after {parts[0]:.2f} s; {count} deliveries ended in {sum(parts):.1f} s,"
        f" longest transaction {max(parts):.2f} s"
    )


if __name__ == "__main__":
    main()
