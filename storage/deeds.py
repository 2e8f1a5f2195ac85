"""What operators did, for a year: the log of changes that the console shows."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import deeds

_KEPT = dt.timedelta(days=365)
_LONGEST_DETAIL = 300


class DeedKind(StrEnum):
    """What was done."""

    SENT_NOW = "sent_now"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    STOPPED = "stopped"
    RESUMED = "resumed"
    TAKEN_AGAIN = "taken_again"
    LOGGED_IN = "logged_in"
    ANNOUNCED = "announced"
    ANNOUNCEMENT_STOPPED = "announcement_stopped"
    CHANGED_FILE = "changed_file"
    CHANGED_BACK = "changed_back"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that an operator did."""

    done_at: dt.datetime
    admin: int
    kind: DeedKind
    detail: str


async def record_deed(
    connection: AsyncConnection, admin: int, kind: DeedKind, detail: str = "", *, now: dt.datetime
) -> None:
    """Write down what `admin` did, and forget what was done a year ago."""
    values = {"done_at": now, "admin": admin, "kind": kind, "detail": detail[:_LONGEST_DETAIL]}
    await connection.execute(insert(deeds).values(values))
    await connection.execute(delete(deeds).where(deeds.c.done_at < now - _KEPT))


async def find_deeds(connection: AsyncConnection, *, limit: int) -> list[Deed]:
    """Return what was done lately, newest first."""
    d = deeds.c
    query = select(d.done_at, d.admin, d.kind, d.detail).order_by(d.done_at.desc(), d.id.desc())
    rows = await connection.execute(query.limit(limit))
    return [Deed(row.done_at, row.admin, DeedKind(row.kind), row.detail) for row in rows]
