"""`diemtin stats`, `db upgrade` and `doctor`: how an installation fares."""

import datetime as dt
import os
import sqlite3
import sys
from shlex import quote
from zoneinfo import ZoneInfo

import typer

from bot.assembly import assemble, find_newsroom
from bot.chat.messages.texts import ISSUE_STATUSES, STATUSES
from bot.commands.opening import (
    clock_of,
    explained,
    is_there,
    open_database,
    open_desk,
    run,
    settings_or_exit,
    upgrade_or_exit,
    why_closed,
)
from bot.commands.terminal import Json, hidden, put, put_json
from bot.logs import Redactor
from bot.newsroom import Newsroom
from bot.operators.delivery_notices import say_outcomes, say_rate, say_troubles
from bot.operators.notices import say_origin
from config.problems import ConfigError
from config.settings import Settings, load_settings
from storage.delivery.states import DeliveryStatus
from storage.engine import Database
from storage.errors import SchemaError, StorageError
from storage.private_files import find_open
from storage.search.index import examine_index
from storage.upkeep.soundness import files_of
from storage.upkeep.stats import Stats, gather_stats
from storage.upkeep.upgrade import find_revision, head_revision

_DAY = dt.timedelta(hours=24)
_USUAL_LAG = 1_000  # changes of articles
_ISSUE_STATUSES = ISSUE_STATUSES | {"correction": "đính chính"}
_DELIVERY_STATUSES: dict[str, str] = {
    DeliveryStatus.PENDING: "chờ gửi",
    DeliveryStatus.SENDING: "đang gửi",
    DeliveryStatus.SENT: "đã gửi",
    DeliveryStatus.GONE: "không gửi nữa",
    DeliveryStatus.UNKNOWN: "chưa rõ",
}


def stats(json: Json = False) -> None:
    """Count articles, stories, subscribers and deliveries."""
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
    for source, path, reason in found.refusals:
        put(f"Từ chối: {say_origin(source, newsroom)} · {path}: {reason}")


async def _stats() -> tuple[Stats, Newsroom]:
    async with open_desk(settings_or_exit()) as desk, desk.database.read() as connection:
        now = desk.clock.now()
        return await gather_stats(connection, since=now - _DAY, now=now), desk.newsroom


def _delivery(stats: Stats, zone: str) -> list[str]:
    """Say how delivery stands, in lines."""
    day, queue = stats.outcomes, stats.queue
    lines = [f"Của các số trong 24 giờ: {say_outcomes(day)}"]
    lines += say_troubles(queue, [(one.edition, one) for one in stats.refused], stats.lost_chats, zone)
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
    """Bring the database to the schema of this version."""
    run(_upgrade(settings_or_exit()))
    put("✓ Cơ sở dữ liệu đúng phiên bản.")


async def _upgrade(settings: Settings) -> None:
    async with open_database(settings) as opened:
        await upgrade_or_exit(opened, clock_of(settings))


def doctor() -> None:
    """Say what is wrong with this installation."""
    problems = run(_examine())
    put(f"Python {sys.version.split()[0]} · SQLite {sqlite3.sqlite_version}")
    for problem in problems:
        put(f"✗ {hidden(problem)}")
    if problems:
        raise typer.Exit(1)
    put("✓ Mọi thứ ổn.")


async def _examine() -> list[str]:
    try:
        settings = load_settings(os.environ)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return [*_examine_settings(settings), *_examine_newsroom(settings), *await _examine_database(settings)]


def _examine_settings(settings: Settings) -> list[str]:
    problems = []
    if settings.bot_token is None:
        problems.append("chưa có DIEMTIN_BOT_TOKEN; lấy từ @BotFather để chạy diemtin run")
    if not settings.admins:
        problems.append(
            "chưa có DIEMTIN_ADMINS; đặt mã số Telegram của bạn để dùng /quantri và nhận cảnh báo"
        )
    return problems


def _examine_newsroom(settings: Settings) -> list[str]:
    try:
        newsroom = assemble(find_newsroom(settings))
    except ConfigError as error:
        return [f"{settings.config}: {problem}" for problem in error.problems]
    return [
        f"nguồn {source.title}: chưa có {source.path}; hãy tạo, hoặc sửa đường dẫn"
        for source in newsroom.file_sources
        if not source.path.exists()
    ]


async def _examine_database(settings: Settings) -> list[str]:
    opened = Database(settings.database_url.get_secret_value(), settings.index)
    if reason := why_closed(opened):
        return [reason]
    try:
        if not is_there(opened):
            return [f"chưa có cơ sở dữ liệu {opened.url.database}; chạy: diemtin db upgrade"]
        exposed = _find_exposed(opened)
        found, wanted = await find_revision(opened), head_revision()
        index = await _examine_index(opened) if found == wanted else []
    except StorageError as error:
        return [explained(error, Redactor(settings.secrets), opened.place)]
    finally:
        await opened.close()
    if found is not None and found > wanted:  # our revisions are numbers of four digits
        return [explained(SchemaError(found), Redactor(settings.secrets), opened.place), *exposed]
    if found != wanted:
        problem = f"cơ sở dữ liệu ở lược đồ {found or 'trống'}, cần {wanted}; chạy: diemtin db upgrade"
        return [problem, *exposed]
    return [*exposed, *index]


async def _examine_index(database: Database) -> list[str]:
    """Say what is wrong with the search index, and how to mend it."""
    async with database.read() as connection:
        state = await examine_index(connection)
    folder = database.index_folder
    if state.problem is not None:
        return [f"chỉ mục tìm kiếm {folder} không dùng được ({state.problem}); chạy: diemtin db reindex"]
    if state.lag > _USUAL_LAG:
        return [
            f"chỉ mục tìm kiếm còn thiếu {state.lag} thay đổi; hãy xem bot có đang chạy không, "
            "hoặc chạy: diemtin db reindex"
        ]
    return []


def _find_exposed(database: Database) -> list[str]:
    """Say which files with readers' data others on this machine have rights on, and how to take them."""
    files = files_of(database.file) if database.file else []
    return [
        f"người khác trên máy mở được {file}, có dữ liệu của người đọc; chạy: chmod 600 {quote(str(file))}"
        for file in find_open(files)
    ]
