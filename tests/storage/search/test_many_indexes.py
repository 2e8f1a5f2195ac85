"""Several indexes of one database: a folder on each machine, and processes that share a folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.engine import Database
from storage.search import rebuild
from storage.search.generation import Generation, prune_changes
from storage.search.index import examine_index, index_of
from storage.search.rebuild import copy_index, find_current, keep_up
from tests.storage.search.rows import Row, ask, change, forget, store


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.search.rebuild._PAUSE_SECONDS", 0)


def rows(count: int, first: int = 1) -> list[Row]:
    return [Row(n, f"Sông Mây kỳ {n}", "Nước lên") for n in range(first, first + count)]


@asynccontextmanager
async def machine(database: Database, folder: Path) -> AsyncIterator[Database]:
    """Open the same database on another machine, with an index in `folder`."""
    other = Database(database.url.render_as_string(hide_password=False), folder)
    try:
        yield other
    finally:
        await other.close()


async def lag(database: Database) -> int:
    """Return how many changes the index lacks; it is readable."""
    async with database.read() as connection:
        state = await examine_index(connection)
    assert state.problem is None
    return state.lag


def build(database: Database) -> str | None:
    """Return the name of the build in use."""
    return find_current(database.index_folder)


async def test_each_machine_follows_at_its_pace_and_answers_what_its_index_has(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.index._LOOK_AFTER_SECONDS", 1_000)  # no question follows by itself
    async with machine(database, tmp_path / "máy khác") as slow:
        await store(database, rows(3))
        for each in (database, slow):
            await keep_up(each)
        began_with = build(slow)
        await store(database, [Row(4, "Cà phê được giá")])
        await forget(database, 2)
        await keep_up(database)
        async with database.write() as connection:
            await prune_changes(connection)
        assert (await lag(database), await lag(slow)) == (0, 2)
        assert set((await ask(slow, "sông mây")).ids) == {1, 3}, "what is deleted is not shown"
        assert (await ask(slow, "cà phê")).ids == ()
        await keep_up(slow)
        assert await lag(slow) == 0
        assert (await ask(slow, "cà phê")).ids == (4,)
        assert build(slow) == began_with, "it followed"


async def test_an_index_too_far_behind_the_log_is_built_anew_and_lacks_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.generation._KEPT", 5)
    async with machine(database, tmp_path / "máy khác") as slow:
        await store(database, rows(3))
        for each in (database, slow):
            await keep_up(each)
        began_with = build(slow), build(database)
        for number in range(4, 12):
            await store(database, rows(1, number))
            await keep_up(database)
        async with database.write() as connection:
            await prune_changes(connection)
        await keep_up(slow)
        assert set((await ask(slow, "sông mây")).ids) == set(range(1, 12))
        await keep_up(database)
        assert build(slow) != began_with[0]
        assert build(database) == began_with[1], "the one that keeps up goes on"


async def test_a_copy_of_another_machines_folder_is_taken_and_catches_up(
    database: Database, tmp_path: Path
) -> None:
    await store(database, rows(3))
    await keep_up(database)
    folder = tmp_path / "máy mới"
    copy_index(database.index_folder, folder)
    await store(database, rows(2, first=4))
    await change(database, Row(1, "Cà phê được giá"))
    async with machine(database, folder) as new:
        began_with = build(new)
        assert await lag(new) == 3
        await keep_up(new)
        assert build(new) == began_with, "it was not built anew"
        assert set((await ask(new, "sông mây")).ids) == {2, 3, 4, 5}
        assert (await ask(new, "cà phê")).ids == (1,)


async def test_a_copy_that_lacks_a_file_is_built_anew(database: Database, tmp_path: Path) -> None:
    await store(database, rows(3))
    await keep_up(database)
    folder = tmp_path / "máy mới"
    copy_index(database.index_folder, folder)
    for part in folder.glob("build-*/*.store"):
        part.unlink()
    async with machine(database, folder) as new:
        await keep_up(new)
        assert set((await ask(new, "sông mây")).ids) == {1, 2, 3}


async def test_processes_that_share_a_folder_have_one_writer_and_another_after_it(
    database: Database,
) -> None:
    await store(database, rows(2))
    await keep_up(database)
    async with machine(database, database.index_folder) as beside:
        await store(database, rows(1, first=3))
        await keep_up(database)
        assert set((await ask(beside, "sông mây")).ids) == {1, 2, 3}, "it reads what the other writes"
        async with database.read() as connection:
            index_of(connection).close()
        await store(database, rows(1, first=4))
        await keep_up(beside)
        assert set((await ask(beside, "sông mây")).ids) == {1, 2, 3, 4}
        assert build(beside) == build(database)


async def test_one_process_builds_the_index_of_a_shared_folder_and_the_others_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds, begun, may_end, fill = list[str](), asyncio.Event(), asyncio.Event(), rebuild._fill

    async def fill_when_told(of: Database, built: Generation, *given: Any) -> int:
        builds.append(built.folder.name)
        begun.set()
        await may_end.wait()
        return await fill(of, built, *given)

    monkeypatch.setattr(rebuild, "_fill", fill_when_told)
    await store(database, rows(3))
    async with machine(database, database.index_folder) as beside:
        building = asyncio.create_task(keep_up(database))
        await asyncio.wait_for(begun.wait(), 20)
        await asyncio.wait_for(keep_up(beside), 20)
        assert build(beside) is None, "it left the folder to the other one"
        may_end.set()
        await building
        await keep_up(beside)
        assert set((await ask(beside, "sông mây")).ids) == {1, 2, 3}
        assert builds == [build(beside)]
