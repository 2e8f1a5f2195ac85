"""`diemtin doctor` and `health`: what is wrong with this installation and with its running bot."""

import os
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import asdict
from http.client import HTTPException
from json import loads
from shlex import quote
from typing import Annotated
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import typer

from bot.commands.preparing import (
    clock_of,
    database_exists,
    explain_error,
    health_of,
    newsroom_or_exit,
    run,
    settings_or_exit,
    why_not_openable,
)
from bot.commands.terminal import Json, fail, hidden, put, put_json
from bot.messages.markup import one_line
from bot.operators import notices
from bot.operators.fleet_notices import Status
from bot.process.health import Identity, identity_of
from bot.process.logs import Redactor
from bot.startup.assembly import assemble, find_newsroom
from bot.startup.checks import (
    LABELS,
    MARKS,
    Check,
    check_folders,
    check_processes,
    check_sources,
    check_telegram,
)
from bot.startup.roles import NAMES
from config.newsroom import Health
from config.settings import Settings, load_settings
from config.values import ConfigError
from storage.engine import Database
from storage.errors import StorageError
from storage.off_loop import INTAKE
from storage.private_files import find_not_private
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
    problems, checks, engine = run(_examine(online=online))
    is_well = _is_well(problems, checks)
    if json:
        put_json({"ok": is_well, "problems": problems, "checks": [asdict(check) for check in checks]})
        raise typer.Exit(0 if is_well else 1)
    put(f"Python {sys.version.split()[0]} · {engine}")
    for line in _lines(problems, checks):
        put(line)
    if not is_well:
        raise typer.Exit(1)


async def examine_online() -> list[str]:
    problems, checks, _ = await _examine(online=True)
    return _lines(problems, checks)


def _lines(problems: Sequence[str], checks: Sequence[Check]) -> list[str]:
    said = [f"✗ {hidden(problem)}" for problem in problems]
    said += [f"{MARKS[check.status]} {LABELS[check.name]}: {hidden(check.words)}" for check in checks]
    return [*said, "✓ Mọi thứ ổn."] if _is_well(problems, checks) else said


def _is_well(problems: Sequence[str], checks: Sequence[Check]) -> bool:
    return not problems and all(check.status is not Status.BAD for check in checks)


async def _examine(*, online: bool) -> tuple[list[str], list[Check], str]:
    """Return the problems, the checks, and the name and version of the database engine."""
    try:
        settings = load_settings(os.environ)
    except ConfigError as error:
        return [str(problem) for problem in error.problems], [], f"SQLite {sqlite3.sqlite_version}"
    newsroom = await INTAKE.run(_examine_newsroom, settings)
    database = Database(settings.database_url.get_secret_value(), settings.index)
    try:
        found, checks = await _examine_database(settings, database)
        checks += await _try_out(settings, database) if online else []
    finally:
        await database.close()
    return [*_examine_settings(settings), *newsroom, *found], checks, _engine_of(database)


def _engine_of(database: Database) -> str:
    """Return the name and version of the engine; without the version if the server did not answer."""
    if not database.is_postgres:
        return f"SQLite {sqlite3.sqlite_version}"
    version = database.engine.dialect.server_version_info or ()
    return " ".join(filter(None, ("PostgreSQL", ".".join(map(str, version)))))


async def _try_out(settings: Settings, database: Database) -> list[Check]:
    checks: list[Check] = []
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    if token:
        checks += await check_telegram(settings.api_base_url, token, settings.webhook_url)
    try:
        declared = await INTAKE.run(find_newsroom, settings)
    except ConfigError:  # reported already
        return checks
    newsroom = await INTAKE.run(assemble, declared)
    checks += await INTAKE.run(check_folders, database, newsroom, settings.config)
    checks.append(await INTAKE.run(_check_port, health_of(settings, declared), database, token))
    states = await _states(database)
    checks += check_sources(newsroom, states, now=clock_of(settings).now()) if states is not None else []
    return checks


async def _states(database: Database) -> dict[str, SourceState] | None:
    if why_not_openable(database) or not database_exists(database):
        return None
    try:
        async with database.read() as connection:
            return await find_source_states(connection)
    except StorageError:  # reported already
        return None


def _check_port(listens: Health | None, database: Database, token: str) -> Check:
    """Check which program listens at the port of `[health]`."""
    if listens is None:
        return Check("port", Status.GOOD, "không mở cổng nào: tệp cấu hình không có [health]")
    problems, report = ask_health(listens, identity_of(token, database))
    if not problems:
        return Check("port", Status.GOOD, f"{listens.port}, bot đang chạy tốt")
    status = Status.BAD if report else Status.DOUBTFUL
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


async def _examine_database(settings: Settings, opened: Database) -> tuple[list[str], list[Check]]:
    """Return what is wrong with the database, and the checks of its processes."""
    if reason := why_not_openable(opened):
        return [reason], []
    try:
        if not database_exists(opened):
            return [f"chưa có cơ sở dữ liệu {opened.url.database}; chạy: diemtin db upgrade"], []
        exposed = _find_exposed(opened)
        found, wanted = await find_revision(opened), head_revision()
        index = await _examine_index(opened) if found == wanted else []
        processes = await check_processes(opened) if found == wanted else []
    except StorageError as error:
        return [explain_error(error, Redactor(settings.secrets), opened.place)], []
    if found is not None and (objection := find_objection(found)):
        return [explain_error(objection, Redactor(settings.secrets), opened.place), *exposed], []
    if found != wanted:
        problem = f"cơ sở dữ liệu ở lược đồ {found or 'trống'}, cần {wanted}; chạy: diemtin db upgrade"
        return [problem, *exposed], []
    return [*exposed, *index], processes


async def _examine_index(database: Database) -> list[str]:
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
    """Say which files with readers' data other users of this machine can open, and how to prevent it."""
    files = files_of(database.file) if database.file else []
    return [
        f"người khác trên máy mở được {file}, có dữ liệu của người đọc; chạy: chmod 600 {quote(str(file))}"
        for file in find_not_private(files)
    ]


_PATIENCE_SECONDS = 5.0
_LONGEST_ANSWER = 100_000  # bytes
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared with, not listened on


def health(json: Json = False) -> None:
    """Say whether the running bot is well; exit 1 if it is not or does not answer."""
    settings = settings_or_exit()
    listens = health_of(settings, newsroom_or_exit(settings))
    if listens is None:
        fail("✗ Tệp cấu hình chưa có [health] nên không hỏi được bot; hãy thêm [health] rồi chạy lại bot.")
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    ours = identity_of(token, Database(settings.database_url.get_secret_value()))
    problems, report = ask_health(listens, ours)
    if json:
        put_json(
            {"ok": not problems, "problems": problems, "bot": report.get("username") or report.get("bot")}
        )
        raise typer.Exit(1 if problems else 0)
    if problems:
        fail("\n".join(f"✗ {problem}" for problem in problems))
    put(f"✓ Bot đang chạy tốt{_roles(report)}.")


def _roles(report: dict[str, object]) -> str:
    """Name the roles of the process that answered, if it does not have all."""
    active, standby = (one_line(str(report.get(key) or "")) for key in ("roles", "standby"))
    if not standby and set(active.split(",")) == set(NAMES):
        return ""
    parts = ([f"làm {active}"] if active else []) + ([f"dự phòng {standby}"] if standby else [])
    return f" ({'; '.join(parts)})" if parts else ""


def ask_health(listens: Health, ours: Identity) -> tuple[list[str], dict[str, object]]:
    """Return the problems that the bot reports, and its whole answer."""
    address = f"http://{_ANYWHERE.get(listens.host, listens.host)}:{listens.port}/healthz"
    direct = build_opener(ProxyHandler({}))  # without the proxy, which is for Telegram
    try:
        with direct.open(address, timeout=_PATIENCE_SECONDS) as answer:
            return _problems(answer.read(_LONGEST_ANSWER), ours)
    except HTTPError as refusal:
        problems, report = _problems(refusal.read(_LONGEST_ANSWER), ours)
        return problems or [f"bot trả lời {refusal.code}"], report
    except (OSError, HTTPException):
        return [f"không có bot nào trả lời ở {address}; xem bot có đang chạy không"], {}


def _problems(answer: bytes, ours: Identity) -> tuple[list[str], dict[str, object]]:
    try:
        report = loads(answer)
    except ValueError:
        return ["câu trả lời không phải của diemtin; có chương trình khác đang dùng cổng này"], {}
    if not isinstance(report, dict):
        return ["không rõ tình trạng"], {}
    theirs = Identity(str(report.get("bot", "")), str(report.get("database", "")))
    if theirs.database != ours.database or (ours.bot and theirs.bot != ours.bot):
        return [notices.other_bots_health(_name(report))], report
    problems = report.get("problems")
    return list(map(str, problems)) if isinstance(problems, list) else ["không rõ tình trạng"], report


def _name(report: dict[str, object]) -> str:
    username = one_line(str(report.get("username") or ""))
    return f"@{username}" if username else f"mã số {one_line(str(report.get('bot') or 'không rõ'))}"
