"""How many deliveries the sender takes up at once, and of which chats."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from telegram.ext import ExtBot

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.jobs.delivery.sender import FEWEST_IN_FLIGHT, MOST_IN_FLIGHT, Sender
from bot.news.services import Services
from bot.telegram.limiter import TelegramPace
from bot.telegram.outcomes import Wait
from bot.telegram.transport import AiohttpRequest
from storage.delivery.claiming import Claimed
from storage.tables import deliveries
from tests.bot.jobs.delivery.test_delivery import AN, BINH, Queue, ledger, statuses
from tests.bot.telegram.handmade import bot_at
from tests.manual_clock import ManualClock


async def test_without_a_pace_many_are_in_flight_and_at_telegrams_rate_few(
    services: Services, telegram: ExtBot[None], queue: Queue
) -> None:
    await queue(*range(1, 51))
    assert await Sender(services, telegram, pace=TelegramPace()).send_batch() == FEWEST_IN_FLIGHT
    assert await Sender(services, telegram).send_batch() == MOST_IN_FLIGHT


async def test_a_sender_whose_rows_another_process_took_up_sends_none_of_them(
    services: Services, sender: Sender, queue: Queue, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the pace holds messages back."""
    await queue(AN, BINH)
    held = asyncio.Semaphore(0)

    async def hold(bot: Any, one: Any) -> Any:
        held.release()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.delivery.sender.send", hold)
    sending = asyncio.create_task(sender.run())
    for _ in range(2):
        await held.acquire()
    sender.abandon()
    await asyncio.wait_for(sending, 5)
    assert await statuses(services) == ["sending", "sending"], "the process that claimed them settles them"


async def test_after_a_failure_nothing_more_is_taken_up_than_the_one_that_asks(
    services: Services, sender: Sender, queue: Queue, users: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More are in flight then than may be: they hang, while one of them failed long ago."""
    await queue(*range(1, 21))
    failed = asyncio.Event()

    async def fail_or_hang(bot: Any, one: Claimed) -> Wait:
        if one.chat_id != AN:
            await asyncio.Event().wait()
        failed.set()
        return Wait(0.0, counts=True, reason="502")

    monkeypatch.setattr("bot.jobs.delivery.sender.send", fail_or_hang)
    sending = asyncio.create_task(sender.run())
    await asyncio.wait_for(failed.wait(), 5)
    for _ in range(3):
        sender.wake()
        await asyncio.sleep(0.2)
    assert (await statuses(services)).count("sending") <= FEWEST_IN_FLIGHT
    sender.abandon()
    await sending


async def test_a_chat_with_a_backlog_holds_no_other_chat_up(
    services: Services, clock: ManualClock, emulator: Emulator, queue: Queue, users: Control
) -> None:
    for _ in range(2 * FEWEST_IN_FLIGHT):
        await queue(AN)
        await clock.advance(1)
    await queue(BINH)
    pace = TelegramPace()
    async with bot_at(emulator.url, request=AiohttpRequest(8), rate_limiter=pace) as bot:
        sender = Sender(services, bot, pace=pace)
        sending = asyncio.create_task(sender.run())
        assert await users.wait(BINH)
        assert len(await users.wait(AN, timeout=0)) <= 2, "one a second"
        sender.stop()
        sending.cancel()
        await asyncio.wait([sending])


async def test_of_a_backlog_one_row_at_a_time_is_taken_up_though_nothing_else_is_due(
    services: Services, clock: ManualClock, sender: Sender, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due a moment later finds a place."""
    for _ in range(3):
        await queue(AN)
        await clock.advance(1)
    held = asyncio.Event()

    async def hold(bot: Any, one: Any) -> Any:
        held.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.jobs.delivery.sender.send", hold)
    monkeypatch.setattr(TelegramPace, "busy_chats", lambda pace: [AN])
    sending = asyncio.create_task(sender.run())
    await asyncio.wait_for(held.wait(), 5)
    for _ in range(3):
        sender.wake()
        await asyncio.sleep(0.1)
    assert (await statuses(services)).count("sending") == 1
    sender.abandon()
    await sending


async def test_a_sender_that_stops_puts_back_what_has_not_left_for_telegram(
    services: Services, emulator: Emulator, queue: Queue, users: Control
) -> None:
    await queue(*range(1, FEWEST_IN_FLIGHT + 1))
    before = await waits_of(services)
    await users.post("fault", kind="slow", method="sendMessage", seconds=0.3)
    pace = TelegramPace(1)
    async with bot_at(emulator.url, request=AiohttpRequest(8), rate_limiter=pace) as bot:
        sender = Sender(services, bot, pace=pace)
        sending = asyncio.create_task(sender.run())
        assert await users.wait(AN)
        await sender.hand_over()
        await asyncio.wait_for(sending, 5)
    rows = await ledger(services)
    assert [(status, tries) for status, tries, _ in rows] == [("sent", 1)] + [("pending", 0)] * (
        FEWEST_IN_FLIGHT - 1
    )
    assert await waits_of(services) == before, "each keeps its place in the queue"


async def waits_of(services: Services) -> list[object]:
    """Return the moment from which on each row may go out."""
    query = select(deliveries.c.not_before).order_by(deliveries.c.id)
    async with services.database.read() as connection:
        return list((await connection.execute(query)).scalars())
