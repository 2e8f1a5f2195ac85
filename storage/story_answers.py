"""Everything that a chat answered to stories: to be exported, and handed over when a group moves."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.story_lists import MOST_SAVED
from storage.tables import follows, saved_stories, subscribers, tastes, taught_stories
from storage.tastes import find_taught, sum_up_tastes
from summarizer.stories.traits import MOST_TASTES, Taste

_MOST_FOLLOWS = 200
_TABLES = (saved_stories, taught_stories, follows)  # one row a subscriber and article in each


@dataclass(frozen=True, slots=True)
class ExportedSaved:
    """A story kept for later. `read_at` is set for a day after it was read."""

    title: str
    url: str | None
    saved_at: dt.datetime
    read_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StoryAnswers:
    """What a chat kept, newest first; what it said of which article (1 more, -1 less); its tastes.

    `follows` are the stories followed, since when, and when each was removed if it was.
    """

    saved: tuple[ExportedSaved, ...] = ()
    taught: tuple[tuple[int, int, dt.datetime], ...] = ()
    tastes: tuple[Taste, ...] = ()
    follows: tuple[tuple[str, dt.datetime, dt.datetime | None], ...] = ()


async def export_answers(connection: AsyncConnection, chat_id: int) -> StoryAnswers:
    """Gather what a chat answered to stories."""
    of_chat = select(subscribers.c.id).where(subscribers.c.chat_id == chat_id)
    s, t = saved_stories.c, tastes.c
    kept = select(s.title, s.url, s.saved_at, s.read_at).where(s.subscriber_id.in_(of_chat))
    kept = kept.order_by(s.saved_at.desc(), s.id.desc()).limit(2 * MOST_SAVED)
    liked = select(t.kind, t.key, t.weight).where(t.subscriber_id.in_(of_chat))
    liked = liked.order_by(t.kind, t.key).limit(MOST_TASTES)
    f = follows.c
    followed = select(f.title, f.made_at, f.removed_at).where(f.subscriber_id.in_(of_chat))
    followed = followed.order_by(f.id.desc()).limit(_MOST_FOLLOWS)
    return StoryAnswers(
        tuple(ExportedSaved(*row) for row in await connection.execute(kept)),
        tuple(await find_taught(connection, chat_id)),
        tuple(Taste(*row) for row in await connection.execute(liked)),
        tuple((row.title, row.made_at, row.removed_at) for row in await connection.execute(followed)),
    )


async def hand_over_answers(connection: AsyncConnection, old_chat: int, new_id: int) -> None:
    """Give what a chat answered to another subscriber, whose own answers to the same stories stand."""
    old_id = select(subscribers.c.id).where(subscribers.c.chat_id == old_chat).scalar_subquery()
    for table in _TABLES:
        known = select(table.c.article_id).where(table.c.subscriber_id == new_id)
        its_own = and_(table.c.subscriber_id == old_id, table.c.article_id.not_in(known))
        await connection.execute(update(table).where(its_own).values(subscriber_id=new_id))
    await sum_up_tastes(connection, new_id)
