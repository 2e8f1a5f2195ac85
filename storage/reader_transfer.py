"""Export readers with their choices and watches, and import them into another database.

Data that depends on articles stays behind: deliveries, saved and followed stories, tastes.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import chunks, insert_into
from storage.profiles import CHOICES, Choices, choices_of, columns_of, joining
from storage.tables import profiles, subscribers, watches

MOVED = "moved"  # the status reason until the reader opens the new bot
_AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class Moving:
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


async def read_readers(
    connection: AsyncConnection, *, after: int = 0, limit: int = _AT_ONCE
) -> list[tuple[int, Moving]]:
    """Return readers in the order of their ids, above `after`, each with its id."""
    s, w = subscribers.c, watches.c
    query = select(subscribers, *CHOICES).join(profiles, profiles.c.id == s.profile_id)
    rows = (await connection.execute(query.where(s.id > after).order_by(s.id).limit(limit))).all()
    ids = [row.id for row in rows]
    watched = select(w.subscriber_id, w.text).where(w.subscriber_id.in_(ids), w.removed_at.is_(None))
    found = (await connection.execute(watched.order_by(w.subscriber_id, w.id))).all()
    texts = {
        number: tuple(row.text for row in group)
        for number, group in groupby(found, key=lambda row: row.subscriber_id)
    }
    return [
        (
            row.id,
            Moving(
                row.chat_id, row.kind, row.status, row.status_reason, replace(choices_of(row), tastes=()),
                row.quiet_start, row.quiet_end, row.created_at, row.paused_until, row.thread_id, row.silent,
                row.weekly_at, row.breaking,
                texts.get(row.id, ()),
            ),
        )
        for row in rows
    ]  # fmt: skip


async def join_profiles(
    connection: AsyncConnection, wanted: Mapping[Choices, dt.datetime], *, now: dt.datetime
) -> dict[Choices, int]:
    """Return the profiles with these choices, made or woken; `wanted` has when each is due next."""
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


async def put_readers(
    connection: AsyncConnection,
    readers: Sequence[Moving],
    profile_ids: Mapping[Choices, int],
    *,
    now: dt.datetime,
) -> dict[int, int]:
    """Add readers with the profiles of their choices; return the id of each new one by its chat.

    A chat that is a subscriber already stays as it is.
    """
    s = subscribers.c
    rows = [
        {
            "chat_id": one.chat_id, "kind": one.kind, "status": one.status,
            "status_reason": one.status_reason, "profile_id": profile_ids[one.choices],
            "quiet_start": one.quiet_start, "quiet_end": one.quiet_end, "created_at": one.created_at,
            "changed_at": now, "thread_id": one.thread_id, "paused_until": one.paused_until,
            "silent": one.is_silent, "joined_at": now,
            "weekly_at": one.weekly_at, "breaking": one.breaking,
        }
        for one in readers
    ]  # fmt: skip
    statement = insert_into(connection, subscribers).on_conflict_do_nothing(index_elements=["chat_id"])
    if not rows:
        return {}
    made = await connection.execute(statement.returning(s.id, s.chat_id), rows)
    return {row.chat_id: row.id for row in made}
