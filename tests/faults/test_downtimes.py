"""Random downtimes in a simulated month: every story is told once or stands in a recorded skip.

The oracle goes by the contract alone (slots, `max_age`, the late window) and compares the database with the
journal of the month.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.engine import Database
from storage.tables import articles, issue_stories, issues
from tests.bot.conftest import START, AdminChat, make_edition, source
from tests.faults.simulated_month import (
    LATE_WINDOW,
    MAX_AGE,
    OWN_TIMES,
    TIMES,
    Article,
    Driver,
    Journal,
    live_through_a_month,
    rss,
    slots_of,
    write_file,
)

__all__ = ["source"]  # a fixture


@dataclass(frozen=True, slots=True)
class Row:
    """A slot as the database has it, with the articles whose stories it told."""

    slot: dt.datetime
    status: str
    reason: str | None
    round: int
    told: frozenset[str]


async def rows_of(database: Database, profile: int, journal: Journal) -> list[Row]:
    """Read the issues of a profile."""
    async with database.read() as connection:
        names: dict[int, set[str]] = {}
        for story, name in await connection.execute(select(articles.c.story_id, articles.c.external_id)):
            names.setdefault(story, set()).add(name)
        stories: dict[int, list[int]] = {}
        told = select(issue_stories.c.issue_id, issue_stories.c.story_id)
        for issue, story in await connection.execute(told):
            stories.setdefault(issue, []).append(story)
        i = issues.c
        found = select(i.id, i.slot_at, i.status, i.reason, i.made_at).where(i.profile_id == profile)
        return [
            Row(
                row.slot_at, row.status, row.reason, journal.slot_rounds[row.made_at],
                frozenset(name for story in stories.get(row.id, ()) for name in names[story]),
            )
            for row in await connection.execute(found.order_by(i.slot_at))
        ]  # fmt: skip


def expected_slots(journal: Journal, own: tuple[str, ...] | None, end: dt.datetime) -> dict[dt.datetime, str]:
    """Return each slot that the contract wants recorded, as `made` or `skipped`."""
    expected: dict[dt.datetime, str] = {}
    since, times = START, own or TIMES[0]
    for begin, until, before, after in journal.stops:
        for slot in slots_of(own or before, since, begin):
            expected[slot] = "made"
        missed = set(slots_of(own or after, begin, until))
        missed |= set(slots_of(own or before, begin, until)[:1])  # which the old file had announced
        for slot in missed:
            expected[slot] = "skipped"
        due = {*slots_of(own or before, begin, until)[:1], *missed}
        if due and until - max(due) <= LATE_WINDOW:
            expected[max(due)] = "made"
        since, times = until, own or after
    return expected | dict.fromkeys(slots_of(times, since, end), "made")


def check(journal: Journal, rows: list[Row], own: tuple[str, ...] | None, end: dt.datetime) -> None:
    """Compare what the database says of one profile with the contract."""
    recorded = {row.slot: "skipped" if row.status == "skipped" else "made" for row in rows}
    assert recorded == expected_slots(journal, own, end)
    assert [row for row in rows if row.status == "skipped" and not row.reason] == []
    made = [row for row in rows if row.status != "skipped"]
    times_told = Counter(name for row in made for name in row.told if name in journal.articles)
    assert set(times_told.values()) <= {1}, "none is told twice"
    for article in journal.articles.values():
        may_tell = [row for row in made if article.seen is not None and row.round > article.seen]
        told_in = [row for row in made if article.name in row.told]
        if not may_tell:
            assert told_in == []
            continue
        first, before = may_tell[0], [row for row in made if row.round < may_tell[0].round]
        is_young = article.published >= first.slot - MAX_AGE
        was_missed = bool(before) and was_young_enough(article, before[-1], journal)
        assert told_in == ([first] if is_young or was_missed else []), article


def was_young_enough(article: Article, row: Row, journal: Journal) -> bool:
    """Tell whether an article stood there at a slot that could not tell it yet, young enough for it."""
    made_at = next(moment for moment, number in journal.slot_rounds.items() if number == row.round)
    return article.stored is not None and article.stored <= made_at and article.published >= made_at - MAX_AGE


async def leave_out_grouped(database: Database, journal: Journal) -> None:
    """Leave out the few articles that chance made alike: a follow-up may rightly bring their story again."""
    async with database.read() as connection:
        rows = (await connection.execute(select(articles.c.external_id, articles.c.story_id))).all()
    assert {row.external_id for row in rows} == set(journal.articles), "every article was taken in"
    sizes = Counter(row.story_id for row in rows)
    for row in rows:
        if sizes[row.story_id] > 1:
            del journal.articles[row.external_id]


async def random_month(
    services: Services,
    reader: Any,
    make_newsroom: Callable[..., Newsroom],
    make_source: Any,
    seed: int,
    count: int,
) -> Counter[str]:
    """Live through a month and compare it with the oracle; return how many articles were told, and not."""
    rng = random.Random(seed)
    inbox, feed = make_source("tin-vao"), make_source("rss", feed="rss.xml")
    write_file(feed.path, rss([]))
    edition = replace(make_edition("sang", *TIMES[0]), reading_minutes=100_000)
    services.newsroom = make_newsroom(edition, sources=(inbox, feed))
    profiles = [(await reader(1), None), (await reader(2, times=OWN_TIMES), OWN_TIMES)]
    driver = Driver(services, rng, inbox, feed, AdminChat())
    end = await live_through_a_month(driver, count)
    offered = len(driver.journal.articles)
    await leave_out_grouped(services.database, driver.journal)
    assert len(driver.journal.articles) > 0.9 * offered
    outcome: Counter[str] = Counter()
    for profile, own in profiles:
        rows = await rows_of(services.database, profile, driver.journal)
        check(driver.journal, rows, own, end)
        told = {name for row in rows for name in row.told} & set(driver.journal.articles)
        outcome["told"] += len(told)
        outcome["untold"] += len(driver.journal.articles) - len(told)
        outcome["skipped slots"] += sum(row.status == "skipped" for row in rows)
    return outcome


@pytest.mark.lasts(seconds=10)
async def test_after_eight_random_downtimes_every_story_was_told_once_or_is_in_a_recorded_skip(
    services: Services, reader: Any, make_newsroom: Callable[..., Newsroom], source: Any
) -> None:
    outcome = await random_month(services, reader, make_newsroom, source, seed=1, count=8)
    assert outcome["told"] > 2 * outcome["untold"]


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2, 6))
async def test_after_a_hundred_random_downtimes_every_story_was_told_once_or_is_in_a_recorded_skip(
    sqlite_database: Database,
    services: Services,
    reader: Any,
    make_newsroom: Callable[..., Newsroom],
    source: Any,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    """Four months of twenty-five downtimes each."""
    outcome = await random_month(services, reader, make_newsroom, source, seed=seed, count=25)
    assert outcome["skipped slots"] > 0
    for name, number in outcome.items():
        record_property(name, number)
