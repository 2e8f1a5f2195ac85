"""`diemtin doctor`: what is wrong with this installation; with `--online` also what only trying out tells."""

import os
import sqlite3
import sys
from dataclasses import asdict
from shlex import quote
from typing import Annotated

import typer

from bot.commands.preparing import clock_of, explained, is_there, run, why_closed
from bot.commands.running import ask_health
from bot.commands.terminal import Json, hidden, put, put_json
from bot.process.health import identity_of
from bot.process.logs import Redactor
from bot.startup.assembly import assemble, find_newsroom
from bot.startup.checks import (
    LABELS,
    MARKS,
    Check,
    Status,
    check_folders_apart,
    check_sources,
    check_telegram,
)
from config.newsroom import Health
from config.settings import Settings, load_settings
from config.values import ConfigError
from storage.engine import Database
from storage.errors import StorageError
from storage.private_files import find_open
from storage.search.index import examine_index
from storage.sources import SourceState, find_source_states
from storage.upkeep.backup import files_of
from storage.upkeep.upgrade import find_objection, find_revision, head_revision

_USUAL_LAG = 1_000  # changes of articles


def doctor(
    online: Annotated[
        bool,
        typer.Option("--online", help="Thử cả Telegram, đồng hồ, đĩa, quyền thư mục, cổng và các nguồn."),
    ] = False,
    json: Json = False,
) -> None:
    """Say what is wrong with this installation."""
    problems, checks = run(_examine(online=online))
    is_well = not problems and all(check.status is not Status.BAD for check in checks)
    if json:
        put_json({"ok": is_well, "problems": problems, "checks": [asdict(check) for check in checks]})
        raise typer.Exit(0 if is_well else 1)
    put(f"Python {sys.version.split()[0]} · SQLite {sqlite3.sqlite_version}")
    for problem in problems:
        put(f"✗ {hidden(problem)}")
    for check in checks:
        put(f"{MARKS[check.status]} {LABELS[check.name]}: {hidden(check.words)}")
    if not is_well:
        raise typer.Exit(1)
    put("✓ Mọi thứ ổn.")


async def _examine(*, online: bool) -> tuple[list[str], list[Check]]:
    try:
        settings = load_settings(os.environ)
    except ConfigError as error:
        return [str(problem) for problem in error.problems], []
    problems = [
        *_examine_settings(settings), *_examine_newsroom(settings), *await _examine_database(settings)
    ]  # fmt: skip
    return problems, await _try_out(settings) if online else []


async def _try_out(settings: Settings) -> list[Check]:
    """Return what only trying out tells."""
    checks: list[Check] = []
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    if token:
        checks += await check_telegram(settings.api_base_url, token, settings.webhook_url)
    try:
        declared = find_newsroom(settings)
    except ConfigError:  # told already
        return checks
    newsroom = assemble(declared)
    database = Database(settings.database_url.get_secret_value(), settings.index)
    try:
        checks += await check_folders_apart(database, newsroom, settings.config)
        checks.append(_check_port(declared.health, database, token))
        states = await _states(database)
        checks += check_sources(newsroom, states, now=clock_of(settings).now()) if states is not None else []
    finally:
        await database.close()
    return checks


async def _states(database: Database) -> dict[str, SourceState] | None:
    if why_closed(database) or not is_there(database):
        return None
    try:
        async with database.read() as connection:
            return await find_source_states(connection)
    except StorageError:  # told already
        return None


def _check_port(listens: Health | None, database: Database, token: str) -> Check:
    """Ask who listens at the port of `[health]`."""
    if listens is None:
        return Check("port", Status.GOOD, "không mở cổng nào: tệp cấu hình không có [health]")
    told: dict[str, object] = {}
    problems = ask_health(listens, identity_of(token, database), told)
    if not problems:
        return Check("port", Status.GOOD, f"{listens.port}, bot đang chạy tốt")
    status = Status.BAD if told else Status.DOUBTFUL
    return Check("port", status, f"{listens.port}: {'; '.join(problems)}")


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
    if found is not None and (objection := find_objection(found)):
        return [explained(objection, Redactor(settings.secrets), opened.place), *exposed]
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
