"""The stories that readers know, from their profiles' issues and from other digests; and story histories."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Select, and_, delete, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import DeliveryStatus
from storage.engine import chunks, insert_into
from storage.tables import (
    UtcTime,
    corrections,
    deliveries,
    issue_stories,
    issues,
    messages,
    profiles,
    shown_stories,
    subscribers,
)

# Most readers of a profile know the same stories. Other readers joined the profile lately, asked for a
# digest, or got a variant of an issue. For them the ledger of deliveries has the sent issues, and
# `shown_stories` the digests on demand.

Known = dict[int, dt.datetime]  # by story: reports that were ready by then are known
_MOST_STORIES = 1_000  # of one reader
_OLD_FOR = dt.timedelta(days=8)  # a day more than the time in which articles may join a story
_READERS_AT_ONCE = 500
_PRUNED_AT_ONCE = 2_000


async def record_shown(
    connection: AsyncConnection, chat_id: int, story_ids: Iterable[int], *, shown_at: dt.datetime
) -> None:
    """Record that a chat saw these stories as of `shown_at`; ignored if it is not a subscriber."""
    find = select(subscribers.c.id).where(subscribers.c.chat_id == chat_id)
    readers = (await connection.execute(find)).scalars().all()
    await record_shown_to(connection, readers, story_ids, shown_at=shown_at)


async def record_shown_to(
    connection: AsyncConnection, readers: Collection[int], story_ids: Iterable[int], *, shown_at: dt.datetime
) -> None:
    """Record that each of these subscribers saw these stories as of `shown_at`."""
    rows = [
        {"subscriber_id": reader, "story_id": story, "shown_at": shown_at}
        for story in dict.fromkeys(story_ids)
        for reader in readers
    ]
    if not rows:
        return
    statement = insert_into(connection, shown_stories)
    statement = statement.on_conflict_do_update(
        index_elements=["subscriber_id", "story_id"],
        set_={"shown_at": statement.excluded.shown_at},
        where=shown_stories.c.shown_at < statement.excluded.shown_at,
    )
    await connection.execute(statement, rows)


async def find_readers_apart(
    connection: AsyncConnection, profile_ids: Sequence[int], *, since: dt.datetime
) -> dict[int, list[int]]:
    """Return by profile the active readers who may know other stories than those of its issues since then."""
    found: dict[int, set[int]] = defaultdict(set)
    for query in _apart(profile_ids, since):
        for row in await connection.execute(query):
            found[row.profile_id].add(row.id)
    return {profile: sorted(readers) for profile, readers in found.items()}


def _apart(profile_ids: Sequence[int], since: dt.datetime) -> tuple[Select[tuple[int, int]], ...]:
    """Return queries for readers who joined lately, saw a digest on demand, or got a variant of an issue."""
    s, v, i, m, d = subscribers.c, profiles.c, issues.c, messages.c, deliveries.c
    readers = select(s.id, s.profile_id).where(s.profile_id.in_(profile_ids), s.status == "active")
    joined = readers.where(s.joined_at > since)
    shown = readers.join(shown_stories, shown_stories.c.subscriber_id == s.id)
    variants = (
        select(i.id)
        .join(profiles, v.id == i.profile_id)
        .where(v.variant_of.in_(profile_ids), i.made_at >= since)
    )
    sent = readers.join(deliveries, d.subscriber_id == s.id).join(messages, m.id == d.message_id)
    return (
        joined,
        shown.where(shown_stories.c.shown_at > since).distinct(),
        sent.where(m.issue_id.in_(variants), m.part == 0),
    )


async def find_known(
    connection: AsyncConnection,
    subscriber_ids: Collection[int],
    *,
    since: dt.datetime,
    old: Collection[int] = (),
) -> dict[int, Known]:
    """Return the stories sent and shown to each of these readers since `since`; for the stories `old` the
    eight days before count too."""
    known: dict[int, Known] = {reader: {} for reader in subscriber_ids}
    for batch in chunks(sorted(subscriber_ids), _READERS_AT_ONCE):
        for start, stories in _spans(since, old):
            for query in (_sent_to(batch, start, stories), _shown_to(batch, start, stories)):
                for row in (await connection.execute(query)).all():
                    _add(known[row.subscriber_id], row.story_id, row.known_at)
    return known


def _add(known: Known, story: int, known_at: dt.datetime) -> None:
    known[story] = max(known_at, known.get(story, known_at))


def _spans(since: dt.datetime, old: Collection[int]) -> Iterator[tuple[dt.datetime, Sequence[int] | None]]:
    """Yield the start of a time and the stories to look up from then on: all of late, `old` ones earlier."""
    yield since, None
    if old:
        yield since - _OLD_FOR, sorted(old)


def _only(column: Column[int], stories: Sequence[int] | None) -> ColumnElement[bool]:
    """Return the condition that the column has one of `stories`; None: any.

    The `+ 0` keeps the database from using the column's index, because very many issues contain one story.
    """
    return true() if stories is None else (column + 0).in_(stories)


def _sent_to(
    readers: Sequence[int], since: dt.datetime, stories: Sequence[int] | None
) -> Select[tuple[int, int, dt.datetime]]:
    d, m, i, t = deliveries.c, messages.c, issues.c, issue_stories.c
    first = select(func.min(m.id)).where(m.made_at >= since).scalar_subquery()
    latest = func.max(i.made_at, type_=UtcTime).label("known_at")
    return (
        select(d.subscriber_id, t.story_id, latest)
        .join(messages, m.id == d.message_id)
        .join(issues, i.id == m.issue_id)
        .join(issue_stories, t.issue_id == i.id)
        .where(d.subscriber_id.in_(readers), d.message_id >= first, d.status != DeliveryStatus.GONE)
        .where(i.made_at >= since, t.part == m.part, _only(t.story_id, stories))
        .group_by(d.subscriber_id, t.story_id)
        .limit(len(readers) * _MOST_STORIES)
    )


def _shown_to(
    readers: Sequence[int], since: dt.datetime, stories: Sequence[int] | None
) -> Select[tuple[int, int, dt.datetime]]:
    t = shown_stories.c
    query = select(t.subscriber_id, t.story_id, t.shown_at.label("known_at"))
    of_readers = query.where(t.subscriber_id.in_(readers), t.shown_at >= since, _only(t.story_id, stories))
    return of_readers.limit(len(readers) * _MOST_STORIES)


async def find_issued_stories(
    connection: AsyncConnection,
    profile_ids: Sequence[int],
    *,
    since: dt.datetime,
    old: Collection[int] = (),
) -> dict[int, Known]:
    """Return by profile the stories of its issues since `since`, each with its last time; for the stories
    `old` the eight days before count too."""
    i, t = issues.c, issue_stories.c
    latest = func.max(i.made_at, type_=UtcTime).label("known_at")
    known: dict[int, Known] = {profile: {} for profile in profile_ids}
    for start, stories in _spans(since, old):
        query = (
            select(i.profile_id, t.story_id, latest)
            .join(issue_stories, t.issue_id == i.id)
            .where(i.profile_id.in_(profile_ids), i.made_at >= start, _only(t.story_id, stories))
            .group_by(i.profile_id, t.story_id)
            .limit(len(profile_ids) * _MOST_STORIES)
        )
        for row in await connection.execute(query):
            _add(known[row.profile_id], row.story_id, row.known_at)
    return known


async def prune_shown(connection: AsyncConnection, *, before: dt.datetime) -> int:
    """Delete the stories shown to up to 2,000 readers before `before`; return their number."""
    t = shown_stories.c
    old = select(t.subscriber_id).where(t.shown_at < before).distinct().limit(_PRUNED_AT_ONCE)
    readers = (await connection.execute(old)).scalars().all()
    gone = delete(shown_stories).where(t.subscriber_id.in_(readers), t.shown_at < before)
    return (await connection.execute(gone)).rowcount


_MOST = 5


@dataclass(frozen=True, slots=True)
class SentStory:
    """A digest with the story that a chat got. `rank`: see `storage.delivery.issues.IssueStory`."""

    sent_at: dt.datetime
    edition: str
    rank: int | None


async def find_sent(connection: AsyncConnection, chat_id: int, story_id: int) -> list[SentStory]:
    """Return the last digests with the story for this chat, oldest first."""
    d, s, i, m = deliveries.c, issue_stories.c, issues.c, messages.c
    query = (
        select(d.changed_at, i.edition, s.rank)
        .join(messages, m.id == d.message_id)
        .join(issue_stories, and_(s.issue_id == m.issue_id, s.part == m.part))
        .join(issues, i.id == m.issue_id)
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .where(subscribers.c.chat_id == chat_id, s.story_id == story_id, d.status == DeliveryStatus.SENT)
        .order_by(d.changed_at.desc())
        .limit(_MOST)
    )
    return [SentStory(*row) for row in await connection.execute(query)][::-1]


async def find_corrections_of(connection: AsyncConnection, story_id: int) -> list[tuple[str, dt.datetime]]:
    """Return the corrections of the story that were sent to readers, oldest first."""
    c = corrections.c
    query = select(c.text, c.confirmed_at).where(c.story_id == story_id, c.confirmed_at.is_not(None))
    rows = await connection.execute(query.order_by(c.confirmed_at.desc()).limit(_MOST))
    return [(row.text, row.confirmed_at) for row in rows][::-1]
