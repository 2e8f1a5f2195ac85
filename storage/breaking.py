"""Breaking news: each story once, told to the readers who want it in order of their numbers.

`reached` moves in the transaction that queues a batch of messages, so nobody is told twice and nobody is
passed over, whatever restarts. `breaking_at` of a subscriber moves in it too: it keeps two stories apart.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Buttons, Message, enqueue, record_message
from storage.delivery.states import DeliveryStatus, MessageKind
from storage.engine import insert_into
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

BETWEEN = dt.timedelta(hours=2)  # two stories to one chat
MOST_A_DAY = 3
_DAY = dt.timedelta(days=1)
_B = breaking_stories.c


@dataclass(frozen=True, slots=True)
class Breaking:
    """A story that breaks. Readers up to number `reached` have been looked at."""

    story_id: int
    article_id: int
    papers: int
    found_at: dt.datetime
    reached: int

    def past(self, reader: int) -> "Breaking":
        """Return the same once readers up to that number have been looked at."""
        return replace(self, reached=reader)


@dataclass(frozen=True, slots=True)
class Listener:
    """An active chat that wants breaking news, in quiet hours (minutes of its day) too if so."""

    id: int
    profile_id: int
    choices: Choices
    quiet_start: int
    quiet_end: int
    wants_in_quiet: bool


async def find_much_told(
    connection: AsyncConnection, story_ids: Collection[int], *, since: dt.datetime, sources: int
) -> list[int]:
    """Return those of the stories that at least so many sources reported since then."""
    a = articles.c
    came_out = func.coalesce(a.published_at, a.stored_at, type_=UtcTime)
    recent = select(a.story_id).where(a.story_id.in_(story_ids), came_out >= since, a.advertorial.is_(False))
    told = recent.group_by(a.story_id).having(func.count(a.source.distinct()) >= sources)
    return sorted((await connection.execute(told)).scalars())


async def record_breaking(connection: AsyncConnection, found: Breaking, article_ids: Collection[int]) -> bool:
    """Let a story break; False where it did, or one of its articles did in another story."""
    did = select(_B.story_id).where(_B.article_id.in_(article_ids)).limit(1)
    if (await connection.execute(did)).first() is not None:
        return False
    statement = insert_into(connection, breaking_stories).values(
        story_id=found.story_id, article_id=found.article_id, papers=found.papers,
        found_at=found.found_at, reached=found.reached,
    )  # fmt: skip
    statement = statement.on_conflict_do_nothing(index_elements=["story_id"])
    return (await connection.execute(statement.returning(_B.story_id))).first() is not None


async def find_open(connection: AsyncConnection, *, limit: int) -> list[Breaking]:
    """Return the stories of which not everybody was told, the oldest first."""
    query = select(_B.story_id, _B.article_id, _B.papers, _B.found_at, _B.reached)
    query = query.where(_B.done_at.is_(None)).order_by(_B.found_at, _B.story_id).limit(limit)
    return [Breaking(*row) for row in await connection.execute(query)]


async def end_breaking(connection: AsyncConnection, story_id: int, *, now: dt.datetime) -> None:
    """Tell nobody more of a story."""
    await connection.execute(update(breaking_stories).where(_B.story_id == story_id).values(done_at=now))


async def find_listeners(
    connection: AsyncConnection, *, after: int, story_id: int, now: dt.datetime, limit: int
) -> tuple[list[Listener], dict[int, dt.datetime]]:
    """Return readers with a number above `after`, and when those who know the story were told it last."""
    s = subscribers.c
    query = (
        select(s.id, s.profile_id, s.quiet_start, s.quiet_end, s.breaking, *CHOICES)
        .join(profiles, profiles.c.id == s.profile_id)
        .where(s.breaking > 0, s.status == "active", s.id > after)
        .order_by(s.id)
        .limit(limit)
    )
    found = [
        Listener(row.id, row.profile_id, choices_of(row), row.quiet_start, row.quiet_end, row.breaking > 1)
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
    shown = select(v.subscriber_id, v.shown_at.label("known_at")).where(
        v.story_id == story_id, v.subscriber_id.in_(readers)
    )
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
    """Queue each text for its readers, but for those who have had enough; return how many deliveries.

    0 where another run has told these readers meanwhile.
    """
    row = (_B.story_id == story.story_id, _B.reached == story.reached, _B.done_at.is_(None))
    moved = await connection.execute(update(breaking_stories).where(*row).values(reached=reached))
    if not moved.rowcount:
        return 0
    free = await _claim(connection, [reader for own in wanted.values() for reader in own], now)
    queued = 0
    for html, own in wanted.items():
        if readers := sorted(free.intersection(own)):
            message_id = await record_message(
                connection, Message(MessageKind.BREAKING, html, buttons), now=now
            )
            queued += await enqueue(connection, [message_id], subscribers.c.id.in_(readers), now=now)
    await record_shown_to(connection, sorted(free), [story.story_id], shown_at=known_until)
    return queued


async def _claim(connection: AsyncConnection, readers: Sequence[int], now: dt.datetime) -> set[int]:
    """Return who may be told one story more, and note that they are."""
    s, d, m = subscribers.c, deliveries.c, messages.c
    around = m.made_at.between(now - _DAY, now + _DAY)  # further ahead dates a clock that was wrong
    of_a_day = select(m.id).where(m.kind == MessageKind.BREAKING, around)
    told = (
        select(d.subscriber_id)
        .where(d.message_id.in_(of_a_day), d.subscriber_id.in_(readers))
        .group_by(d.subscriber_id)
        .having(func.count() >= MOST_A_DAY)
    )
    at = s.breaking_at
    is_rested = or_(at.is_(None), at <= now - BETWEEN, at > now + _DAY)
    free = update(subscribers).where(
        s.id.in_(readers), s.id.not_in(told), is_rested, s.breaking > 0, s.status == "active"
    )
    return set((await connection.execute(free.values(breaking_at=now).returning(s.id))).scalars())


async def prune_breaking(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Forget stories that broke before `before`."""
    b = breaking_stories
    await connection.execute(b.delete().where(_B.found_at < before))
