"""Whoever floods the bot with messages delays nobody else."""

import asyncio
import time

import pytest

from bot.emulator.client import Control
from storage.conversations import count_passed_over, find_unhandled
from storage.engine import Database
from tests.bot.processes.conftest import ADMIN, Run, Start, is_polling, until


async def flood(hands: Control, chats: list[int], count: int) -> None:
    """Write `count` messages, each chat in turn, as fast as it goes."""

    async def write(first: int) -> None:
        for number in range(first, count, 8):
            await hands.say(chats[number % len(chats)], f"giá xăng {number}")

    await asyncio.gather(*map(write, range(8)))


async def seconds_to_answer(hands: Control, chat: int) -> float:
    """Ask a question and return how long the answer took."""
    began = time.monotonic()
    assert await hands.ask(chat, "giá xăng hôm nay", timeout=30), "an honest reader was not answered"
    return time.monotonic() - began


async def until_nothing_waits(run: Run) -> int:
    """Wait until no update waits; return how many were passed over."""
    database = Database(f"sqlite+aiosqlite:///{run.folder / 'diemtin.db'}")

    async def is_done() -> bool:
        async with database.read() as connection:
            return not await find_unhandled(connection)

    try:
        await until(is_done, within=90)
        async with database.read() as connection:
            return await count_passed_over(connection)
    finally:
        await database.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("chats", [1, pytest.param(20, marks=pytest.mark.faults)])
async def test_a_flood_of_messages_delays_no_other_reader(
    start: Start, server: str, hands: Control, chats: int
) -> None:
    """In the order of arrival the honest readers would wait for 3,000 messages, for half a minute."""
    await hands.user("Quản trị", id=ADMIN, started=True)
    hostile = [await hands.user("Lạ", id=50_000 + n, started=True) for n in range(chats)]
    honest = [await hands.user("An", id=70_000 + n, started=True) for n in range(6)]
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        await seconds_to_answer(hands, honest[0])
        await flood(hands, hostile, 3_000)
        seconds = [await seconds_to_answer(hands, chat) for chat in honest[1:]]
        assert max(seconds) < 10
        passed_over = await until_nothing_waits(run)
        assert passed_over > 0
        told = [text["text"] for text in (await hands.chat(hostile[0]))["messages"]]
        assert sum("hơi nhanh" in text for text in told) == 1, told
        assert (await run.stop())[0] == 0
