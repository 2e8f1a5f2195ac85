"""The nightly clean-up: once a local day, not before three, and only of rows that are old enough."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select

from bot.jobs.intake.processing import Processor
from bot.jobs.upkeep_jobs import prune_if_night
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.articles import store_articles
from storage.engine import Database
from storage.tables import articles, packed_articles
from tests.manual_clock import ManualClock
from tests.storage.conftest import incoming
from tests.texts_here import TextsHere

HOUR, DAY = 3_600, 86_400


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


async def test_it_runs_once_a_local_day_after_three(services: Services, clock: ManualClock) -> None:
    assert await prune_if_night(services), "it is five in the morning"
    runs = []
    for _ in range(48):
        await clock.advance(HOUR)
        if await prune_if_night(Services(services.database, clock, services.newsroom)):
            runs.append(f"{clock.now() + dt.timedelta(hours=7):%a %H:%M}")
    assert runs == ["Tue 03:00", "Wed 03:00"]


async def test_only_what_is_older_than_declared_goes(
    services: Services,
    clock: ManualClock,
    story: Callable[..., Awaitable[int]],
    make_newsroom: Callable[..., Newsroom],
) -> None:
    services.newsroom = make_newsroom(keep_days=7)
    await story("Chuyện tuần trước nữa")
    await clock.advance(5 * DAY)
    await story("Chuyện mấy hôm trước")
    await clock.advance(3 * DAY)
    assert await prune_if_night(services)
    async with services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(articles))).scalar_one() == 1


async def test_what_grouping_kept_goes_after_a_week_while_the_articles_stay(
    services: Services, clock: ManualClock, make_newsroom: Callable[..., Newsroom]
) -> None:
    services.newsroom = make_newsroom(keep_days=90)
    for title in ("Chuyện tuần trước nữa", "Chuyện mấy hôm trước"):
        async with services.database.write() as connection:
            await store_articles(connection, [incoming(key=title, title=title)], now=clock.now())
        await Processor(services.database, clock, TextsHere()).run()
        await clock.advance(4 * DAY)
    assert await prune_if_night(services)
    async with services.database.read() as connection:
        for table, left in ((articles, 2), (packed_articles, 1)):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == left
