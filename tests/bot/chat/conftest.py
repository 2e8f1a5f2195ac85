"""A bot with its emulator, the people who write to it, and the articles that it has."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from bot.emulator.client import control
from bot.emulator.server import serve
from bot.jobs.intake.renewing import clues_of
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.articles import store_articles
from storage.engine import Database
from storage.intake.drafts import Incoming
from storage.processing.processed import Findings, make_stories, save_work
from storage.times import Published
from summarizer.model import Place, sentence_at
from summarizer.topics import decide_topic
from tests.bot.chat.chat_house import NOW, OPERATOR, Actions, House, Person, make_newsroom
from tests.manual_clock import ManualClock
from tests.waiting import find_waiting


@pytest.fixture(autouse=True)
def _pauses_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the library's coming form of `retry_after`; it warns of the present one."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def newsroom() -> Newsroom:
    """A newsroom with two editions and three topics."""
    return make_newsroom()


@pytest.fixture
async def house(sqlite_database: Database, newsroom: Newsroom) -> AsyncIterator[House]:
    """An emulator and the bot that polls it."""
    clock, actions = ManualClock(NOW), Actions()
    services = Services(sqlite_database, clock, newsroom, frozenset({OPERATOR}))
    async with serve() as emulator, control(emulator.url) as hands:
        house = House(emulator.url, services, clock, hands, actions)
        await house.open()
        yield house
        await house.close()


@pytest.fixture
async def an(house: House) -> Person:
    """A person who has not written to the bot yet."""
    return await house.person("An")


@pytest.fixture
async def operator(house: House) -> Person:
    """A person whose chat is an admin chat."""
    return await house.person("Chị Tư", id=OPERATOR)


@pytest.fixture
async def group(house: Any) -> Any:
    """A member and an administrator of one group."""
    member, administrator = await house.person("Bình"), await house.person("Chi")
    return await house.group(member, administrator=administrator)


@pytest.fixture
def member(group: Any) -> Any:
    """Someone without rights."""
    return group[0]


@pytest.fixture
def administrator(group: Any) -> Any:
    """An administrator."""
    return group[1]


Publish = Callable[..., Awaitable[list[int]]]


@pytest.fixture
def publish(house: House) -> Publish:
    """Store articles, each a story of its own, processed and searchable; return their ids."""

    async def store(
        *titles: str,
        body: str = "",
        topic: str | None = None,
        hours_ago: float = 1,
        source: str = "bao-bien",
    ) -> list[int]:
        at = house.clock.now() - dt.timedelta(hours=hours_ago)
        incoming = [_incoming(title, body, topic, at, source) for title in titles]
        return await _store(house.services, incoming, at)

    return store


def _incoming(title: str, body: str, topic: str | None, at: dt.datetime, source: str) -> Incoming:
    text = body or f"{title} là chuyện được bàn ở chợ sáng nay. Bà con kể lại nhiều điều mới."
    slug = "-".join(title.lower().split())
    return Incoming(
        key=f"https://baobien.example/{slug}",
        external_id=f"https://baobien.example/{slug}",
        url=f"https://baobien.example/{slug}",
        source=source,
        topic=topic,
        title=title,
        sapo="",
        body=text,
        published=Published(at),
        text_hash=str(hash((title, text))),
        advertorial=False,
        place="test",
    )


async def _store(services: Services, incoming: Sequence[Incoming], at: dt.datetime) -> list[int]:
    async with services.database.write() as connection:
        await store_articles(connection, incoming, now=at)
        done = []
        for article in await find_waiting(connection, 1_000):
            place = Place(0, "body", 0, article.body.index(".") + 1)
            sentence = sentence_at([article.document], place)
            topic = decide_topic(clues_of(article, None), services.newsroom.topic_rules)
            done.append(
                Findings(article, (sentence.place,), (await make_stories(connection, 1, now=at))[0], topic)
            )
        await save_work(connection, done, now=at)
    return [worked.article.id for worked in done]
