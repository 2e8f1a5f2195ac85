"""The index follows the database, is built again when it is lost, and never blocks other work."""

import asyncio
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.engine import Database
from storage.search.generation import Generation, IndexUnusableError
from storage.search.index import examine_index, follow, index_of
from storage.search.rebuild import find_current, keep_up, rebuild_index
from storage.search.schema import Plan, everything
from tests.storage.search.rows import Row, ask, change, forget, store

_KILLS = 3


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.search.rebuild._BATCH", 2)
    monkeypatch.setattr("storage.search.rebuild._PAUSE_SECONDS", 0)


def rows(count: int, first: int = 1) -> list[Row]:
    return [
        Row(n, f"Sông Mây kỳ {n}", "Nước lên", f"Bản số {n} của đê.") for n in range(first, first + count)
    ]


def current(database: Database) -> Path:
    """Return the folder of the build in use."""
    return database.index_folder / (find_current(database.index_folder) or "")


def content(database: Database) -> dict[int, int]:
    """Return the ids in the index, each with how often it is there."""
    generation = Generation(current(database))
    found = generation.searcher.search(everything(generation.schema, Plan(())), 10_000)
    ids = generation.searcher.fast_field_values("id", [address for _, address in found.hits])
    return {int(each or 0): ids.count(each) for each in ids}


async def rebuild(database: Database) -> int:
    return await rebuild_index(database, on_progress=lambda done, total: None)


async def test_a_rebuilt_index_finds_what_the_old_one_found(database: Database) -> None:
    await store(database, rows(5))
    before = await ask(database, "sông mây")
    former = current(database)
    assert await rebuild(database) == 5
    assert await ask(database, "sông mây") == before
    assert not former.exists()


async def test_what_comes_changes_and_goes_is_followed(database: Database) -> None:
    await store(database, rows(4))
    await keep_up(database)
    await store(database, rows(2, first=5))
    await change(database, Row(2, "Cà phê được giá"))
    await forget(database, 3)
    await keep_up(database)
    assert content(database) == dict.fromkeys((1, 2, 4, 5, 6), 1)
    assert (await ask(database, "cà phê")).ids == (2,)


async def test_changes_during_a_rebuild_are_in_the_new_index(database: Database) -> None:
    await store(database, rows(5))
    await keep_up(database)
    begun = asyncio.Event()

    async def meddle() -> None:
        await begun.wait()
        await change(database, Row(1, "Cà phê được giá"))
        await store(database, rows(1, first=9))
        await forget(database, 5)

    _, done = await asyncio.gather(
        meddle(), rebuild_index(database, on_progress=lambda done, total: begun.set())
    )
    assert done in (4, 5, 6)
    await keep_up(database)
    assert content(database) == dict.fromkeys((1, 2, 3, 4, 9), 1)
    assert (await ask(database, "cà phê")).ids == (1,)


async def test_the_old_index_answers_until_the_new_one_is_whole(database: Database) -> None:
    await store(database, rows(5))
    await keep_up(database)

    def stop(done: int, total: int) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await rebuild_index(database, on_progress=stop)
    assert len((await ask(database, "sông mây")).ids) == 5


def _delete(folder: Path) -> None:
    shutil.rmtree(folder)


def _empty(folder: Path) -> None:
    for file in [*folder.rglob("*")]:
        if file.is_file():
            _replace(file, b"")


def _replace(file: Path, content: bytes) -> None:
    """Put a new file in its place: to shorten a file that is still mapped ends the process (SIGBUS)."""
    other = file.with_name(f"{file.name}.other")
    other.write_bytes(content)
    other.replace(file)


def _halve(folder: Path) -> None:
    for file in [*folder.rglob("*")]:
        if file.is_file() and file.name != "current":
            _replace(file, file.read_bytes()[: file.stat().st_size // 2])


def _newer_format(folder: Path) -> None:
    state = next(folder.glob("build-*/state.json"))
    state.write_text(state.read_text().replace('"format": 1', '"format": 999'))


@pytest.mark.parametrize("damage", [_delete, _empty, _halve, _newer_format])
async def test_a_lost_or_damaged_index_is_built_anew(database: Database, damage: object) -> None:
    await store(database, rows(5))
    await keep_up(database)
    async with database.read() as connection:
        index_of(connection).close()
    assert callable(damage)
    damage(database.index_folder)
    await keep_up(database)
    assert content(database) == dict.fromkeys(range(1, 6), 1)
    assert len((await ask(database, "sông mây")).ids) == 5


async def test_without_an_index_a_question_to_a_large_store_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.rebuild._SMALL", 3)
    await store(database, rows(5))
    with pytest.raises(IndexUnusableError):
        await ask(database, "sông mây")
    await keep_up(database)
    assert len((await ask(database, "sông mây")).ids) == 5


async def test_an_index_that_another_process_writes_is_read(database: Database) -> None:
    await store(database, rows(3))
    await keep_up(database)
    async with database.read() as connection:
        index_of(connection).close()
    with _held(current(database)):
        await store(database, rows(2, first=4))
        async with database.read() as connection:
            assert not await follow(connection)
            state = await examine_index(connection)
        assert (state.problem, state.lag) == (None, 2)
        assert set((await ask(database, "sông mây")).ids) == {1, 2, 3}
    await keep_up(database)
    assert set((await ask(database, "sông mây")).ids) == set(range(1, 6))


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the writer's lock of a build in another process."""
    code = f"import sys, tantivy; w = tantivy.Index.open({str(folder)!r}).writer(15_000_000, 1); print(1, flush=True); sys.stdin.read()"  # noqa: E501 - one statement line for the process
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield
    finally:
        process.communicate()


async def test_an_index_of_a_restored_database_is_built_anew(sqlite_database: Database) -> None:
    await store(sqlite_database, rows(3))
    copy = Path(f"{sqlite_database.file}.copy")
    with sqlite3.connect(str(sqlite_database.file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    await store(sqlite_database, [Row(4, "Cà phê được giá")])
    await keep_up(sqlite_database)
    await sqlite_database.close()
    await asyncio.to_thread(copy.replace, str(sqlite_database.file))
    await store(sqlite_database, [Row(4, "Chè được mùa")])
    await keep_up(sqlite_database)
    assert (await ask(sqlite_database, "chè")).ids == (4,)
    assert (await ask(sqlite_database, "cà phê")).ids == ()


async def test_the_files_are_private(database: Database) -> None:
    await store(database, rows(3))
    await keep_up(database)
    assert database.index_folder.stat().st_mode & 0o777 == 0o700
    assert not [file for file in current(database).iterdir() if file.stat().st_mode & 0o077]


def _kill_within(code: str, url: str, first: int, seconds: float) -> None:
    """Run a process that changes articles and follows them; kill it so long after its first commits."""
    process = subprocess.Popen([sys.executable, "-c", code, url, str(first)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(3)][-1]
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


async def test_kills_during_commits_leave_what_an_index_built_anew_holds(sqlite_database: Database) -> None:
    code = (
        "import asyncio, sys\n"
        "from storage.engine import Database\n"
        "from storage.search.rebuild import keep_up\n"
        "from tests.storage.search.rows import Row, change, store\n"
        "async def main():\n"
        "    database, first = Database(sys.argv[1]), int(sys.argv[2])\n"
        "    await keep_up(database)\n"
        "    for n in range(first, first + 400):\n"
        "        print(1, flush=True)\n"
        "        await store(database, [Row(n, f'Sông Mây kỳ {n}')])\n"
        "        await change(database, Row(max(1, n - 3), f'Sông Mây sửa {n}'))\n"
        "        await keep_up(database)\n"
        "asyncio.run(main())\n"
    )
    url = str(sqlite_database.url)
    for kill in range(_KILLS):
        await asyncio.to_thread(_kill_within, code, url, 1 + 1_000 * kill, 0.2 + 0.13 * kill)
    await keep_up(sqlite_database)
    followed = content(sqlite_database)
    await rebuild(sqlite_database)
    assert followed == content(sqlite_database)
    assert followed
    assert set(followed.values()) == {1}
