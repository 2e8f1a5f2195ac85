"""Measure the cost of an update: stored, handled and marked, by one process or by one of several.

    python benchmarks/shared_updates.py [postgresql+asyncpg://... of an empty database] [--updates 2000]

Printed is the CPU time of this process for an update in ms. The ways take turns, so that a busy machine
affects all alike. With `asks` the asker's limits are looked up for each update too, as the chat does.
"""

import argparse
import asyncio
import datetime as dt
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import ExtBot

from bot.chat.rate_limits import Limit, RequestLimiter, SharedRequestLimiter
from bot.telegram.shared_updates import SharedQueue
from bot.telegram.stored_updates import UpdateQueue
from bot.telegram.updates import DurableQueue
from bot.times.clock import Clock
from storage.engine import Database
from storage.upkeep.upgrade import upgrade

_BATCH = 100
_LIMITS = (Limit(1_000, dt.timedelta(seconds=10)),)
Ask = Callable[[int], Awaitable[object]]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("postgres", nargs="?")
    ask.add_argument("--updates", type=int, default=2_000)
    args = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), args.postgres, args.updates))


async def _measure(folder: Path, postgres: str | None, updates: int) -> None:
    bot: ExtBot[Any] = ExtBot("42:benchmark")
    clock, limiter = Clock(), RequestLimiter()
    file = Database(f"sqlite+aiosqlite:///{folder / 'updates.db'}")
    ways: dict[str, tuple[UpdateQueue, Ask]] = {
        "one process, SQLite": (DurableQueue(file, clock), _asks(limiter)),
    }
    opened = [file]
    if postgres is not None:
        server = Database(postgres)
        opened.append(server)
        shared = SharedRequestLimiter(server, "benchmark")
        ways["one process, PostgreSQL"] = DurableQueue(server, clock), _asks(limiter)
        ways["one of several"] = SharedQueue(server, clock), _asks(limiter)
        ways["one of several, asks"] = SharedQueue(server, clock), _asks(shared)
    for database in opened:
        await upgrade(database, now=clock.now())
    for queue, _ in ways.values():
        await queue.reload(bot)
    spent = dict.fromkeys(ways, 0.0)
    for begin in range(0, updates, _BATCH):
        for place, (name, (queue, asks)) in enumerate(ways.items()):
            began = time.process_time()
            for number in range(begin, begin + _BATCH):
                await _pass(queue, bot, 1_000_000 * place + number, asks)
            spent[name] += time.process_time() - began
    for database in opened:
        await database.close()
    for name, seconds in spent.items():
        print(f"{name:28} {seconds / updates * 1e3:6.2f} ms")


def _asks(limiter: RequestLimiter | SharedRequestLimiter) -> Ask:
    async def ask(chat: int) -> object:
        return await limiter.ask((chat, chat), _LIMITS, dt.datetime.now(dt.UTC))

    return ask


async def _pass(queue: UpdateQueue, bot: ExtBot[Any], number: int, asks: Ask) -> None:
    who = {"id": number % 50 + 1, "first_name": "An"}
    message = {"message_id": number, "date": 1_700_000_000, "chat": who | {"type": "private"}, "text": "xăng"}
    for raw in await queue.keep(
        [{"update_id": number, "message": message | {"from": who | {"is_bot": False}}}]
    ):
        await queue.put(Update.de_json(raw, bot))
    update = await queue.get()
    assert isinstance(update, Update)
    assert update.update_id == number
    assert await queue.may_begin(number)
    await asks(who["id"] if isinstance(who["id"], int) else 0)
    await queue.mark_handled(number)


if __name__ == "__main__":
    main()
