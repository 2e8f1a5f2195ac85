"""What readers were sent about a story: when, how important it was then, and what was corrected."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import DeliveryStatus
from storage.tables import corrections, deliveries, issue_stories, issues, messages, subscribers

_MOST = 5


@dataclass(frozen=True, slots=True)
class SentStory:
    """A digest that told the story to a chat. `rank`: see `storage.delivery.issues.ToldStory`."""

    sent_at: dt.datetime
    edition: str
    rank: int | None


async def find_sent(connection: AsyncConnection, chat_id: int, story_id: int) -> list[SentStory]:
    """Return the last digests that brought the story to this chat, oldest first."""
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
    """Return what was corrected of the story and sent to readers, oldest first."""
    c = corrections.c
    query = select(c.text, c.confirmed_at).where(c.story_id == story_id, c.confirmed_at.is_not(None))
    rows = await connection.execute(query.order_by(c.confirmed_at.desc()).limit(_MOST))
    return [(row.text, row.confirmed_at) for row in rows][::-1]
