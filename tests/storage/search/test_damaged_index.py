"""What can happen to the index folder under a running bot: nothing stops, nothing wrong is answered."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.engine import Database
from storage.errors import StorageError
from storage.search.generation import IndexUnusableError
from storage.search.index import examine_index, index_of
from storage.search.rebuild import keep_up, rebuild_index
from storage.tables import metadata
from tests.storage.search.rows import Row, ask, change, store
from tests.storage.search.test_index import content, current, rows

_UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
_CHILD = """
import asyncio, resource, sys
from pathlib import Path
from storage.engine import Database
from storage.search.index import examine_index
from storage.search.rebuild import keep_up
from tests.storage.search.rows import Row, ask, store

async def told(database):
    async with database.read() as connection:
        state = await examine_index(connection)
    found = await ask(database, "sông mây")
    print(sorted(found.ids), state.problem, state.lag, flush=True)

async def main():
    database = Database(sys.argv[1], index=Path(sys.argv[2]))
    await ask(database, "sông mây")
    await store(database, [Row(9, "Sông Mây kỳ 9")])
    {0}
    await database.close()

asyncio.run(main())
"""
_READ_ONLY = _CHILD.format("await keep_up(database)\n    await told(database)")
_FULL_DISK = _CHILD.format(
    """_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, most))
    await keep_up(database)
    await told(database)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    await keep_up(database)
    await told(database)"""
)


def run(code: str, database: Database, prefix: list[str]) -> list[str]:
    """Run a process on a database and its index; return the lines that it prints."""
    url = database.url.render_as_string(hide_password=False)
    command = [*prefix, sys.executable, "-c", code, url, str(database.index_folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("[")]


async def close_index(database: Database) -> None:
    """Close the index, as a process that ends does."""
    async with database.read() as connection:
        index_of(connection).close()


def _deleted(folder: Path) -> None:
    shutil.rmtree(folder)


def _pointer_gone(folder: Path) -> None:
    (folder / "current").unlink()


def _pointer_astray(folder: Path) -> None:
    (folder / "current").write_text("build-of-nobody")


def _replaced_by_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


@pytest.mark.parametrize("damage", [_deleted, _pointer_gone, _pointer_astray])
async def test_an_open_index_that_is_taken_away_is_built_anew(
    database: Database, damage: Callable[[Path], None]
) -> None:
    await store(database, rows(5))
    await keep_up(database)
    assert len((await ask(database, "sông mây")).ids) == 5
    damage(database.index_folder)
    await store(database, rows(1, first=6))
    await keep_up(database)
    assert content(database) == dict.fromkeys(range(1, 7), 1)
    assert len((await ask(database, "sông mây")).ids) == 6


async def test_an_index_that_cannot_be_made_is_told_and_made_once_it_can(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.rebuild._SMALL", 3)
    await store(database, rows(5))
    await keep_up(database)
    await close_index(database)
    _replaced_by_a_file(database.index_folder)
    with pytest.raises(StorageError):
        await keep_up(database)
    with pytest.raises(IndexUnusableError):
        await ask(database, "sông mây")
    database.index_folder.unlink()
    await keep_up(database)
    assert len((await ask(database, "sông mây")).ids) == 5


async def test_an_older_copy_put_back_under_a_running_bot_catches_up(database: Database) -> None:
    await store(database, rows(3))
    await keep_up(database)
    folder, copy = database.index_folder, database.index_folder.with_name("copy")
    shutil.copytree(folder, copy)
    await change(database, Row(2, "Cà phê được giá"))
    await rebuild_index(database, on_progress=lambda done, total: None)
    folder.rename(folder.with_name("former"))
    copy.rename(folder)
    await store(database, rows(1, first=4))
    await keep_up(database)
    assert content(database) == dict.fromkeys(range(1, 5), 1)
    assert (await ask(database, "cà phê")).ids == (2,)


async def test_the_index_of_another_database_is_not_followed(database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'other.sqlite3'}", index=tmp_path / "other.index")
    async with other.write() as connection:
        await connection.run_sync(metadata.create_all)
    await store(other, [Row(1, "Chè được mùa"), Row(7, "Chè rớt giá")])
    await keep_up(other)
    await other.close()
    await store(database, rows(3))
    await keep_up(database)
    folder = database.index_folder
    folder.rename(folder.with_name("former"))
    (tmp_path / "other.index").rename(folder)
    await keep_up(database)
    assert content(database) == dict.fromkeys(range(1, 4), 1)
    assert (await ask(database, "chè")).ids == ()
    assert current(database).is_dir()


async def test_a_folder_that_may_only_be_read_still_answers(database: Database) -> None:
    await store(database, rows(3))
    await keep_up(database)
    await close_index(database)
    folders = [database.index_folder, current(database)]
    for folder in folders:
        folder.chmod(0o500)
    try:
        told = await asyncio.to_thread(run, _READ_ONLY, database, _UNPRIVILEGED)
    finally:
        for folder in folders:
            folder.chmod(0o700)
    assert told == ["[1, 2, 3] None 1"]
    await keep_up(database)
    assert content(database) == dict.fromkeys((1, 2, 3, 9), 1)


async def test_a_full_disk_leaves_the_last_commit_and_the_index_catches_up_once_there_is_room(
    database: Database,
) -> None:
    await store(database, rows(3))
    await keep_up(database)
    await close_index(database)
    told = await asyncio.to_thread(run, _FULL_DISK, database, [])
    assert told == ["[1, 2, 3] None 1", "[1, 2, 3, 9] None 0"]
    async with database.read() as connection:
        assert (await examine_index(connection)).problem is None
