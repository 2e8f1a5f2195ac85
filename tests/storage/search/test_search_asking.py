"""What can be asked beside plain words: sources, topics, times, short forms, slips, counts by day."""

import datetime as dt
import itertools
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from storage.engine import Database
from storage.search.index import record_changes
from storage.search.search import SearchResults, matches_by_day, search_articles
from storage.tables import articles
from summarizer.questions.hits import Filters
from summarizer.questions.query import parse_query

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

Search = Callable[..., Awaitable[SearchResults]]
Put = Callable[..., Awaitable[int]]


@pytest.fixture
def put(database: Database) -> Put:
    """Return a function that stores and indexes the next article and returns its id."""
    ids = itertools.count(1)

    async def stored(title: str, sapo: str = "", body: str = "", **given: Any) -> int:
        number = next(ids)
        values = {
            "id": number, "key": str(number), "external_id": "x", "source": "bao-bien", "topic": None,
            "category": None, "text_hash": "", "stored_at": NOW, "updated_at": NOW, "version": 1,
            "advertorial": False, "processed_at": NOW, "published_at": None, "title": title, "sapo": sapo,
            "body": body,
        }  # fmt: skip
        async with database.write() as connection:
            await connection.execute(insert(articles), [values | given])
            await record_changes(connection, [number])
        return number

    return stored


@pytest.fixture
def search(database: Database) -> Search:
    """Return a function that asks the database."""

    async def found(typed: str, filters: Filters | None = None, **how: Any) -> SearchResults:
        query = parse_query(typed, today=TODAY)
        async with database.read() as connection:
            return await search_articles(connection, query, now=NOW, filters=filters or Filters(), **how)

    return found


async def test_only_articles_of_the_sources_are_found(put: Put, search: Search) -> None:
    wanted = await put("Sông Mây cạn", source="bao-doi")
    await put("Sông Mây đầy", source="bao-bien")
    assert (await search("sông mây", Filters(source_names=("bao-doi", "bao-xa")))).ids == (wanted,)


async def test_the_decided_topic_narrows_whatever_the_source_said(put: Put, search: Search) -> None:
    wanted = await put("Sông Mây cạn", topic="kinh-te", category="Thời sự", topic_by_words="thoi-su")
    await put("Sông Mây đầy", category="kinh-te", topic_by_words="kinh-te")
    await put("Sông Mây đục", topic="thoi-su", category="kinh-te", topic_by_words="kinh-te")
    assert (await search("sông mây", Filters(topics=("kinh-te",)))).ids == (wanted,)


async def test_a_time_is_that_of_publishing_or_of_arriving(put: Put, search: Search) -> None:
    await put("Sông Mây cạn", published_at=NOW - 9 * DAY)
    published = await put("Sông Mây đầy", published_at=NOW - 2 * DAY)
    arrived = await put("Sông Mây đục", stored_at=NOW - 2 * DAY)
    await put("Sông Mây xanh", published_at=NOW)
    filters = Filters(since=NOW - 3 * DAY, until=NOW - DAY)
    assert set((await search("sông mây", filters)).ids) == {published, arrived}
    assert set((await search("sông mây", Filters(until=NOW - 3 * DAY))).ids) == {1}
    assert set((await search("sông mây", Filters(since=NOW - DAY))).ids) == {4}


async def test_filters_hold_in_every_reading(put: Put, search: Search) -> None:
    await put("Sông Mây cạn nước", body="Đê vững.", source="bao-bien")
    elsewhere = Filters(source_names=("bao-doi",))
    for typed in ("sông mây", "đê vững", "sông mây xyzzy", "sông mâyy cạn", "nguon:bao-doi"):
        assert (await search(typed, elsewhere)).ids == ()


async def test_filters_alone_find_the_newest_first(put: Put, search: Search) -> None:
    old = await put("Một", published_at=NOW - 2 * DAY)
    new = await put("Hai", published_at=NOW - DAY)
    await put("Ba", source="bao-doi")
    await put("Bốn", processed_at=None)
    found = await search("nguon:bao-bien", Filters(source_names=("bao-bien",)))
    assert (found.ids, found.total, found.first_at) == ((new, old), 2, NOW - 2 * DAY)


async def test_what_is_excluded_is_no_news_of_a_time_either(put: Put, search: Search) -> None:
    kept = await put("Sông Mây cạn", published_at=NOW - DAY)
    await put("Giá cà phê tăng", published_at=NOW - DAY)
    yesterday = Filters(since=NOW - 2 * DAY, until=NOW)
    assert (await search("tin hôm qua -cà phê", yesterday)).ids == (kept,)


async def test_a_question_of_names_nobody_resolved_finds_the_newest(put: Put, search: Search) -> None:
    article = await put("Một")
    assert (await search("nguon:bao-bien")).ids == (article,)


async def test_what_was_looked_through_is_told_with_its_span(put: Put, search: Search) -> None:
    for days in (9, 4, 1):
        await put("Sông Mây cạn", published_at=NOW - days * DAY)
    found = await search("song may")
    assert (found.looked_through, found.first_at, found.last_at) == (3, NOW - 9 * DAY, NOW - DAY)


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Thành phố Hồ Chí Minh mưa to", "tphcm mưa"),
        ("TP.HCM mưa to", "thành phố hồ chí minh mưa"),
        ("TP HCM mưa to", "thanh pho ho chi minh mua"),
        ("TPHCM mưa to", '"tp.hcm mưa"'),
        ("Ủy ban nhân dân họp", "UBND họp"),
        ("UBND họp", "uy ban nhan dan"),
        ("Kẹt xe trên quốc lộ 1A", "ql1a"),
        ("Thêm 1.353 ca bệnh", "1353 ca"),
        ("Thêm 1353 ca bệnh", "1.353 ca"),
        ("Lễ hội 05/01 đông khách", "lễ hội 5/1"),
        ("Sông Mây vào mùa", "#SôngMây"),
    ],
)
async def test_other_spellings_are_found(put: Put, search: Search, title: str, typed: str) -> None:
    wanted = await put(title)
    await put("Giá cà phê tăng")
    found = await search(typed)
    assert (found.ids, found.reading, found.suggestion) == ((wanted,), "lead", None)


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("vịnh hạ logn", "vịnh hạ long"),
        ("vinh ha logn", "vịnh hạ long"),
        ("vịnh halong", "vịnh hạ long"),
        ("vijnh hạ long", "vịnh hạ long"),
        ("khách đến vịnnh hạ long", "khách đến vịnh hạ long"),
        ("khach den vnih ha long", "khách đến vịnh hạ long"),
    ],
)
async def test_slips_are_mended_and_told(put: Put, search: Search, typed: str, suggestion: str) -> None:
    wanted = await put("Khách đến vịnh Hạ Long đông")
    await put("Giá cà phê tăng")
    found = await search(typed)
    assert (found.ids, found.reading, found.suggestion) == ((wanted,), "respelled", suggestion)


async def test_words_that_the_store_knows_are_not_mended(put: Put, search: Search) -> None:
    """However few articles a store has."""
    await put("Khủng hoảng ở cảng cá")
    long = await put("Tàu Long Vân về bến")
    await put("Không mất một đồng nào")
    found = await search("khủng long")
    assert long in found.ids
    assert (found.reading, found.suggestion) == ("fewer_words", None)


async def test_where_the_words_typed_are_found_a_mended_one_is_only_suggested(
    put: Put, search: Search
) -> None:
    typed = await put("Tin vắn", body="Thuyền ra vịnnh lúc trời còn xanh.")
    await put("Vịnh xanh đông khách")
    found = await search("vịnnh xanh")
    assert (found.ids, found.reading, found.suggestion) == ((typed,), "text", "vịnh xanh")


async def test_what_stands_in_a_text_as_typed_is_not_mended(put: Put, search: Search) -> None:
    wanted = await put("Tin vắn", body="Ông Lê Văn Tảm về quê.")
    await put("Ông Lê Văn Tám nhận huân chương")
    await put("Ông Lê Văn Tam nhận huân chương")
    found = await search("lê văn tảm")
    assert (found.ids, found.reading) == ((wanted,), "text")


@pytest.mark.parametrize("typed", ["e è", '"e" "è" ê', "sông song sống"])
async def test_words_that_differ_by_marks_alone_are_one_word(put: Put, search: Search, typed: str) -> None:
    await put("Giá cà phê tăng")
    assert (await search(typed)).ids == ()


async def test_exactly_the_limit_is_not_more(put: Put, search: Search) -> None:
    for _ in range(50):
        await put("Sông Mây cạn")
    found = await search("sông mây")
    assert (len(found.ids), found.total, found.total_is_exact) == (50, 50, True)


async def test_days_are_counted_in_local_time_each_with_its_best_article(
    database: Database, put: Put
) -> None:
    await put("Nước về hạ du", "Sông Mây", published_at=dt.datetime(2026, 2, 27, 16, 59, tzinfo=dt.UTC))
    sapo = await put("Nước về hạ du", "Sông Mây", published_at=dt.datetime(2026, 2, 27, 17, 0, tzinfo=dt.UTC))
    title = await put("Sông Mây cạn", published_at=dt.datetime(2026, 2, 28, 10, 0, tzinfo=dt.UTC))
    await put("Sông Mây xưa", published_at=NOW - 40 * DAY)
    async with database.read() as connection:
        query = parse_query("sông mây")
        days = await matches_by_day(connection, query, now=NOW, zone=ZONE, days=5)
    assert sapo != title
    assert days == (
        (dt.date(2026, 2, 26), 0, None),
        (dt.date(2026, 2, 27), 1, 1),
        (dt.date(2026, 2, 28), 2, title),
        (dt.date(2026, 3, 1), 0, None),
        (dt.date(2026, 3, 2), 0, None),
    )


_SIGNS = "hạlongđư-\"“*():^~+|&<>\\%_'. #0123456789/\0\u202e\ud800😀字é²İß"
_WORDS = ("AND", "OR", "NOT", "NEAR(", "NEAR", "-", '"', "''", "*", "sông", "song", "{title}:", "nguon:",
          "chude:x", "hôm qua", "từ 1/11", "\0", "1.353", "tp.hcm", "&|!", "<->", ":*", "𐐀", "ı", "\u0301",
          "#A")  # fmt: skip
_HOSTILE = st.one_of(
    st.text(max_size=3000),
    st.text(st.sampled_from(_SIGNS), max_size=300),
    st.lists(st.sampled_from(_WORDS), max_size=40).map(" ".join),
)


async def test_a_speech_of_two_hundred_words_finds_what_it_is_about(put: Put, search: Search) -> None:
    fire = await put("Cháy chợ Bến Cau, sáu mươi sạp hàng bị thiêu rụi")
    await put("Giá cà phê tăng")
    said = "alo cho tôi hỏi chút là người ta nói vụ cháy cái chợ Bến Cau mấy chục sạp hàng bị thiêu rụi "
    assert (await search(said + "mà giờ bà con sao " + "rồi thì là mà " * 45)).ids == (fire,)
    assert (await search(("vụ cháy chợ Bến Cau " * 300)[:4_096])).ids == (fire,)


async def _asked(database: Database, typed: str) -> None:
    query = parse_query(typed, today=TODAY)
    assert len(query.words) <= 32
    async with database.read() as connection:
        found = await search_articles(connection, query, now=NOW, filters=Filters(since=NOW - DAY))
        assert len(found.ids) <= 50
        await matches_by_day(connection, query, now=NOW, zone=ZONE)


_PER_TEST = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=120, suppress_health_check=_PER_TEST, deadline=None)
@given(_HOSTILE)
async def test_hostile_questions_get_an_answer(database: Database, put: Put, typed: str) -> None:
    await _asked(database, typed)


@pytest.mark.faults
@pytest.mark.timeout(1200)
@settings(max_examples=10_000, suppress_health_check=_PER_TEST, deadline=None)
@given(_HOSTILE)
async def test_ten_thousand_hostile_questions_get_an_answer(sqlite_database: Database, typed: str) -> None:
    await _asked(sqlite_database, typed)
