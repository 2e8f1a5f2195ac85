"""Waits that Telegram asked for ("Too Many Requests"): of one chat, or of the whole bot.

A chat's wait is a column of its subscriber, the bot's is a note, so that no restart sends into either.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.notes import find_note, forget_note, write_note
from storage.tables import subscribers
from storage.times import UtcTime

_LIMITED = "sending_limited"
_STOPPED = "sending_paused"  # by an operator


@dataclass(frozen=True, slots=True)
class Holds:
    """How many chats Telegram makes wait, and when the last of these waits ends."""

    chats: int
    last_until: dt.datetime | None


NO_HOLDS = Holds(0, None)


def is_free(now: Any) -> ColumnElement[bool]:
    """Return the condition that a subscriber may be sent to at `now`, a moment or a bound parameter."""
    s = subscribers.c
    return or_(s.held_until.is_(None), s.held_until <= now)


async def hold_chat(connection: AsyncConnection, chat_id: int, until: dt.datetime) -> None:
    """Send nothing to a chat before `until`; a wait that ends later stays."""
    row = and_(subscribers.c.chat_id == chat_id, is_free(until))
    await connection.execute(update(subscribers).where(row).values(held_until=until))


async def release_chats(connection: AsyncConnection, chat_ids: Collection[int]) -> None:
    """Forget the waits of chats that Telegram took a message for."""
    values = {"held_until": None, "told_at": None}
    these = subscribers.c.chat_id.in_(chat_ids)
    await connection.execute(update(subscribers).where(these).values(values))


async def find_held_chats(
    connection: AsyncConnection, *, now: dt.datetime, limit: int = 1_000
) -> list[tuple[int, dt.datetime]]:
    """Return the chats that have to wait, and until when."""
    s = subscribers.c
    query = select(s.chat_id, s.held_until).where(s.held_until > now).order_by(s.held_until.desc())
    return [(row.chat_id, row.held_until) for row in await connection.execute(query.limit(limit))]


async def look_at_holds(connection: AsyncConnection, *, now: dt.datetime) -> Holds:
    """Count the chats that have to wait."""
    s = subscribers.c
    query = select(func.count(), func.max(s.held_until, type_=UtcTime)).where(s.held_until > now)
    row = (await connection.execute(query)).one()
    return Holds(row[0], row[1])


async def take_untold_holds(
    connection: AsyncConnection, *, now: dt.datetime, longer_than: dt.timedelta
) -> Holds:
    """Return the long waits that admins have not heard of, and note that they have: each is told once."""
    s = subscribers.c
    is_untold = and_(s.held_until > now + longer_than, s.told_at.is_(None))
    query = select(func.count(), func.max(s.held_until, type_=UtcTime)).where(is_untold)
    count, last_until = (await connection.execute(query)).one()
    if count:
        await connection.execute(update(subscribers).where(is_untold).values(told_at=now))
    return Holds(count, last_until)


async def limit_bot(connection: AsyncConnection, until: dt.datetime, *, now: dt.datetime) -> None:
    """Note that Telegram refuses messages to everybody: nothing is sent before `until`."""
    await write_note(connection, _LIMITED, until.isoformat(), now=now)


async def lift_limit(connection: AsyncConnection) -> None:
    """Forget that Telegram refused messages to everybody."""
    await forget_note(connection, _LIMITED)


async def find_limit(connection: AsyncConnection) -> dt.datetime | None:
    """Return until when nothing is sent because Telegram refuses messages to everybody.

    A moment that has passed means that the next delivery finds out whether it still does.
    """
    note = await find_note(connection, _LIMITED)
    return dt.datetime.fromisoformat(note) if note else None


async def find_hold(connection: AsyncConnection, chat_id: int, *, now: dt.datetime) -> dt.datetime | None:
    """Return until when a chat has to wait, None where it has not."""
    s = subscribers.c
    query = select(s.held_until).where(s.chat_id == chat_id, s.held_until > now)
    return (await connection.execute(query)).scalar_one_or_none()


async def stop_sending(connection: AsyncConnection, *, now: dt.datetime) -> None:
    """Note that an operator stopped all sending."""
    await write_note(connection, _STOPPED, now.isoformat(), now=now)


async def resume_sending(connection: AsyncConnection) -> None:
    """Note that sending goes on."""
    await forget_note(connection, _STOPPED)


async def find_stop(connection: AsyncConnection) -> dt.datetime | None:
    """Return since when an operator has stopped all sending."""
    note = await find_note(connection, _STOPPED)
    return dt.datetime.fromisoformat(note) if note else None
