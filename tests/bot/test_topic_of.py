"""Which topic an article has, of what its source, its address, the operator and its words say."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.desk import Desk
from bot.digests import topic_of
from bot.jobs.work_up import WorkUp
from bot.newsroom import Newsroom, Source
from storage.articles import StoredArticle, find_articles, store_articles
from storage.intake import Incoming
from tests.texts_here import TextsHere

SPORT = (
    "Hạ chủ nhà ở phút bù giờ, đội khách vào bán kết. Bàn thắng của tiền đạo giúp thầy trò huấn luyện viên "
    "trưởng giành vé. Trung vệ đội nhà nhận thẻ đỏ, thủ môn hai lần cứu thua trên sân vận động trung tâm."
)


@pytest.fixture
def article() -> Callable[..., StoredArticle]:
    """Return a function that builds an article about which nothing is said."""
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    silent = StoredArticle(
        1, "a", None, "bao-bien", None, None, "Tin", "", "Thân bài.", None, now, 1, False, None, None
    )

    def build(**given: object) -> StoredArticle:
        return replace(silent, **given)  # type: ignore[arg-type] - the builder takes any field by name

    return build


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"topic": "thoi-su", "url": "https://bao.example/kinh-te/1.html", "guessed_topic": "the-thao"},
            "thoi-su",
        ),
        ({"url": "https://bao.example/kinh-te/1.html", "guessed_topic": "the-thao"}, "kinh-te"),
        ({"topic": "Góc nhìn", "guessed_topic": "the-thao"}, "the-thao"),
        ({"guessed_topic": "the-thao"}, "the-thao"),
        ({"guessed_topic": "the-gioi"}, None),  # this newsroom has no such topic
        ({}, None),
    ],
)
def test_words_count_only_where_nothing_else_tells_the_topic(
    said: dict[str, str],
    expected: str | None,
    make_newsroom: Callable[..., Newsroom],
    article: Callable[..., StoredArticle],
) -> None:
    assert topic_of(make_newsroom(), article(**said)) == expected


def test_the_topic_declared_for_a_source_comes_before_the_words(
    make_newsroom: Callable[..., Newsroom],
    source: Callable[..., Source],
    article: Callable[..., StoredArticle],
) -> None:
    newsroom = make_newsroom(sources=(replace(source(), topic="kinh-te"),))
    assert topic_of(newsroom, article(guessed_topic="the-thao")) == "kinh-te"


def test_words_reach_a_topic_that_the_operator_gave_another_name(
    make_newsroom: Callable[..., Newsroom], article: Callable[..., StoredArticle]
) -> None:
    newsroom = make_newsroom(
        topics={"san-co": "Sân cỏ"}, topic_aliases={"Sân cỏ": "san-co", "thể thao": "san-co"}
    )
    assert topic_of(newsroom, article(guessed_topic="the-thao")) == "san-co"


async def test_working_an_article_up_stores_what_its_words_tell(
    desk: Desk, make_newsroom: Callable[..., Newsroom]
) -> None:
    incoming = Incoming(
        key="a", external_id="a", url=None, source="bao-bien", topic=None, title="Đội khách thắng", sapo="",
        body=SPORT, published=None, text_hash="a", advertorial=False, place="test",
    )  # fmt: skip
    async with desk.database.write() as connection:
        await store_articles(connection, [incoming], now=desk.clock.now())
    assert await WorkUp(desk.database, desk.clock, TextsHere()).run() == 1
    async with desk.database.read() as connection:
        [stored] = (await find_articles(connection, [1])).values()
    assert topic_of(make_newsroom(), stored) == stored.guessed_topic == "the-thao"
