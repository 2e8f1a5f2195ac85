"""Telegram's updates, kept as they came from before they are confirmed until they are handled.

A kill between the confirmation and the handlers would lose an update that is only in memory. A handled update
stays as a bare number for a while: the same number again is not handled twice. One that cannot be read is set
aside with the reason.
"""

import datetime as dt

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert_into
from storage.tables import updates


async def keep_update(
    connection: AsyncConnection, update_id: int, payload: str, *, now: dt.datetime, failure: str | None = None
) -> bool:
    """Keep an update, set aside where `failure` says why it cannot be read; False when it was seen before."""
    row = {"update_id": update_id, "payload": payload, "received_at": now, "failure": failure}
    statement = insert_into(connection, updates).values(row)
    statement = statement.on_conflict_do_nothing(index_elements=["update_id"])
    result = await connection.execute(statement.returning(updates.c.update_id))
    return result.first() is not None


async def set_aside(connection: AsyncConnection, update_id: int, failure: str) -> None:
    """Write down why a kept update cannot be read; nobody tries again."""
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(failure=failure))


async def count_set_aside(connection: AsyncConnection) -> int:
    """Return how many updates are set aside."""
    query = select(func.count()).select_from(updates).where(updates.c.failure.is_not(None))
    return (await connection.execute(query)).scalar_one()


async def mark_handled(connection: AsyncConnection, update_id: int) -> None:
    """Forget an update's words, keep its number."""
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(payload=None))


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
