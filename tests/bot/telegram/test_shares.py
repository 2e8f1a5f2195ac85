"""Processes that share the rate: together they send no more messages in any second than there are places."""

import asyncio
import time
from collections import deque
from typing import Any

import pytest

from bot.telegram.limiter import TelegramPace
from bot.telegram.shares import PaceShare
from storage.engine import Database
from storage.processes.leases import LeaseKey
from storage.tables import senders

PLACES = 60


class Windows:
    """Counts messages as a strict server does, in any second."""

    def __init__(self) -> None:
        self.moments: deque[float] = deque()
        self.total = self.busiest = 0

    async def take(self, *_: Any) -> bool:
        """Take a message."""
        now = time.monotonic()
        self.moments.append(now)
        while self.moments[0] <= now - 1.0:
            self.moments.popleft()
        self.total += 1
        self.busiest = max(self.busiest, len(self.moments))
        return True


async def send(pace: TelegramPace, windows: Windows, first: int, count: int) -> None:
    """Send to so many chats through a pace."""

    async def one(chat: int) -> None:
        await pace.process_request(windows.take, (), {}, "sendMessage", {"chat_id": chat}, None)

    await asyncio.gather(*map(one, range(first, first + count)))


@pytest.fixture
def shares(postgres_database: Database) -> list[PaceShare]:
    """Three processes' shares."""
    return [
        PaceShare(postgres_database, LeaseKey("bot", name), TelegramPace(PLACES), lambda: PLACES)
        for name in "abc"
    ]


@pytest.mark.lasts(seconds=42)
async def test_three_processes_together_keep_one_pace(shares: list[PaceShare]) -> None:
    windows, stop = Windows(), asyncio.Event()
    a, b, idle = shares
    async with a.kept(stop), b.kept(stop), idle.kept(stop):
        await asyncio.gather(send(a._pace, windows, 1, 45), send(b._pace, windows, 1_000, 45))
        paces = [one._pace.places for one in shares]
        assert sum(paces) <= PLACES
    assert windows.total == 90
    assert windows.busiest <= PLACES


async def test_a_process_without_a_place_asks_for_one_when_it_has_a_message(
    postgres_database: Database, shares: list[PaceShare], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.shares._RENEWAL_SECONDS", 60.0)
    at_work, idle, _ = shares
    async with at_work.kept(asyncio.Event()), idle.kept(asyncio.Event()):
        for _ in range(2):  # at work on everything that there is
            monkeypatch.setattr(at_work._pace.share, "wanted", lambda total: total)
            await idle.renew()
            await at_work.renew()
        assert [one._pace.places for one in (at_work, idle)] == [PLACES - 1, 0]
        windows = Windows()
        await asyncio.wait_for(send(idle._pace, windows, 1, 1), 20)
        assert windows.total == 1
        assert idle._pace.places == 1


async def test_who_was_taken_for_dead_sends_nothing_till_it_has_places_again(
    postgres_database: Database, shares: list[PaceShare]
) -> None:
    a, lost = shares[0], asyncio.Event()
    a._lost = lost
    async with a.kept(asyncio.Event()):
        async with postgres_database.write() as connection:
            await connection.execute(senders.delete())
        await a.renew()
        assert lost.is_set()
        sending = asyncio.create_task(send(a._pace, Windows(), 1, 1))
        await asyncio.sleep(0.1)
        assert not sending.done()
        sending.cancel()


async def test_a_process_that_only_answers_joins_anew(
    postgres_database: Database, shares: list[PaceShare]
) -> None:
    a, windows = shares[0], Windows()
    async with a.kept(asyncio.Event()):
        async with postgres_database.write() as connection:
            await connection.execute(senders.delete())
        await a.renew()
        assert a._pace.places == 0
        await a.renew()
        await send(a._pace, windows, 1, 2)
    assert windows.total == 2


async def test_the_last_one_leaves_its_places_to_the_next(
    postgres_database: Database, shares: list[PaceShare]
) -> None:
    a, b, _ = shares
    async with a.kept(asyncio.Event()):
        assert a._pace.places == PLACES
    async with b.kept(asyncio.Event()):
        deadline = time.monotonic() + 20
        while b._pace.places < PLACES:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
