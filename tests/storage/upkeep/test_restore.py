"""A back-up taken while others write is a whole database again, and nothing that was there is lost."""

import asyncio
import datetime as dt
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.engine import Database
from storage.errors import InUseError, SchemaError, StorageError
from storage.notes import find_note, write_note
from storage.upkeep.backup import back_up
from storage.upkeep.restore import restore
from tests.storage.conftest import NOW

TABLES = ("articles", "notes", "updates", "alembic_version")


def fingerprint(file: Path) -> dict[str, tuple[int, str]]:
    """Return of each table how many rows it has and a hash of them all."""
    found = {}
    with closing(sqlite3.connect(file)) as connection:
        for table in TABLES:
            rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - our own names
            found[table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


async def write_notes(database: Database, begun: asyncio.Event, stop: asyncio.Event) -> int:
    """Write pairs of notes, each pair in one transaction, until `stop`; return how many pairs."""
    written = 0
    while not stop.is_set():
        async with database.write() as connection:
            for name in ("one", "other"):
                await write_note(connection, f"{name}-{written}", str(written), now=NOW)
        written += 1
        begun.set()
    return written


def names_in(folder: Path, pattern: str) -> list[str]:
    """Return the names of the files in a folder that fit."""
    return [path.name for path in folder.glob(pattern)]


def file_of(database: Database) -> Path:
    """Return the SQLite file."""
    return Path(database.url.database or "")


async def test_a_backup_under_load_comes_back_with_equal_counts_and_hashes(
    sqlite_database: Database, tmp_path: Path, now: dt.datetime
) -> None:
    begun, stop = asyncio.Event(), asyncio.Event()
    writing = asyncio.create_task(write_notes(sqlite_database, begun, stop))
    await begun.wait()
    copy = await back_up(sqlite_database, tmp_path / "copy.db")
    stop.set()
    assert await writing > 1
    expected = fingerprint(copy)
    former = await restore(sqlite_database, copy, now=now)
    assert fingerprint(file_of(sqlite_database)) == expected
    assert expected["notes"][0] % 2 == 0, "no transaction is in the copy by half"
    assert former is not None
    assert fingerprint(former)["notes"][0] >= expected["notes"][0]


async def find_one(database: Database, name: str) -> str | None:
    """Return a note."""
    async with database.read() as connection:
        return await find_note(connection, name)


async def test_a_restored_database_is_written_on_as_before(
    sqlite_database: Database, tmp_path: Path, now: dt.datetime
) -> None:
    copy = await back_up(sqlite_database, tmp_path / "copy.db")
    await restore(sqlite_database, copy, now=now)
    async with sqlite_database.write() as connection:
        await write_note(connection, "after", "1", now=now)
    assert await find_one(sqlite_database, "after") == "1"
    async with sqlite_database.read() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"


async def test_a_database_in_use_is_not_replaced(
    sqlite_database: Database, tmp_path: Path, now: dt.datetime
) -> None:
    copy = await back_up(sqlite_database, tmp_path / "copy.db")
    other = Database(str(sqlite_database.url))
    async with other.read() as connection:
        await find_note(connection, "any")
        with pytest.raises(InUseError):
            await restore(sqlite_database, copy, now=now)
    await other.close()
    assert not names_in(tmp_path, "*.before-*")


async def test_a_damaged_database_is_replaced_and_kept(
    sqlite_database: Database, tmp_path: Path, now: dt.datetime
) -> None:
    copy = await back_up(sqlite_database, tmp_path / "copy.db")
    await sqlite_database.close()
    file_of(sqlite_database).write_bytes(b"not a database at all" * 400)
    former = await restore(sqlite_database, copy, now=now)
    assert former is not None
    assert former.read_bytes().startswith(b"not a database")
    assert fingerprint(file_of(sqlite_database)) == fingerprint(copy)


async def test_a_backup_comes_back_where_no_database_is(
    sqlite_database: Database, tmp_path: Path, now: dt.datetime
) -> None:
    copy = await back_up(sqlite_database, tmp_path / "copy.db")
    elsewhere = Database(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}")
    assert await restore(elsewhere, copy, now=now) is None
    assert fingerprint(tmp_path / "elsewhere.db") == fingerprint(copy)


@pytest.mark.parametrize("harm", ["noise", "cut", "newer"])
async def test_what_is_no_whole_database_of_ours_is_refused(
    sqlite_database: Database, tmp_path: Path, now: dt.datetime, harm: str
) -> None:
    copy = await back_up(sqlite_database, tmp_path / "copy.db")
    expected: Any = StorageError
    if harm == "noise":
        copy.write_bytes(b"\x00noise" * 1_000)
    elif harm == "cut":
        copy.write_bytes(copy.read_bytes()[:-20_000])
    else:
        expected = SchemaError
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await sqlite_database.close()
    before = file_of(sqlite_database).read_bytes()
    with pytest.raises(expected):
        await restore(sqlite_database, copy, now=now)
    assert file_of(sqlite_database).read_bytes() == before
    assert not names_in(tmp_path, "*.restoring")


async def test_postgres_is_restored_by_its_own_tools(
    postgres_database: Database, tmp_path: Path, now: dt.datetime
) -> None:
    with pytest.raises(StorageError, match="pg_restore"):
        await restore(postgres_database, tmp_path / "copy.db", now=now)
