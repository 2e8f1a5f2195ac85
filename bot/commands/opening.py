"""What every command does first: settings, the newsroom, the database; and how its errors reach a terminal.

stdout carries what was asked for; everything else goes to stderr.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar

import typer

from bot.assembly import assemble, find_newsroom
from bot.clock import Clock
from bot.desk import Desk
from bot.notices import schema_upgraded
from config.problems import ConfigError
from config.settings import Settings, load_settings
from storage.engine import Database
from storage.errors import SchemaError, StorageError
from storage.upgrade import upgrade

_T = TypeVar("_T")


def say(text: str) -> None:
    """Write one line for the operator to stderr."""
    print(text, file=sys.stderr)  # noqa: T201 - the terminal is where this belongs


def put(text: str) -> None:
    """Write one line of the result to stdout."""
    sys.stdout.write(text + "\n")


def put_json(value: object) -> None:
    """Write the result as one JSON value to stdout."""
    put(json.dumps(value, ensure_ascii=False))


def fail(text: str, code: int = 1) -> NoReturn:
    """Say what is wrong and leave with `code`."""
    say(text)
    raise typer.Exit(code)


def settings_or_exit() -> Settings:
    """Read the environment, or leave naming every variable that is wrong."""
    try:
        return load_settings(os.environ)
    except ConfigError as error:
        fail("\n".join(f"✗ {problem}" for problem in error.problems))


def clock_of(settings: Settings) -> Clock:
    """Return the clock that the environment asks for."""
    return Clock(settings.now, settings.clock_rate)


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    """Open the database, upgraded when it must be, and the newsroom."""
    settings = settings_or_exit()
    try:
        newsroom = assemble(find_newsroom(settings))
    except ConfigError as error:
        fail("\n".join(f"✗ {settings.config}: {problem}" for problem in error.problems))
    clock = clock_of(settings)
    database = Database(settings.database_url.get_secret_value())
    try:
        await upgrade_or_exit(database, clock)
        yield Desk(database, clock, newsroom, settings.admins)
    finally:
        await database.close()


async def upgrade_or_exit(database: Database, clock: Clock) -> None:
    """Bring the schema up to date, or leave saying why that cannot be."""
    try:
        done = await upgrade(database, now=clock.now())
    except SchemaError as error:
        fail(f"✗ Cơ sở dữ liệu thuộc phiên bản khác: {error}. Hãy nâng cấp diemtin rồi chạy lại.")
    except StorageError as error:
        fail(f"✗ Không mở được cơ sở dữ liệu: {error}. Hãy xem DIEMTIN_DATABASE_URL.")
    if done.before is not None and done.has_changed:
        say(schema_upgraded(done.before, done.after, str(done.backup) if done.backup else None))


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run a command's work; a database that fails ends it with one line instead of a traceback."""
    try:
        return asyncio.run(work)
    except StorageError as error:
        fail(f"✗ Cơ sở dữ liệu không làm được việc này: {error}")
    except KeyboardInterrupt:
        fail("Đã dừng.", 130)
