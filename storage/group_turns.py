"""When messages may go to a group to which several processes send. PostgreSQL only.

Telegram admits 20 a minute. Each message reserves the next moment that is free: at most 5 in 20 seconds, as
one process by itself sends, and a second apart. Moments are the server's. They are kept beside those of
askers (`storage.admissions`), and for as long.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.admissions import Admissions, AskerKey, find_admissions, write_admissions

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
