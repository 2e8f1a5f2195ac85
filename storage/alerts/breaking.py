"""Breaking news: each story is sent once to the readers who want it, in the order of their ids.

The transaction that queues messages also moves `reached` of the story. So after a restart no reader gets the
story twice or misses it. The same transaction sets `breaking_at` of each reader, for the least time between
two stories.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Buttons, Message, enqueue, record_message
from storage.delivery.states import DeliveryStatus, MessageKind
from storage.engine import insert_new
from storage.profiles import CHOICES, Choices, choices_of
from storage.shown_stories import record_shown_to
from storage.tables import (
    UtcTime,
    articles,
    breaking_stories,
    deliveries,
    issue_stories,
    issues,
    messages,
    profiles,
    shown_stories,
    subscribers,
)

BETWEEN = dt.timedelta(hours=2)  # the least time between two stories to one chat
MOST_A_DAY = 3
_DAY = dt.timedelta(days=1)
_B = breaking_stories.c


@dataclass(frozen=True, slots=True)
class Breaking:
    """A story of breaking news. Readers up to the id `reached` have been checked."""

    story_id: int
    article_id: int
    papers: int
    found_at: dt.datetime
    reached: int


@dataclass(frozen=True, slots=True)
class BreakingReader:
    """An active chat that wants breaking news; with `wants_in_quiet` also in its quiet hours, which are
    minutes after local midnight."""

    id: int
    profile_id: int
    choices: Choices
    quiet_start: int
    quiet_end: int
    wants_in_quiet: bool


async def find_widely_reported(
    connection: AsyncConnection, story_ids: Collection[int], *, since: dt.datetime, sources: int
) -> list[int]:
    """Return those of the stories that at least so many sources reported since then."""
    a = articles.c
    came_out = func.coalesce(a.published_at, a.stored_at, type_=UtcTime)
    recent = select(a.story_id).where(a.story_id.in_(story_ids), came_out >= since, a.advertorial.is_(False))
    reported = recent.group_by(a.story_id).having(func.count(a.source.distinct()) >= sources)
    return sorted((await connection.execute(reported)).scalars())


async def record_breaking(connection: AsyncConnection, story: Breaking, article_ids: Collection[int]) -> bool:
    """Record a breaking story; return False if it, or another story with one of its articles, is recorded."""
    did = select(_B.story_id).where(_B.article_id.in_(article_ids)).limit(1)
    if (await connection.execute(did)).first() is not None:
        return False
    statement = insert_new(connection, breaking_stories).values(asdict(story))
    return (await connection.execute(statement.returning(_B.story_id))).first() is not None


async def find_unfinished(connection: AsyncConnection, *, limit: int) -> list[Breaking]:
    """Return the stories for which some readers are not checked yet, oldest first."""
    query = select(_B.story_id, _B.article_id, _B.papers, _B.found_at, _B.reached)
    query = query.where(_B.done_at.is_(None)).order_by(_B.found_at, _B.story_id).limit(limit)
    return [Breaking(*row) for row in await connection.execute(query)]


async def end_breaking(connection: AsyncConnection, story_id: int, *, now: dt.datetime) -> None:
    """Send a story to no further reader."""
    await connection.execute(update(breaking_stories).where(_B.story_id == story_id).values(done_at=now))


async def find_listeners(
    connection: AsyncConnection, *, after: int, story_id: int, now: dt.datetime, limit: int
) -> tuple[list[BreakingReader], dict[int, dt.datetime]]:
    """Return readers with ids above `after`, and when each who knows the story last got it."""
    s = subscribers.c
    query = (
        select(s.id, s.profile_id, s.quiet_start, s.quiet_end, s.breaking, *CHOICES)
        .join(profiles, profiles.c.id == s.profile_id)
        .where(s.breaking > 0, s.status == "active", s.id > after)
        .order_by(s.id)
        .limit(limit)
    )
    found = [
        BreakingReader(
            row.id, row.profile_id, choices_of(row), row.quiet_start, row.quiet_end, row.breaking > 1
        )
        for row in await connection.execute(query)
    ]
    return found, await _find_known(connection, [one.id for one in found], story_id)


async def _find_known(
    connection: AsyncConnection, readers: Sequence[int], story_id: int
) -> dict[int, dt.datetime]:
    d, i, m, t, v = deliveries.c, issues.c, messages.c, issue_stories.c, shown_stories.c
    sent = (
        select(d.subscriber_id, func.max(i.made_at, type_=UtcTime).label("known_at"))
        .select_from(issue_stories)
        .join(issues, i.id == t.issue_id)
        .join(messages, (m.issue_id == t.issue_id) & (m.part == t.part))
        .join(deliveries, d.message_id == m.id)
        .where(t.story_id == story_id, d.subscriber_id.in_(readers), d.status != DeliveryStatus.GONE)
        .group_by(d.subscriber_id)
    )
    shown = select(v.subscriber_id, v.shown_at.label("known_at"))
    shown = shown.where(v.story_id == story_id, v.subscriber_id.in_(readers))
    known: dict[int, dt.datetime] = {}
    for query in (sent, shown):
        for row in await connection.execute(query):
            known[row.subscriber_id] = max(row.known_at, known.get(row.subscriber_id, row.known_at))
    return known


async def publish_breaking(
    connection: AsyncConnection,
    story: Breaking,
    wanted: Mapping[str, Sequence[int]],
    buttons: Buttons,
    *,
    reached: int,
    known_until: dt.datetime,
    now: dt.datetime,
) -> int:
    """Queue each text for its readers; return the number of deliveries.

    Readers who had a story too recently, or too many today, get none. Return 0 if another run has served
    these readers meanwhile.
    """
    row = (_B.story_id == story.story_id, _B.reached == story.reached, _B.done_at.is_(None))
    moved = await connection.execute(update(breaking_stories).where(*row).values(reached=reached))
    if not moved.rowcount:
        return 0
    free = await _claim(connection, [reader for own in wanted.values() for reader in own], now)
    queued = 0
    for html, own in wanted.items():
        if readers := sorted(free.intersection(own)):
            message = Message(MessageKind.BREAKING, html, buttons)
            message_id = await record_message(connection, message, now=now)
            queued += await enqueue(connection, [message_id], subscribers.c.id.in_(readers), now=now)
    await record_shown_to(connection, sorted(free), [story.story_id], shown_at=known_until)
    return queued


async def _claim(connection: AsyncConnection, readers: Sequence[int], now: dt.datetime) -> set[int]:
    """Return the readers who may get one more story, and record that they do."""
    s, d, m = subscribers.c, deliveries.c, messages.c
    around = m.made_at.between(now - _DAY, now + _DAY)  # later times come from a clock that was wrong
    of_a_day = select(m.id).where(m.kind == MessageKind.BREAKING, around)
    reported = (
        select(d.subscriber_id)
        .where(d.message_id.in_(of_a_day), d.subscriber_id.in_(readers))
        .group_by(d.subscriber_id)
        .having(func.count() >= MOST_A_DAY)
    )
    at = s.breaking_at
    is_rested = or_(at.is_(None), at <= now - BETWEEN, at > now + _DAY)
    free = update(subscribers).where(
        s.id.in_(readers), s.id.not_in(reported), is_rested, s.breaking > 0, s.status == "active"
    )
    return set((await connection.execute(free.values(breaking_at=now).returning(s.id))).scalars())


async def prune_breaking(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete breaking stories that were found before `before`."""
    await connection.execute(delete(breaking_stories).where(_B.found_at < before))
