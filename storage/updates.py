"""Telegram's updates, kept as they came from before they are confirmed until they are handled.

A kill between the confirmation and the handlers would lose an update that is only in memory. A handled update
stays as a bare number for a while: the same number again is not handled twice. One that cannot be read is set
aside with the reason. Of one that was not handled because its sender sent too many, only the number is kept.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import chunks, insert_into
from storage.tables import updates

PASSED_OVER = "too many of one sender"


@dataclass(frozen=True, slots=True)
class Kept:
    """An update to keep. `payload` is what came, or None; `failure` says why it is not to be handled."""

    update_id: int
    payload: str | None
    failure: str | None = None


async def keep_updates(connection: AsyncConnection, found: Sequence[Kept], *, now: dt.datetime) -> set[int]:
    """Keep updates; return the numbers of those that were not seen before."""
    rows = [
        {"update_id": one.update_id, "payload": one.payload, "received_at": now, "failure": one.failure}
        for one in found
    ]
    new: set[int] = set()
    for some in chunks(rows, 1_000):
        statement = insert_into(connection, updates).values(some)
        statement = statement.on_conflict_do_nothing(index_elements=["update_id"])
        new.update((await connection.execute(statement.returning(updates.c.update_id))).scalars())
    return new


async def set_aside(connection: AsyncConnection, update_id: int, failure: str) -> None:
    """Write down why a kept update cannot be read; nobody tries again."""
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(failure=failure))


async def count_set_aside(connection: AsyncConnection) -> int:
    """Return how many updates are set aside because they cannot be read."""
    u = updates.c
    query = select(func.count()).select_from(updates).where(u.failure.is_not(None), u.failure != PASSED_OVER)
    return (await connection.execute(query)).scalar_one()


async def count_passed_over(connection: AsyncConnection) -> int:
    """Return how many updates were not handled because their sender sent too many."""
    query = select(func.count()).select_from(updates).where(updates.c.failure == PASSED_OVER)
    return (await connection.execute(query)).scalar_one()


async def mark_handled(connection: AsyncConnection, update_ids: Collection[int]) -> None:
    """Forget the words of updates, keep their numbers."""
    for some in chunks(sorted(update_ids), 1_000):
        await connection.execute(update(updates).where(updates.c.update_id.in_(some)).values(payload=None))


async def find_unhandled(connection: AsyncConnection, *, limit: int = 10_000) -> list[tuple[int, str]]:
    """Return number and payload of those of those not handled and not set aside, oldest first."""
    u = updates.c
    waiting = select(u.update_id, u.payload).where(u.payload.is_not(None), u.failure.is_(None))
    return [(row[0], row[1]) for row in await connection.execute(waiting.order_by(u.update_id).limit(limit))]


async def forget_handled(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Drop the numbers of updates handled, and the updates set aside, that were received before `before`."""
    u = updates.c
    is_done = or_(u.payload.is_(None), u.failure.is_not(None))
    await connection.execute(delete(updates).where(is_done, u.received_at < before))
