"""Deliveries that wait to leave are recalled at once; what has left, and replies, are not touched."""

import asyncio
from typing import Any

import pytest

from bot.telegram.departures import Departures, RecalledError
from bot.telegram.limiter import AT_ONCE, TelegramPace


class Telegram:
    """Takes messages through a pace, and answers when it is told."""

    def __init__(self, pace: TelegramPace) -> None:
        self.arrived: list[int] = []
        self.arrival = asyncio.Semaphore(0)
        self.answers = asyncio.Event()
        self._pace = pace

    async def send(self, chat: int, patience: int | None = AT_ONCE) -> Any:
        """Send to a chat; a delivery, unless told."""

        async def take() -> int:
            self.arrived.append(chat)
            self.arrival.release()
            await self.answers.wait()
            return chat

        return await self._pace.process_request(take, (), {}, "sendMessage", {"chat_id": chat}, patience)


async def test_what_waits_for_a_place_is_recalled_and_what_has_left_arrives() -> None:
    pace = TelegramPace(1)
    telegram = Telegram(pace)
    left, waiting = asyncio.create_task(telegram.send(1)), asyncio.create_task(telegram.send(2))
    await telegram.arrival.acquire()
    pace.departures.recall()
    with pytest.raises(RecalledError):
        await waiting
    with pytest.raises(RecalledError):
        await telegram.send(3)
    telegram.answers.set()
    assert await left == 1
    assert telegram.arrived == [1]


async def test_what_waits_for_its_chat_is_recalled_and_a_reply_is_not() -> None:
    pace = TelegramPace(3)
    telegram = Telegram(pace)
    left, waiting = asyncio.create_task(telegram.send(1)), asyncio.create_task(telegram.send(1))
    await telegram.arrival.acquire()
    pace.departures.recall()
    with pytest.raises(RecalledError):
        await waiting
    reply = asyncio.create_task(telegram.send(2, None))
    await telegram.arrival.acquire()
    telegram.answers.set()
    assert (await left, await reply) == (1, 2)


async def test_a_delivery_recalled_at_the_moment_it_leaves_does_not_leave() -> None:
    departures, calls = Departures(), list[str]()

    async def leave_too_late() -> None:
        async with departures.waiting() as leave:
            departures.recall()
            leave()
            calls.append("left")

    with pytest.raises(RecalledError):
        await leave_too_late()
    assert calls == []


async def test_what_runs_into_a_limit_of_its_own_is_not_taken_for_recalled() -> None:
    async def take_too_long() -> None:
        async with Departures().waiting() as leave:
            leave()
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await take_too_long()
