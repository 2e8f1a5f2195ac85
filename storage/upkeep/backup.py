"""A consistent copy of the SQLite file while others read and write it.

PostgreSQL has `pg_dump` for this; `docs/operating.md` says how.
"""

import asyncio
import sqlite3
from pathlib import Path

from storage.driver_errors import without_values
from storage.engine import Database
from storage.errors import StorageError
from storage.private_files import create_private


def _copy(source: Path, target: Path) -> None:
    unfinished = target.with_name(target.name + ".part")
    if target.exists():
        raise FileExistsError(f"{target} exists already")
    unfinished.unlink(missing_ok=True)
    create_private(unfinished)  # VACUUM takes an empty file
    try:
        with sqlite3.connect(source, timeout=10) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        connection.close()
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


async def back_up(database: Database, target: Path) -> Path:
    """Write a copy of `database` to `target`, which must not exist, and return its path.

    The copy has another name until it is whole.

    Raises:
        StorageError: the engine is PostgreSQL, the target exists, or the disk refused.
    """
    if database.is_postgres or not database.url.database:
        raise StorageError("only a SQLite file can be backed up here; use pg_dump for PostgreSQL")
    try:
        await asyncio.to_thread(_copy, Path(database.url.database), target)
    except (sqlite3.Error, OSError) as error:
        raise StorageError.of(error) from without_values(error)
    return target
