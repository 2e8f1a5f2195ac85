"""Lists of stories: those for which a digest had no room, and those that a chat saved for later."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into
from storage.tables import saved_stories, story_lists, subscribers

# Stories for which a digest had no room; its button *Xem thêm* shows them.
#
# A list is stored once, however many digests left out the same stories in the same order.


async def record_story_lists(
    connection: AsyncConnection, wanted: Sequence[Sequence[int]], *, now: dt.datetime
) -> list[int | None]:
    """Store lists of stories, the most important first; return the id of each, None for an empty one."""
    keys = [_key_of(story_ids) for story_ids in wanted]
    rows = {
        key: {"key": key, "story_ids": list(story_ids), "made_at": now}
        for key, story_ids in zip(keys, wanted, strict=True)
        if key
    }
    if not rows:
        return [None] * len(wanted)
    statement = insert_into(connection, story_lists)
    statement = statement.on_conflict_do_update(
        index_elements=["key"], set_={"made_at": statement.excluded.made_at}
    )
    made = await connection.execute(
        statement.returning(story_lists.c.key, story_lists.c.id), list(rows.values())
    )
    ids = {row.key: row.id for row in made}
    return [ids[key] if key else None for key in keys]


def _key_of(story_ids: Sequence[int]) -> str:
    if not story_ids:
        return ""
    return hashlib.sha256(json.dumps(list(story_ids)).encode()).hexdigest()


async def find_story_list(connection: AsyncConnection, list_id: int) -> tuple[int, ...]:
    """Return the stories of a list, the most important first; none if the list is deleted."""
    query = select(story_lists.c.story_ids).where(story_lists.c.id == list_id)
    return tuple((await connection.execute(query)).scalar_one_or_none() or ())


async def prune_story_lists(connection: AsyncConnection, *, before: dt.datetime, limit: int) -> None:
    """Delete up to `limit` lists that no digest used since `before`."""
    old = select(story_lists.c.id).where(story_lists.c.made_at < before).limit(limit)
    await connection.execute(delete(story_lists).where(story_lists.c.id.in_(old)))


# Stories that a chat saved for later.
#
# A story that was read stays for a day, so that it can be put back. Title and address are stored, because
# the article may be deleted meanwhile.

MOST_SAVED = 100  # of one chat
_S = saved_stories.c


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
    values = {"title": title, "url": url, "saved_at": now, "read_at": None}
    statement = insert_into(connection, saved_stories).values(
        subscriber_id=subscriber_id, article_id=article_id, **values
    )
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["subscriber_id", "article_id"], set_=values)
    )
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
