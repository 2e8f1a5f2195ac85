"""What intake has seen: fingerprints of files taken already, and what was refused and why."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.intake.model import Refusal
from storage.statements import chunks, replacing
from storage.tables import intake_files, refusals


async def find_fingerprints(
    connection: AsyncConnection, source: str, *, limit: int = 100_000
) -> dict[str, str]:
    """Return the fingerprint of each file of `source` that was taken in, by path."""
    f = intake_files.c
    query = select(f.path, f.fingerprint).where(f.source == source).order_by(f.seen_at.desc()).limit(limit)
    return {row.path: row.fingerprint for row in await connection.execute(query)}


async def remember_file(
    connection: AsyncConnection, source: str, path: str, fingerprint: str, *, now: dt.datetime
) -> None:
    """Remember that this state of a file was taken in."""
    values = {"source": source, "path": path, "fingerprint": fingerprint, "seen_at": now}
    await connection.execute(replacing(connection, intake_files, **values))


async def forget_files(connection: AsyncConnection, source: str, paths: Sequence[str]) -> None:
    """Drop the marks of files that are not there any more."""
    f = intake_files.c
    for batch in chunks(paths, 500):
        await connection.execute(delete(intake_files).where(f.source == source, f.path.in_(batch)))


async def record_refusals(
    connection: AsyncConnection, source: str, refused: Sequence[Refusal], *, now: dt.datetime
) -> None:
    """Keep what was refused, the latest reason for each place."""
    for refusal in refused:
        values = {"source": source, "path": refusal.path, "reason": refusal.reason, "seen_at": now}
        await connection.execute(replacing(connection, refusals, **values))


async def find_refusals(connection: AsyncConnection, *, limit: int = 20) -> list[tuple[str, str, str]]:
    """Return (source, path, reason) of the latest refusals, newest first."""
    r = refusals.c
    query = select(r.source, r.path, r.reason).order_by(r.seen_at.desc(), r.path).limit(limit)
    return [(row.source, row.path, row.reason) for row in await connection.execute(query)]


async def find_refusals_at(
    connection: AsyncConnection, place: str, *, limit: int = 5
) -> list[tuple[str, str, str]]:
    """Return (source, path, reason) of what was refused at `place`: a path or its end, or an address."""
    r = refusals.c
    is_there = or_(r.path == place, r.path.endswith(f"/{place}", autoescape=True))
    query = select(r.source, r.path, r.reason).where(is_there).order_by(r.seen_at.desc(), r.path)
    return [(row.source, row.path, row.reason) for row in await connection.execute(query.limit(limit))]


async def find_refusals_of(
    connection: AsyncConnection, source: str, *, limit: int = 5
) -> list[tuple[str, str, str]]:
    """Return (source, path, reason) of a source's latest refusals, newest first."""
    r = refusals.c
    query = select(r.source, r.path, r.reason).where(r.source == source)
    rows = await connection.execute(query.order_by(r.seen_at.desc(), r.path).limit(limit))
    return [(row.source, row.path, row.reason) for row in rows]
