"""The tastes of chats, learnt from their reactions to stories; their export and move to another chat."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into
from storage.story_lists import MOST_SAVED
from storage.tables import follows, saved_stories, subscribers, tastes, taught_stories
from summarizer.reader_tastes import MOST_TASTES, Taste, sum_up

# A taste is the bounded sum of the latest reactions: more or less of such stories. A reaction that is taken
# back leaves no trace.

MOST_TAUGHT = 200  # stories of one chat; the oldest are forgotten first
_T = taught_stories.c


async def teach(
    connection: AsyncConnection,
    subscriber_id: int,
    article_id: int,
    traits: Sequence[tuple[str, str]],
    *,
    liking: int,
    now: dt.datetime,
) -> None:
    """Store that the chat wants more (1) or less (-1) of such stories; a repeated reaction counts once."""
    values = {"liking": liking, "traits": [list(trait) for trait in traits], "taught_at": now}
    statement = insert_into(connection, taught_stories).values(
        subscriber_id=subscriber_id, article_id=article_id, **values
    )
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["subscriber_id", "article_id"], set_=values)
    )
    await sum_up_tastes(connection, subscriber_id)


async def unteach(connection: AsyncConnection, subscriber_id: int, article_ids: Sequence[int]) -> None:
    """Delete the chat's reaction to the story of these articles."""
    of_story = and_(_T.subscriber_id == subscriber_id, _T.article_id.in_(article_ids))
    await connection.execute(delete(taught_stories).where(of_story))
    await sum_up_tastes(connection, subscriber_id)


async def find_liking(connection: AsyncConnection, chat_id: int, article_ids: Sequence[int]) -> int:
    """Return the chat's reaction to the story of these articles: 1 (more), -1 (less), or 0."""
    query = (
        select(_T.liking)
        .join(subscribers, subscribers.c.id == _T.subscriber_id)
        .where(subscribers.c.chat_id == chat_id, _T.article_id.in_(article_ids))
        .order_by(_T.taught_at.desc())
        .limit(1)
    )
    return (await connection.execute(query)).scalar_one_or_none() or 0


async def forget_taste(connection: AsyncConnection, subscriber_id: int, kind: str, key: str) -> None:
    """Delete one taste, also from the reactions that it was learnt from."""
    rows = await connection.execute(select(taught_stories).where(_T.subscriber_id == subscriber_id))
    for row in rows.all():
        left = [trait for trait in row.traits if trait != [kind, key]]
        if left != row.traits:
            of_story = and_(_T.subscriber_id == subscriber_id, _T.article_id == row.article_id)
            await connection.execute(update(taught_stories).where(of_story).values(traits=left))
    await sum_up_tastes(connection, subscriber_id)


async def find_tastes(connection: AsyncConnection, subscriber_id: int) -> list[Taste]:
    """Return the tastes of a subscriber, the strongest first."""
    query = select(tastes).where(tastes.c.subscriber_id == subscriber_id).limit(MOST_TASTES)
    found = [Taste(row.kind, row.key, row.weight) for row in await connection.execute(query)]
    return sorted(found, key=lambda taste: (-abs(taste.weight), taste.kind, taste.key))


async def find_taught(connection: AsyncConnection, chat_id: int) -> list[tuple[int, int, dt.datetime]]:
    """Return the reactions of a chat as (article, liking, time), newest first."""
    query = (
        select(_T.article_id, _T.liking, _T.taught_at)
        .join(subscribers, subscribers.c.id == _T.subscriber_id)
        .where(subscribers.c.chat_id == chat_id)
        .order_by(_T.taught_at.desc(), _T.article_id.desc())
        .limit(MOST_TAUGHT)
    )
    return [(row.article_id, row.liking, row.taught_at) for row in await connection.execute(query)]


async def sum_up_tastes(connection: AsyncConnection, subscriber_id: int) -> None:
    """Compute the tastes of a subscriber again from its reactions."""
    own = select(taught_stories).where(_T.subscriber_id == subscriber_id)
    rows = (await connection.execute(own.order_by(_T.taught_at.desc(), _T.article_id.desc()))).all()
    old = [row.article_id for row in rows[MOST_TAUGHT:]]
    of_old = and_(_T.subscriber_id == subscriber_id, _T.article_id.in_(old))
    await connection.execute(delete(taught_stories).where(of_old))
    await connection.execute(delete(tastes).where(tastes.c.subscriber_id == subscriber_id))
    if found := sum_up([(row.liking, row.traits) for row in rows[:MOST_TAUGHT]]):
        await connection.execute(
            insert(tastes),
            [
                {"subscriber_id": subscriber_id, "kind": kind, "key": key, "weight": weight}
                for kind, key, weight in found
            ],
        )


# All that a chat saved, followed and reacted to: for its export, and for the move of a group.

_MOST_FOLLOWS = 200
_TABLES = (saved_stories, taught_stories, follows)  # one row a subscriber and article in each


@dataclass(frozen=True, slots=True)
class ExportedSaved:
    """A saved story. `read_at` is set for a day after it was read."""

    title: str
    url: str | None
    saved_at: dt.datetime
    read_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StoryAnswers:
    """Saved stories, newest first; reactions to articles (1 more, -1 less); tastes.

    `follows` hold the title, since when it is followed, and when it was removed.
    """

    saved: tuple[ExportedSaved, ...] = ()
    taught: tuple[tuple[int, int, dt.datetime], ...] = ()
    tastes: tuple[Taste, ...] = ()
    follows: tuple[tuple[str, dt.datetime, dt.datetime | None], ...] = ()


async def export_answers(connection: AsyncConnection, chat_id: int) -> StoryAnswers:
    """Return all that a chat saved, followed and reacted to."""
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
    """Move all this from a chat to another subscriber, whose own data on the same stories stays."""
    old_id = select(subscribers.c.id).where(subscribers.c.chat_id == old_chat).scalar_subquery()
    for table in _TABLES:
        known = select(table.c.article_id).where(table.c.subscriber_id == new_id)
        its_own = and_(table.c.subscriber_id == old_id, table.c.article_id.not_in(known))
        await connection.execute(update(table).where(its_own).values(subscriber_id=new_id))
    await sum_up_tastes(connection, new_id)
