"""When each asker was admitted in the last hour, for processes that share a bot's chats. PostgreSQL only.

The table is UNLOGGED: a crash of the server empties it, which can only admit an asker once more. Times are
the server's.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import replacing
from storage.tables import admissions

KEPT = dt.timedelta(hours=1)
_a = admissions.c


@dataclass(frozen=True, slots=True)
class AskerKey:
    """An asker as one guard counts it: a person in a chat, or the whole chat (`other_id` 0)."""

    guard: str
    chat_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class Admissions:
    """When an asker was admitted, oldest first, and last refused. `now` is the server's time."""

    moments: tuple[dt.datetime, ...]
    refused_at: dt.datetime | None
    now: dt.datetime


async def find_admissions(connection: AsyncConnection, key: AskerKey) -> Admissions:
    asker = (_a.guard == key.guard) & (_a.chat_id == key.chat_id) & (_a.other_id == key.other_id)
    known = select(_a.moments, _a.refused_at).where(asker).subquery()
    clock = select(func.clock_timestamp().label("now")).subquery()
    found = select(known, clock).select_from(clock.outerjoin(known, true()))
    row = (await connection.execute(found)).one()
    moments = tuple(dt.datetime.fromtimestamp(each, dt.UTC) for each in row.moments or ())
    return Admissions(moments, row.refused_at, row.now.astimezone(dt.UTC))


async def write_admissions(connection: AsyncConnection, key: AskerKey, kept: Admissions) -> None:
    values = {"guard": key.guard, "chat_id": key.chat_id, "other_id": key.other_id}
    moments = [each.timestamp() for each in kept.moments]
    statement = replacing(
        connection, admissions, **values, moments=moments, refused_at=kept.refused_at, changed_at=kept.now
    )
    await connection.execute(statement)


async def forget_admissions(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete the admissions of askers who were last admitted or refused before `before`."""
    await connection.execute(delete(admissions).where(_a.changed_at < before))


# When messages may go to a group to which several processes send. Telegram admits 20 a minute. Each message
# reserves the next moment that is free: at most 5 in 20 seconds, as one process by itself sends, and a second
# apart. Moments are kept beside those of askers.

_MOST, _WITHIN = 5, dt.timedelta(seconds=20)
_APART = dt.timedelta(seconds=1.02)
_GUARD = "messages to a group"


def next_turn(taken: Sequence[dt.datetime], now: dt.datetime) -> dt.datetime:
    """Return when the next message may go, after those that have `taken` their moments, the oldest first.

    >>> now = dt.datetime(2026, 11, 29, 6, 45)
    >>> (next_turn([now] * 5, now) - now).total_seconds()
    20.0
    """
    earliest = [one + _APART for one in taken[-1:]]
    if len(taken) >= _MOST:
        earliest.append(taken[-_MOST] + _WITHIN)
    return max(now, *earliest) if earliest else now


async def take_turn_in_group(connection: AsyncConnection, chat_id: int) -> float:
    """Reserve the next moment for a message to a group; return in how many seconds that is."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"{_GUARD} {chat_id}", 0))
    await connection.execute(select(lock))
    key = AskerKey(_GUARD, chat_id, 0)
    known = await find_admissions(connection, key)
    at = next_turn(known.moments, known.now)
    kept = (*known.moments, at)[-_MOST:]
    await write_admissions(connection, key, Admissions(kept, None, known.now))
    return (at - known.now).total_seconds()
