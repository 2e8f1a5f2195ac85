"""Who does what, as `diemtin doctor` and the console's first page say it."""

import pytest

from bot.console.page_templates import render
from bot.console.page_values import today
from bot.news.services import Services
from bot.operators.fleet_notices import Status
from bot.startup.checks import Check, check_processes
from bot.telegram.lease import this_process
from storage.engine import Database
from storage.processes.registry import ProcessRow, register_process


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Processes share a PostgreSQL database."""
    return postgres_database


async def test_doctor_and_console_name_processes_and_what_nobody_does(services: Services) -> None:
    assert await check_processes(services.database) == []
    rows = [
        ProcessRow("may-khac 1|2|4711|5|6", "bot", "intake,process", "intake", "1.0", "0270", ""),
        ProcessRow(this_process(), "bot", "schedule,chat", "schedule,chat", "1.0", "0270", ""),
    ]
    async with services.database.write() as connection:
        for row in rows:
            await register_process(connection, row)
    *good, bad = await check_processes(services.database)
    words = "tiến trình 4711 trên máy may-khac: làm intake; dự phòng process (phiên bản 1.0)"
    assert Check("processes", Status.GOOD, words) in good
    assert len(good) == len(rows)
    assert (bad.status, "phần việc send" in bad.words) == (Status.BAD, True)
    values = await today(services, [])
    page = render(
        "today", zone="Asia/Ho_Chi_Minh", now=services.clock.now(), pages=(), here="", csrf="x", **values
    )
    assert words in page
    assert "⚠ <bdi>không tiến trình nào nhận phần việc send" in page


async def test_on_sqlite_there_is_one_process_and_nothing_to_say(sqlite_database: Database) -> None:
    assert await check_processes(sqlite_database) == []
