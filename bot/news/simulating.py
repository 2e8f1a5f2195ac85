"""Simulate editions: compose past slots again from stored articles, under any newsroom.

The texts are those of today; earlier versions of articles are not used.
"""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.news.digests import Composed, compose_gathered, gather, window_for
from bot.news.newsroom import Edition, Newsroom
from storage.candidates import find_first_ready
from storage.engine import Database

_LONGEST_BREAK = dt.timedelta(days=8)  # between two slots of any schedule


async def first_ready(database: Database) -> dt.datetime | None:
    """Return when the first article that is still stored became ready; issues before it come out empty."""
    async with database.read() as connection:
        return await find_first_ready(connection)


@dataclass(frozen=True, slots=True)
class SimulatedIssue:
    """An issue that was never sent."""

    edition: Edition
    slot_at: dt.datetime
    composed: Composed


async def simulate(
    database: Database, newsroom: Newsroom, first: dt.date, days: int, *, until: dt.datetime
) -> AsyncIterator[SimulatedIssue]:
    """Yield the issue of each edition's slots in `days` local days from `first` on, none after `until`.

    The readers are assumed to have got every issue since `first`, so a story comes again only with news.
    """
    for edition in newsroom.editions:
        if edition.is_paused:
            continue
        zone = ZoneInfo(edition.schedule.zone)
        start = dt.datetime.combine(first, dt.time(), zone).astimezone(dt.UTC)
        end = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), zone).astimezone(dt.UTC)
        before = edition.schedule.slots_between(start - _LONGEST_BREAK, start - dt.timedelta(seconds=1))
        last = before[-1] if before else None
        known: dict[int, dt.datetime] = {}
        for slot in edition.schedule.slots_between(start - dt.timedelta(seconds=1), min(end, until)):
            if slot >= end:
                break
            ends_at = slot - edition.approval.lead if edition.approval else None
            window = window_for(edition, slot, covered_until=last, ends_at=ends_at)
            composed = await compose_gathered(edition, await gather(database, newsroom, window), known)
            known = {story: at for story, at in known.items() if at > slot - edition.max_age - _LONGEST_BREAK}
            known |= {story.story_id: slot for story in composed.digest.stories}
            last = ends_at or slot
            yield SimulatedIssue(edition, slot, composed)
