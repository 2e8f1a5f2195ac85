"""`diemtin demo`: the whole product without a token.

The emulator and the unmodified `diemtin run` are processes of their own; sample articles come from an inbox.
Everything is in a temporary folder, which is deleted at the end.
"""

import asyncio
import datetime as dt
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands import demo_day
from bot.commands.preparing import run
from bot.commands.terminal import fail, put, say
from bot.emulator.client import Control, StartError, control, emulator_process
from bot.times.clock import Clock
from storage.articles import count_waiting
from storage.engine import Database
from storage.errors import StorageError
from storage.upkeep.stats import gather_stats

_QUESTION = "mua lon ha long"
_PATIENCE_SECONDS = 60.0
_QUIET_SECONDS = 2.5  # without a new message, until an answer in several messages is complete


class DemoError(Exception):
    """The demo cannot continue; the text says why, in Vietnamese."""


async def run_demo(*, once: bool, port: int = 0, fast: bool = False) -> None:
    """Run the demo: with `once` print one digest and one answer and return, else run until interrupted.

    `port` is the emulator's; 0 takes any free one. `fast`: a day passes in six minutes. SIGINT or SIGTERM
    ends the demo and cleans up; with `once` it also raises CancelledError. DemoError: the bot failed;
    StartError: the emulator did not start.
    """
    _cancel_on_signals()
    clock = demo_day.day_clock() if fast else Clock()
    with tempfile.TemporaryDirectory(prefix="diemtin-demo-") as name:
        folder = Path(name)
        there, coming = demo_day.samples_at(clock.now(), 0 if once else demo_day.HELD_BACK)
        pages = demo_day.free_port()
        (folder / "diemtin.toml").write_text(demo_day.newsroom_text(pages, is_fast=fast), encoding="utf-8")
        (folder / "tin-vao").mkdir()
        demo_day.bring(folder / "tin-vao", "bai-mau.jsonl", there)
        say(f"Đang chạy thử với {len(there)} bài mẫu…")
        async with emulator_process(port=port) as url, control(url) as emulator:
            reader = await emulator.user("Bạn đọc", language_code="vi")
            async with demo_day.DemoBot(folder, url, clock, admin=reader) as bot:
                await _until_processed(folder, len(there), bot)
                if once:
                    await _show_once(emulator, reader)
                else:
                    await _run_until_stopped(emulator, reader, url, pages, bot, coming)


def _cancel_on_signals() -> None:
    """Cancel this task on the first signal; a second one must not interrupt the clean-up."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    signalled = False

    def cancel() -> None:
        nonlocal signalled
        if task is not None and not signalled:
            signalled = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel)


async def _until_processed(folder: Path, articles: int, bot: demo_day.DemoBot) -> None:
    """Wait until the bot has processed every sample.

    Raises:
        DemoError: the bot ended, or is not done after a minute; with the end of its log.
    """
    database = Database(demo_day.database_url(folder))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        while not await _are_processed(database, articles):
            if bot.has_failed or time.monotonic() > deadline:
                log = await asyncio.to_thread((folder / "bot.log").read_bytes)
                raise DemoError(f"Bot không chạy được:\n{log[-2000:].decode(errors='replace')}")
            await asyncio.sleep(0.1)
    finally:
        await database.close()


async def _are_processed(database: Database, articles: int) -> bool:
    try:
        async with database.read() as connection:
            stats = await gather_stats(connection, since=(now := dt.datetime.now(dt.UTC)), now=now)
            return stats.articles >= articles and await count_waiting(connection) == 0
    except StorageError:
        return False  # the tables are not there yet


async def _show_once(emulator: Control, reader: int) -> None:
    # two answers: the welcome, and the digest
    await _show(emulator, reader, "/start", answers=2, quiet_seconds=_QUIET_SECONDS)
    await _show(emulator, reader, _QUESTION, answers=1, quiet_seconds=0)
    put(f"Muốn tự trò chuyện với bot trong trình duyệt, gõ: {_as_typed(sys.argv[0])} demo")


def _as_typed(program: str) -> str:
    """Return how the command was called, so that the hint works in the same shell.

    >>> _as_typed(".venv/bin/diemtin"), _as_typed("/usr/lib/bot/__main__.py")
    ('.venv/bin/diemtin', 'diemtin')
    """
    return program if Path(program).name == "diemtin" else "diemtin"


async def _show(emulator: Control, reader: int, text: str, *, answers: int, quiet_seconds: float) -> None:
    """Send `text` as the reader and print the answers, until none comes for `quiet_seconds`.

    Raises:
        DemoError: fewer answers came within a minute.
    """
    put(f"— Bạn: {text}\n")
    said = (await emulator.say(reader, text))["message_id"]
    messages = await emulator.wait(reader, after=said, count=answers, timeout=_PATIENCE_SECONDS)
    if len(messages) < answers:
        raise DemoError("Bot không trả lời kịp.")
    wanted = 0
    while len(messages) > wanted:
        wanted = len(messages)
        messages = await emulator.wait(reader, after=said, count=wanted + 1, timeout=quiet_seconds)
    for message in messages:
        put(f"— Điểm Tin:\n{_plain(message)}\n")


def _plain(message: dict[str, Any]) -> str:
    rows = [" ".join(f"[{button['text']}]" for button in row) for row in message.get("buttons") or []]
    return "\n".join([message["text"], *rows])


async def _run_until_stopped(
    emulator: Control, reader: int, url: str, pages: int, bot: demo_day.DemoBot, coming: list[dict[str, Any]]
) -> None:
    """Greet the bot and bring the `coming` news until Ctrl-C; with a fast clock, run a day."""
    await emulator.ask(reader, "/start", count=2, timeout=_PATIENCE_SECONDS)
    put(f"Mở trình duyệt và trò chuyện với bot: {url}/")
    put(f"Gõ một câu hỏi như «{_QUESTION}», /lich để đổi giờ, /trogiup để xem mọi lệnh. Ctrl-C để dừng.")
    put("Bạn cũng là người quản trị: /quantri, rồi chạm Bảng điều khiển để mở nó trong trình duyệt.")
    put(f"Bản tin trên web, từ số tới: http://127.0.0.1:{pages}/tin/")
    is_fast = bot.clock.is_simulated
    if is_fast:
        await _begin_day(emulator, reader, bot)
    work = [
        asyncio.create_task(demo_day.bring_news(bot.folder / "tin-vao", coming, bot.clock, is_fast=is_fast))
    ]
    if is_fast:
        work.append(asyncio.create_task(demo_day.run_day(bot.clock, bot.stop, bot.start)))
    try:
        while not bot.has_failed:
            for task in work:
                if task.done():
                    task.result()
            await asyncio.sleep(0.5)
    except asyncio.CancelledError:  # Ctrl-C
        say("Đã dừng.")
        return
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    raise DemoError("Bot đã dừng.")


async def _begin_day(emulator: Control, reader: int, bot: demo_day.DemoBot) -> None:
    """Prepare the day, then restart the bot with a fast clock."""
    database = Database(demo_day.database_url(bot.folder))
    try:
        await demo_day.prepare_day(emulator, reader, database)
    finally:
        await database.close()
    await bot.stop()
    bot.clock = Clock(bot.clock.now(), demo_day.FAST_RATE)
    await bot.start()


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
    fast: Annotated[
        bool,
        typer.Option("--fast", help="Một ngày trôi trong sáu phút, với tin mới, giờ yên tĩnh, duyệt số."),
    ] = False,
) -> None:
    if once and fast:
        fail("✗ --once và --fast không dùng cùng nhau", 2)
    try:
        run(run_demo(once=once, port=port, fast=fast))
    except DemoError as error:
        fail(f"✗ {error}")
    except StartError as error:
        fail(f"✗ Máy chủ giả lập không chạy được: {error}")
