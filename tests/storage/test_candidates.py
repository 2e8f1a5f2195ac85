"""Which stories are eligible for a digest, and which articles come with them."""

import datetime as dt

from storage.candidates import Window, find_eligible
from storage.engine import Database
from storage.times import Published
from tests.storage.conftest import NOW, Worker, incoming

HOUR = dt.timedelta(hours=1)
LATEST_DAY = Window(NOW - 24 * HOUR, NOW, NOW - 48 * HOUR)


async def eligible(database: Database, window: Window) -> dict[int, list[str]]:
    """Return the keys of the articles of each eligible story."""
    async with database.read() as connection:
        found = await find_eligible(connection, window)
    return {story: [article.external_id for article in articles] for story, articles in found.items()}


async def test_a_story_stored_in_the_window_is_eligible(database: Database, work_up: Worker) -> None:
    await work_up(incoming("a"), at=NOW - HOUR)
    await work_up(incoming("b"), at=NOW - 30 * HOUR)
    assert list((await eligible(database, LATEST_DAY)).values()) == [["a"]]


async def test_the_window_begins_after_what_the_last_slot_saw_and_is_closed_at_its_end(
    database: Database, work_up: Worker
) -> None:
    await work_up(incoming("seen"), at=LATEST_DAY.after - dt.timedelta(minutes=1))
    await work_up(incoming("end"), at=LATEST_DAY.until)
    await work_up(incoming("later"), at=LATEST_DAY.until + dt.timedelta(microseconds=1))
    assert list((await eligible(database, LATEST_DAY)).values()) == [["end"]]


async def test_an_article_published_too_long_ago_makes_no_story_eligible(
    database: Database, work_up: Worker
) -> None:
    await work_up(incoming("old", published=Published(NOW - 49 * HOUR)))
    await work_up(incoming("undated", published=None))
    assert list((await eligible(database, LATEST_DAY)).values()) == [["undated"]]


async def test_a_follow_up_brings_the_earlier_articles_of_its_story(
    database: Database, work_up: Worker
) -> None:
    [first] = await work_up(incoming("a"), at=NOW - 30 * HOUR)
    async with database.read() as connection:
        story = next(iter(await find_eligible(connection, Window(NOW - 40 * HOUR, NOW, NOW - 72 * HOUR))))
    await work_up(incoming("b"), story=story, at=NOW - HOUR)
    assert (await eligible(database, LATEST_DAY)) == {story: ["a", "b"]}
    assert first.external_id == "a"


async def test_looking_back_goes_by_publication(database: Database, work_up: Worker) -> None:
    long_ago = dt.datetime(2017, 11, 14, 10, tzinfo=dt.UTC)
    await work_up(incoming("then", published=Published(long_ago)), incoming("now"))
    slot = long_ago + HOUR
    window = Window(slot - 24 * HOUR, slot, slot - 48 * HOUR, by_publication=True)
    assert list((await eligible(database, window)).values()) == [["then"]]
