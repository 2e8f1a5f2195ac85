"""`diemtin run` as a process of its own, against the emulator as another one."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.emulator.client import Control, control
from bot.emulator.process import emulator_process

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
ARTICLE = {
    "title": "Cầu mới ở Bến Lở thông xe sáng nay",
    "sapo": "Cây cầu dài hai trăm mét nối hai bờ sông, bà con không còn phải đi đò.",
    "body": "Từ sáng sớm người dân hai bên bờ đã ra xem. Xe máy và xe tải nhẹ được qua cầu không mất phí.",
}


class Run:
    """A bot process; what it writes goes to a file."""

    def __init__(self, process: Process, folder: Path) -> None:
        self.process = process
        self.folder = folder

    def log(self) -> str:
        """Return everything it wrote until now."""
        return (self.folder / "bot.log").read_text("utf-8")

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
    """Return a function that runs the bot against a server, in this test's folder."""

    @asynccontextmanager
    async def started(
        url: str, *options: str, newsroom: str = NEWSROOM, **environment: str
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
        with (tmp_path / "bot.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", *options,
                env=own | settings | environment, stdin=DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield Run(process, tmp_path)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return started


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """An emulator in its own process."""
    async with emulator_process() as url:
        yield url


@pytest.fixture
async def hands(server: str) -> AsyncIterator[Control]:
    """Its control interface."""
    async with control(server) as hands:
        yield hands


async def until(check: Callable[[], Awaitable[bool]], *, within: float = 30) -> None:
    """Wait until `check` holds."""
    deadline = time.monotonic() + within
    while not await check():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.05)


async def until_called(hands: Control, method: str, times: int = 1) -> None:
    """Wait until the bot has called `method` so often."""

    async def is_called() -> bool:
        methods = (await hands.get("stats"))["methods"]
        return sum(methods.get(method, {}).get("statuses", {}).values()) >= times

    await until(is_called)


async def is_polling(hands: Control) -> bool:
    """Tell whether the bot asks for updates."""
    chats = await hands.get("stats")
    return "deleteWebhook" in chats["methods"]


async def test_it_answers_takes_articles_in_and_ends_when_asked(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An")
    async with start(server, DIEMTIN_CLOCK_RATE="10") as run:  # it looks for files every two seconds
        await until(lambda: is_polling(hands))
        [welcome, *_] = await hands.ask(an, "/start", count=2)
        assert "Bản tin sáng" in welcome["text"]
        article = run.folder / "tin-vao" / "bai.jsonl"
        article.write_text(json.dumps(ARTICLE), encoding="utf-8")
        os.utime(article, (1_700_000_000, 1_700_000_000))

        async def is_found() -> bool:
            [answer] = await hands.ask(an, "ben lo")
            await asyncio.sleep(0.3)
            return "Cầu mới ở Bến Lở" in answer["text"]

        await until(is_found, within=60)
        code, log = await run.stop()
    assert code == 0, log
    assert "Traceback" not in log


async def test_an_update_at_hand_when_it_is_killed_is_answered_by_the_next(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An", started=True)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        await hands.post("fault", kind="hang", method="sendMessage", seconds=30)
        await hands.say(an, "/trogiup")
        await until_called(hands, "getUpdates", 1)
        await asyncio.sleep(1)
        await run.kill()
    await hands.delete("fault")
    async with start(server) as run:
        answers = await hands.wait(an, timeout=20)
        await run.stop()
    assert len(answers) == 1


@pytest.mark.parametrize("when", ["at the start", "later"])
async def test_a_refused_token_ends_it_with_one_clear_line_and_no_token_in_the_log(
    start: Start, server: str, hands: Control, when: str
) -> None:
    if when == "at the start":
        await hands.post("token", token=TOKEN)
    async with start(server, "--verbose") as run:
        if when == "later":
            await until(lambda: is_polling(hands))
            await hands.post("token", token=TOKEN)
            await hands.say(await hands.user(), "/start")  # ends the poll under way
        code, log = await run.ended(within=40)
    assert code == 1
    assert log.count("Telegram từ chối token (401)") == 1
    assert "\n✗ Telegram từ chối token (401)" in log
    assert TOKEN not in log
    assert TOKEN.partition(":")[2] not in log


async def test_a_second_poller_is_named_in_the_log(start: Start, server: str, hands: Control) -> None:
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                await session.get(f"{server}/bot{TOKEN}/getUpdates", params={"timeout": 1})
        code, log = await run.stop()
    assert code == 0
    assert "một tiến trình khác đang nhận tin với cùng token (409)" in log


async def test_a_server_that_is_down_at_the_start_is_waited_for(start: Start, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with start(url) as run:
        await run.until_logged("Telegram does not answer")
        async with emulator_process(port=unused_tcp_port), control(url) as hands:
            an = await hands.user("An")
            await until(lambda: is_polling(hands))
            assert await hands.ask(an, "/start")
            assert (await run.stop())[0] == 0


async def test_it_ends_when_asked_though_no_server_answers(start: Start, unused_tcp_port: int) -> None:
    async with start(f"http://127.0.0.1:{unused_tcp_port}") as run:
        await run.until_logged("Telegram does not answer")
        code, _ = await run.stop()
    assert code == 0


async def test_it_ends_when_asked_though_the_server_hangs(start: Start, server: str, hands: Control) -> None:
    an = await hands.user("An", started=True)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        await hands.post("fault", kind="hang", times=100, seconds=60)
        await hands.say(an, "/trogiup")
        await asyncio.sleep(0.5)
        code, _ = await run.stop()
    assert code == 0


async def test_a_server_without_set_up_calls_is_good_enough(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An")
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription"):
        await hands.post("fault", kind="400", description="not here", method=method, times=100)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        assert await hands.ask(an, "/start")
        await until_called(hands, "setMyDescription", 2)
        code, log = await run.stop()
    assert code == 0
    assert "commands not registered" in log


async def test_health_and_metrics_are_served_where_configured(
    start: Start, server: str, hands: Control, unused_tcp_port: int
) -> None:
    async with start(server, newsroom=f"{NEWSROOM}\n[health]\nport = {unused_tcp_port}\n") as run:
        await until(lambda: is_polling(hands))
        await until_called(hands, "setMyCommands")
        async with aiohttp.ClientSession(f"http://127.0.0.1:{unused_tcp_port}") as session:
            async with session.get("/healthz") as answer:
                health: Any = await answer.json()
                assert (answer.status, health) == (200, {"ok": True, "problems": []})
            async with session.get("/metrics") as answer:
                assert "diemtin_deliveries_waiting" in await answer.text()
        assert (await run.stop())[0] == 0


async def test_a_taken_health_port_does_not_keep_readers_from_their_news(
    start: Start, server: str, hands: Control
) -> None:
    port = server.rpartition(":")[2]
    an = await hands.user("An")
    async with start(server, newsroom=f"{NEWSROOM}\n[health]\nport = {port}\n") as run:
        await until(lambda: is_polling(hands))
        assert await hands.ask(an, "/start")
        code, log = await run.stop()
    assert code == 0
    assert "health is not served" in log
