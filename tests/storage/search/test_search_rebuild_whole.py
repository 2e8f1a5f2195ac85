"""After a rebuild the index holds, word for word, what one filled from nothing holds, whatever went on."""

import asyncio
import datetime as dt
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from storage.articles import store_articles
from storage.engine import Database
from storage.search import index_articles, unindex_articles
from storage.search.engines import engine_of
from storage.search.index import SearchRow, indexed_words
from storage.search.rebuild import rebuild_index
from storage.search.schema import SQLITE_TABLES
from storage.tables import articles
from storage.upkeep.prune import prune_articles
from tests.storage.conftest import Worker, incoming
from tests.storage.search.test_search_rebuild import NOW, change, forget, found, is_sound, row, store

DAY = dt.timedelta(days=1)
STAYS = 12
PASSES = 14

Rows = list[tuple[object, ...]]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.search.rebuild._BATCH", 2)
    monkeypatch.setattr("storage.search.rebuild._PAUSE_SECONDS", 0)


class _StoppedError(Exception):
    """Ends a rebuild between two transactions."""


async def rebuild_some(database: Database, batches: int) -> bool:
    """Rebuild at most so many batches; tell whether the rebuild is through."""
    left = batches

    def stop_in_time(_done: int, _total: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise _StoppedError

    try:
        await rebuild_index(database, now=NOW, on_progress=stop_in_time)
    except _StoppedError:
        return False
    return True


async def contents(database: Database) -> list[Rows]:
    """Return every word of the index with its places; on SQLite also the sizes that FTS5 counts by."""
    async with database.write() as connection:
        if database.is_postgres:
            vectors = "SELECT article_id, accented::text, folded::text, body::text FROM article_search"
            return [sorted(map(tuple, await connection.exec_driver_sql(vectors)))]
        held: list[Rows] = []
        for table in SQLITE_TABLES:
            await connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, {table}, instance)"
            )
            for query in (
                'SELECT doc, col, "offset", term FROM temp.held ORDER BY 1, 2, 3, 4',
                f"SELECT id, sz FROM {table}_docsize ORDER BY id",  # noqa: S608 - our own names
                f"SELECT block FROM {table}_data WHERE id = 1",  # noqa: S608 - totals of rows and words
            ):
                read = await connection.exec_driver_sql(query)
                held.append(list(map(tuple, read)))
            await connection.exec_driver_sql("DROP TABLE temp.held")
        return held


async def contents_from_nothing(database: Database) -> list[Rows]:
    """Empty the index, fill it with the articles as they are, and return what it holds."""
    a = articles.c
    query = select(a.id, a.title, a.sapo, a.body).where(a.worked_at.is_not(None)).order_by(a.id)
    async with database.write() as connection:
        if database.is_postgres:
            await connection.exec_driver_sql("TRUNCATE article_search")
        else:
            for table in SQLITE_TABLES:
                await connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608 - our own names
        await index_articles(connection, [SearchRow(*one) for one in await connection.execute(query)])
    return await contents(database)


async def is_whole(database: Database) -> bool:
    """Tell whether the index is in order and holds what it should, and nothing else."""
    return await is_sound(database) and await contents(database) == await contents_from_nothing(database)


class Newsroom:
    """Articles of which some stay as they are while others come, change, wait and go."""

    def __init__(self, database: Database, work_up: Worker, chance: random.Random) -> None:
        self.database = database
        self.work_up = work_up
        self.chance = chance
        self.pruned_until = NOW - 40 * DAY
        self.came = 0

    async def open(self) -> set[int]:
        """Store articles in any order; return the ids of those that stay."""
        stays = [("stays", number) for number in range(STAYS)]
        pieces = [*stays, *(("passes", number) for number in range(PASSES))]
        self.chance.shuffle(pieces)
        for kind, number in pieces:
            title = f"Sông Mây kỳ {number}" if kind == "stays" else f"Cà phê phố {number}"
            at = NOW if kind == "stays" else self.pruned_until + (number + 1) * DAY
            await self.work_up(incoming(f"url:{kind}-{number}", title), at=at)
        known = await found(self.database, "sông mây")
        assert len(known) == STAYS
        return known

    async def disturb(self) -> None:
        """Do one thing that a bot does."""
        works: Sequence[Callable[[], Awaitable[object]]] = (
            self.come, self.change, self.leave_waiting, self.finish_waiting, self.go
        )  # fmt: skip
        await self.chance.choice(works)()

    async def come(self) -> None:
        """A new article is worked up."""
        self.came += 1
        await self.work_up(incoming(f"url:comes-{self.came}", f"Chợ nổi phiên {self.came}"))

    async def change(self) -> None:
        """An article gets another text, and everything that waits is worked up."""
        await self.leave_waiting()
        await self.finish_waiting()

    async def leave_waiting(self) -> None:
        """An article gets another text and waits to be worked up: it is found by no word meanwhile."""
        number = self.chance.randrange(PASSES)
        changed = incoming(f"url:passes-{number}", f"Cà phê đổi tên {self.chance.randrange(1000)}")
        async with self.database.write() as connection:
            await store_articles(connection, [changed], now=NOW)

    async def finish_waiting(self) -> None:
        """Everything that waits is worked up."""
        await self.work_up()

    async def go(self) -> None:
        """The oldest article goes."""
        self.pruned_until += DAY
        async with self.database.write() as connection:
            await prune_articles(connection, before=self.pruned_until)


@pytest.fixture(params=[1, 2, 3])
def newsroom(request: pytest.FixtureRequest, database: Database, work_up: Worker) -> Newsroom:
    """Return a newsroom whose days differ from run to run."""
    return Newsroom(database, work_up, random.Random(request.param))


async def test_what_goes_on_between_the_batches_leaves_no_trace(
    newsroom: Newsroom, database: Database
) -> None:
    known = await newsroom.open()
    while not await rebuild_some(database, newsroom.chance.randint(1, 2)):
        await newsroom.disturb()
        assert known <= await found(database, "sông mây")
    await newsroom.finish_waiting()
    assert await is_whole(database)
    assert await found(database, "sông mây") == known


async def test_a_writer_and_a_searcher_go_on_beside_a_rebuild_that_is_cancelled_again_and_again(
    database: Database, work_up: Worker
) -> None:
    newsroom = Newsroom(database, work_up, random.Random(4))
    known = await newsroom.open()
    building: list[asyncio.Task[bool]] = []
    lost: list[set[int]] = []

    async def search() -> None:
        while True:
            lost.append(known - await found(database, "sông mây"))

    async def write() -> None:
        for _ in range(30):
            await newsroom.disturb()

    async def build() -> None:
        for turns in (3, 10, 30, 90):
            building.append(asyncio.create_task(rebuild_some(database, 1_000)))
            for _ in range(turns):
                await asyncio.sleep(0)
            building[-1].cancel()
            await asyncio.gather(building[-1], return_exceptions=True)
        assert await rebuild_some(database, 1_000)

    async with asyncio.TaskGroup() as beside:
        searching = beside.create_task(search())
        await asyncio.gather(write(), build())
        searching.cancel()
    await newsroom.finish_waiting()
    assert any(task.cancelled() for task in building)
    assert lost
    assert not any(lost)
    assert await is_whole(database)


async def index_by_other_rules(database: Database, rows: Sequence[SearchRow]) -> None:
    """Store articles whose words went into the index in forms that this version would not make."""
    await store(database, rows)
    async with database.write() as connection:
        engine = engine_of(connection)
        right = [indexed_words(one) for one in rows]
        await engine.remove(connection, right)
        await engine.put(
            connection,
            [replace(w, title=w.title.upper(), folded_title="cu ky", whole="cu ky") for w in right],
        )


async def test_a_rebuild_forgets_words_that_no_rule_makes_any_more(database: Database) -> None:
    await index_by_other_rules(database, [row(n) for n in range(1, 9)])
    assert not await rebuild_some(database, 2)  # 1 to 4 are done
    for number in (2, 7):
        await change(database, row(number), row(number, f"Cà phê kỳ {number}"))
    assert await rebuild_some(database, 1_000)
    assert await found(database, "sông mây") == {1, 3, 4, 5, 6, 8}
    assert await is_whole(database)


async def test_an_article_that_was_deleted_behind_the_index_is_gone_after_a_rebuild(
    database: Database,
) -> None:
    await store(database, [row(n) for n in range(1, 6)])
    async with database.write() as connection:
        await connection.execute(delete(articles).where(articles.c.id == 3))
    assert await rebuild_some(database, 1_000)
    assert await is_whole(database)


async def test_the_words_for_spelling_are_those_of_the_new_index(database: Database) -> None:
    beside = Database(database.url.render_as_string(hide_password=False))
    await store(database, [row(n) for n in range(1, 6)])
    async with beside.read() as connection:  # has seen the old tables
        before = await engine_of(connection).count_words(connection)
    assert await rebuild_some(database, 1_000)
    await store(database, [row(6, "Ngõ Quạnh")])
    async with beside.read() as connection:
        after = await engine_of(connection).count_words(connection)
    await beside.close()
    assert before["song"] == after["song"] == 5
    assert after["quanh"] == 1


async def test_two_rebuilds_at_once_make_one_right_index(database: Database) -> None:
    await store(database, [row(n) for n in range(1, 22)])
    await asyncio.gather(rebuild_some(database, 1_000), rebuild_some(database, 1_000))
    assert await is_whole(database)


@pytest.mark.parametrize("act", ["change", "forget"])
async def test_an_article_that_the_old_index_had_lost_changes_once_the_new_one_has_it(
    database: Database, act: str
) -> None:
    rows = [row(n) for n in range(1, 8)]
    await store(database, rows)
    async with database.write() as connection:
        await unindex_articles(connection, rows[:3])  # the damage
    assert not await rebuild_some(database, 2)  # 1 to 4 are done
    if act == "change":
        await change(database, row(2), row(2, "Cà phê kỳ 2"))
    else:
        await forget(database, row(2))
    assert await rebuild_some(database, 1_000)
    assert await found(database, "sông mây") == {1, 3, 4, 5, 6, 7}
    assert await is_whole(database)


@pytest.mark.parametrize("wait_seconds", [0.3, 1.4])  # the server looks for deadlocks after a second
async def test_a_rebuild_and_a_change_of_the_same_article_wait_for_each_other_in_one_order(
    postgres_database: Database, wait_seconds: float
) -> None:
    database = postgres_database
    await store(database, [row(n) for n in range(1, 8)])
    async with database.write() as connection:  # as storage.articles and storage.upkeep.prune do
        await unindex_articles(connection, [row(2)])
        building = asyncio.create_task(rebuild_some(database, 1_000))
        await asyncio.sleep(wait_seconds)
        await connection.execute(update(articles).where(articles.c.id == 2).values(worked_at=None))
    assert await building
    assert await is_whole(database)
