"""Queues of processes that share updates, made in this process, and what to do with them."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from telegram import Update

from bot.telegram.lease import this_process
from bot.telegram.shared_updates import SharedQueue
from storage.engine import Database
from tests.bot.telegram.handmade import signed_out
from tests.manual_clock import ManualClock

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
Make = Callable[[], SharedQueue]


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Only PostgreSQL has several processes."""
    return postgres_database


@pytest.fixture
def process(database: Database) -> Make:
    """Return a function that makes the queue of one more process."""

    def make(owner: str | None = None) -> SharedQueue:
        queue = SharedQueue(database, ManualClock(NOW), owner or this_process())
        queue._bot = signed_out()
        return queue

    return make


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.shared_updates._CHECK_SECONDS", 0.01)
    monkeypatch.setattr("bot.telegram.idle_chats.CLAIM_SECONDS", 0.0)


def of_a_dead_process() -> str:
    """Return the name of a process of this machine that has ended."""
    parts = this_process().split("|")
    return "|".join([*parts[:2], "4194303", *parts[3:]])


@asynccontextmanager
async def running(queue: SharedQueue) -> AsyncIterator[None]:
    """Let the process look for chats that nobody handles."""
    task = asyncio.create_task(queue.run(signed_out()))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def taken(queue: SharedQueue) -> list[int]:
    """Take what is queued; return the numbers."""
    found = [queue.get_nowait() for _ in range(queue.qsize())]
    return [one.update_id for one in found if isinstance(one, Update)]


async def next_of(queue: SharedQueue) -> int:
    """Wait for the next update; return its number."""
    found = await asyncio.wait_for(queue.get(), 5)
    assert isinstance(found, Update)
    return found.update_id
