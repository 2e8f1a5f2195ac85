"""Storing articles: new, updated and duplicate ones, their versions, and finding them again."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from storage.articles import (
    Tally,
    count_waiting,
    find_articles,
    find_origins,
    find_reports,
    find_versions,
    get_article,
    store_articles,
)
from storage.engine import Database
from storage.errors import UnknownArticleError
from storage.processing.processed import find_summaries
from storage.search.search import search_articles
from storage.tables import article_versions, articles
from summarizer.questions.query import parse_query
from tests.storage.conftest import Worker, incoming
from tests.waiting import find_waiting


async def test_the_same_article_twice_is_a_duplicate(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        first = await store_articles(connection, [incoming("a"), incoming("b")], now=now)
        again = await store_articles(connection, [incoming("a")], now=now)
    assert (first, again) == (Tally(new=2), Tally(duplicate=1))


async def test_the_same_article_twice_in_one_batch_is_stored_once(
    database: Database, now: dt.datetime
) -> None:
    async with database.write() as connection:
        tally = await store_articles(connection, [incoming("a"), incoming("a")], now=now)
    assert tally == Tally(new=1, duplicate=1)


async def test_an_article_twice_in_one_batch_with_two_texts_keeps_both_and_the_last_holds(
    database: Database, now: dt.datetime
) -> None:
    batch = [incoming("a", "Bốn bị cáo lĩnh án"), incoming("b"), incoming("a", "Tuyên án bốn người")]
    async with database.write() as connection:
        tally = await store_articles(connection, batch, now=now)
        again = await store_articles(connection, batch, now=now)
        article = await get_article(connection, "a")
        versions = await find_versions(connection, article.id)
    assert (tally, again) == (Tally(new=2, updated=1), Tally(duplicate=3))
    assert article.title == "Tuyên án bốn người"
    assert [version.document.title for version in versions] == ["Bốn bị cáo lĩnh án"]


async def test_of_several_ways_to_one_article_the_first_is_its_link(
    database: Database, now: dt.datetime
) -> None:
    doors = [incoming("a", url=f"https://{host}.example/tin") for host in ("bao", "m.bao", "amp.bao")]
    async with database.write() as connection:
        assert await store_articles(connection, doors, now=now) == Tally(new=1, duplicate=2)
        assert (await get_article(connection, "a")).url == "https://bao.example/tin"


async def test_a_changed_text_replaces_the_old_one_which_is_kept(
    database: Database, now: dt.datetime, processor: Worker
) -> None:
    [article] = await processor(incoming("a", body="Ba người bị thương."))
    async with database.write() as connection:
        tally = await store_articles(connection, [incoming("a", body="Năm người bị thương.")], now=now)
        changed = await get_article(connection, str(article.id))
        versions = await find_versions(connection, article.id)
        waiting = await find_waiting(connection, 10)
        summaries = await find_summaries(connection, [changed])
    assert tally == Tally(updated=1)
    assert (changed.version, changed.body) == (2, "Năm người bị thương.")
    assert [v.document.body for v in versions] == ["Ba người bị thương."]
    assert [w.id for w in waiting] == [article.id]
    assert summaries[article.id] == (), "places into the old text must go with it"


async def test_an_article_may_have_more_versions_than_a_small_integer_counts(
    database: Database, now: dt.datetime
) -> None:
    many = 32_767
    async with database.write() as connection:
        await store_articles(connection, [incoming("a")], now=now)
        await connection.execute(update(articles).values(version=many))
        await store_articles(connection, [incoming("a", body="Sửa lần nữa.")], now=now)
        assert (await connection.execute(select(articles.c.version))).scalar_one() == many + 1
        kept = select(article_versions.c.version)
        assert (await connection.execute(kept)).scalar_one() == many


async def test_words_of_the_old_text_find_an_updated_article_no_more(
    database: Database, now: dt.datetime, processor: Worker
) -> None:
    await processor(incoming("a", title="Cháy chợ Đồng Xuân"))
    await processor(incoming("a", title="Cháy nhà kho"))
    async with database.read() as connection:
        old = await search_articles(connection, parse_query("Đồng Xuân"), now=now)
        new = await search_articles(connection, parse_query("nhà kho"), now=now)
    assert (len(old.ids), len(new.ids)) == (0, 1)


async def test_an_article_is_found_by_its_number_and_by_its_external_id(
    database: Database, now: dt.datetime
) -> None:
    async with database.write() as connection:
        await store_articles(connection, [incoming("a", external_id="https://bao.example/1")], now=now)
        [waiting] = await find_waiting(connection, 5)
        by_number = await get_article(connection, str(waiting.id))
        by_name = await get_article(connection, "https://bao.example/1")
        assert await count_waiting(connection) == 1
    assert by_number == by_name == waiting


@pytest.mark.parametrize("strange", ["", "-1", "9" * 30, "١٢", "'; DROP TABLE articles", "\u00b2"])
async def test_an_unknown_id_is_named_in_the_error(database: Database, strange: str) -> None:
    async with database.read() as connection:
        with pytest.raises(UnknownArticleError) as caught:
            await get_article(connection, strange)
    assert caught.value.article_id == strange


async def test_articles_that_are_gone_are_left_out(database: Database, processor: Worker) -> None:
    [article] = await processor(incoming("a"))
    async with database.read() as connection:
        found = await find_articles(connection, [article.id, 999_999])
    assert list(found) == [article.id]


async def test_a_summary_is_cut_out_of_the_stored_text(database: Database, processor: Worker) -> None:
    [article] = await processor(incoming("a"))
    async with database.read() as connection:
        summaries = await find_summaries(connection, [article])
    [sentence] = summaries[article.id]
    place = sentence.place
    assert sentence.text == article.document.field(place.field)[place.start : place.end]
    assert sentence.text == "Nhiều tuyến phố ngập sâu."


async def test_the_reports_of_a_story_come_newest_first_with_their_sources(
    database: Database, now: dt.datetime, processor: Worker
) -> None:
    [first] = await processor(incoming("a"))
    async with database.read() as connection:
        story = (await get_article(connection, "a")).story_id
    [second] = await processor(incoming("b", source="tin-chieu"), story=story)
    [other] = await processor(incoming("c"))
    async with database.read() as connection:
        reports = await find_reports(connection, [story or 0], 10)
        newest = await find_reports(connection, [story or 0], 1)
        origins = await find_origins(connection, [first.id, second.id, other.id, 10**9])
    assert [report.id for report in reports] == [second.id, first.id]
    assert [report.id for report in newest] == [second.id]
    assert {number: origin.source for number, origin in origins.items()} == {
        first.id: "tin-sang",
        second.id: "tin-chieu",
        other.id: "tin-sang",
    }
    assert [origins[one].story_id == story for one in (first.id, second.id, other.id)] == [True, True, False]
