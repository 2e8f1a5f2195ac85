"""The whole product without a token: the emulator in its own process, sample articles in an inbox folder, and
the unmodified `diemtin run` beside them. Everything lives in a temporary folder and goes with it.
"""

import asyncio
import datetime as dt
import json
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.commands.opening import fail, put, say
from bot.emulator.client import Control, control
from bot.emulator.process import emulator_process
from bot.samples import load_samples
from storage.articles import count_waiting
from storage.engine import Database
from storage.errors import StorageError
from storage.stats import gather_stats

_TOKEN = "1000000001:demo-token-of-the-local-emulator"  # noqa: S105 - the emulator takes any
_QUESTION = "mua lon ha long"
_PATIENCE_SECONDS = 40.0
_STOP_SECONDS = 10.0
_NEWSROOM = """\
[[sources]]
name = "bao-mau"
title = "Các báo mẫu"
inbox = "tin-vao"

[[editions]]
name = "sang"
title = "Bản tin sáng"
times = ["06:45"]
default = true

[[editions]]
name = "toi"
title = "Bản tin tối"
times = ["18:30"]
"""


async def run_demo(*, once: bool, port: int = 0) -> None:
    """Run the demo: with `once` print one digest and one answer and return, else stay until interrupted."""
    with tempfile.TemporaryDirectory(prefix="diemtin-demo-") as name:
        folder = Path(name)
        articles = await asyncio.to_thread(_lay_out, folder)
        say(f"Đang chạy thử với {articles} bài mẫu…")
        async with emulator_process(port=port) as url, control(url) as hands:
            reader = await hands.user("Bạn đọc", language_code="vi")
            async with _bot_process(folder, url, admin=reader) as bot:
                await _until_worked_up(folder, articles, bot)
                if once:
                    await _show_once(hands, reader)
                else:
                    await _stay(hands, reader, url, bot)


def _lay_out(folder: Path) -> int:
    """Write the newsroom file and the sample articles; return how many."""
    samples = load_samples(dt.datetime.now(dt.UTC))
    (folder / "diemtin.toml").write_text(_NEWSROOM, encoding="utf-8")
    inbox = folder / "tin-vao"
    inbox.mkdir()
    file = inbox / "bai-mau.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in samples), encoding="utf-8")
    long_ago = time.time() - 60  # intake leaves a file that may still be written to for its next tick
    os.utime(file, (long_ago, long_ago))
    return len(samples)


@asynccontextmanager
async def _bot_process(folder: Path, url: str, *, admin: int) -> AsyncIterator[Process]:
    environment = os.environ | {
        "DIEMTIN_BOT_TOKEN": _TOKEN,
        "DIEMTIN_API_BASE_URL": url,
        "DIEMTIN_DATABASE_URL": _database_url(folder),
        "DIEMTIN_CONFIG": str(folder / "diemtin.toml"),
        "DIEMTIN_ADMINS": str(admin),
    }
    with (folder / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environment, stdin=DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        await _stop(process)


def _database_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'diemtin.db'}"


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _until_worked_up(folder: Path, articles: int, bot: Process) -> None:
    """Wait until the bot has taken every sample in; leave with the bot's last words when it ends instead."""
    database = Database(_database_url(folder))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        while not await _is_worked_up(database, articles):
            if bot.returncode is not None or time.monotonic() > deadline:
                log = await asyncio.to_thread((folder / "bot.log").read_bytes)
                fail(f"✗ Bot không chạy được:\n{log[-2000:].decode(errors='replace')}")
            await asyncio.sleep(0.1)
    finally:
        await database.close()


async def _is_worked_up(database: Database, articles: int) -> bool:
    try:
        async with database.read() as connection:
            stats = await gather_stats(connection, since=dt.datetime.now(dt.UTC))
            return stats.articles >= articles and await count_waiting(connection) == 0
    except StorageError:
        return False  # the tables are not there yet


async def _show_once(hands: Control, reader: int) -> None:
    await _show(hands, reader, "/start", is_last=lambda text: "Bản tin" in text and "\n" in text)
    await _show(hands, reader, _QUESTION, is_last=lambda text: True)
    put("Muốn tự trò chuyện với bot trong trình duyệt: make chat")


async def _show(hands: Control, reader: int, text: str, *, is_last: Any) -> None:
    """Say `text` as the reader and print the talk."""
    put(f"\n— Bạn: {text}\n")
    said = await hands.say(reader, text)
    shown = 0
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answers = await hands.wait(reader, after=said["message_id"], count=shown + 1, timeout=5)
        for answer in answers[shown:]:
            put(f"— Điểm Tin:\n{_plain(answer)}\n")
        shown = len(answers)
        if answers and is_last(answers[-1]["text"]):
            return
    fail("✗ Bot không trả lời kịp.")


def _plain(message: dict[str, Any]) -> str:
    rows = [" ".join(f"[{button['text']}]" for button in row) for row in message.get("buttons") or []]
    return "\n".join([message["text"], *rows])


async def _stay(hands: Control, reader: int, url: str, bot: Process) -> None:
    await hands.say(reader, "/start")
    put(f"Mở trình duyệt và trò chuyện với bot: {url}/")
    put("Gõ một câu hỏi như «mua lon ha long», /lich để đổi giờ, /trogiup để xem mọi lệnh. Ctrl-C để dừng.")
    await bot.wait()
    fail("✗ Bot đã dừng.")
