"""A store that was filled before articles were known by their numbers holds each article once afterwards."""

import datetime as dt
import importlib
from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Connection, column, insert, select, table

from storage.articles import StoredArticle, Tally, find_articles, find_versions, store_articles
from storage.engine import Database
from storage.identity import article_key
from storage.search import search_articles
from storage.tables import articles, watch_hits, watches
from storage.times import UtcTime
from storage.upkeep.upgrade import _script_config, merge_superseded, upgrade
from summarizer.questions.query import parse_query
from tests.storage.conftest import NOW, Worker, incoming

migration = importlib.import_module("storage.migrations.versions.0030_article_numbers")
HOUR = dt.timedelta(hours=1)
NEW_KEY = "url:bao.example#5999301"
OLD_KEYS = [
    "url:bao.example/bon-bi-cao-5999301.html",
    "url:m.bao.example/bon-bi-cao-5999301.html",
    "url:bao.example/tuyen-an-5999301.html",
    "url:bao.example/cau-moi-5999302.html",
    "url:bao.example/gia-rau-20261004.html",
    "url:bao.example/gia-dien-20261004.html",
    "url:bao.example/chuyen-ben-song",
    "url:bao.example/chuyen-ben-song/amp",
    "id:3:bao:7",
    "from:7:bao-khac:url:bao.example/bon-bi-cao-5999301.html",
]


@pytest.mark.parametrize(
    "address",
    [
        "https://m.bao.example/amp/cau-moi-5999301.html?utm_source=x&amp=1",
        "https://www.bao.example:8443/muc/cau-moi-post5999301.tpo?id=7&ref=a",
        "https://bao.example/cau-moi-5999301-tong-thuat.html",
        "https://bao.example/gia-rau-20261004.html?a=b",
        "https://bao.example/tin.amp",
        "https://[2001:db8::1]/tin-5999301",
        "https://bao.example/",
    ],
)
def test_a_renewed_key_is_the_key_that_the_article_gets_when_it_comes_again(address: str) -> None:
    key = article_key(address, "", "", "", "")
    _, _, rest = address.partition("://")
    old = "url:" + rest.removeprefix("www.").replace("utm_source=x&", "").rstrip("/")
    assert migration.renewed_key(old + ("/" if "/" not in rest.rstrip("/") else "")) == key
    assert migration.renewed_key(key) == key


def _fill_as_before(connection: Connection) -> None:
    """Make the schema before these keys, and store an article under each of the old keys."""
    config = _script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, migration.down_revision)
    names = ("external_id", "source", "title", "sapo", "body", "text_hash", "version", "advertorial")
    moments = (column("stored_at", UtcTime), column("updated_at", UtcTime))
    rows = table("articles", column("id"), column("key"), *map(column, names), *moments)
    for number, key in enumerate(OLD_KEYS, start=1):
        title, at = f"Tin {number}", NOW + number * HOUR
        values = (key, "bao", title, "", "", title, 1, False)
        row = dict(zip(names, values, strict=True)) | {"id": number, "key": key}
        connection.execute(insert(rows).values(row | {"stored_at": at, "updated_at": at}))


async def test_the_keys_of_an_old_store_are_renewed(
    empty: Database,
) -> None:
    async with empty.write() as connection:
        await connection.run_sync(_fill_as_before)
    await upgrade(empty, now=NOW)
    again = await upgrade(empty, now=NOW)
    async with empty.read() as connection:
        keys = {row.id: row.key for row in await connection.execute(select(articles.c.id, articles.c.key))}
        versions = [version.document.title for version in await find_versions(connection, 3)]
    assert not again.has_changed
    assert keys == {
        3: NEW_KEY,  # the newest of three
        4: "url:bao.example#5999302",
        5: OLD_KEYS[4],
        6: OLD_KEYS[5],
        8: "url:bao.example/chuyen-ben-song",
        9: "id:3:bao:7",
        10: "from:7:bao-khac:url:bao.example#5999301",
    }
    assert versions == ["Tin 1", "Tin 2"]


@pytest.fixture
def twice(processor: Worker) -> Callable[[], object]:
    """Return a function that stores one article twice, the older of its headlines under a waiting key."""

    async def stored() -> tuple[StoredArticle, StoredArticle]:
        [first] = await processor(incoming(NEW_KEY, title="Bốn bị cáo lĩnh án"), at=NOW - 2 * HOUR)
        [second] = await processor(incoming(f"was:2:{NEW_KEY}", title="Tuyên án bốn người"), at=NOW - HOUR)
        return first, second

    return stored


async def test_of_an_article_stored_twice_the_newest_text_stays_and_the_older_is_kept(
    database: Database, twice: Worker
) -> None:
    first, second = await twice()
    assert await merge_superseded(database) == 1
    assert await merge_superseded(database) == 0
    async with database.write() as connection:
        found = await find_articles(connection, [first.id, second.id])
        versions = await find_versions(connection, second.id)
        old = await search_articles(connection, parse_query("bị cáo lĩnh án"), now=NOW)
        new = await search_articles(connection, parse_query("tuyên án bốn người"), now=NOW)
        again = incoming(NEW_KEY, title="Tuyên án bốn người")
        tally = await store_articles(connection, [again], now=NOW)
    assert list(found) == [second.id]
    assert (found[second.id].version, found[second.id].stored_at) == (2, NOW - 2 * HOUR)
    assert found[second.id].ready_at == NOW - 2 * HOUR, "it is no news for those who were told already"
    assert [version.document.title for version in versions] == ["Bốn bị cáo lĩnh án"]
    assert (old.ids, new.ids) == ((), (second.id,))
    assert tally == Tally(duplicate=1)


async def test_the_alerts_of_an_article_go_over_to_the_one_that_stays(
    database: Database, twice: Worker, listener: Callable[..., object]
) -> None:
    first, second = await twice()
    await listener(1)  # type: ignore[misc]  # the fixture is a function
    async with database.write() as connection:
        watch = {"id": 1, "subscriber_id": 1, "key": "an", "text": "án", "made_at": NOW, "changed_at": NOW}
        await connection.execute(insert(watches).values(watch))
        [story] = (
            await connection.execute(select(articles.c.story_id).where(articles.c.id == first.id))
        ).scalars()
        hit = {"watch_id": 1, "story_id": story, "article_id": first.id, "found_at": NOW, "not_before": NOW}
        await connection.execute(insert(watch_hits).values(hit))
    await merge_superseded(database)
    async with database.read() as connection:
        hits = (await connection.execute(select(watch_hits.c.article_id, watch_hits.c.story_id))).all()
    assert [tuple(hit) for hit in hits] == [(second.id, story)]


async def test_an_article_whose_twin_is_gone_takes_its_key(database: Database, processor: Worker) -> None:
    [article] = await processor(incoming(f"was:9:{NEW_KEY}"))
    await merge_superseded(database)
    async with database.read() as connection:
        keys = (await connection.execute(select(articles.c.key).where(articles.c.id == article.id))).scalars()
        assert list(keys) == [NEW_KEY]
