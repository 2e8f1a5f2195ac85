"""From stored stories to a digest: eligible stories, contents, and what profiles share."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.news.digests import FIRST_WINDOW, compose_digest, compose_gathered, gather, window_for
from bot.news.newsroom import Edition, Newsroom, Source
from bot.news.services import Services
from storage.engine import Database
from tests.manual_clock import ManualClock

Story = Callable[..., Awaitable[int]]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


def test_a_first_window_looks_back_a_day_and_a_later_one_to_what_was_told(
    edition: Callable[..., Edition], clock: ManualClock
) -> None:
    now = clock.now()
    assert window_for(edition(), now).after == now - FIRST_WINDOW
    told = window_for(edition(), now, covered_until=now - 3 * HOUR)
    assert (told.after, told.until, told.oldest) == (now - 3 * HOUR, now, now - 48 * HOUR)


async def test_every_sentence_of_a_digest_is_the_slice_of_its_article(
    services: Services, story: Story
) -> None:
    await story("Cầu mới thông xe ở Bến Lở")
    edition = services.newsroom.default_edition
    window = window_for(edition, services.clock.now() + HOUR)
    composed = await compose_digest(services.database, services.newsroom, edition, window)
    [told] = composed.digest.stories
    assert [quote.text for quote in told.quotes] == [
        "Cầu mới thông xe ở Bến Lở, theo lời kể của bà con trong xóm sáng nay."
    ]
    assert told.title in composed.parts[0]


async def test_no_story_makes_no_part(services: Services) -> None:
    edition = services.newsroom.default_edition
    composed = await compose_digest(
        services.database, services.newsroom, edition, window_for(edition, services.clock.now())
    )
    assert (composed.parts, composed.eligible, composed.digest.stories) == ((), 0, ())


async def test_profiles_choose_their_topics_from_one_gathering(services: Services, story: Story) -> None:
    await story("Giá cà phê tăng", topic="kinh-te")
    await story("Đội xã lên hạng", topic="the-thao")
    edition = services.newsroom.default_edition
    gathered = await gather(
        services.database, services.newsroom, window_for(edition, services.clock.now() + HOUR)
    )
    titles = []
    for topic in ("kinh-te", "the-thao", "thoi-su"):
        composed = await compose_gathered(replace(edition, topics=(topic,)), gathered)
        titles.append([told.title for told in composed.digest.stories])
    assert titles == [["Giá cà phê tăng"], ["Đội xã lên hạng"], []]


async def test_what_was_told_is_left_out(services: Services, clock: ManualClock, story: Story) -> None:
    old = await story("Chuyện cũ")
    await clock.advance(5)
    edition = services.newsroom.default_edition
    window = window_for(edition, clock.now() + HOUR, covered_until=clock.now())
    gathered = await gather(services.database, services.newsroom, window)
    first = await compose_gathered(edition, gathered)
    assert [told.story_id for told in first.digest.stories] == [old], "it may have come too late"
    assert (await compose_gathered(edition, gathered, {old: clock.now()})).digest.stories == ()


async def test_a_source_that_allows_headlines_only_is_not_quoted(
    services: Services, story: Story, source: Callable[..., Source], make_newsroom: Callable[..., Newsroom]
) -> None:
    await story("Cầu mới thông xe ở Bến Lở")
    services.newsroom = make_newsroom(sources=(replace(source("bao-bien"), quote="headline"),))
    edition = services.newsroom.default_edition
    composed = await compose_digest(
        services.database, services.newsroom, edition, window_for(edition, services.clock.now() + HOUR)
    )
    [told] = composed.digest.stories
    assert told.quotes == ()
    assert "theo lời kể" not in composed.parts[0]
