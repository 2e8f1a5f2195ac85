"""The stored results of processing articles, on both engines."""

import datetime as dt

from sqlalchemy import func, select, update

from storage.articles import StoredArticle, find_articles, store_articles
from storage.engine import Database
from storage.processing.processed import (
    Findings,
    Horizon,
    find_grouped,
    forget_packed,
    make_stories,
    save_work,
)
from storage.tables import articles, packed_articles
from tests.storage.conftest import NOW, incoming
from tests.waiting import find_waiting

DAY = dt.timedelta(days=1)


async def waiting(database: Database, *keys: str, at: dt.datetime = NOW) -> list[StoredArticle]:
    """Store articles and return them as they wait."""
    async with database.write() as connection:
        await store_articles(connection, [incoming(key=key, title=f"Tin {key}") for key in keys], now=at)
        return await find_waiting(connection, 100)


async def save(database: Database, found: list[StoredArticle], packed: bytes | None = b"nho") -> int:
    """Save that each article is a story of its own."""
    async with database.write() as connection:
        ids = await make_stories(connection, len(found), now=NOW)
        done = [
            Findings(one, (), story, "the-thao", None, packed) for one, story in zip(found, ids, strict=True)
        ]
        return await save_work(connection, done, now=NOW)


async def test_stories_are_founded_together(database: Database) -> None:
    async with database.write() as connection:
        [first] = await make_stories(connection, 1, now=NOW)
        assert await make_stories(connection, 0, now=NOW) == []
        ids = await make_stories(connection, 3, now=NOW)
    assert ids == sorted({*ids} - {first})
    assert len(ids) == 3


async def test_each_article_gets_its_own_findings(database: Database) -> None:
    found = await waiting(database, "a", "b", "c")
    assert await save(database, found) == 3
    async with database.read() as connection:
        stored = (await find_articles(connection, [one.id for one in found])).values()
        grouped = await find_grouped(connection, Horizon(), after=0, limit=10)
    assert len({one.story_id for one in stored}) == 3
    assert {(one.topic, one.processed_at, one.ready_at) for one in stored} == {("the-thao", NOW, NOW)}
    assert [(one.article_id, one.packed, one.lead) for one in grouped] == [
        (one.id, b"nho", "") for one in found
    ]


async def test_work_on_a_text_that_changed_meanwhile_is_dropped_the_rest_is_kept(database: Database) -> None:
    found = await waiting(database, "a", "b")
    async with database.write() as connection:
        await connection.execute(update(articles).where(articles.c.key == "a").values(version=2))
    assert await save(database, found) == 1
    assert await save(database, found) == 0, "the other one waits no more"
    async with database.read() as connection:
        assert [one.title for one in await find_waiting(connection, 10)] == ["Tin a"]
        assert (await connection.execute(select(func.count()).select_from(packed_articles))).scalar_one() == 1


async def test_an_article_worked_up_again_is_packed_again(database: Database) -> None:
    found = await waiting(database, "a")
    await save(database, found)
    async with database.write() as connection:
        await connection.execute(update(articles).values(processed_at=None))
    assert await save(database, found, b"moi") == 1
    async with database.read() as connection:
        [grouped] = await find_grouped(connection, Horizon(), after=0, limit=10)
    assert grouped.packed == b"moi"


async def test_text_is_returned_of_an_article_that_was_packed_otherwise(database: Database) -> None:
    await save(database, await waiting(database, "a", "b"))
    async with database.write() as connection:
        first = select(func.min(packed_articles.c.article_id)).scalar_subquery()
        is_first = packed_articles.c.article_id == first
        await connection.execute(update(packed_articles).where(is_first).values(fingerprint="xưa"))
    async with database.read() as connection:
        grouped = await find_grouped(connection, Horizon(), after=0, limit=10)
    assert [(one.packed, bool(one.lead)) for one in grouped] == [(None, True), (b"nho", False)]


async def test_grouping_goes_on_behind_a_turn_and_no_further_back_than_its_horizon(
    database: Database,
) -> None:
    await save(database, await waiting(database, "a", at=NOW - 8 * DAY))
    await save(database, await waiting(database, "b", "c"))
    horizons = {
        (0, 0): Horizon(),
        (2, 0): Horizon(),
        (0, 1): Horizon(turn=3, first=3, since=NOW - 9 * DAY),
        (0, 2): Horizon(turn=3, first=1, since=NOW - 7 * DAY),
        (0, 3): Horizon(turn=1, first=1, since=NOW + DAY),
    }
    async with database.read() as connection:
        found = {
            after: [one.title for one in await find_grouped(connection, horizon, after=after[0], limit=10)]
            for after, horizon in horizons.items()
        }
    assert found == {
        (0, 0): ["Tin a", "Tin b", "Tin c"],
        (2, 0): ["Tin c"],
        (0, 1): ["Tin c"],
        (0, 2): ["Tin b", "Tin c"],
        (0, 3): ["Tin a", "Tin b", "Tin c"],
    }


async def test_only_what_is_older_is_forgotten_a_bounded_number_at_once(database: Database) -> None:
    await save(database, await waiting(database, "a", "b", at=NOW - 8 * DAY))
    await save(database, await waiting(database, "c"))
    async with database.write() as connection:
        gone = [await forget_packed(connection, before=NOW - 7 * DAY, limit=1) for _ in range(3)]
        left = (await connection.execute(select(packed_articles.c.article_id))).scalars().all()
    assert gone == [1, 1, 0]
    assert len(left) == 1
