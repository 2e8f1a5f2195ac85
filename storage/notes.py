"""Small facts that must survive a restart, by name: what the admins were told, the last nightly run."""

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import replacing
from storage.tables import notes


async def write_note(connection: AsyncConnection, name: str, value: str, *, now: dt.datetime) -> None:
    """Write or overwrite the note called `name`."""
    await connection.execute(replacing(connection, notes, name=name, value=value, changed_at=now))


async def find_note(connection: AsyncConnection, name: str) -> str | None:
    """Return the note called `name`."""
    query = select(notes.c.value).where(notes.c.name == name)
    return (await connection.execute(query)).scalar_one_or_none()


async def forget_note(connection: AsyncConnection, name: str) -> bool:
    """Drop the note called `name`; return whether it was there."""
    return (await connection.execute(delete(notes).where(notes.c.name == name))).rowcount == 1
