"""Telegram's updates, kept from the moment they are confirmed until they are handled.

python-telegram-bot confirms an update before its handlers run, so a kill in between would lose it. A handled
update stays as a bare number for a while: the same number again is not handled twice.
"""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert_into
from storage.tables import updates


async def keep_update(connection: AsyncConnection, update_id: int, payload: str, *, now: dt.datetime) -> bool:
    """Keep an update; return False when this number was seen before."""
    statement = insert_into(connection, updates).values(update_id=update_id, payload=payload, received_at=now)
    statement = statement.on_conflict_do_nothing(index_elements=["update_id"])
    result = await connection.execute(statement.returning(updates.c.update_id))
    return result.first() is not None


async def mark_handled(connection: AsyncConnection, update_id: int) -> None:
    """Forget an update's words, keep its number."""
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(payload=None))


async def find_unhandled(connection: AsyncConnection, *, limit: int = 10_000) -> list[str]:
    """Return the payloads that no handler has finished, oldest first."""
    u = updates.c
    query = select(u.payload).where(u.payload.is_not(None)).order_by(u.update_id).limit(limit)
    return [payload for payload in (await connection.execute(query)).scalars() if payload is not None]


async def forget_handled(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Drop the numbers of updates handled and received before `before`."""
    u = updates.c
    await connection.execute(delete(updates).where(u.payload.is_(None), u.received_at < before))
