"""Health tells the truth, and admins hear of a problem without the disk and without the ticks."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.operators import notices
from bot.process import health
from bot.process.health import Alerts, find_problems_of
from bot.process.scheduler import Scheduler
from bot.times.clock import Clock
from storage.engine import Database
from storage.errors import StorageError
from storage.notes import write_note
from tests.bot.conftest import START


async def test_a_database_without_room_is_a_problem_until_it_has_room_again(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await find_problems_of(sqlite_database) == []

    @event.listens_for(sqlite_database.engine.sync_engine, "begin")
    def limit(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    pages = 1 << 30
    async with sqlite_database.read() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    with pytest.raises(StorageError):  # noqa: PT012 - the block is the transaction
        async with sqlite_database.write() as connection:
            for number in range(5_000):
                await write_note(connection, f"tin {number}", "x" * 500, now=START)
    assert await find_problems_of(sqlite_database) == [notices.database_unwritable(sqlite_database.place)]
    monkeypatch.setattr(health, "UNWRITABLE_SECONDS", 0.0)
    assert await find_problems_of(sqlite_database) == []


async def test_a_disk_with_no_room_to_speak_of_is_named(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 80)
    [problem] = await find_problems_of(sqlite_database)
    assert problem.startswith("ổ đĩa chứa /")


async def test_a_database_that_does_not_answer_is_named_by_host_and_port_without_secrets(
    unused_tcp_port: int,
) -> None:
    database = Database(f"postgresql+asyncpg://an:bi-mat@127.0.0.1:{unused_tcp_port}/tin")
    [problem] = await find_problems_of(database)
    assert f"127.0.0.1:{unused_tcp_port}/tin" in problem
    assert "bi-mat" not in problem
    await database.close()


async def test_a_tick_that_never_succeeds_is_late_by_its_name() -> None:
    scheduler = Scheduler(Clock(rate=1_000))

    async def fail() -> None:
        raise ZeroDivisionError

    scheduler.add("failing", fail, every_seconds=60, allowed_seconds=0.5)
    scheduler.add("stuck", asyncio.Event().wait, every_seconds=60, allowed_seconds=0.5)
    scheduler.start()
    assert scheduler.find_late() == []
    await asyncio.sleep(0.8)
    late = {name for name, _ in scheduler.find_late()}
    await scheduler.stop(patience_seconds=0.1)
    assert late == {"failing", "stuck"}


class Admins:
    """An ear in place of the admin chat, reached or not."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_reached = True

    async def __call__(self, text: str) -> bool:
        """Hear it, if reached."""
        if self.is_reached:
            self.heard.append(text)
        return self.is_reached


PROBLEM = "ổ đĩa chứa /tin gần như đã đầy"


async def test_admins_hear_a_lasting_problem_once_and_its_end_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    problems, admins = [PROBLEM], Admins()

    async def check() -> list[str]:
        return list(problems)

    alerts = Alerts(check, admins)
    await alerts.check()
    assert admins.heard == []
    await asyncio.sleep(0.1)
    await alerts.check()
    await alerts.check()
    assert admins.heard == [f"⚠️ Điểm Tin có sự cố: {PROBLEM}."]
    problems.clear()
    await alerts.check()
    await alerts.check()
    assert admins.heard[1:] == [f"✓ Đã hết sự cố: {PROBLEM}."]


async def test_what_nobody_heard_while_telegram_was_away_is_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(health, "UNHEARD_SECONDS", 0.0)
    admins = Admins()

    async def check() -> list[str]:
        return [PROBLEM]

    alerts = Alerts(check, admins)
    admins.is_reached = False
    await alerts.check()
    admins.is_reached = True
    await alerts.check()
    await alerts.check()
    assert admins.heard == [f"⚠️ Điểm Tin có sự cố: {PROBLEM}."]
