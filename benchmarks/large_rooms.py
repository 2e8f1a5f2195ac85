"""A million readers on PostgreSQL: a slot, the ticks beside it, a month of the ledger deleted and dropped.

    python -m benchmarks.large_rooms [--readers N] [--profiles N] [--rows N] [--database URL]

Without an address a server of the wheel is started, as for the tests. Printed are rows a second, the longest
transaction, how long a change of settings waited meanwhile, the cost of a tick with nothing due, and the cost
of a month of `--rows` deliveries: to delete in batches, with the vacuum after it, and to drop. Times are wall
times. The server's CPU includes that of any other PostgreSQL server on the machine.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import itertools
import os
import time
from pathlib import Path

from sqlalchemy import event, func, select, text

from benchmarks.newsrooms import MORNING, newsroom, store_story, tell_nobody
from bot.jobs.digests.publishing import queue_rest
from bot.jobs.digests.slots import run_due_slots
from bot.news.services import Services
from storage.delivery.claiming import claim_deliveries
from storage.delivery.deliveries import begin_month
from storage.delivery.issues import Issue, Part, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import WORKING_FOLDER, Database
from storage.intake.drafts import Incoming
from storage.profiles import Choices, join_profile
from storage.tables import deliveries, subscribers
from storage.times import Published
from storage.upkeep.prune import prune_issues
from storage.upkeep.stats import measure_queue
from storage.upkeep.upgrade import upgrade
from tests.manual_clock import ManualClock
from tests.postgres_server import running_server

_NOW = dt.datetime(2026, 8, 20, 22, 0, tzinfo=dt.UTC)  # 5:00 in Vietnam
_SLOT = dt.timedelta(minutes=90)
_MONTH = dt.timedelta(days=31)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--readers", type=int, default=1_000_000)
    ask.add_argument("--profiles", type=int, default=1)
    ask.add_argument("--rows", type=int, default=0, help="of the month that is deleted and dropped; 0: none")
    ask.add_argument("--database", help="an empty database; none: a server of the wheel")
    given = ask.parse_args()
    if given.database:
        asyncio.run(_measure(given.database, given))
        return
    with running_server("on") as home:
        asyncio.run(_measure(f"postgresql+asyncpg://postgres@/postgres?host={home}", given))


async def _measure(url: str, given: argparse.Namespace) -> None:
    database = Database(url, WORKING_FOLDER / "rooms.index")
    clock = ManualClock(_NOW)
    services = Services(database, clock, newsroom(MORNING))
    await upgrade(database, now=_NOW)
    await _fill(database, given.readers, given.profiles)
    await clock.advance(_SLOT.total_seconds())
    await _slot(services, given.readers)
    await _ticks(services)
    await _claims(database, clock.now())
    if given.rows:
        await _prune(database, given.rows)
    await database.close()


async def _fill(database: Database, readers: int, profiles: int) -> None:
    """Make readers of some profiles, all due at the slot, and a story."""
    article = Incoming(
        key="1", external_id="1", url=None, source="báo", topic=None, title="Cầu mới nối hai bờ sông",
        sapo="Cây cầu dài hai trăm mét thông xe sáng nay.", body="", published=Published(_NOW),
        text_hash="1", advertorial=False, place="",
    )  # fmt: skip
    async with database.write() as connection:
        await store_story(connection, article, now=_NOW)
        ids = [
            await join_profile(
                connection, Choices("sang", words_out=(f"từ {number}",) if number else ()),
                next_due_at=_NOW + _SLOT, now=_NOW,
            )
            for number in range(profiles)
        ]  # fmt: skip
        await connection.execute(
            text(
                "INSERT INTO subscribers (chat_id, kind, status, profile_id, quiet_start, quiet_end,"
                " created_at, changed_at) SELECT n, 'private', 'active',"
                " (CAST(:ids AS bigint[]))[n % CAST(:count AS int) + 1], 1320, 390, now(), now()"
                " FROM generate_series(1, CAST(:readers AS int)) AS n"
            ),
            {"ids": ids, "count": profiles, "readers": readers},
        )
    await _execute(database, "VACUUM ANALYZE")


async def _slot(services: Services, readers: int) -> None:
    """Make the slot while somebody changes a setting every fiftieth of a second."""
    waits: list[float] = []
    probing = asyncio.create_task(_probe(services.database, readers, waits))
    longest = _watch_transactions(services.database)
    wall, cpu, server = time.monotonic(), time.process_time(), _server_cpu()
    queued = await run_due_slots(services, tell_nobody)
    wall, cpu, server = time.monotonic() - wall, time.process_time() - cpu, _server_cpu() - server
    probing.cancel()
    d = deliveries.c
    count = select(func.count(), func.count(d.subscriber_id.distinct())).select_from(deliveries)
    async with services.database.read() as connection:
        rows, different = (await connection.execute(count)).one()
    print(f"slot: {queued} deliveries in {wall:.1f} s, {queued / wall:.0f} rows/s; CPU {cpu:.1f} s here")
    if server:
        print(f"CPU of the server {server:.1f} s: {queued / server:.0f} rows a second of it")
    print(f"rows {rows}, subscribers {different} of {readers}; longest transaction {longest[0]:.2f} s")
    print(f"a change of settings meanwhile: {len(waits)}, slowest {max(waits, default=0) * 1e3:.0f} ms")


def _server_cpu() -> float:
    """Return the seconds of CPU that processes of a server on this machine took, where Linux tells."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = file.read_text().rpartition(")")
            ticks += sum(map(int, rest.split()[11:13])) if name.endswith("(postgres") else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _watch_transactions(database: Database) -> list[float]:
    """Return a list that will hold the seconds of the longest transaction from now on."""
    longest, began = [0.0], dict[int, float]()

    @event.listens_for(database.engine.sync_engine, "begin")
    def _on_begin(connection: object) -> None:
        began[id(connection)] = time.monotonic()

    @event.listens_for(database.engine.sync_engine, "commit")
    def _on_commit(connection: object) -> None:
        longest[0] = max(longest[0], time.monotonic() - began.pop(id(connection), time.monotonic()))

    return longest


async def _probe(database: Database, readers: int, waits: list[float]) -> None:
    for number in itertools.count(1):
        began = time.monotonic()
        async with database.write() as connection:
            await connection.execute(
                text("UPDATE subscribers SET silent = NOT silent, changed_at = now() WHERE chat_id = :chat"),
                {"chat": number * 7919 % readers + 1},
            )
        waits.append(time.monotonic() - began)
        await asyncio.sleep(0.02)


async def _ticks(services: Services) -> None:
    """Measure the minute's tick with nothing due, and the monitor's query with a million waiting."""
    now = services.clock.now()

    async def check() -> None:
        async with services.database.read() as connection:
            await measure_queue(connection, now=now)

    for name, work in (
        ("tick of slots, nothing due", lambda: run_due_slots(services, tell_nobody)),
        ("queue_rest, nothing left", lambda: queue_rest(services)),
        ("show the queue, all waiting", check),
    ):
        times = []
        for _ in range(5):
            began = time.monotonic()
            await work()
            times.append(time.monotonic() - began)
        print(f"{name}: median {sorted(times)[2] * 1e3:.0f} ms, first {times[0] * 1e3:.0f} ms")


async def _claims(database: Database, now: dt.datetime) -> None:
    """Measure claims of five at the head of a million."""
    times = []
    for _ in range(200):
        began = time.monotonic()
        async with database.write() as connection:
            assert len(await claim_deliveries(connection, now=now, limit=5)) == 5
        times.append(time.monotonic() - began)
    print(f"claim of 5: median {sorted(times)[100] * 1e3:.1f} ms, slowest {max(times) * 1e3:.0f} ms")


async def _prune(database: Database, rows: int) -> None:
    """Delete a month's rows in the batches of the nightly clean-up, and drop another month's."""
    before = _NOW - 3 * _MONTH
    await _fill_month(database, rows)
    began = time.monotonic()
    longest = await _delete(database, before)
    print(f"delete of {rows} rows in batches: {time.monotonic() - began:.1f} s, longest {longest:.1f} s")
    began = time.monotonic()
    await _execute(database, "VACUUM deliveries_0")
    print(f"vacuum after it: {time.monotonic() - began:.1f} s")
    async with database.write() as connection:
        assert await begin_month(connection, now=_NOW + _MONTH)
    await _fill_month(database, rows)
    began = time.monotonic()
    await _execute(database, "DROP TABLE deliveries_1")
    print(f"drop of a month of {rows} rows: {(time.monotonic() - began) * 1e3:.0f} ms")


async def _execute(database: Database, statement: str) -> None:
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text(statement))


async def _fill_month(database: Database, rows: int) -> None:
    """Write an old issue with as many messages as its deliveries need."""
    then = _NOW - 12 * _MONTH
    async with database.write() as connection:
        count = select(func.count(), func.min(subscribers.c.profile_id)).select_from(subscribers)
        readers, profile = (await connection.execute(count)).one()
        parts = tuple(Part("một") for _ in range(max(1, rows // readers)))
        then += dt.timedelta(seconds=time.monotonic() % 1_000)
        issue = Issue(profile, "sang", then, then, IssueStatus.MADE, parts=parts)
        number = await record_issue(connection, issue, now=then)
        await connection.execute(
            text(
                "INSERT INTO deliveries (message_id, subscriber_id, status, not_before, tries, telegram_id,"
                " changed_at) SELECT m.id, s.id, 'sent', now(), 1, 1, now() FROM messages m, subscribers s"
                " WHERE m.issue_id = :issue"
            ),
            {"issue": number},
        )


async def _delete(database: Database, before: dt.datetime) -> float:
    longest, gone = 0.0, 1
    while gone:
        began = time.monotonic()
        async with database.write() as connection:
            gone = await prune_issues(connection, before=before)
        longest = max(longest, time.monotonic() - began)
    return longest


if __name__ == "__main__":
    main()
