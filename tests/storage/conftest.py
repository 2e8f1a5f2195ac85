"""Builders for rows, so that a test names only what it is about."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from storage.articles import StoredArticle, store_articles
from storage.engine import Database
from storage.intake.drafts import Incoming
from storage.processing.processed import Findings, make_stories, save_work
from storage.profiles import Choices, join_profile
from storage.subscribers import subscribe
from storage.times import Published
from summarizer.model import Place
from tests.waiting import find_waiting

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    """Return the moment at which the tests' rows are written."""
    return NOW


def incoming(
    key: str = "url:a", title: str = "Mưa lớn ở Hạ Long", body: str = "Nước lên nhanh.", **given: object
) -> Incoming:
    """Build an article as intake hands it on."""
    values: dict[str, object] = {
        "key": key,
        "external_id": key,
        "url": None,
        "source": "tin-sang",
        "topic": "thoi-su",
        "title": title,
        "sapo": "Nhiều tuyến phố ngập sâu.",
        "body": body,
        "published": Published(NOW),
        "text_hash": title + body,
        "advertorial": False,
        "place": "thu",
    }
    return Incoming(**(values | given))  # type: ignore[arg-type]  # the builder takes any field by name


Worker = Callable[..., Awaitable[list[StoredArticle]]]


@pytest.fixture
def processor(database: Database) -> Worker:
    """Return a function that processes articles, each into a story of its own or into `story`."""

    async def stored(
        *articles: Incoming, story: int | None = None, at: dt.datetime = NOW
    ) -> list[StoredArticle]:
        async with database.write() as connection:
            await store_articles(connection, articles, now=at)
            waiting = await find_waiting(connection, 100)
            done = [
                Findings(
                    article,
                    (Place(0, "sapo", 0, len(article.sapo)),),
                    story or (await make_stories(connection, 1, now=at))[0],
                )
                for article in waiting
            ]
            await save_work(connection, done, now=at)
        return waiting

    return stored


@pytest.fixture
def listener(database: Database) -> Callable[..., Awaitable[int]]:
    """Return a function that subscribes a chat and returns its profile's id."""

    async def subscribed(
        chat_id: int, choices: Choices | None = None, *, due: dt.datetime = NOW, at: dt.datetime = NOW
    ) -> int:
        async with database.write() as connection:
            profile = await join_profile(connection, choices or Choices("sang"), next_due_at=due, now=at)
            await subscribe(connection, chat_id, kind="private", profile_id=profile, now=at)
        return profile

    return subscribed
