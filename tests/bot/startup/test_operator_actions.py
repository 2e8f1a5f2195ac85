"""What operators do in the chat, where the same process or another one sends and makes slots."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from telegram.ext import ExtBot

from bot.jobs.clock_watch import ClockWatch
from bot.jobs.delivery.sender import Sender
from bot.news.services import Services
from bot.startup.role_parts import SendParts
from bot.startup.role_runner import OperatorActions
from bot.startup.shared import Shared
from storage.engine import Database
from storage.processes.signals import Signal, SignalListener
from tests.bot.conftest import AdminChat, Queue


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """Processes share a PostgreSQL database."""
    return postgres_database


@pytest.fixture
async def heard(database: Database) -> AsyncIterator[asyncio.Queue[tuple[Signal, str]]]:
    """What another process hears."""
    heard = asyncio.Queue[tuple[Signal, str]]()
    async with SignalListener(database, lambda *signal: heard.put_nowait(signal)).listening():
        while (await heard.get())[0] is not Signal.SENDING:
            pass
        yield heard


def shared_by(services: Services, admin_chat: AdminChat, *, is_fleet: bool) -> Shared:
    """Return what the roles of a process share, as far as operators' actions need it."""
    watch = ClockWatch(services, admin_chat, lambda: None)
    parts: dict[str, Any] = dict.fromkeys(("connection", "scheduler", "texts", "set_aside", "arrivals"))
    return Shared(
        services,
        notify_admins=admin_chat,
        clock_watch=watch,
        is_fleet=is_fleet,
        lost=asyncio.Event(),
        **parts,
    )


@pytest.fixture
def actions(services: Services, admin_chat: AdminChat) -> OperatorActions:
    """The actions in a process without a sender."""
    return OperatorActions(shared_by(services, admin_chat, is_fleet=True), None, None)


async def test_a_stop_reaches_the_process_that_sends_and_is_shown_here(
    services: Services, telegram: ExtBot[None], queue: Queue, users: Any, actions: OperatorActions, heard: Any
) -> None:
    chat = actions.for_chat(None)
    sender = Sender(services, telegram, is_shared=True)
    await chat.set_paused(True)
    assert await heard.get() == (Signal.SENDING, "")
    assert await chat.is_paused()
    running = asyncio.create_task(sender.run())
    await queue(1)
    await until(lambda: sender.is_paused)
    await chat.set_paused(False)
    assert [await heard.get(), await heard.get()] == [(Signal.DELIVERIES, ""), (Signal.SENDING, "")]
    sender.check_stop()
    await users.wait(1)
    sender.stop()
    await running


@dataclass
class OwnSender:
    """The part of this process that sends, reduced to its sender."""

    sender: Sender


@pytest.mark.parametrize("is_fleet", [True, False])
async def test_a_stop_and_its_end_reach_the_sender_of_this_process(
    services: Services,
    telegram: ExtBot[None],
    queue: Queue,
    users: Any,
    admin_chat: AdminChat,
    is_fleet: bool,
) -> None:
    sender = Sender(services, telegram, is_shared=is_fleet)
    own = cast(SendParts, OwnSender(sender))
    chat = OperatorActions(shared_by(services, admin_chat, is_fleet=is_fleet), own, None).for_chat(None)
    running = asyncio.create_task(sender.run())
    await chat.set_paused(True)
    await until(lambda: sender.is_paused)
    await queue(1)
    await chat.set_paused(False)
    await users.wait(1)
    sender.stop()
    await running


async def test_a_deletion_and_an_answer_at_a_gate_are_told_to_the_other_processes(
    actions: OperatorActions, heard: Any
) -> None:
    await actions.for_chat(None).call_off(-77)
    await actions.act_on_gates()
    assert [await heard.get(), await heard.get()] == [(Signal.CALLED_OFF, "-77"), (Signal.GATES, "")]


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - it says so to nobody
            await asyncio.sleep(0.01)
