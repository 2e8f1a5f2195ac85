"""Digests on demand: the same choices share one composition until there is news."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs.intake.processing import Processor
from bot.news import digests as last_day
from bot.news.digests import Gathered, LastDay
from bot.news.newsroom import Newsroom
from bot.startup.assembly import assemble
from config.reading import TEMPLATE, parse_newsroom
from storage.articles import store_articles
from storage.candidates import Window
from storage.engine import Database
from tests.manual_clock import ManualClock
from tests.storage.conftest import NOW, incoming
from tests.texts_here import TextsHere


@pytest.fixture
def newsroom() -> Newsroom:
    """Return the newsroom that ships as an example."""
    return assemble(parse_newsroom(TEMPLATE, base=Path("/")))


@pytest.fixture
def gatherings(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """Return the moments for which a day's articles were gathered, as they come."""
    moments: list[dt.datetime] = []
    gather = last_day.gather

    async def counted(database: Database, newsroom: Newsroom, window: Window) -> Gathered:
        moments.append(window.until)
        return await gather(database, newsroom, window)

    monkeypatch.setattr(last_day, "gather", counted)
    return moments


Store = Callable[[str], Awaitable[None]]


@pytest.fixture
def store(sqlite_database: Database) -> Store:
    """Return a function that stores an article and works it up."""
    processor = Processor(sqlite_database, ManualClock(NOW), TextsHere())

    async def stored(key: str) -> None:
        async with sqlite_database.write() as connection:
            await store_articles(connection, [incoming(key, title=f"Tin {key}")], now=NOW)
        await processor.run()

    return stored


async def test_a_crowd_with_the_same_choices_shares_one_gathering(
    sqlite_database: Database, newsroom: Newsroom, gatherings: list[dt.datetime], store: Store
) -> None:
    await store("mưa")
    last_day = LastDay()
    edition = newsroom.default_edition
    asked = (last_day.compose(sqlite_database, newsroom, edition, now=NOW) for _ in range(20))
    digests = await asyncio.gather(*asked)
    assert len(gatherings) == 1
    assert all(digest is digests[0] for digest in digests)
    assert digests[0].parts


async def test_other_choices_get_their_own_digest_from_the_same_gathering(
    sqlite_database: Database, newsroom: Newsroom, gatherings: list[dt.datetime], store: Store
) -> None:
    await store("mưa")
    last_day = LastDay()
    everything = await last_day.compose(sqlite_database, newsroom, newsroom.default_edition, now=NOW)
    sports = replace(newsroom.default_edition, topics=("the-thao",))
    nothing = await last_day.compose(sqlite_database, newsroom, sports, now=NOW)
    assert len(gatherings) == 1
    assert everything.parts
    assert not nothing.parts


async def test_news_is_told_at_once(
    sqlite_database: Database, newsroom: Newsroom, gatherings: list[dt.datetime], store: Store
) -> None:
    last_day = LastDay()
    before = await last_day.compose(sqlite_database, newsroom, newsroom.default_edition, now=NOW)
    await store("mưa")
    after = await last_day.compose(sqlite_database, newsroom, newsroom.default_edition, now=NOW)
    assert (bool(before.parts), bool(after.parts)) == (False, True)
    assert len(gatherings) == 2


async def test_a_digest_is_a_minute_old_at_most(
    sqlite_database: Database, newsroom: Newsroom, gatherings: list[dt.datetime], store: Store
) -> None:
    await store("mưa")
    last_day = LastDay()
    minute = dt.timedelta(minutes=1)
    for now in (NOW, NOW + minute / 2, NOW + minute):
        await last_day.compose(sqlite_database, newsroom, newsroom.default_edition, now=now)
    assert gatherings == [NOW, NOW + minute]
