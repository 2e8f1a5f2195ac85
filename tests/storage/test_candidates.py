"""Which stories are eligible for a digest, which articles come with them, and the lists of those left out."""

import datetime as dt
from dataclasses import replace

import pytest

from storage.articles import store_articles
from storage.candidates import (
    Window,
    find_eligible,
    find_story_list,
    prune_story_lists,
    record_story_lists,
)
from storage.engine import Database
from storage.processing.processed import Findings, make_stories, save_work
from storage.times import Published
from tests.storage.conftest import NOW, Worker, incoming
from tests.waiting import find_waiting

HOUR = dt.timedelta(hours=1)
LATEST_DAY = Window(NOW - 24 * HOUR, NOW, NOW - 48 * HOUR)


async def eligible(database: Database, window: Window) -> dict[int, list[str]]:
    """Return the keys of the articles of each eligible story."""
    async with database.read() as connection:
        found = await find_eligible(connection, window)
    return {story: [article.external_id for article in articles] for story, articles in found.items()}


async def test_a_story_stored_in_the_window_is_eligible(database: Database, processor: Worker) -> None:
    await processor(incoming("a"), at=NOW - HOUR)
    await processor(incoming("b"), at=NOW - 30 * HOUR)
    assert list((await eligible(database, LATEST_DAY)).values()) == [["a"]]


async def test_the_window_begins_after_what_the_last_slot_saw_and_is_closed_at_its_end(
    database: Database, processor: Worker
) -> None:
    await processor(incoming("seen"), at=LATEST_DAY.after - dt.timedelta(minutes=1))
    await processor(incoming("end"), at=LATEST_DAY.until)
    await processor(incoming("later"), at=LATEST_DAY.until + dt.timedelta(microseconds=1))
    assert list((await eligible(database, LATEST_DAY)).values()) == [["end"]]


async def test_an_article_published_too_long_ago_makes_no_story_eligible(
    database: Database, processor: Worker
) -> None:
    await processor(incoming("old", published=Published(NOW - 49 * HOUR)))
    await processor(incoming("undated", published=None))
    assert list((await eligible(database, LATEST_DAY)).values()) == [["undated"]]


async def test_a_follow_up_brings_the_earlier_articles_of_its_story(
    database: Database, processor: Worker
) -> None:
    [first] = await processor(incoming("a"), at=NOW - 30 * HOUR)
    async with database.read() as connection:
        story = next(iter(await find_eligible(connection, Window(NOW - 40 * HOUR, NOW, NOW - 72 * HOUR))))
    await processor(incoming("b"), story=story, at=NOW - HOUR)
    assert (await eligible(database, LATEST_DAY)) == {story: ["a", "b"]}
    assert first.external_id == "a"


async def test_looking_back_goes_by_publication(database: Database, processor: Worker) -> None:
    long_ago = dt.datetime(2017, 11, 14, 10, tzinfo=dt.UTC)
    await processor(incoming("then", published=Published(long_ago)), incoming("now"))
    slot = long_ago + HOUR
    window = Window(slot - 24 * HOUR, slot, slot - 48 * HOUR, by_publication=True)
    assert list((await eligible(database, window)).values()) == [["then"]]


async def test_an_article_that_changed_before_it_was_worked_up_is_not_lost_between_two_slots(
    database: Database, processor: Worker
) -> None:
    slot = NOW - 24 * HOUR
    async with database.write() as connection:
        await store_articles(connection, [incoming("a")], now=slot - dt.timedelta(minutes=2))
        await store_articles(
            connection, [replace(incoming("a"), text_hash="mới")], now=slot - dt.timedelta(minutes=1)
        )
        [waiting] = await find_waiting(connection, 2)
        done = Findings(waiting, (), (await make_stories(connection, 1, now=NOW))[0])
        await save_work(connection, [done], now=slot + dt.timedelta(minutes=1))
    assert list((await eligible(database, LATEST_DAY)).values()) == [["a"]]


async def test_the_age_of_an_article_that_missed_a_slot_by_its_work_is_judged_as_it_was_then(
    database: Database,
) -> None:
    slot = LATEST_DAY.after
    async with database.write() as connection:
        old = incoming("a", published=Published(slot - 40 * HOUR))
        await store_articles(connection, [old], now=slot - dt.timedelta(minutes=1))
        [waiting] = await find_waiting(connection, 2)
        done = Findings(waiting, (), (await make_stories(connection, 1, now=NOW))[0])
        await save_work(connection, [done], now=slot + dt.timedelta(minutes=1))
    assert list((await eligible(database, LATEST_DAY)).values()) == [["a"]]


async def test_a_late_issue_takes_in_what_came_after_its_slot(database: Database, processor: Worker) -> None:
    await processor(incoming("after the slot"), at=LATEST_DAY.until + HOUR)
    late = replace(LATEST_DAY, came_by=LATEST_DAY.until + HOUR)
    assert list((await eligible(database, late)).values()) == [["after the slot"]]
    following = Window(late.end, NOW + 24 * HOUR, NOW - 24 * HOUR)
    assert following.after == LATEST_DAY.until + HOUR


async def test_a_source_that_brings_very_many_stories_displaces_no_other(
    database: Database, processor: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.candidates._MOST_STORIES", 5)
    await processor(incoming("old", source="b"), incoming("older", source="c"), at=NOW - 2 * HOUR)
    await processor(*(incoming(f"{number}", source="a") for number in range(6)), at=NOW - HOUR)
    found = list((await eligible(database, LATEST_DAY)).values())
    assert found == [["5"], ["4"], ["3"], ["older"], ["old"]], "the newest first, and each source's own"


async def test_a_list_is_kept_in_its_order_and_once(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        [first] = await record_story_lists(connection, [(3, 1, 2)], now=now)
        [again] = await record_story_lists(connection, [(3, 1, 2)], now=now)
        [other] = await record_story_lists(connection, [(1, 2, 3)], now=now)
        assert await record_story_lists(connection, [()], now=now) == [None]
    assert first == again
    assert first is not None
    assert first != other
    async with database.read() as connection:
        assert await find_story_list(connection, first) == (3, 1, 2)
        assert await find_story_list(connection, 10**18 - 1) == ()


async def test_a_list_goes_once_no_digest_has_used_it_for_long(database: Database, now: dt.datetime) -> None:
    later = now + dt.timedelta(days=2)
    async with database.write() as connection:
        [used] = await record_story_lists(connection, [(1, 2)], now=now)
        [old] = await record_story_lists(connection, [(5,)], now=now)
        await record_story_lists(connection, [(1, 2)], now=later)
        await prune_story_lists(connection, before=now + dt.timedelta(days=1), limit=10)
    assert used is not None
    assert old is not None
    async with database.read() as connection:
        assert await find_story_list(connection, used) == (1, 2)
        assert await find_story_list(connection, old) == ()
