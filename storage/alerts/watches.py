"""Watches: questions that alert. Their hits are in `storage.alerts.watch_hits`.

A removed watch stays for a day, so that removing can be undone; it has no effect meanwhile.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_new, replacing
from storage.tables import subscribers, watches


@dataclass(frozen=True, slots=True)
class Watch:
    """A chat's question that alerts. `text` is as typed."""

    id: int
    text: str
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding a watch; `watch` is None if the chat has as many as it may."""

    watch: Watch | None
    is_new: bool = False


async def add_watch(
    connection: AsyncConnection, subscriber_id: int, *, key: str, text: str, most: int, now: dt.datetime
) -> Added:
    """Add a watch for `text`; two watches with the same `key` are the same."""
    w = watches.c
    same = select(watches).where(w.subscriber_id == subscriber_id, w.key == key, w.removed_at.is_(None))
    if row := (await connection.execute(same)).first():
        return Added(_watch(row))
    if await count_watches(connection, subscriber_id) >= most:
        return Added(None)
    statement = replacing(
        connection, watches, "subscriber_id", "key",
        subscriber_id=subscriber_id, key=key, text=text, made_at=now, changed_at=now, removed_at=None,
    )  # fmt: skip
    return Added(_watch((await connection.execute(statement.returning(watches))).one()), is_new=True)


async def put_watches(
    connection: AsyncConnection, wanted: Sequence[tuple[int, str, str]], *, now: dt.datetime
) -> None:
    """Add watches, each as (subscriber, key, text), for subscribers without watches; a key counts once."""
    rows = [
        {"subscriber_id": subscriber, "key": key, "text": text, "made_at": now, "changed_at": now}
        for subscriber, key, text in wanted
    ]
    if rows:
        await connection.execute(insert_new(connection, watches, "subscriber_id", "key"), rows)


async def find_watches(connection: AsyncConnection, chat_id: int) -> list[Watch]:
    """Return the watches of a chat, oldest first."""
    w = watches.c
    query = select(watches).join(subscribers).where(subscribers.c.chat_id == chat_id, w.removed_at.is_(None))
    return [_watch(row) for row in await connection.execute(query.order_by(w.id))]


async def find_watch(connection: AsyncConnection, watch_id: int, chat_id: int) -> Watch | None:
    """Return the watch if it is this chat's, removed or not."""
    query = select(watches).join(subscribers).where(subscribers.c.chat_id == chat_id)
    row = (await connection.execute(query.where(watches.c.id == watch_id))).first()
    return _watch(row) if row else None


async def set_removed(
    connection: AsyncConnection, watch_id: int, *, is_removed: bool, now: dt.datetime
) -> None:
    """Remove a watch, or undo that; articles published in between then cause no alert."""
    values = {"removed_at": now} if is_removed else {"removed_at": None, "made_at": now}
    changed = update(watches).where(watches.c.id == watch_id).values({**values, "changed_at": now})
    await connection.execute(changed)


@dataclass(frozen=True, slots=True)
class ChangedWatch:
    """A watch as it is now; `summarizer.questions.watching.read_key` reads its question from `key`."""

    id: int
    key: str
    text: str
    is_removed: bool
    changed_at: dt.datetime


async def find_changed_watches(
    connection: AsyncConnection, *, after: tuple[dt.datetime, int], limit: int
) -> list[ChangedWatch]:
    """Return watches in the order in which they last changed, those after (changed at, id)."""
    w = watches.c
    query = select(w.id, w.key, w.text, w.removed_at.is_not(None), w.changed_at)
    query = query.where(tuple_(w.changed_at, w.id) > after).order_by(w.changed_at, w.id).limit(limit)
    return [ChangedWatch(*row) for row in await connection.execute(query)]


async def count_watches(connection: AsyncConnection, subscriber_id: int | None = None) -> int:
    """Return how many watches a subscriber has, or all have, without the removed."""
    query = select(func.count()).select_from(watches).where(watches.c.removed_at.is_(None))
    if subscriber_id is not None:
        query = query.where(watches.c.subscriber_id == subscriber_id)
    return (await connection.execute(query)).scalar_one()


async def move_watches(connection: AsyncConnection, old_chat: int, new_id: int) -> None:
    """Give the watches of a chat to another subscriber, who may have some of them already."""
    known = select(watches.c.key).where(watches.c.subscriber_id == new_id)
    old_id = select(subscribers.c.id).where(subscribers.c.chat_id == old_chat).scalar_subquery()
    its_own = and_(watches.c.subscriber_id == old_id, watches.c.key.not_in(known))
    await connection.execute(update(watches).where(its_own).values(subscriber_id=new_id))


async def prune_watches(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete the watches removed before `before`."""
    await connection.execute(delete(watches).where(watches.c.removed_at < before))


def _watch(row: Row[Any]) -> Watch:
    return Watch(row.id, row.text, row.removed_at is not None)
