import datetime as dt
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from storage.engine import Database
from storage.search.index import record_changes
from storage.search.search import SearchResults, search_articles
from storage.tables import articles
from summarizer.questions.query import parse_query
from tests.storage.search.rows import NOW, Row, change, forget, store

DAY = dt.timedelta(days=1)

Search = Callable[..., Awaitable[SearchResults]]
Put = Callable[..., Awaitable[int]]


@pytest.fixture
def put(database: Database) -> Put:
    """Return a function that stores and indexes the next article and returns its id."""
    ids = itertools.count(1)

    async def stored(title: str, sapo: str = "", body: str = "", at: dt.datetime | None = None) -> int:
        article_id = next(ids)
        await store(database, [Row(article_id, title, sapo, body)], at)
        return article_id

    return stored


@pytest.fixture
def search(database: Database) -> Search:
    """Return a function that asks the database."""

    async def found(typed: str, today: dt.date | None = None, **how: Any) -> SearchResults:
        async with database.read() as connection:
            return await search_articles(connection, parse_query(typed, today=today), now=NOW, **how)

    return found


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Hạ Long đón khách", "ha long"),
        ("Hạ Long đón khách", "HẠ LONG"),
        ("Hạ Long đón khách", "hạ long"),
        ("Đường phố ngập sâu", "duong"),
        ("Đường phố ngập sâu", "dường"),
        ("Ðường phố ngập sâu", "đường"),
        ("Nhà máy thuỷ điện Hoà An", "thủy điện hòa an"),
        ("Nhà máy thủy điện Hòa An", "thuỷ điện hoà an"),
        ("Nhà máy thủy điện Hòa An", "thuy dien hoa an"),
        ("Đội U23 thắng đậm", "u 23"),
        ("Đội U-23 thắng đậm", "u23"),
        ("Đội U-23 thắng đậm", '"đội u23"'),
    ],
)
async def test_an_article_is_found_however_its_words_are_typed(
    put: Put, search: Search, title: str, typed: str
) -> None:
    wanted = await put(title)
    await put("Giá cà phê tăng")
    found = await search(typed)
    assert (found.ids, found.total, found.total_is_exact, found.reading) == ((wanted,), 1, True, "lead")


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Hạ Long đón khách", "ha longg"),
        ("Đường sắt", '"sat duong"'),
        ("Thủy thủ", '"thu"" x"'),
        ("Ngày 1/11", '"11 1"'),
    ],
)
async def test_what_does_not_stand_there_is_not_found_as_all_words(
    put: Put, search: Search, title: str, typed: str
) -> None:
    await put(title)
    found = await search(typed)
    assert not found.ids or found.reading in ("fewer_words", "respelled")


async def test_other_marks_are_found_only_where_nothing_has_the_own(put: Put, search: Search) -> None:
    other = await put("Hà Lóng mở lớp học gốm", at=NOW)
    assert (await search("hạ long")).ids == (other,)
    own = await put("Du khách đến vịnh Hạ Long trong ngày đầu năm mới", at=NOW - 30 * DAY)
    assert (await search("hạ long")).ids == (own,)
    assert set((await search("ha long")).ids) == {own, other}


async def test_own_marks_in_a_text_beat_other_marks_in_a_title(put: Put, search: Search) -> None:
    await put("Già làng vàng mắt vì lo")
    own = await put("Tin thị trường", body="Giá vàng sáng nay đứng yên.")
    found = await search("giá vàng")
    assert (found.ids, found.reading) == ((own,), "text")


async def test_neighbours_come_before_scattered_words(put: Put, search: Search) -> None:
    scattered = await put("Nước sạch về, đất khô hết khát")
    adjacent = await put("Đất nước vào xuân với nhiều niềm vui")
    assert (await search("dat nuoc")).ids == (adjacent, scattered)


async def test_titles_come_before_sapos_and_bodies_where_there_are_neither(put: Put, search: Search) -> None:
    body = await put("Du lịch", "Tin trong ngày", "Khách đổ về Sông Mây cuối tuần.")
    assert (await search("sông mây")).ids == (body,)
    sapo = await put("Du lịch", "Khách đổ về Sông Mây cuối tuần")
    title = await put("Sông Mây đón khách")
    assert (await search("sông mây")).ids == (title, sapo)


async def test_of_equals_the_newer_comes_first(put: Put, search: Search) -> None:
    old = await put("Sông Mây đầy nước", at=NOW - 9 * DAY)
    new = await put("Sông Mây đầy nước", at=NOW - DAY)
    older = await put("Sông Mây đầy nước", at=NOW - 90 * DAY)
    assert (await search("song may")).ids == (new, old, older)


async def test_the_newest_comes_first_where_it_is_asked_for(put: Put, search: Search) -> None:
    late = await put("Sau bão, chợ Bến Cau họp lại", at=NOW - DAY)
    early = await put("Bão lớn: bão vào Bến Cau, bão qua Cà Ná", at=NOW - 9 * DAY)
    assert (await search("bão")).ids == (early, late)
    assert (await search("tin mới nhất về bão")).ids == (late, early)


async def test_a_word_that_is_no_syllable_is_a_slip_though_its_letters_occur(
    put: Put, search: Search
) -> None:
    await put("Chiến sĩ của đảo xa kể chuyện hài", "Cười nhẹ.")
    artist = await put("Đêm diễn của nghệ sĩ hài Ba Sang")
    found = await search("của nhệ sĩ hài")
    assert (found.ids, found.suggestion) == ((artist,), "của nghệ sĩ hài")


async def test_words_spread_over_title_and_body_find_the_article(put: Put, search: Search) -> None:
    wanted = await put("Sông Mây có cầu mới", body="Nhà thầu Bình Minh thi công trong hai năm.")
    assert (await search("sông mây bình minh")).ids == (wanted,)


async def test_a_phrase_does_not_span_title_and_sapo(put: Put, search: Search) -> None:
    await put("Tin từ sông", "Mây phủ kín núi")
    assert (await search('"sông mây"')).ids == ()


async def test_excluded_words_leave_articles_out(put: Put, search: Search) -> None:
    wanted = await put("Sông Mây cạn nước")
    await put("Sông Mây có tàu mới")
    await put("Sông Mây đón tầu khách")
    assert (await search("sông mây -tàu -tau")).ids == (wanted,)
    assert (await search('sông mây -"có tàu" -tầu')).ids == (wanted,)


async def test_where_not_all_words_occur_the_nearest_articles_are_found(put: Put, search: Search) -> None:
    near = await put("Sông Mây cạn nước")
    await put("Giá cà phê tăng")
    found = await search("sông mây xyzzy")
    assert (found.ids, found.reading) == ((near,), "fewer_words")


@pytest.mark.parametrize("typed", ["", "-sông", "😀", "xyzzy", '"mây sông"'])
async def test_nothing_found_is_no_error(put: Put, search: Search, typed: str) -> None:
    await put("Sông Mây cạn nước")
    assert await search(typed) == SearchResults()


async def test_at_most_the_limit_is_returned_and_all_are_counted(database: Database, search: Search) -> None:
    await store(database, [Row(n) for n in range(1, 61)])
    found = await search("sông mây", limit=7)
    assert (len(found.ids), found.total, found.total_is_exact) == (7, 60, True)
    assert len(set((await search("song may")).ids)) == 50


async def test_own_marks_are_found_among_many_others(database: Database, search: Search) -> None:
    titles = ["Sóng"] * 30 + ["Sông và núi"] * 12 + ["Sống"] * 60
    await store(database, [Row(n, title) for n, title in enumerate(titles)])
    assert set((await search("sông")).ids) == set(range(30, 42))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(st.sampled_from("hạlongđư-\"“*():^~+|&<>\\%_'. \0\u202e\ud800😀字é0²İß")) | st.text(max_size=80)
)
async def test_any_question_gets_an_answer(database: Database, typed: str) -> None:
    async with database.read() as connection:
        found = await search_articles(connection, parse_query(typed), now=NOW)
    assert found.ids == ()


async def test_an_updated_article_is_found_by_its_new_words_only(
    database: Database, put: Put, search: Search
) -> None:
    article_id = await put("Sông Mây cạn nước", "Nắng hạn", "Ruộng khô.")
    assert (await search("sông")).ids == (article_id,)
    await change(database, Row(article_id, "Cà phê được giá", "Nông dân vui", "Kho đầy."))
    old_words = [await search(typed) for typed in ("sông", "nắng", "ruộng")]
    assert not any(found.ids and found.reading != "respelled" for found in old_words)
    assert [(await search(typed)).ids for typed in ("cà", "nông", "kho")] == [(article_id,)] * 3


async def test_an_undone_transaction_leaves_the_index_as_it_was(
    database: Database, put: Put, search: Search
) -> None:
    article_id = await put("Sông Mây cạn nước")

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(delete(articles))
            await record_changes(connection, [article_id])
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert (await search("sông mây")).ids == (article_id,)


async def test_a_deleted_article_is_not_found(database: Database, put: Put, search: Search) -> None:
    article_id = await put("Sông Mây cạn nước")
    assert (await search("sông mây")).ids == (article_id,)
    await forget(database, article_id)
    assert await search("sông mây") == SearchResults()


async def test_all_matches_of_a_frequent_word_are_counted(database: Database, search: Search) -> None:
    await store(database, [Row(n, "Sông") for n in range(1, 300)])
    found = await search("sông")
    assert (len(found.ids), found.total, found.total_is_exact) == (50, 299, True)


async def test_a_hostile_article_is_indexed_and_forgotten(database: Database, search: Search) -> None:
    body = "Sông Mây " + " ".join(f"{n:x}字𐐀" for n in range(40_000)) + " ' \\ : * \" 😀 " + "é" * 300_000
    await store(database, [Row(1, "''' \\ :*", body[:5000], body)])
    assert (await search("song may")).ids == (1,)
    await forget(database, 1)
    assert (await search("song may")).ids == ()


async def test_a_round_up_stands_behind_the_reports_of_its_parts_unless_it_is_asked_for(
    put: Put, search: Search
) -> None:
    bulletin = await put(
        "Điểm tin 6h: Cháy chợ Bến Cau | Giá tôm Cà Ná tăng mạnh", "Cháy chợ Bến Cau trong đêm."
    )
    report = await put("Sáu mươi sạp hàng bị thiêu rụi", "Vụ cháy chợ Bến Cau bùng lên lúc ba giờ sáng.")
    assert (await search("cháy chợ Bến Cau")).ids == (report, bulletin)
    assert (await search("điểm tin 6h")).ids == (bulletin,)
    assert (await search("giá tôm Cà Ná")).ids == (bulletin,)
