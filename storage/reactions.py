"""What chats do with stories: save them for later, and react to them, from which tastes are learnt."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import replacing
from storage.tables import follows, saved_stories, subscribers, tastes, taught_stories
from summarizer.reader_tastes import MOST_TASTES, Taste, sum_up

MOST_SAVED = 100  # stories of one chat
MOST_TAUGHT = 200  # stories of one chat; the oldest are forgotten first
_T = taught_stories.c
_S = saved_stories.c

# A story that was read stays for a day, so that it can be put back. Title and address are stored, because
# the article may be deleted meanwhile.


@dataclass(frozen=True, slots=True)
class SavedStory:
    """A saved story; `article_id` is the article under whose headline it was saved."""

    id: int
    article_id: int
    title: str
    url: str | None
    saved_at: dt.datetime
    is_read: bool = False


async def save_story(
    connection: AsyncConnection,
    subscriber_id: int,
    article_id: int,
    title: str,
    url: str | None,
    *,
    now: dt.datetime,
) -> bool:
    """Save the story as unread; return False if the chat has saved as many as it may."""
    own = and_(_S.subscriber_id == subscriber_id, _S.read_at.is_(None), _S.article_id != article_id)
    if (await connection.execute(select(func.count()).where(own))).scalar_one() >= MOST_SAVED:
        return False
    statement = replacing(
        connection, saved_stories, "subscriber_id", "article_id",
        subscriber_id=subscriber_id, article_id=article_id, title=title, url=url, saved_at=now, read_at=None,
    )  # fmt: skip
    await connection.execute(statement)
    return True


async def drop_saved(connection: AsyncConnection, subscriber_id: int, article_ids: Sequence[int]) -> None:
    """Delete the saved story of these articles."""
    of_story = and_(_S.subscriber_id == subscriber_id, _S.article_id.in_(article_ids))
    await connection.execute(delete(saved_stories).where(of_story))


async def is_saved(connection: AsyncConnection, chat_id: int, article_ids: Sequence[int]) -> bool:
    """Tell whether the chat has saved the story of these articles and not read it."""
    kept = and_(_of_chat(chat_id), _S.article_id.in_(article_ids), _S.read_at.is_(None))
    return (await connection.execute(select(_S.id).where(kept).limit(1))).first() is not None


async def find_saved(connection: AsyncConnection, chat_id: int) -> Sequence[SavedStory]:
    """Return the saved stories that the chat has not read, newest first."""
    unread = and_(_of_chat(chat_id), _S.read_at.is_(None))
    query = select(saved_stories).where(unread).order_by(_S.saved_at.desc(), _S.id.desc()).limit(MOST_SAVED)
    return [_saved(row) for row in await connection.execute(query)]


async def mark_read(
    connection: AsyncConnection, saved_id: int, chat_id: int, *, is_read: bool, now: dt.datetime
) -> SavedStory | None:
    """Mark a saved story of this chat as read or unread, and return it; None if it is not there."""
    of_chat = and_(_S.id == saved_id, _of_chat(chat_id))
    statement = update(saved_stories).where(of_chat).values(read_at=now if is_read else None)
    row = (await connection.execute(statement.returning(saved_stories))).first()
    return _saved(row) if row else None


async def prune_saved(connection: AsyncConnection, *, before: dt.datetime, read_before: dt.datetime) -> None:
    """Delete stories that were saved before `before` or read before `read_before`."""
    await connection.execute(delete(saved_stories).where(or_(_S.saved_at < before, _S.read_at < read_before)))


def _of_chat(chat_id: int) -> ColumnElement[bool]:
    return _S.subscriber_id.in_(select(subscribers.c.id).where(subscribers.c.chat_id == chat_id))


def _saved(row: Row[Any]) -> SavedStory:
    return SavedStory(row.id, row.article_id, row.title, row.url, row.saved_at, row.read_at is not None)


# A taste is the bounded sum of the latest reactions: more or less of such stories. A reaction that is taken
# back leaves no trace.


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
    statement = replacing(
        connection, taught_stories, subscriber_id=subscriber_id, article_id=article_id, liking=liking,
        traits=[list(trait) for trait in traits], taught_at=now,
    )  # fmt: skip
    await connection.execute(statement)
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
        learnt = [{"subscriber_id": subscriber_id, **taste._asdict()} for taste in found]
        await connection.execute(insert(tastes), learnt)


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
class ReaderStories:
    """Saved stories, newest first; reactions to articles (1 more, -1 less); tastes.

    `follows` hold the title, since when it is followed, and when it was removed.
    """

    saved: tuple[ExportedSaved, ...] = ()
    taught: tuple[tuple[int, int, dt.datetime], ...] = ()
    tastes: tuple[Taste, ...] = ()
    follows: tuple[tuple[str, dt.datetime, dt.datetime | None], ...] = ()


async def export_stories(connection: AsyncConnection, chat_id: int) -> ReaderStories:
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
    return ReaderStories(
        tuple(ExportedSaved(*row) for row in await connection.execute(kept)),
        tuple(await find_taught(connection, chat_id)),
        tuple(Taste(*row) for row in await connection.execute(liked)),
        tuple((row.title, row.made_at, row.removed_at) for row in await connection.execute(followed)),
    )


async def move_stories(connection: AsyncConnection, old_chat: int, new_id: int) -> None:
    """Move all this from a chat to another subscriber, whose own data on the same stories stays."""
    old_id = select(subscribers.c.id).where(subscribers.c.chat_id == old_chat).scalar_subquery()
    for table in _TABLES:
        known = select(table.c.article_id).where(table.c.subscriber_id == new_id)
        its_own = and_(table.c.subscriber_id == old_id, table.c.article_id.not_in(known))
        await connection.execute(update(table).where(its_own).values(subscriber_id=new_id))
    await sum_up_tastes(connection, new_id)
