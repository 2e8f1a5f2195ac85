"""Replace the SQLite database by a back-up; the former database is moved aside and never deleted.

No file in use is written to. A crash at any point leaves the old database in its place, or the new one, or
none and whole copies of both under other names. PostgreSQL has `pg_restore` for this: see
`docs/operating.md`.
"""

import asyncio
import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine import Database
from storage.errors import InUseError, SchemaError, StorageError, is_locked, without_values
from storage.private_files import COMPANIONS, create_private
from storage.upkeep.upgrade import find_objection


async def restore(database: Database, copy: Path, *, now: dt.datetime) -> Path | None:
    """Make `copy` the database that `database` opens; return the new path of the former one, if any.

    `copy` is checked first and not changed. An older schema is upgraded at the next opening.

    Raises:
        InUseError: another process has the database open.
        SchemaError: the copy is newer than this version, or older than the first release.
        StorageError: the engine is PostgreSQL, the copy is damaged or another program's, or the disk failed.
    """
    if database.is_postgres or not database.url.database:
        raise StorageError("only a SQLite file can be restored here; use pg_restore for PostgreSQL")
    await database.close()  # our own connection would look like another process's
    try:
        return await asyncio.to_thread(_replace, copy, Path(database.url.database), now)
    except (sqlite3.Error, OSError) as error:
        raise StorageError.of(error) from without_values(error)


def _replace(copy: Path, target: Path, now: dt.datetime) -> Path | None:
    _check(copy)
    unfinished = target.with_name(target.name + ".restoring")
    try:
        unfinished.unlink(missing_ok=True)
        create_private(unfinished)
        shutil.copyfile(copy, unfinished)
        former = _set_aside(target, target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}"))
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return former


def _check(copy: Path) -> None:
    """Raise unless `copy` is a whole database that this version can open."""
    with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise StorageError(f"{copy} is damaged")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise SchemaError(f"{copy} has no schema of this program")
    if objection := find_objection(row[0]):
        raise objection


def _set_aside(target: Path, former: Path) -> Path | None:
    if not target.exists():
        return None
    if former.exists():
        raise FileExistsError(f"{former} exists already")
    _claim(target)
    for ending in COMPANIONS:  # left over only where the file was too damaged to be closed in order
        companion = target.with_name(target.name + ending)
        if companion.exists():
            companion.rename(former.with_name(former.name + ending))
    return target.rename(former)


def _claim(target: Path) -> None:
    """Raise if another process has the file open: only a sole user can leave WAL mode. Write the WAL back."""
    try:
        with closing(sqlite3.connect(target, timeout=0.5)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if is_locked(error):
            raise InUseError(f"{target} is in use") from error
    except sqlite3.DatabaseError:
        return  # too damaged to open, which is what back-ups are for
