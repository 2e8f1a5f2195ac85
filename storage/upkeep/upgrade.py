"""Bring a database to the schema of this version: back up, migrate, or refuse.

Three cases: an empty database gets every table; an older schema is copied aside (SQLite) and upgraded in one
transaction, so a kill leaves the old or the new schema; a newer one is refused untouched.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from storage.engine import Database
from storage.errors import SchemaError
from storage.upkeep.backup import back_up
from storage.upkeep.merging import merge_superseded

_UPGRADE_LOCK = 0x6469656D  # any number, the same for all of us


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done: revisions are Alembic's; `before` is None for an empty database."""

    before: str | None
    after: str
    backup: Path | None

    @property
    def has_changed(self) -> bool:
        """Tell whether the schema is another one now."""
        return self.before != self.after


def _script_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """Return the revision that this version of the program writes."""
    head = ScriptDirectory.from_config(_script_config()).get_current_head()
    if head is None:
        raise SchemaError("this installation ships no migrations")
    return head


async def find_revision(database: Database) -> str | None:
    """Return the revision of `database`, None when it is empty."""
    async with database.read() as connection:
        return await connection.run_sync(_current)


def is_known(revision: str) -> bool:
    """Tell whether this version of the program can bring a database of this revision up to date."""
    scripts = ScriptDirectory.from_config(_script_config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway; there, two may start at once
        connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
    config = _script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def upgrade(database: Database, *, now: dt.datetime) -> Upgraded:
    """Bring `database` to `head_revision()`, with a copy beside the SQLite file when it held an older schema.

    Raises:
        SchemaError: the schema was written by a newer version; nothing was touched.
    """
    before, head = await find_revision(database), head_revision()
    if before == head:
        await merge_superseded(database)  # an upgrade may have been killed before it came to that
        return Upgraded(before, head, None)
    if before is not None and not is_known(before):
        raise SchemaError(f"the database has schema {before}, newer than this version's {head}")
    copy = None
    if before is not None and not database.is_postgres and database.url.database:
        file = Path(database.url.database)
        copy = await back_up(database, file.with_name(f"{file.name}.{before}-{now:%Y%m%dT%H%M%SZ}.bak"))
    async with database.write() as connection:
        await connection.run_sync(_migrate)
    await merge_superseded(database)
    return Upgraded(before, head, copy)
