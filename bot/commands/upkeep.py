"""`diemtin stats`, `backup`, `db upgrade` and `doctor`: keeping an installation well."""

import datetime as dt
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.assembly import assemble, find_newsroom
from bot.commands.newsroom import Json
from bot.commands.opening import (
    clock_of,
    fail,
    open_desk,
    put,
    put_json,
    run,
    settings_or_exit,
    upgrade_or_exit,
)
from config.problems import ConfigError
from storage.backup import back_up
from storage.engine import Database
from storage.errors import StorageError
from storage.stats import Stats, gather_stats
from storage.upgrade import find_revision, head_revision


def stats(json: Json = False) -> None:
    """Đếm bài, chuyện, người nhận và tin đã gửi."""
    found = run(_stats())
    if json:
        put_json(found.as_dict())
        return
    put(f"Bài: {found.articles} ({found.articles_waiting} chờ xử lý) · chuyện: {found.stories}")
    put(f"Người nhận: {_counts(found.subscribers)}")
    put(f"Số trong 24 giờ: {_counts(found.issues)}")
    put(f"Tin gửi trong 24 giờ: {_counts(found.deliveries)} · đang chờ {found.deliveries_waiting}")
    for source, path, reason in found.refusals:
        put(f"Từ chối: {source} · {path}: {reason}")


async def _stats() -> Stats:
    async with open_desk() as desk, desk.database.read() as connection:
        return await gather_stats(connection, since=desk.clock.now() - dt.timedelta(hours=24))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "0"


def backup(path: Annotated[Path, typer.Argument(metavar="PATH")]) -> None:
    """Sao lưu cơ sở dữ liệu SQLite, cả khi bot đang chạy."""
    run(_backup(path))
    put(f"✓ Đã sao lưu vào {path}")


async def _backup(path: Path) -> None:
    opened = Database(settings_or_exit().database_url.get_secret_value())
    try:
        await back_up(opened, path)
    except StorageError as error:
        fail(f"✗ Chưa sao lưu được: {error}")
    finally:
        await opened.close()


database = typer.Typer(help="Việc của cơ sở dữ liệu.", no_args_is_help=True)


@database.callback()
def _database() -> None:
    """Việc của cơ sở dữ liệu."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Nâng cơ sở dữ liệu lên lược đồ của phiên bản này."""
    run(_upgrade())
    put("✓ Cơ sở dữ liệu đúng phiên bản.")


async def _upgrade() -> None:
    settings = settings_or_exit()
    opened = Database(settings.database_url.get_secret_value())
    try:
        await upgrade_or_exit(opened, clock_of(settings))
    finally:
        await opened.close()


def doctor() -> None:
    """Xem bản cài này có gì chưa ổn."""
    problems = run(_examine())
    put(f"Python {sys.version.split()[0]} · SQLite {sqlite3.sqlite_version}")
    for problem in problems:
        put(f"✗ {problem}")
    if problems:
        raise typer.Exit(1)
    put("✓ Mọi thứ ổn.")


async def _examine() -> list[str]:
    settings = settings_or_exit()
    problems = []
    if settings.bot_token is None:
        problems.append("chưa có DIEMTIN_BOT_TOKEN; lấy từ @BotFather để chạy diemtin run")
    if not settings.admins:
        problems.append("chưa có DIEMTIN_ADMINS; đặt số id của bạn để dùng /quantri và nhận cảnh báo")
    try:
        newsroom = assemble(find_newsroom(settings))
        problems += [f"nguồn {s.title}: chưa có {s.path}" for s in newsroom.sources if not s.path.exists()]
    except ConfigError as error:
        problems += [f"{settings.config}: {problem}" for problem in error.problems]
    return problems + await _examine_database(settings.database_url.get_secret_value())


async def _examine_database(url: str) -> list[str]:
    opened = Database(url)
    try:
        found, wanted = await find_revision(opened), head_revision()
    except StorageError as error:
        return [f"không mở được cơ sở dữ liệu: {error}"]
    finally:
        await opened.close()
    if found != wanted:
        return [f"cơ sở dữ liệu ở lược đồ {found or 'trống'}, cần {wanted}; chạy: diemtin db upgrade"]
    return []
