"""Due recaps: of a pause that has ended, and of the week for readers who want one on Sundays.

A column of `subscribers` says when a recap is due. The transaction that queues the messages changes that
column, so each recap is sent once, also after a restart.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import and_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Message, Release, enqueue, record_message
from storage.engine import chunks
from storage.profiles import CHOICES, Choices, choices_of
from storage.shown_stories import record_shown_to
from storage.tables import profiles, subscribers

Kind = Literal["away_since", "weekly_at"]  # the column that says when it is due
_AT_ONCE = 500
_LEAST_AWAY = dt.timedelta(hours=20)  # a shorter absence needs no recap


def is_worth_a_recap(away: dt.timedelta) -> bool:
    """Tell whether a reader who was away for so long gets a recap.

    >>> is_worth_a_recap(dt.timedelta(hours=5)), is_worth_a_recap(dt.timedelta(days=1))
    (False, True)
    """
    return away >= _LEAST_AWAY


@dataclass(frozen=True, slots=True)
class DueRecap:
    """A reader with a due recap; `moment` is when the pause began, or the week ended."""

    subscriber_id: int
    profile_id: int
    choices: Choices
    moment: dt.datetime


async def find_due_recaps(
    connection: AsyncConnection, kind: Kind, *, now: dt.datetime, after: tuple[dt.datetime, int], limit: int
) -> list[DueRecap]:
    """Return the active readers with a recap due by `now`, by moment and id, those above `after`."""
    s, moment = subscribers.c, subscribers.c[kind]
    query = (
        select(s.id, s.profile_id, moment.label("moment"), *CHOICES)
        .join(profiles, profiles.c.id == s.profile_id)
        .where(moment <= now, tuple_(moment, s.id) > after, s.status == "active")
        .order_by(moment, s.id)
        .limit(limit)
    )
    rows = await connection.execute(query)
    return [DueRecap(row.id, row.profile_id, choices_of(row), row.moment) for row in rows]


async def claim_recaps(
    connection: AsyncConnection, kind: Kind, due: Sequence[DueRecap], *, next_at: dt.datetime | None
) -> list[int]:
    """Set when the next recap is due; return the readers whose recap no other process has queued."""
    s, taken = subscribers.c, list[int]()
    for moment in {one.moment for one in due}:
        for batch in chunks([one.subscriber_id for one in due if one.moment == moment], _AT_ONCE):
            waits = and_(s.id.in_(batch), s[kind] == moment, s.status == "active")
            settled = update(subscribers).where(waits).values({kind: next_at}).returning(s.id)
            taken += (await connection.execute(settled)).scalars()
    return sorted(taken)


async def publish_recap(
    connection: AsyncConnection,
    parts: Sequence[Message],
    readers: Collection[int],
    story_ids: Collection[int],
    *,
    release: Release,
    as_of: dt.datetime,
    now: dt.datetime,
) -> int:
    """Queue the messages of a recap for these readers and record its stories as known; return how many."""
    queued, before = 0, None
    for number, part in enumerate(parts):
        before = await record_message(connection, replace(part, part=number, after_id=before), now=now)
        for batch in chunks(sorted(readers), _AT_ONCE):
            audience = subscribers.c.id.in_(batch)
            queued += await enqueue(connection, [before], audience, release=release, now=now)
    await record_shown_to(connection, readers, story_ids, shown_at=as_of)
    return queued
