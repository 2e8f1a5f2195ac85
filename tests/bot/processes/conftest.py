"""`diemtin run` as a process of its own, the emulator as another one, and the hands of their users."""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.emulator.client import Control, control, emulator_process
from tests.bot.processes.forked import ForkedProcess

collect_ignore = ["frozen_heap.py"]  # it acts when it is imported

TOKEN = "4242424242:AAbbccddeeffgghhiijjkkllmmnnooppqqr"  # noqa: S105 - the emulator takes any
ADMIN = 900
NEWSROOM = """\
[[sources]]
name = "bao-bien"
title = "Báo Biển"
inbox = "tin-vao"

[[editions]]
name = "sang"
title = "Bản tin sáng"
times = ["06:45"]
"""


class Run:
    """A bot process; what it writes goes to a file."""

    def __init__(self, process: ForkedProcess, folder: Path, log: Path) -> None:
        self.process = process
        self.folder = folder
        self._log = log

    def log(self) -> str:
        """Return everything it wrote until now."""
        return self._log.read_text("utf-8")

    async def until_logged(self, words: str) -> None:
        """Wait until `words` are in the log."""

        async def is_logged() -> bool:
            return words in self.log()

        await until(is_logged)

    async def ended(self, *, within: float = 20) -> tuple[int, str]:
        """Wait for the end and return exit code and everything it wrote."""
        return await asyncio.wait_for(self.process.wait(), within), self.log()

    async def stop(self) -> tuple[int, str]:
        """Ask it to end."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        await self.process.wait()


Start = Callable[..., AbstractAsyncContextManager[Run]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return a function that runs the bot against a server, in this test's folder.

    That is its working folder too: the search index of a PostgreSQL database is made there.
    """

    numbers = itertools.count(1)

    @asynccontextmanager
    async def started(
        url: str,
        *options: str,
        newsroom: str = NEWSROOM,
        prelude: str = "",
        **environment: str,
    ) -> AsyncIterator[Run]:
        (tmp_path / "tin-vao").mkdir(exist_ok=True)
        (tmp_path / "diemtin.toml").write_text(newsroom, encoding="utf-8")
        own = {name: value for name, value in os.environ.items() if not name.startswith("DIEMTIN_")}
        settings = {
            "DIEMTIN_BOT_TOKEN": TOKEN,
            "DIEMTIN_API_BASE_URL": url,
            "DIEMTIN_DATABASE_URL": f"sqlite:///{tmp_path / 'diemtin.db'}",
            "DIEMTIN_CONFIG": str(tmp_path / "diemtin.toml"),
            "DIEMTIN_ADMINS": str(ADMIN),
        }
        log, everything = tmp_path / f"bot{next(numbers)}.log", own | settings | environment
        log.touch()
        process = ForkedProcess(["run", *options], everything, log, folder=tmp_path, prelude=prelude)
        try:
            yield Run(process, tmp_path, log)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return started


@pytest.fixture(scope="session")
def _emulator() -> Iterator[str]:
    """An emulator in its own process, for all tests of this process."""
    with asyncio.Runner() as runner:
        running = emulator_process()
        yield runner.run(running.__aenter__())
        runner.run(running.__aexit__(None, None, None))


@pytest.fixture
async def server(_emulator: str) -> str:
    """That emulator, with nobody in it yet."""
    async with control(_emulator) as hands:
        await hands.post("reset")
    return _emulator


@pytest.fixture
async def hands(server: str) -> AsyncIterator[Control]:
    """Its control interface."""
    async with control(server) as hands:
        yield hands


# A bot that tells admins after a second what it else tells after a minute.
IMPATIENT = """\
from bot.process import health

health.PATIENCE_SECONDS, health.CHECK_SECONDS, health.UNWRITABLE_SECONDS = 1.0, 0.2, 10.0
"""


async def until_told(hands: Control, *notices: str) -> None:
    """Wait until each notice stands in a message to the admin, in this order."""

    async def is_told() -> bool:
        texts = iter([message["text"] for message in (await hands.chat(ADMIN))["messages"]])
        return all(any(notice in text for text in texts) for notice in notices)

    await until(is_told)


async def until(check: Callable[[], Awaitable[bool]], *, within: float = 30) -> None:
    """Wait until `check` holds."""
    deadline = time.monotonic() + within
    while not await check():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.05)


async def until_called(hands: Control, method: str, times: int = 1) -> None:
    """Wait until the bot has called `method` so often."""

    async def is_called() -> bool:
        return await calls_of(hands, method) >= times

    await until(is_called)


async def calls_of(hands: Control, method: str) -> int:
    """Return how many calls of `method` Telegram has answered."""
    methods = (await hands.get("stats"))["methods"]
    return sum(methods.get(method, {}).get("statuses", {}).values())


async def is_polling(hands: Control) -> bool:
    """Tell whether the bot asks for updates."""
    chats = await hands.get("stats")
    return "deleteWebhook" in chats["methods"]
