"""Upgrade a database to the schema of this version: back it up and migrate it, or refuse."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from storage.engine import Database
from storage.errors import OutdatedSchemaError, SchemaError, UnfinishedCopyError
from storage.upkeep.backup import back_up

# An empty database gets every table. A database with an older schema is backed up (SQLite) and upgraded in
# one transaction, so a crash leaves the old or the new schema. A newer schema is refused and not changed. So
# is one from before the first release, because the migrations begin with the schema of that release.

LAST_BEFORE_BASELINE = "32d5d88"  # the commit that upgrades every earlier schema to the baseline
UNFINISHED_COPY = "copying"  # instead of a revision, while `storage.upkeep.copying` fills the database
_UPGRADE_LOCK = 0x6469656D  # any number, the same for all processes


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The result of an upgrade: revisions and the back-up; `before` is None for an empty database."""

    before: str | None
    after: str
    backup: Path | None

    @property
    def has_changed(self) -> bool:
        """Tell whether the schema has changed."""
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


def find_objection(revision: str) -> SchemaError | None:
    """Return why this version cannot bring a database of `revision` up to date, None if it can.

    Revisions are numbers of four digits.
    """
    if revision == UNFINISHED_COPY:
        return UnfinishedCopyError("the database is an unfinished copy of another one")
    scripts = ScriptDirectory.from_config(_script_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if revision in known:
        return None
    if revision < min(known):
        return OutdatedSchemaError(
            f"the database has schema {revision}, older than the first release; upgrade it once with commit "
            f"{LAST_BEFORE_BASELINE}"
        )
    return SchemaError(f"the database has schema {revision}, newer than this version's {max(known)}")


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway; there, two may start at once
        connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
    config = _script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def upgrade(database: Database, *, now: dt.datetime) -> Upgraded:
    """Upgrade `database` to `head_revision()`; an older SQLite file is backed up beside it first.

    Raises SchemaError, and changes nothing: the schema is newer, or older than the first release.
    """
    before, head = await find_revision(database), head_revision()
    if before == head:
        return Upgraded(before, head, None)
    if before is not None and (objection := find_objection(before)):
        raise objection
    copy = None
    if before is not None and not database.is_postgres and database.url.database:
        file = Path(database.url.database)
        copy = await back_up(database, file.with_name(f"{file.name}.{before}-{now:%Y%m%dT%H%M%SZ}.bak"))
    async with database.write() as connection:
        await connection.run_sync(_migrate)
    return Upgraded(before, head, copy)
