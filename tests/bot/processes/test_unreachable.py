"""What goes on while Telegram cannot be reached, and while a thread never ends."""

import json
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import aiohttp

from bot.emulator.client import Control
from tests.bot.processes.conftest import NEWSROOM, Start, is_polling, until
from tests.bot.processes.test_application import ARTICLE

STUCK = """\
import asyncio

from bot.jobs.delivery.monitor import Monitor


def compute() -> None:
    print("a thread computes", flush=True)
    while True:
        pass


async def show(self: Monitor) -> None:
    await asyncio.to_thread(compute)


Monitor.show = show
"""


def rows(file: Path, query: str) -> int:
    """Return a count from a database that a bot has open."""
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        found: int = connection.execute(query).fetchone()[0]
        return found


async def test_intake_goes_on_while_telegram_cannot_be_reached_and_health_names_host_and_cause(
    start: Start, unused_tcp_port_factory: object
) -> None:
    telegram, health = unused_tcp_port_factory(), unused_tcp_port_factory()  # type: ignore[operator]  # a fixture's function
    newsroom = f"{NEWSROOM}\n[health]\nport = {health}\n"
    cause = f"Telegram không trả lời (127.0.0.1:{telegram}: từ chối kết nối)"
    async with start(f"http://127.0.0.1:{telegram}", newsroom=newsroom, DIEMTIN_CLOCK_RATE="10") as run:
        await run.until_logged(cause)
        article = run.folder / "tin-vao" / "bai.jsonl"
        article.write_text(json.dumps(ARTICLE), encoding="utf-8")
        os.utime(article, (1_700_000_000, 1_700_000_000))

        async def is_processed() -> bool:
            return rows(run.folder / "diemtin.db", "SELECT count(*) FROM articles WHERE story_id > 0") == 1

        await until(is_processed, within=60)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{health}/healthz") as answer,
        ):
            assert answer.status == 503
            assert any(problem.startswith(cause) for problem in (await answer.json())["problems"])
        assert (await run.stop())[0] == 0


async def test_sigterm_ends_the_bot_within_ten_seconds_while_a_thread_computes(
    start: Start, server: str, hands: Control
) -> None:
    async with start(server, prelude=STUCK) as run:
        await until(lambda: is_polling(hands))
        await run.until_logged("a thread computes")
        began = time.monotonic()
        code, log = await run.stop()
    assert code == 0, log
    assert time.monotonic() - began < 10 + 5  # the machine may be busy; it never ended before
