"""Notes, which are small values by name that must survive a restart, and the operators' audit log."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_new, replacing
from storage.tables import deeds, notes


async def write_note(connection: AsyncConnection, name: str, value: str, *, now: dt.datetime) -> None:
    await connection.execute(replacing(connection, notes, name=name, value=value, changed_at=now))


async def write_new_note(connection: AsyncConnection, name: str, value: str, *, now: dt.datetime) -> bool:
    """Write the note called `name` unless there is one; return whether there was none."""
    statement = insert_new(connection, notes).values(name=name, value=value, changed_at=now)
    return (await connection.execute(statement.returning(notes.c.name))).first() is not None


async def find_note(connection: AsyncConnection, name: str) -> str | None:
    query = select(notes.c.value).where(notes.c.name == name)
    return (await connection.execute(query)).scalar_one_or_none()


async def find_notes(connection: AsyncConnection, beginning: str) -> list[tuple[str, str]]:
    """Return names and values of the notes, at most 100, whose names have this beginning."""
    n = notes.c
    query = select(n.name, n.value).where(n.name.startswith(beginning, autoescape=True)).order_by(n.name)
    return [(row.name, row.value) for row in await connection.execute(query.limit(100))]


async def forget_note(connection: AsyncConnection, name: str) -> bool:
    """Delete the note called `name`; return whether it was there."""
    return (await connection.execute(delete(notes).where(notes.c.name == name))).rowcount == 1


_KEPT = dt.timedelta(days=365)
_LONGEST_DETAIL = 300


class AuditKind(StrEnum):
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
    APPROVED = "approved"
    HELD = "held"
    DROPPED = "dropped"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry of the audit log: one action of an operator."""

    done_at: dt.datetime
    admin: int
    kind: AuditKind
    detail: str


async def record_audit_entry(
    connection: AsyncConnection, admin: int, kind: AuditKind, detail: str = "", *, now: dt.datetime
) -> None:
    """Add an action of `admin`, and delete entries that are older than a year."""
    values = {"done_at": now, "admin": admin, "kind": kind, "detail": detail[:_LONGEST_DETAIL]}
    await connection.execute(insert(deeds).values(values))
    await connection.execute(delete(deeds).where(deeds.c.done_at < now - _KEPT))


async def find_audit_entries(
    connection: AsyncConnection, *, limit: int, kind: AuditKind | None = None
) -> list[AuditEntry]:
    """Return the latest entries, newest first; only those of `kind` if it is given."""
    d = deeds.c
    query = select(d.done_at, d.admin, d.kind, d.detail).order_by(d.done_at.desc(), d.id.desc())
    if kind is not None:
        query = query.where(d.kind == kind)
    rows = await connection.execute(query.limit(limit))
    return [AuditEntry(row.done_at, row.admin, AuditKind(row.kind), row.detail) for row in rows]
