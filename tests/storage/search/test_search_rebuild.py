"""The index built anew: stopped anywhere, with articles coming, changing and going meanwhile."""

import asyncio
import contextlib
import datetime as dt
import os
import random
import subprocess
import sys
from collections.abc import Sequence

import pytest
from sqlalchemy import delete, insert, update

from storage.engine import Database
from storage.notes import find_note
from storage.search import SearchRow, index_articles, search_articles, unindex_articles
from storage.search.model import REBUILD_NOTE
from storage.search.rebuild import rebuild_index
from storage.tables import articles
from summarizer.questions.query import parse_query

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)


class _KilledError(Exception):
    """Stands for a kill between two transactions."""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.search.rebuild._BATCH", 2)
    monkeypatch.setattr("storage.search.rebuild._PAUSE_SECONDS", 0)


def row(number: int, title: str = "") -> SearchRow:
    return SearchRow(number, title or f"Sông Mây kỳ {number}", "Nước lên", f"Bản số {number} của đê.")


async def store(database: Database, rows: Sequence[SearchRow]) -> None:
    same = {"external_id": "x", "source": "tin-sang", "text_hash": "", "stored_at": NOW, "updated_at": NOW,
            "version": 1, "advertorial": False, "worked_at": NOW}  # fmt: skip
    values = [
        same
        | {"id": r.article_id, "key": str(r.article_id), "title": r.title, "sapo": r.sapo, "body": r.body}
        for r in rows
    ]
    async with database.write() as connection:
        await connection.execute(insert(articles), values)
        await index_articles(connection, rows)


async def change(database: Database, old: SearchRow, new: SearchRow) -> None:
    async with database.write() as connection:
        await unindex_articles(connection, [old])
        statement = update(articles).where(articles.c.id == old.article_id).values(title=new.title)
        await connection.execute(statement)
        await index_articles(connection, [new])


async def forget(database: Database, old: SearchRow) -> None:
    async with database.write() as connection:
        await unindex_articles(connection, [old])
        await connection.execute(delete(articles).where(articles.c.id == old.article_id))


async def found(database: Database, typed: str) -> set[int]:
    async with database.read() as connection:
        return set((await search_articles(connection, parse_query(typed), now=NOW)).ids)


async def rebuild(database: Database, *, stop_after: int | None = None) -> int:
    """Build anew; `stop_after` so many batches as a kill would."""
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        assert 0 < done <= total
        if calls == stop_after:
            raise _KilledError

    return await rebuild_index(database, now=NOW, on_progress=progress)


async def is_sound(database: Database) -> bool:
    """Tell whether FTS5 finds its counts in order and nothing is left of the rebuild."""
    async with database.read() as connection:
        if await find_note(connection, REBUILD_NOTE) is not None:
            return False
    if database.is_postgres:
        return True
    async with database.write() as connection:
        for table in ("fts_acc", "fts_fold", "fts_body"):
            await connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608 - our own names
        left = await connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name LIKE '%_new%'")
        return left.scalar_one() == 0


async def test_a_rebuilt_index_finds_what_the_old_one_found(database: Database) -> None:
    await store(database, [row(n) for n in range(1, 8)])
    assert await rebuild(database) == 7
    assert await found(database, "sông mây") == set(range(1, 8))
    assert await found(database, '"bản số 5"') == {5}
    assert await is_sound(database)


async def test_a_rebuild_mends_an_index_that_has_lost_its_rows(database: Database) -> None:
    rows = [row(n) for n in range(1, 6)]
    await store(database, rows)
    async with database.write() as connection:
        await unindex_articles(connection, rows[:3])
    assert await found(database, "sông mây") == {4, 5}
    await rebuild(database)
    assert await found(database, "sông mây") == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("stop_after", [1, 2, 3])
async def test_a_stopped_rebuild_answers_and_goes_on_where_it_was(
    database: Database, stop_after: int
) -> None:
    await store(database, [row(n) for n in range(1, 8)])
    with pytest.raises(_KilledError):
        await rebuild(database, stop_after=stop_after)
    assert await found(database, "sông mây") == set(range(1, 8))
    assert await rebuild(database) == 7 - 2 * stop_after
    assert await found(database, "sông mây") == set(range(1, 8))
    assert await is_sound(database)


async def test_what_comes_changes_and_goes_during_a_rebuild_is_found_so_afterwards(
    database: Database,
) -> None:
    await store(database, [row(n) for n in range(1, 9)])
    with pytest.raises(_KilledError):
        await rebuild(database, stop_after=2)  # 1 to 4 are done
    for number in (2, 7):
        await change(database, row(number), row(number, f"Cà phê kỳ {number}"))
    for number in (3, 8):
        await forget(database, row(number))
    await store(database, [row(9)])
    during = await found(database, "sông mây"), await found(database, "cà phê")
    await rebuild(database)
    after = await found(database, "sông mây"), await found(database, "cà phê")
    assert during == after == ({1, 4, 5, 6, 9}, {2, 7})
    assert await is_sound(database)
    await forget(database, row(1))
    assert await found(database, "sông mây") == {4, 5, 6, 9}
    assert await is_sound(database)


async def test_a_search_beside_the_rebuild_never_misses_an_article(database: Database) -> None:
    await store(database, [row(n) for n in range(1, 31)])
    building = asyncio.create_task(rebuild(database))
    seen = []
    while not building.done():
        seen.append(await found(database, "sông mây"))
    assert await building == 30
    assert seen
    assert all(one == set(range(1, 31)) for one in seen)


async def test_cancelling_anywhere_leaves_a_rebuild_that_can_go_on(database: Database) -> None:
    await store(database, [row(n) for n in range(1, 21)])
    for turns in (1, 5, 20, 60):
        building = asyncio.create_task(rebuild(database))
        for _ in range(turns):
            await asyncio.sleep(0)
        building.cancel()
        await asyncio.gather(building, return_exceptions=True)
        assert await found(database, "sông mây") == set(range(1, 21))
    await rebuild(database)
    assert await found(database, "sông mây") == set(range(1, 21))
    assert await is_sound(database)


def reindex(database: Database, *, kill_after_seconds: float | None = None) -> None:
    """Run `diemtin db reindex` in a process of its own, and kill it."""
    address = {"DIEMTIN_DATABASE_URL": database.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "bot", "db", "reindex"]
    with subprocess.Popen(command, env=os.environ | address, stderr=subprocess.DEVNULL) as process:
        if kill_after_seconds is None:
            assert process.wait() == 0
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(kill_after_seconds)
        process.kill()


@pytest.mark.faults
async def test_a_rebuild_survives_kill_9(sqlite_database: Database) -> None:
    await store(sqlite_database, [row(n) for n in range(1, 1501)])
    chance = random.Random(5)
    for _ in range(8):
        await asyncio.to_thread(reindex, sqlite_database, kill_after_seconds=0.4 + chance.random())
        assert len(await found(sqlite_database, "sông mây")) == 50
    await asyncio.to_thread(reindex, sqlite_database)
    assert await is_sound(sqlite_database)
    for number in (1, 700, 1500):
        assert await found(sqlite_database, f'"bản số {number}"') == {number}
