"""The bot of a demo and its events: news one by one, and with `--fast` a whole day in six minutes."""

import asyncio
import datetime as dt
import json
import os
import socket
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

from bot.commands.terminal import put
from bot.emulator.client import Control, stop_process
from bot.samples import load_samples
from bot.times.clock import Clock
from storage.engine import Database
from storage.off_loop import Program, start_async
from storage.tables import articles

HELD_BACK = 24  # samples that come one by one
_ZONE = dt.timezone(dt.timedelta(hours=7))
FAST_RATE = 240.0  # a day takes six minutes
_EVERY = dt.timedelta(minutes=3)
_EVERY_FAST = dt.timedelta(minutes=35)  # nine seconds
_SINCE, _SINCE_FAST = dt.timedelta(minutes=1), dt.timedelta(minutes=20)  # from publication to arrival
_BEGINNING = dt.time(5, 0)
_LAST_WORDS_SECONDS = 3.0  # for the bot's last replies, before it is stopped
_NEWEST_AGE = dt.timedelta(minutes=10)
_AGED_SECONDS = 60.0
_WATCHED = "giá vàng"
_FOLLOWED = "Động đất mạnh 6,2 độ rung chuyển đảo Sulawesi, Indonesia"
_NEWSROOM = """\
[[sources]]
name = "bao-mau"
title = "Các báo mẫu"
inbox = "tin-vao"

[[editions]]
name = "sang"
title = "{title}"
times = [{times}]
default = true

[[editions]]
name = "toi"
title = "Bản tin tối"
times = ["{evening}"]
{approve}
[health]
port = {port}

[feeds]
address = "http://127.0.0.1:{port}/tin"
"""

_TOKEN = "1000000001:demo-token-of-the-local-emulator"  # noqa: S105 - the emulator takes any
_STOP_SECONDS = 10.0


class DemoBot:
    """`diemtin run` in `folder`, without the settings of a real bot.

    Ctrl-C reaches only this process, which then stops the bot.
    """

    def __init__(self, folder: Path, url: str, clock: Clock, *, admin: int) -> None:
        self.folder = folder
        self.clock = clock
        self._environment = {
            "DIEMTIN_BOT_TOKEN": _TOKEN,
            "DIEMTIN_API_BASE_URL": url,
            "DIEMTIN_DATABASE_URL": database_url(folder),
            "DIEMTIN_CONFIG": str(folder / "diemtin.toml"),
            "DIEMTIN_ADMINS": str(admin),
        }
        self._process: Process | None = None
        self._is_wanted = True

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it, or start it again, at the time of the demo's clock."""
        simulated = {
            "DIEMTIN_NOW": self.clock.now().isoformat(),
            "DIEMTIN_CLOCK_RATE": str(self.clock.simulated_seconds(1)),
        }
        environment = self._environment | (simulated if self.clock.is_simulated else {})
        with (self.folder / "bot.log").open("ab") as log:
            program = Program("bot", ("run",), environment=environment, folder=self.folder)
            self._process = await start_async(program, stdin=DEVNULL, stdout=log, stderr=log)
        self._is_wanted = True

    async def stop(self) -> None:
        self._is_wanted = False
        if self._process is not None:
            await stop_process(self._process, _STOP_SECONDS)

    @property
    def has_failed(self) -> bool:
        """Tell whether it ended by itself."""
        return self._is_wanted and self._process is not None and self._process.returncode is not None


def database_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'diemtin.db'}"


def day_clock() -> Clock:
    """Return a clock that starts at today's 5:00 in Việt Nam."""
    today = dt.datetime.now(_ZONE).date()
    return Clock(dt.datetime.combine(today, _BEGINNING, _ZONE))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def newsroom_text(port: int, *, is_fast: bool) -> str:
    """Return the demo's newsroom file; console and web pages are at `port`."""
    if not is_fast:
        return _NEWSROOM.format(title="Bản tin sáng", times='"06:45"', evening="18:30", approve="", port=port)
    return _NEWSROOM.format(
        title="Tin trong ngày",
        times='"06:00", "12:00", "17:00", "22:30"',
        evening="19:30",
        approve='approve = "90m"\n',
        port=port,
    )


def samples_at(now: dt.datetime, held_back: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the samples of the beginning, the newest ten minutes old, and those that come later."""
    rows = load_samples(now)
    if not held_back:
        return rows, []
    newest = dt.datetime.fromisoformat(rows[-held_back - 1]["published"])
    rows = load_samples(now + (now - newest) - _NEWEST_AGE)
    return rows[:-held_back], rows[-held_back:]


def bring(inbox: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """Put articles into the inbox in one step, as a file that looks complete."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    part = inbox / f".{name}"
    part.write_text(text, encoding="utf-8")
    long_ago = time.time() - _AGED_SECONDS  # intake waits while a file may still be written to
    os.utime(part, (long_ago, long_ago))
    part.rename(inbox / name)


async def bring_news(inbox: Path, rows: list[dict[str, Any]], clock: Clock, *, is_fast: bool) -> None:
    """Bring one article after the other, each as if it had just been published."""
    for number, row in enumerate(rows, 1):
        await clock.sleep((_EVERY_FAST if is_fast else _EVERY).total_seconds())
        published = (clock.now() - (_SINCE_FAST if is_fast else _SINCE)).astimezone(_ZONE)
        fresh = {**row, "published": published.isoformat(timespec="seconds")}
        bring(inbox, f"bai-moi-{number:02}.jsonl", [fresh])
        put(f"{_hour(clock)}  Bài mới: {row['title']} ({row['source']})")
    put("Hết bài mẫu; bot vẫn chạy.")


def _hour(clock: Clock) -> str:
    return f"{clock.now().astimezone(_ZONE):%H:%M}"


async def prepare_day(emulator: Control, reader: int, database: Database) -> None:
    """Let the reader watch a question and follow a story; let another one take the edition with approval."""
    await emulator.ask(reader, f"/theodoi {_WATCHED}", count=2)
    async with database.read() as connection:
        query = articles.select().where(articles.c.title == _FOLLOWED)
        row = (await connection.execute(query)).first()
    if row is not None:
        await emulator.ask(reader, f"/start tin-{row.id}", count=1)
        await emulator.tap(reader, data=f"tin:theo:+{row.id}", forge=True)
    other = await emulator.user("Chị Hai", language_code="vi")
    await emulator.ask(other, "/start", count=2)
    await emulator.tap(other, data="bantin:toi", forge=True)
    await asyncio.sleep(_LAST_WORDS_SECONDS)
    put(
        f"Một ngày trôi trong sáu phút. Bạn đọc theo dõi «{_WATCHED}» và chuyện động đất Sulawesi; "
        "Chị Hai nhận Bản tin tối, cần bạn duyệt."
    )


Action = Callable[[], Awaitable[None]]


async def run_day(clock: Clock, stop: Action, start: Action) -> None:
    """Print the events of the day, and `stop` the bot at noon like a power cut."""
    for at, words, act in _events(clock.now(), stop, start):
        await clock.sleep((at - clock.now()).total_seconds())
        put(f"{_hour(clock)}  {words}")
        if act is not None:
            await act()


def _events(
    now: dt.datetime, stop: Action, start: Action
) -> Iterator[tuple[dt.datetime, str, Action | None]]:
    """Yield the events; they come some minutes after the slots because the bot's clock is behind ours."""
    local = now.astimezone(_ZONE)

    def at(hour: int, minute: int, days: int = 0) -> dt.datetime:
        found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return found + dt.timedelta(days=days)

    yield at(6, 15), "Đến giờ bản tin 6:00, nhưng bạn đọc còn giờ yên tĩnh đến 6:30: tin đợi.", None
    yield at(6, 45), "Hết giờ yên tĩnh: bản tin 6:00 đến.", None
    yield at(11, 45), "Mất điện: bot dừng lúc đến giờ bản tin 12:00.", stop
    yield at(12, 25), "Có điện lại: số 12:00 soạn muộn; /quantri, Bảng điều khiển nói vì sao.", start
    yield at(17, 15), "Bản tin 17:00.", None
    yield at(18, 15), "Bản tin tối 19:30 chờ duyệt: xem tin nhắn mới, bỏ tin, giữ lại hoặc duyệt.", None
    yield at(19, 45), "Bản tin tối đến Chị Hai, nếu bạn không giữ lại.", None
    yield at(22, 45), "Bản tin 22:30 rơi vào giờ yên tĩnh: đợi đến 6:30.", None
    yield at(6, 45, 1), "Sáng hôm sau: bản tin 22:30 và 6:00 đến.", None
    yield at(7, 15, 1), "Hết ngày mẫu; bot vẫn chạy nhanh như vậy. Ctrl-C để dừng.", None
