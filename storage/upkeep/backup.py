"""Back-ups of the SQLite file, made while others read and write it; and a check that the file is whole."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine import Database
from storage.errors import DamagedError, StorageError, is_damage, without_values
from storage.private_files import companions_of, create_private, make_private

# The list of back-ups is a file beside the database and not in it, because it is needed when the database
# cannot be read.

_MARK = b"SQLite format 3\0"
_LIST = ".backups"  # beside the database, one path a line, the last one last
_MOST_REMEMBERED = 50


async def check_sound(database: Database) -> None:
    """Check the whole SQLite file.

    Raises:
        DamagedError: it is damaged, or no database at all.
    """
    if (file := database.file) is None:
        return
    if reason := await asyncio.to_thread(_find_damage, file):
        raise DamagedError(reason, backup=await asyncio.to_thread(find_last_backup, file))


async def keep_private(database: Database) -> None:
    """Remove other users' rights on the database's files, back-ups included."""
    if file := database.file:
        await asyncio.to_thread(lambda: make_private(files_of(file)))


def _find_damage(file: Path) -> str | None:
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(file, timeout=10)) as connection:
            [found] = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:  # other errors, such as a lock, are reported when it is opened
        return str(error) if is_damage(error) else None
    return None if found == "ok" else str(found)


def remember_backup(file: Path, copy: Path) -> None:
    """Add `copy` to the list of back-ups beside the database `file`."""
    known = [*_remembered(file), str(copy.resolve())]
    create_private(_list_of(file))
    _list_of(file).write_text("\n".join(known[-_MOST_REMEMBERED:]) + "\n", encoding="utf-8")


def find_last_backup(file: Path) -> Path | None:
    """Return the newest back-up of `file` that still exists: one of its list, or one made by an upgrade."""
    upgrades = file.parent.glob(f"{file.name}.*.bak")
    there = [copy for copy in {*map(Path, _remembered(file)), *upgrades} if _is_database(copy)]
    return max(there, key=lambda copy: copy.stat().st_mtime, default=None)


def files_of(file: Path) -> list[Path]:
    """Return every file that is known to hold rows of the SQLite database `file`, back-ups elsewhere too."""
    elsewhere = [copy for copy in map(Path, _remembered(file)) if _is_database(copy)]
    return [*companions_of(file), *elsewhere]


def _list_of(file: Path) -> Path:
    return file.with_name(file.name + _LIST)


def _remembered(file: Path) -> list[str]:
    try:
        return _list_of(file).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []


def _is_database(copy: Path) -> bool:
    try:
        with copy.open("rb") as opened:
            return opened.read(len(_MARK)) == _MARK
    except OSError:
        return False


# A consistent copy of the SQLite file while others read and write it.
#
# PostgreSQL has `pg_dump` for this; `docs/operating.md` says how.


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
        StorageError: the engine is PostgreSQL, the target exists, or the disk cannot be written.
    """
    if database.is_postgres or not database.url.database:
        raise StorageError("only a SQLite file can be backed up here; use pg_dump for PostgreSQL")
    try:
        await asyncio.to_thread(_copy, Path(database.url.database), target)
    except (sqlite3.Error, OSError) as error:
        raise StorageError.of(error) from without_values(error)
    return target
