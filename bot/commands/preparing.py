"""What most commands do first: read settings and newsroom, open the database, explain errors."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from bot.commands.terminal import fail, say
from bot.jobs.intake.renewing import renew_topics
from bot.news.services import Services
from bot.operators.fleet_notices import upgrade_refused
from bot.operators.notices import schema_upgraded
from bot.process.logs import Redactor, configure_logging
from bot.startup.assembly import assemble, find_newsroom
from bot.times.clock import Clock
from config.newsroom import Health, Newsroom
from config.settings import Settings, load_settings
from config.values import ConfigError
from storage.engine import Database
from storage.errors import DamagedError, OutdatedSchemaError, SchemaError, StorageError, UnfinishedCopyError
from storage.search.generation import IndexUnusableError
from storage.search.rebuild import keep_up
from storage.upkeep.backup import keep_private
from storage.upkeep.upgrade import LAST_BEFORE_BASELINE, upgrade

_T = TypeVar("_T")


def settings_or_exit() -> Settings:
    """Read the environment, or exit and name every wrong variable; also set up logging to stderr."""
    try:
        settings = load_settings(os.environ)
    except ConfigError as error:
        fail("\n".join(f"✗ {problem}" for problem in error.problems), 2)
    configure_logging("WARNING", secrets=settings.secrets)
    return settings


def clock_of(settings: Settings) -> Clock:
    return Clock(settings.now, settings.clock_rate)


def newsroom_or_exit(settings: Settings) -> Newsroom:
    """Read the newsroom file, or exit and name everything that is wrong with it."""
    try:
        return find_newsroom(settings)
    except ConfigError as error:
        fail("\n".join(f"✗ {settings.config}: {problem}" for problem in error.problems))


def health_of(settings: Settings, declared: Newsroom) -> Health | None:
    """Return where this process serves its health: `DIEMTIN_HEALTH_LISTEN`, else `[health]`."""
    if settings.health_listen is None:
        return declared.health
    host, port = settings.health_listen
    return (declared.health or Health(port=port)).model_copy(update={"host": host, "port": port})


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the newsroom and the database; upgrade the schema and renew topics where needed."""
    newsroom = assemble(newsroom_or_exit(settings))
    clock = clock_of(settings)
    async with open_database(settings) as database:
        await upgrade_or_exit(database, clock)
        await renew_topics(database, clock, newsroom.topic_rules)
        yield Services(database, clock, newsroom, settings.admins)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database as it is; an error of it ends the command with one line."""
    database = Database(settings.database_url.get_secret_value(), settings.index)
    async with database_or_exit(database, Redactor(settings.secrets), "DIEMTIN_DATABASE_URL"):
        yield database


@asynccontextmanager
async def database_or_exit(database: Database, redactor: Redactor, named_by: str) -> AsyncIterator[Database]:
    """Close the database at the end; an error of it ends the command. `named_by` sets its address."""
    if reason := why_not_openable(database):
        fail(f"✗ {reason}; hãy xem {named_by}.")
    try:
        yield database
    except StorageError as error:
        fail(f"✗ {explain_error(error, redactor, database.place)}")
    finally:
        await database.close()


def why_not_openable(database: Database) -> str | None:
    """Say why the SQLite file can be neither opened nor created; None if it can, or for PostgreSQL.

    The driver says less, and its thread may end with a traceback.
    """
    if database.is_postgres or not database.url.database:
        return None
    file = Path(database.url.database)
    if file.is_dir():
        return f"{file} là thư mục, không phải tệp cơ sở dữ liệu"
    if not file.parent.is_dir():
        return f"Không có thư mục {file.parent} để chứa cơ sở dữ liệu"
    needed = file if file.exists() else file.parent
    return None if os.access(needed, os.R_OK | os.W_OK) else f"Không có quyền đọc và ghi {needed}"


def database_exists(database: Database) -> bool:
    """Tell whether the database exists: connecting to SQLite would create it."""
    return database.is_postgres or Path(database.url.database or "").exists()


def explain_error(error: StorageError, redactor: Redactor, place: str) -> str:
    """Explain in Vietnamese an error of the database at `place`, with its own words, without secrets."""
    if isinstance(error, DamagedError):
        last = "chưa thấy bản sao lưu nào"
        if error.backup is not None:
            last = f"bản sao lưu gần nhất là {error.backup}, dùng lại bằng: diemtin restore {error.backup}"
        return f"Cơ sở dữ liệu bị hỏng ({error.reason}); {last}."
    if isinstance(error, OutdatedSchemaError):
        return (
            "Cơ sở dữ liệu do một bản diemtin trước 0.1.0 ghi; hãy nâng nó một lần bằng bản cũ "
            f"(git checkout {LAST_BEFORE_BASELINE}; diemtin db upgrade), rồi chạy lại bản này."
        )
    if isinstance(error, UnfinishedCopyError):
        return f"Cơ sở dữ liệu {place} là bản sao chép dở; hãy chạy lại diemtin db copy để chép nốt."
    if isinstance(error, SchemaError):
        return "Cơ sở dữ liệu do một bản diemtin mới hơn ghi; hãy nâng cấp diemtin rồi chạy lại."
    if isinstance(error, IndexUnusableError):
        words = redactor.text(str(error))
        return f"Chỉ mục tìm kiếm không dùng được ({words}); hãy chạy: diemtin db reindex"
    if error.is_disk_full:
        return (
            f"Đĩa chứa cơ sở dữ liệu đã hết chỗ, chưa ghi gì thêm ({place}); "
            "hãy giải phóng chỗ trống rồi chạy lại."
        )
    words = redactor.text(str(error))
    return f"Cơ sở dữ liệu không dùng được ({words}) ở {place}; hãy xem DIEMTIN_DATABASE_URL."


@asynccontextmanager
async def open_searching_services(settings: Settings) -> AsyncIterator[Services]:
    """Open services and bring the search index up to date, if this process may write it."""
    async with open_services(settings) as services:
        with suppress(IndexUnusableError):  # the search itself reports a missing index
            await keep_up(services.database)
        yield services


async def upgrade_or_exit(database: Database, clock: Clock) -> None:
    """Upgrade an older schema and say so; exit if running processes still need it."""
    if database.is_postgres:
        from bot.startup.fleet import find_blockers  # loads what serves the web, which few commands need
        from bot.telegram.lease import describe_process

        if others := await find_blockers(database):
            fail(f"✗ {upgrade_refused([describe_process(name) for name in others])}")
    await keep_private(database)
    done = await upgrade(database, now=clock.now())
    if done.before is not None and done.has_changed:
        say(schema_upgraded(done.before, done.after, str(done.backup) if done.backup else None))


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run a command's coroutine; Ctrl-C ends it with one line."""
    try:
        return asyncio.run(work)
    except (KeyboardInterrupt, asyncio.CancelledError):
        fail("Đã dừng.", 130)
