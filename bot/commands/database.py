"""`diemtin backup`, `restore`, `stats`, `db upgrade`, `db prune` and `db reindex`."""

import asyncio
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.preparing import (
    clock_of,
    database_exists,
    explain_error,
    open_database,
    open_services,
    run,
    settings_or_exit,
    upgrade_or_exit,
)
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.jobs.upkeep_jobs import ALLOWED
from bot.messages.operator_texts import ISSUE_STATUSES
from bot.messages.subscription_texts import STATUSES
from bot.news.newsroom import Newsroom
from bot.operators.delivery_notices import say_outcomes, say_rate, say_troubles
from bot.operators.notices import say_origin
from bot.process.logs import Redactor
from config.settings import Settings
from storage.delivery.states import DeliveryStatus
from storage.errors import InUseError, SchemaError, StorageError
from storage.notes import forget_note, write_note
from storage.search.generation import IndexUnusableError
from storage.search.rebuild import copy_index, rebuild_index
from storage.upkeep.backup import back_up, remember_backup
from storage.upkeep.prune import Extent, measure_prune
from storage.upkeep.restore import restore as put_back
from storage.upkeep.stats import Stats, gather_stats


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
        if not database_exists(opened):
            fail(f"✗ Chưa có cơ sở dữ liệu {opened.url.database} để sao lưu.")
        try:
            await back_up(opened, path)
            remember_backup(Path(opened.url.database or ""), path)
        except StorageError as error:
            fail(f"✗ Chưa ghi được {path} ({error}); hãy xem thư mục, quyền ghi và chỗ trống trên đĩa.")


def restore(path: Annotated[Path, typer.Argument(metavar="PATH", help="Bản sao lưu sẽ dùng lại.")]) -> None:
    """Replace the database by a back-up; the old database is moved aside."""
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
            fail(f"✗ {path}: {explain_error(error, Redactor(), opened.place)}")
        except StorageError as error:
            fail(f"✗ Không dùng lại được {path} ({error}); cơ sở dữ liệu đang có vẫn nguyên.")


def prune_database(
    allow: Annotated[bool, typer.Option("--allow", help="Cho phép lần dọn tới.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Rút lại lời cho phép.")] = False,
) -> None:
    """Say what the next clean-up would delete; permit an unusually large one."""
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


_TITLE = "Dựng lại chỉ mục"
Show = Callable[[int, int], None]  # gets the number of articles done, and of all


def reindex(
    copy: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="Chép chỉ mục của một máy khác.")
    ] = None,
    json: Json = False,
) -> None:
    """Rebuild the search index. The bot may keep running; an interrupted build leaves the old index.

    With --from the index is copied from another machine's folder, whose bot may keep running too.
    """
    if copy is not None:
        run(_copy_index(settings_or_exit(), copy))
        put_json({"copied": True}) if json else put("✓ Đã chép chỉ mục tìm kiếm; bot sẽ cập nhật nốt.")
        return
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


async def _copy_index(settings: Settings, source: Path) -> None:
    async with open_database(settings) as database:
        try:
            await asyncio.to_thread(copy_index, source, database.index_folder)
        except IndexUnusableError as error:
            fail(f"✗ Không chép được chỉ mục ở {source}: {error}")


@contextmanager
def _bar() -> Iterator[Show]:
    columns = (TextColumn(_TITLE), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("reindex", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _lines() -> Iterator[Show]:
    """Write a line for each tenth, where stderr is not a terminal."""
    tenth = 0

    def show(done: int, total: int) -> None:
        nonlocal tenth
        if done * 10 // total > tenth:
            tenth = done * 10 // total
            say(f"{_TITLE}: {done}/{total} bài")

    yield show


_DAY = dt.timedelta(hours=24)
_ISSUE_STATUSES = ISSUE_STATUSES | {"correction": "đính chính"}
_DELIVERY_STATUSES: dict[str, str] = {
    DeliveryStatus.PENDING: "chờ gửi",
    DeliveryStatus.SENDING: "đang gửi",
    DeliveryStatus.SENT: "đã gửi",
    DeliveryStatus.GONE: "không gửi nữa",
    DeliveryStatus.UNKNOWN: "chưa rõ",
}


def stats(json: Json = False) -> None:
    found, newsroom = run(_stats())
    if json:
        put_json(found.as_dict())
        return
    put(f"Bài: {found.articles} ({found.articles_waiting} chờ xử lý) · chuyện: {found.stories}")
    put(f"Người nhận: {_counts(found.subscribers, STATUSES)}")
    put(f"Số trong 24 giờ: {_counts(found.issues, _ISSUE_STATUSES)}")
    put(f"Lượt gửi trong 24 giờ: {_counts(found.deliveries, _DELIVERY_STATUSES)}")
    put(f"Lượt đang chờ gửi: {found.deliveries_waiting}")
    for line in _delivery(found, newsroom.zone):
        put(line)
    if found.updates_set_aside:
        put(f"Tin nhắn từ Telegram không đọc được, để riêng: {found.updates_set_aside}")
    if found.updates_passed_over:
        put(f"Tin nhắn gửi dồn dập, bỏ qua trong 2 ngày qua: {found.updates_passed_over}")
    for source, path, reason, _ in found.refusals:
        put(f"Từ chối: {say_origin(source, newsroom)} · {path}: {reason}")


async def _stats() -> tuple[Stats, Newsroom]:
    async with open_services(settings_or_exit()) as services, services.database.read() as connection:
        now = services.clock.now()
        return await gather_stats(connection, since=now - _DAY, now=now), services.newsroom


def _delivery(stats: Stats, zone: str) -> list[str]:
    day, queue = stats.outcomes, stats.queue
    lines = [f"Của các số trong 24 giờ: {say_outcomes(day)}"]
    lines += say_troubles(queue, [(one.edition, one) for one in stats.refused], stats.lost_chats, zone)
    for one in stats.waiting_issues:
        slot = f"{one.slot_at.astimezone(ZoneInfo(zone)):%H:%M %d/%m}" if one.slot_at else ""
        what = f"{one.edition} {slot}" if one.edition else "thông báo, tin báo và đính chính"
        more = "; còn người nhận đang được xếp thêm" if one.grows else ""
        lines.append(f"Chờ gửi, {what}: {one.waiting}{more}")
    finish_at = queue.finish_at(day.rate)
    if finish_at is not None:
        local = finish_at.astimezone(ZoneInfo(zone))
        lines.append(
            f"Đã đến giờ gửi: {queue.due}, lâu nhất {int(queue.age.total_seconds() // 60)} phút; "
            f"đang gửi {say_rate(day.rate)}/giây, dự kiến xong {local:%H:%M} ({zone})"
        )
    return lines


def _counts(counts: dict[str, int], words: dict[str, str]) -> str:
    """Return the counts in the order of `words`.

    >>> _counts({"gone": 1, "active": 2}, {"active": "đang nhận", "paused": "tạm dừng", "gone": "đã ngừng"})
    '2 đang nhận, 1 đã ngừng'
    """
    return (
        ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts.get(status)) or "0"
    )


def upgrade_database() -> None:
    run(_upgrade(settings_or_exit()))
    put("✓ Cơ sở dữ liệu đúng phiên bản.")


async def _upgrade(settings: Settings) -> None:
    async with open_database(settings) as opened:
        await upgrade_or_exit(opened, clock_of(settings))
