"""An article's topic is decided once, and decided anew when the newsroom's rules change."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.jobs.intake import renewing
from bot.jobs.intake.processing import Processor
from bot.jobs.intake.renewing import renew_topics
from bot.news.narrowing import read_question
from bot.news.newsroom import Newsroom, Source
from bot.news.services import Services
from config.defaults import BUILT_IN_TOPICS
from storage.articles import find_articles, store_articles
from storage.intake.drafts import Incoming
from storage.search.search import search_articles
from tests.texts_here import TextsHere

SPORT = (
    "Hạ chủ nhà ở phút bù giờ, đội khách vào bán kết. Bàn thắng của tiền đạo giúp thầy trò huấn luyện viên "
    "trưởng giành vé. Trung vệ đội nhà nhận thẻ đỏ, thủ môn hai lần cứu thua trên sân vận động trung tâm."
)
SECTIONS = {word: name for name, (_, words) in BUILT_IN_TOPICS.items() for word in (name, *words)}
Topics = Callable[[], Awaitable[list[str | None]]]


@pytest.fixture
def arrive(services: Services) -> Callable[..., Awaitable[None]]:
    """Return a function that takes an article in and works it up in the services' newsroom."""

    async def come(title: str = "Đội khách thắng", **given: object) -> None:
        article = Incoming(
            key=title, external_id=title, url=None, source="bao-bien", topic=None, title=title, sapo="",
            body=SPORT, published=None, text_hash=title, advertorial=False, place="test", speaker="bao-bien",
        )  # fmt: skip
        async with services.database.write() as connection:
            await store_articles(connection, [replace(article, **given)], now=services.clock.now())  # type: ignore[arg-type] - the builder takes any field by name
        await Processor(services.database, services.clock, TextsHere()).run(
            rules=services.newsroom.topic_rules
        )

    return come


@pytest.fixture
def topics(services: Services) -> Topics:
    """Return a function that tells the stored topics in the order of arrival."""

    async def told() -> list[str | None]:
        async with services.database.read() as connection:
            stored = await find_articles(connection, range(1, 100))
        return [stored[number].topic for number in sorted(stored)]

    return told


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"topic": "thoi-su", "url": "https://bao.example/kinh-te/1.html"}, "thoi-su"),
        ({"topic": "Góc nhìn", "url": "https://bao.example/kinh-te/1.html"}, "kinh-te"),
        ({"topic": "Góc nhìn"}, "the-thao"),
        ({}, "the-thao"),
        ({"title": "Chuyện lạ", "body": "Không ai rõ vì sao."}, None),
    ],
)
async def test_the_surest_clue_decides_and_words_come_last(
    said: dict[str, str], expected: str | None, arrive: Callable[..., Awaitable[None]], topics: Topics
) -> None:
    await arrive(**said)
    assert await topics() == [expected]


async def test_the_topic_of_a_source_comes_before_the_words_whatever_paper_it_names(
    services: Services,
    source: Callable[..., Source],
    arrive: Callable[..., Awaitable[None]],
    topics: Topics,
) -> None:
    services.newsroom = replace(services.newsroom, sources=(replace(source(), topic="kinh-te"),))
    await arrive(source="Báo Đồi")
    assert await topics() == ["kinh-te"]


async def test_a_source_that_is_a_section_by_its_address_needs_no_topic(
    services: Services,
    source: Callable[..., Source],
    arrive: Callable[..., Awaitable[None]],
    topics: Topics,
) -> None:
    services.newsroom = replace(
        services.newsroom, sources=(source("bao-bien", feed="kinh-doanh.rss"),), sections=SECTIONS
    )
    await arrive()
    assert await topics() == ["kinh-te"]


async def test_words_reach_a_topic_that_the_operator_gave_another_name(
    services: Services, arrive: Callable[..., Awaitable[None]], topics: Topics
) -> None:
    services.newsroom = replace(
        services.newsroom,
        topics={"san-co": "Sân cỏ"},
        topic_aliases={"Sân cỏ": "san-co", "thể thao": "san-co"},
        sections=SECTIONS,
    )
    await arrive()
    await arrive("Tin hai", url="https://bao.example/bong-da/1.html")
    assert await topics() == ["san-co", "san-co"]


async def test_a_changed_newsroom_gives_stored_articles_their_new_topics(
    services: Services,
    arrive: Callable[..., Awaitable[None]],
    topics: Topics,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(renewing, "_RENEWED_AT_ONCE", 2)
    await arrive("Một")
    await arrive("Hai", topic="kinh-te", body="Chuyện lạ.")
    await arrive("Ba")
    rules = replace(
        services.newsroom, topics={"san-co": "Sân cỏ"}, topic_aliases={"thể thao": "san-co"}
    ).topic_rules
    assert await renew_topics(services.database, services.clock, rules, most=2) == 2  # the two newest
    assert await topics() == ["the-thao", None, "san-co"]
    assert await renew_topics(services.database, services.clock, rules) == 1
    assert await topics() == ["san-co", None, "san-co"]
    assert await renew_topics(services.database, services.clock, rules) == 0


async def test_a_renewal_that_another_change_overtakes_begins_again(
    services: Services,
    make_newsroom: Callable[..., Newsroom],
    arrive: Callable[..., Awaitable[None]],
    topics: Topics,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(renewing, "_RENEWED_AT_ONCE", 1)
    await arrive("Một")
    await arrive("Hai")
    other = replace(services.newsroom, topics={"san-co": "Sân cỏ"}, topic_aliases={"thể thao": "san-co"})
    await renew_topics(services.database, services.clock, other.topic_rules, most=1)
    await renew_topics(services.database, services.clock, make_newsroom().topic_rules)
    assert await topics() == ["the-thao", "the-thao"]


async def test_what_stands_under_a_topic_is_what_the_search_for_it_finds(
    services: Services, arrive: Callable[..., Awaitable[None]]
) -> None:
    await arrive("Một")
    await arrive("Hai", url="https://bao.example/the-thao/1.html", body="Chuyện lạ.")
    await arrive("Ba", topic="kinh-te")
    async with services.database.read() as connection:
        query, narrowing = await read_question(
            connection, "tin thể thao", services.newsroom, services.newsroom.zone, now=services.clock.now()
        )
        found = await search_articles(connection, query, now=services.clock.now(), filters=narrowing.filters)
    assert set(found.ids) == {1, 2}
