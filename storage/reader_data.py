"""The data of readers: all that is stored about one, for that reader; and readers moved to another database.

Readers move with their choices and watches. Data that depends on articles stays behind: deliveries, saved and
followed stories, tastes.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import chunks, insert_new
from storage.profiles import CHOICES, Choices, choices_of, columns_of, joining
from storage.reactions import ReaderStories, export_stories
from storage.subscribers import Subscriber, find_subscriber
from storage.tables import (
    UtcTime,
    conversations,
    deliveries,
    issues,
    messages,
    profiles,
    questions,
    shown_stories,
    subscribers,
    watches,
)

MOVED = "moved"  # the status reason until the reader opens the new bot
_AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class ExportedDelivery:
    """One message to a chat.

    `telegram_id` is its number in the chat. `edition` is None for a message that is no digest; `slot_at` is
    then when it was made.
    """

    kind: str
    edition: str | None
    slot_at: dt.datetime
    part: int
    status: str
    telegram_id: int | None


@dataclass(frozen=True, slots=True)
class Export:
    """Everything kept about a chat; `deliveries` and `questions` newest first, each cut at 1,000.

    `watches` hold the text, since when it is watched, and when it was removed. `conversation` is the state of
    the chat: the command whose words are awaited, the page of the last list seen, and the end of the wait.
    """

    subscriber: Subscriber | None
    deliveries: tuple[ExportedDelivery, ...]
    questions: tuple[tuple[str, dt.datetime], ...]
    watches: tuple[tuple[str, dt.datetime, dt.datetime | None], ...] = ()
    shown: tuple[tuple[int, dt.datetime], ...] = ()  # stories seen on demand, and when last
    conversation: tuple[str | None, int, dt.datetime] | None = None
    answers: ReaderStories = field(default_factory=ReaderStories)


async def export_subscriber(connection: AsyncConnection, chat_id: int) -> Export:
    """Gather everything kept about a chat."""
    d, i, m = deliveries.c, issues.c, messages.c
    slot_at = func.coalesce(i.slot_at, m.made_at, type_=UtcTime)
    sent = (
        select(m.kind, i.edition, slot_at, m.part, d.status, d.telegram_id)
        .join(messages, m.id == d.message_id)
        .outerjoin(issues, i.id == m.issue_id)
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .where(subscribers.c.chat_id == chat_id)
        .order_by(slot_at.desc(), m.part)
        .limit(1_000)
    )
    q = questions.c
    asked = select(q.text, q.asked_at).where(q.chat_id == chat_id).order_by(q.id.desc()).limit(1_000)
    w = watches.c
    watched = select(w.text, w.made_at, w.removed_at).join(subscribers, subscribers.c.id == w.subscriber_id)
    watched = watched.where(subscribers.c.chat_id == chat_id).order_by(w.id)
    t = shown_stories.c
    shown = select(t.story_id, t.shown_at).join(subscribers, subscribers.c.id == t.subscriber_id)
    shown = shown.where(subscribers.c.chat_id == chat_id).order_by(t.shown_at.desc()).limit(1_000)
    c = conversations.c
    talk = await connection.execute(select(c.awaited, c.page, c.expires_at).where(c.chat_id == chat_id))
    return Export(
        await find_subscriber(connection, chat_id),
        tuple(ExportedDelivery(*row) for row in await connection.execute(sent)),
        tuple((r.text, r.asked_at) for r in await connection.execute(asked)),
        tuple((r.text, r.made_at, r.removed_at) for r in await connection.execute(watched)),
        shown=tuple((r.story_id, r.shown_at) for r in await connection.execute(shown)),
        conversation=next(((r.awaited, r.page, r.expires_at) for r in talk), None),
        answers=await export_stories(connection, chat_id),
    )


@dataclass(frozen=True, slots=True)
class ReaderRecord:
    """One reader. `watches` are as typed."""

    chat_id: int
    kind: str
    status: str
    status_reason: str | None
    choices: Choices
    quiet_start: int
    quiet_end: int
    created_at: dt.datetime
    paused_until: dt.datetime | None = None
    thread_id: int | None = None
    is_silent: bool = False
    weekly_at: dt.datetime | None = None
    breaking: int = 0
    watches: tuple[str, ...] = ()


async def find_reader_records(
    connection: AsyncConnection, *, after: int = 0, limit: int = _AT_ONCE
) -> list[tuple[int, ReaderRecord]]:
    """Return readers in the order of their ids, above `after`, each with its id."""
    s, w = subscribers.c, watches.c
    query = select(subscribers, *CHOICES).join(profiles, profiles.c.id == s.profile_id)
    rows = (await connection.execute(query.where(s.id > after).order_by(s.id).limit(limit))).all()
    ids = [row.id for row in rows]
    watched = select(w.subscriber_id, w.text).where(w.subscriber_id.in_(ids), w.removed_at.is_(None))
    texts: dict[int, tuple[str, ...]] = {}
    for row in await connection.execute(watched.order_by(w.subscriber_id, w.id)):
        texts[row.subscriber_id] = (*texts.get(row.subscriber_id, ()), row.text)
    return [
        (row.id, ReaderRecord(
            row.chat_id, row.kind, row.status, row.status_reason, replace(choices_of(row), tastes=()),
            row.quiet_start, row.quiet_end, row.created_at, row.paused_until, row.thread_id, row.silent,
            row.weekly_at, row.breaking, texts.get(row.id, ()),
        ))
        for row in rows
    ]  # fmt: skip


async def join_profiles(
    connection: AsyncConnection, wanted: Mapping[Choices, dt.datetime], *, now: dt.datetime
) -> dict[Choices, int]:
    """Return the profiles with these choices, made or activated; `wanted` has when each is due next."""
    keys = {choices.key: choices for choices in wanted}
    rows = [
        {"key": key, "next_due_at": wanted[choices], "created_at": now} | columns_of(choices)
        for key, choices in sorted(keys.items())
    ]
    return {
        keys[row.key]: row.id
        for some in chunks(rows, _AT_ONCE)
        for row in await connection.execute(joining(connection), some)
    }


_SAME_COLUMNS = (
    *("chat_id", "kind", "status", "status_reason", "quiet_start", "quiet_end", "created_at"),
    *("thread_id", "paused_until", "weekly_at", "breaking"),
)


async def insert_readers(
    connection: AsyncConnection,
    readers: Sequence[ReaderRecord],
    profile_ids: Mapping[Choices, int],
    *,
    now: dt.datetime,
) -> dict[int, int]:
    """Add readers with the profiles of their choices; return the id of each new one by its chat.

    A chat that is a subscriber already stays as it is.
    """
    s = subscribers.c
    rows = [
        {name: getattr(one, name) for name in _SAME_COLUMNS}
        | {"profile_id": profile_ids[one.choices], "silent": one.is_silent}
        | {"changed_at": now, "joined_at": now}
        for one in readers
    ]
    if not rows:
        return {}
    statement = insert_new(connection, subscribers, "chat_id").returning(s.id, s.chat_id)
    made = await connection.execute(statement, rows)
    return {row.chat_id: row.id for row in made}
