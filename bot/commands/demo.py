"""`diemtin demo`: the whole product without a token."""

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
from typing import Annotated, Any

import typer

from bot.commands.preparing import run
from bot.commands.terminal import fail, put, say
from bot.emulator.client import Control, StartError, control, emulator_process
from bot.samples import load_samples
from storage.articles import count_waiting
from storage.engine import Database
from storage.errors import StorageError
from storage.off_loop import Program, start_async
from storage.upkeep.stats import gather_stats

# The whole product without a token: the emulator in its own process, sample articles in an inbox folder,
# and the unmodified `diemtin run` beside them. Everything lives in a temporary folder and goes with it.

_TOKEN = "1000000001:demo-token-of-the-local-emulator"  # noqa: S105 - the emulator takes any
_QUESTION = "mua lon ha long"
_PATIENCE_SECONDS = 60.0
_QUIET_SECONDS = 2.5  # after which an answer in several messages counts as whole: they go one a second
_STOP_SECONDS = 10.0
_SETTLED_SECONDS = 60.0
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


class DemoError(Exception):
    """The demo cannot go on; the text says why, in Vietnamese."""


async def run_demo(*, once: bool, port: int = 0) -> None:
    """Run the demo: with `once` print one digest and one answer and return, else stay until interrupted.

    `port` is the emulator's, 0 any free one.

    SIGINT or SIGTERM ends it and leaves nothing behind; with `once` that is a CancelledError.

    Raises:
        DemoError: the emulator or the bot did not do its part.
    """
    _cancel_on_signals()
    with tempfile.TemporaryDirectory(prefix="diemtin-demo-") as name:
        folder = Path(name)
        articles = _lay_out(folder)
        say(f"Đang chạy thử với {articles} bài mẫu…")
        async with _emulator(port) as url, control(url) as hands:
            reader = await hands.user("Bạn đọc", language_code="vi")
            async with _bot_process(folder, url, admin=reader) as bot:
                await _until_worked_up(folder, articles, bot)
                if once:
                    await _show_once(hands, reader)
                else:
                    await _stay(hands, reader, url, bot)


def _cancel_on_signals() -> None:
    """Cancel this task on the first signal; a second one must not cut the cleaning up short."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    signalled = False

    def cancel() -> None:
        nonlocal signalled
        if task is not None and not signalled:
            signalled = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel)


def _lay_out(folder: Path) -> int:
    """Write the newsroom file and the sample articles; return how many."""
    samples = load_samples(dt.datetime.now(dt.UTC))
    (folder / "diemtin.toml").write_text(_NEWSROOM, encoding="utf-8")
    inbox = folder / "tin-vao"
    inbox.mkdir()
    file = inbox / "bai-mau.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in samples), encoding="utf-8")
    long_ago = time.time() - _SETTLED_SECONDS  # intake leaves a file that may still be written to
    os.utime(file, (long_ago, long_ago))
    return len(samples)


@asynccontextmanager
async def _emulator(port: int) -> AsyncIterator[str]:
    try:
        async with emulator_process(port=port) as url:
            yield url
    except StartError as error:
        raise DemoError(f"Máy chủ giả lập không chạy được: {error}") from error


@asynccontextmanager
async def _bot_process(folder: Path, url: str, *, admin: int) -> AsyncIterator[Process]:
    """Run `diemtin run` in `folder`, without the settings of a real bot. Ctrl-C reaches this process only,
    which then stops the bot in good order."""
    environment = {
        "DIEMTIN_BOT_TOKEN": _TOKEN,
        "DIEMTIN_API_BASE_URL": url,
        "DIEMTIN_DATABASE_URL": _database_url(folder),
        "DIEMTIN_CONFIG": str(folder / "diemtin.toml"),
        "DIEMTIN_ADMINS": str(admin),
    }
    with (folder / "bot.log").open("wb") as log:
        program = Program("bot", ("run",), environment=environment, folder=folder)
        process = await start_async(program, stdin=DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        await _stop(process)


def _database_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'diemtin.db'}"


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _until_worked_up(folder: Path, articles: int, bot: Process) -> None:
    """Wait until the bot has taken every sample in.

    Raises:
        DemoError: the bot ended, or is not done after a minute; with its last words.
    """
    database = Database(_database_url(folder))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        while not await _is_worked_up(database, articles):
            if bot.returncode is not None or time.monotonic() > deadline:
                log = await asyncio.to_thread((folder / "bot.log").read_bytes)
                raise DemoError(f"Bot không chạy được:\n{log[-2000:].decode(errors='replace')}")
            await asyncio.sleep(0.1)
    finally:
        await database.close()


async def _is_worked_up(database: Database, articles: int) -> bool:
    try:
        async with database.read() as connection:
            stats = await gather_stats(connection, since=(now := dt.datetime.now(dt.UTC)), now=now)
            return stats.articles >= articles and await count_waiting(connection) == 0
    except StorageError:
        return False  # the tables are not there yet


async def _show_once(hands: Control, reader: int) -> None:
    await _show(hands, reader, "/start", answers=2, quiet_seconds=_QUIET_SECONDS)  # the welcome, the digest
    await _show(hands, reader, _QUESTION, answers=1, quiet_seconds=0)
    put(f"Muốn tự trò chuyện với bot trong trình duyệt, gõ: {_as_typed(sys.argv[0])} demo")


def _as_typed(program: str) -> str:
    """Return how the command was called, so that what is told to type works in the same shell.

    >>> _as_typed(".venv/bin/diemtin"), _as_typed("/usr/lib/bot/__main__.py")
    ('.venv/bin/diemtin', 'diemtin')
    """
    return program if Path(program).name == "diemtin" else "diemtin"


async def _show(hands: Control, reader: int, text: str, *, answers: int, quiet_seconds: float) -> None:
    """Say `text` as the reader and print the talk: so many answers, and what follows each within the quiet.

    Raises:
        DemoError: fewer answers came within a minute.
    """
    put(f"— Bạn: {text}\n")
    said = (await hands.say(reader, text))["message_id"]
    messages = await hands.wait(reader, after=said, count=answers, timeout=_PATIENCE_SECONDS)
    if len(messages) < answers:
        raise DemoError("Bot không trả lời kịp.")
    wanted = 0
    while len(messages) > wanted:
        wanted = len(messages)
        messages = await hands.wait(reader, after=said, count=wanted + 1, timeout=quiet_seconds)
    for message in messages:
        put(f"— Điểm Tin:\n{_plain(message)}\n")


def _plain(message: dict[str, Any]) -> str:
    rows = [" ".join(f"[{button['text']}]" for button in row) for row in message.get("buttons") or []]
    return "\n".join([message["text"], *rows])


async def _stay(hands: Control, reader: int, url: str, bot: Process) -> None:
    await hands.say(reader, "/start")
    put(f"Mở trình duyệt và trò chuyện với bot: {url}/")
    put(f"Gõ một câu hỏi như «{_QUESTION}», /lich để đổi giờ, /trogiup để xem mọi lệnh. Ctrl-C để dừng.")
    try:
        await bot.wait()
    except asyncio.CancelledError:  # the way to end it
        say("Đã dừng.")
        return
    raise DemoError("Bot đã dừng.")


# `diemtin demo`: the bot with everything around it, and no Telegram library in this process.


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="In một bản tin và một câu hỏi đáp, rồi thôi.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, max=65535, help="Cổng của trang trò chuyện; bỏ trống là cổng bất kỳ."
        ),
    ] = 0,
) -> None:
    """Run the whole product without a token."""
    try:
        run(run_demo(once=once, port=port))
    except DemoError as error:
        fail(f"✗ {error}")
