"""Everything that is kept about one chat, gathered for its reader."""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.subscribers import Subscriber, find_subscriber
from storage.tables import (
    UtcTime,
    conversations,
    deliveries,
    issues,
    messages,
    questions,
    shown_stories,
    subscribers,
    watches,
)
from storage.tastes import StoryAnswers, export_answers


@dataclass(frozen=True, slots=True)
class ExportedDelivery:
    """One message to a chat. `telegram_id` is its number in the chat.

    `edition` is None for a message that is no digest; `slot_at` is then when it was made.
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
    answers: StoryAnswers = field(default_factory=StoryAnswers)


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
        answers=await export_answers(connection, chat_id),
    )
