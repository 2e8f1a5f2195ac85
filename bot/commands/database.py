"""`diemtin backup`, `restore`, `db prune` and `db reindex`."""

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.preparing import (
    clock_of,
    explained,
    is_there,
    open_database,
    open_services,
    run,
    settings_or_exit,
    upgrade_or_exit,
)
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.jobs.nightly import ALLOWED
from bot.process.logs import Redactor
from config.settings import Settings
from storage.errors import InUseError, SchemaError, StorageError
from storage.notes import forget_note, write_note
from storage.search.rebuild import rebuild_index
from storage.upkeep.backup import back_up, remember_backup
from storage.upkeep.prune import Extent, measure_prune
from storage.upkeep.restore import restore as put_back

# `diemtin backup` and `restore`: copies of the SQLite database.


def backup(path: Annotated[Path, typer.Argument(metavar="PATH", help="Tệp sẽ ghi; chưa được có.")]) -> None:
    """Copy the SQLite database while others use it."""
    if os.path.lexists(path):
        fail(f"✗ {path} đã có; hãy chọn tên khác.")
    run(_back_up(settings_or_exit(), path))
    put(f"✓ Đã sao lưu vào {path}")


async def _back_up(settings: Settings, path: Path) -> None:
    async with open_database(settings) as opened:
        if opened.is_postgres:
            fail("✗ Lệnh này chỉ sao lưu SQLite; với PostgreSQL hãy dùng pg_dump.")
        if not is_there(opened):
            fail(f"✗ Chưa có cơ sở dữ liệu {opened.url.database} để sao lưu.")
        try:
            await back_up(opened, path)
            remember_backup(Path(opened.url.database or ""), path)
        except StorageError as error:
            fail(f"✗ Chưa ghi được {path} ({error}); hãy xem thư mục, quyền ghi và chỗ trống trên đĩa.")


def restore(path: Annotated[Path, typer.Argument(metavar="PATH", help="Bản sao lưu sẽ dùng lại.")]) -> None:
    """Put a back-up in the place of the database; what was there is moved aside."""
    if not path.is_file():
        fail(f"✗ Không có tệp {path}.")
    former = run(_restore(settings_or_exit(), path))
    put(f"✓ Đã dùng lại {path}" + (f"; bản trước nằm ở {former}" if former else ""))


async def _restore(settings: Settings, path: Path) -> Path | None:
    async with open_database(settings) as opened:
        if opened.is_postgres:
            fail("✗ Lệnh này chỉ dành cho SQLite; với PostgreSQL hãy dùng pg_restore.")
        try:
            return await put_back(opened, path, now=clock_of(settings).now())
        except InUseError:
            fail("✗ Bot hoặc một lệnh khác đang dùng cơ sở dữ liệu; hãy dừng nó rồi chạy lại.")
        except SchemaError as error:
            fail(f"✗ {path}: {explained(error, Redactor(), opened.place)}")
        except StorageError as error:
            fail(f"✗ Không dùng lại được {path} ({error}); cơ sở dữ liệu đang có vẫn nguyên.")


# `diemtin db prune`: what the next clean-up would delete, and leave for one that takes more than usual.


def prune_database(
    allow: Annotated[bool, typer.Option("--allow", help="Cho phép lần dọn tới.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Rút lại lời cho phép.")] = False,
) -> None:
    """Say what the next clean-up would delete; allow it or take the leave back."""
    extent = run(_prune(is_allowed=allow and not hold, is_held=hold))
    put(
        f"Sẽ xóa: {extent.articles}/{extent.all_articles} bài, "
        f"{extent.deliveries}/{extent.all_deliveries} lượt gửi"
    )
    if hold:
        put("✓ Bot sẽ không dọn nhiều hơn thường lệ.")
    elif allow:
        put("✓ Bot đang chạy sẽ dọn trong 10 phút (sau 3 giờ sáng). Đổi ý: diemtin db prune --hold")
    elif not extent.is_usual:
        put("Nhiều hơn thường lệ nên bot chưa dọn. Nếu đúng ý: diemtin db prune --allow")


async def _prune(*, is_allowed: bool, is_held: bool) -> Extent:
    async with open_services(settings_or_exit()) as services:
        now = services.clock.now()
        async with services.database.write() as connection:
            if is_allowed:
                await write_note(connection, ALLOWED, now.isoformat(), now=now)
            elif is_held:
                await forget_note(connection, ALLOWED)
            return await measure_prune(
                connection, before=now - dt.timedelta(days=services.newsroom.keep_days)
            )


# `diemtin db reindex`: the search index built anew, while the bot works.

_TITLE = "Dựng lại chỉ mục"
Show = Callable[[int, int], None]  # how many of how many articles are done


def reindex(json: Json = False) -> None:
    """Build the search index anew; the bot may go on working, and a stopped build leaves the old index."""
    done = run(_reindex(settings_or_exit()))
    if json:
        put_json({"articles": done})
    else:
        put(f"✓ Chỉ mục tìm kiếm đã được dựng lại ({done} bài).")


async def _reindex(settings: Settings) -> int:
    clock = clock_of(settings)
    async with open_database(settings) as database:
        await upgrade_or_exit(database, clock)
        with _bar() if sys.stderr.isatty() else _lines() as show:
            return await rebuild_index(database, on_progress=show)


@contextmanager
def _bar() -> Iterator[Show]:
    columns = (TextColumn(_TITLE), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("reindex", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _lines() -> Iterator[Show]:
    """Write a line for each tenth: a log is no place for a bar."""
    tenth = 0

    def show(done: int, total: int) -> None:
        nonlocal tenth
        if done * 10 // total > tenth:
            tenth = done * 10 // total
            say(f"{_TITLE}: {done}/{total} bài")

    yield show
