"""An operator's levers in a process that chats, while another one sends and makes slots."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.jobs.clock_watch import ClockWatch
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from bot.startup.levers import Levers
from bot.startup.shared import Shared
from storage.engine import Database
from storage.signals import Listener, Signal
from tests.bot.conftest import Queue, Told


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Processes share a PostgreSQL database."""
    return postgres_database


@pytest.fixture
async def heard(database: Database) -> AsyncIterator[asyncio.Queue[tuple[Signal, str]]]:
    """What another process hears."""
    heard = asyncio.Queue[tuple[Signal, str]]()
    async with Listener(database, lambda *signal: heard.put_nowait(signal)).listening():
        while (await heard.get())[0] is not Signal.SENDING:
            pass
        yield heard


@pytest.fixture
def levers(services: Services, told: Told) -> Levers:
    """The levers of a process without a sender, as far as they need anything of it."""
    watch = ClockWatch(services, told, lambda: None)
    parts: dict[str, Any] = dict.fromkeys(("connection", "scheduler", "texts", "set_aside", "arrivals"))
    shared = Shared(services, tell=told, clock_watch=watch, is_fleet=True, lost=asyncio.Event(), **parts)
    return Levers(shared, None, None)


async def test_a_stop_reaches_the_process_that_sends_and_is_shown_here(
    services: Services, telegram: ExtBot[None], queue: Queue, users: Any, levers: Levers, heard: Any
) -> None:
    actions = levers.actions(None)
    sender = Sender(services, telegram, is_shared=True)
    await actions.set_paused(True)
    assert await heard.get() == (Signal.SENDING, "")
    assert await actions.is_paused()
    running = asyncio.create_task(sender.run())
    await queue(1)
    await until(lambda: sender.is_paused)
    await actions.set_paused(False)
    assert [await heard.get(), await heard.get()] == [(Signal.DELIVERIES, ""), (Signal.SENDING, "")]
    sender.look_again()
    await users.wait(1)
    sender.stop()
    await running


async def test_a_deletion_and_an_answer_at_a_gate_are_told_to_the_other_processes(
    levers: Levers, heard: Any
) -> None:
    actions = levers.actions(None)
    await actions.call_off(-77)
    await levers.look_at_gates()
    assert [await heard.get(), await heard.get()] == [(Signal.CALLED_OFF, "-77"), (Signal.GATES, "")]


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - it says so to nobody
            await asyncio.sleep(0.01)
