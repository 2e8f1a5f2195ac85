"""Measure the ledger: a broadcast without limits by the sender, by the bare library, and by bare aiohttp.

    python benchmarks/broadcast.py [--messages N]

The emulator runs in a process of its own, on a core of its own where there are two; the sender on one. Each
way sends the same text to the same chats with the same number in flight: first the sender's most, then its
number at Telegram's pace. They are compared by the CPU time of the sending process, because the emulator may
be the slower side.
"""

import argparse
import asyncio
import datetime as dt
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from newsrooms import newsroom
from sqlalchemy import insert, true
from telegram import LinkPreviewOptions
from telegram.ext import ExtBot

from bot.emulator.client import control, emulator_process
from bot.jobs.delivery.sender import FEWEST_IN_FLIGHT, MOST_IN_FLIGHT, Sender
from bot.news.services import Services
from bot.telegram.limiter import TelegramPace
from bot.telegram.transport import AiohttpRequest
from bot.times.clock import Clock
from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.processes.leases import LeaseKey, take_lease
from storage.profiles import Choices, join_profile
from storage.tables import subscribers
from storage.upkeep.upgrade import upgrade

TOKEN = "42:benchmark"  # noqa: S105 - the emulator takes any
TEXT = "<b>Tin sáng</b>\n" + "Cây cầu dài hai trăm mét nối hai bờ sông, bà con không còn phải đi đò. " * 20
LEASE = LeaseKey("benchmark", "us")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--messages", type=int, default=2_000)
    args = ask.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-1:])  # the emulator inherits this
    print("| in flight | way | messages/s | CPU ms/message | of the bare library |\n|---|---|---|---|---|")
    asyncio.run(_measure(args.messages, own_core=cores[0]))


async def _measure(messages: int, *, own_core: int) -> None:
    async with emulator_process() as url, control(url) as hands:
        os.sched_setaffinity(0, [own_core])
        chats = list(range(1, messages + 1))
        for chat in chats:
            await hands.user(f"Bạn {chat}", id=chat, started=True)
        for in_flight, pace in ((MOST_IN_FLIGHT, None), (FEWEST_IN_FLIGHT, TelegramPace())):
            bare, bare_cpu = await _timed(messages, lambda n=in_flight: _by_library(url, chats, n))
            with tempfile.TemporaryDirectory() as folder:
                database = await _filled(Path(folder), chats)
                whole, cpu = await _timed(
                    messages, lambda d=database, p=pace: _by_sender(url, d, messages, p)
                )
                await database.close()
            raw, raw_cpu = await _timed(messages, lambda n=in_flight: _by_aiohttp(url, chats, n))
            _print(in_flight, "the sender with its ledger", whole, cpu, bare_cpu)
            _print(in_flight, "the library over our transport", bare, bare_cpu, bare_cpu)
            _print(in_flight, "aiohttp alone", raw, raw_cpu, bare_cpu)


def _print(in_flight: int, way: str, rate: float, cpu: float, bare_cpu: float) -> None:
    print(f"| {in_flight} | {way} | {rate:.0f} | {cpu:.2f} | {bare_cpu / cpu:.0%} |", flush=True)


async def _timed(messages: int, send: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Return messages a second, and milliseconds of this process's CPU a message."""
    began, cpu = time.perf_counter(), time.process_time()
    await send()
    return messages / (time.perf_counter() - began), (time.process_time() - cpu) / messages * 1_000


async def _by_library(url: str, chats: list[int], in_flight: int) -> None:
    places = asyncio.Semaphore(in_flight)
    async with _bot(url, in_flight) as bot:

        async def send(chat: int) -> None:
            async with places:
                await bot.send_message(
                    chat, TEXT, parse_mode="HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
                )

        await asyncio.gather(*map(send, chats))


async def _by_sender(url: str, database: Database, messages: int, pace: TelegramPace | None) -> None:
    async with _bot(url, MOST_IN_FLIGHT) as bot:  # which waits for nothing: the pace tells how many only
        sender = Sender(Services(database, Clock(), newsroom()), bot, lease=LEASE, pace=pace)
        sending = asyncio.create_task(sender.run())
        while sender.sent < messages:  # noqa: ASYNC110 - to be woken by each would be measured too
            await asyncio.sleep(0.02)
        sender.stop()
        await sending


async def _by_aiohttp(url: str, chats: list[int], in_flight: int) -> None:
    places = asyncio.Semaphore(in_flight)
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def send(chat: int) -> None:
            body = {"chat_id": str(chat), "text": TEXT, "parse_mode": "HTML"}
            async with places, session.post(f"{url}/bot{TOKEN}/sendMessage", data=body) as answer:
                await answer.read()

        await asyncio.gather(*map(send, chats))


def _bot(url: str, in_flight: int) -> ExtBot[None]:
    return ExtBot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest(in_flight))


async def _filled(folder: Path, chats: list[int]) -> Database:
    """Make a database in which every chat waits for one message."""
    database, now = Database(f"sqlite+aiosqlite:///{folder / 'broadcast.db'}"), dt.datetime.now(dt.UTC)
    await upgrade(database, now=now)
    async with database.write() as connection:
        assert await take_lease(connection, LEASE)
        profile = await join_profile(connection, Choices("sang"), next_due_at=now, now=now)
        rows = [
            {"chat_id": chat, "kind": "private", "status": "active", "profile_id": profile,
             "quiet_start": 0, "quiet_end": 0, "created_at": now, "changed_at": now}
            for chat in chats
        ]  # fmt: skip
        await connection.execute(insert(subscribers), rows)
        issue = await record_issue(
            connection, Issue(profile, "sang", now, now, IssueStatus.MADE, parts=(Part(TEXT),)), now=now
        )
        assert issue is not None
        await enqueue_issues(connection, [issue], true(), release=lambda start, end: now, now=now)
    return database


if __name__ == "__main__":
    main()
