"""A slot waits for the processes that take in and process, but only after a downtime."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from bot.news.services import Services
from bot.startup.fleet import note_taken_in, until_caught_up
from bot.startup.roles import Role
from storage.articles import store_articles
from storage.engine import Database
from storage.processes.registry import ProcessRow, register_process
from tests.bot.conftest import incoming
from tests.manual_clock import ManualClock

ELSEWHERE = frozenset((Role.INTAKE, Role.PROCESS))
ROW = ProcessRow("may-khac 1|2|4711|5|6", "bot", "intake,process", "intake,process", "1.0", "0270", "")


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Processes share a PostgreSQL database."""
    return postgres_database


async def take_in(services: Services, *titles: str) -> None:
    """Store articles as another process does, and note that it did."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await store_articles(connection, [incoming(title, None, now) for title in titles], now=now)
        await register_process(connection, ROW)
    await note_taken_in(services.database, now)


async def assert_a_slot_waits_for_the_backlog(services: Services) -> None:
    """Assert that a slot waits, until the articles that wait are gone as if they were processed."""
    waiting = asyncio.create_task(until_caught_up(services, ELSEWHERE))
    done, _ = await asyncio.wait([waiting], timeout=0.7)
    assert not done
    async with services.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM articles WHERE processed_at IS NULL")
    async with asyncio.timeout(20):
        await waiting


async def process_for_twelve_minutes(clock: ManualClock, story: Any) -> None:
    """Process an article each six minutes."""
    for title in ("Chợ quê mở lại sau bão", "Cá về đầy bến sông", "Đường làng lên đèn"):
        await clock.advance(dt.timedelta(minutes=6).total_seconds())
        await story(title)


async def test_a_backlog_holds_no_slot_while_the_others_are_at_work(
    services: Services, clock: ManualClock, story: Any
) -> None:
    await process_for_twelve_minutes(clock, story)
    await take_in(services, "Giá lúa tăng", "Cầu mới thông xe")
    async with asyncio.timeout(20):
        await until_caught_up(services, ELSEWHERE)


async def test_after_a_downtime_a_slot_waits_until_all_is_processed(
    services: Services, clock: ManualClock, story: Any
) -> None:
    await story("Chợ quê mở lại sau bão")
    await clock.advance(dt.timedelta(days=1).total_seconds())
    await take_in(services)
    now = services.clock.now()
    async with services.database.write() as connection:
        await store_articles(connection, [incoming("Giá lúa tăng", None, now)], now=now)
    await assert_a_slot_waits_for_the_backlog(services)


async def test_nobody_is_waited_for_who_is_not_there(services: Services) -> None:
    async with asyncio.timeout(20):
        await until_caught_up(services, ELSEWHERE)


async def test_a_processor_that_began_before_the_slot_holds_it_until_the_backlog_of_a_downtime_is_processed(
    services: Services, clock: ManualClock, story: Any
) -> None:
    await story("Chợ quê mở lại sau bão")
    await clock.advance(dt.timedelta(minutes=25).total_seconds())
    await story("Cá về đầy bến sông")
    await take_in(services, "Giá lúa tăng", "Cầu mới thông xe")
    await assert_a_slot_waits_for_the_backlog(services)
