"""Deliveries: the ledger of what each subscriber gets, one row per issue, subscriber and part.

pending → sending (committed before Telegram is called) → sent | gone | unknown. A row found in `sending` at
start was interrupted: once it is tried again, at the tail of the queue; twice and it ends `unknown`, because
Telegram offers no way to ask whether the message went out.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import is_postgres
from storage.tables import deliveries, issue_parts, subscribers

MOST_TRIES = 2


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is being sent now."""

    id: int
    chat_id: int
    html: str
    tries: int


async def recover_interrupted(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """Free the rows that a stopped process left in `sending`; return how many ended `unknown`."""
    d = deliveries.c
    outcome = case((d.tries >= MOST_TRIES, "unknown"), else_="pending")
    statement = update(deliveries).where(d.status == "sending").values(status=outcome, changed_at=now)
    rows = (await connection.execute(statement.returning(d.status))).scalars().all()
    return sum(status == "unknown" for status in rows)


async def claim_deliveries(connection: AsyncConnection, *, now: dt.datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due rows for sending, first tries first, the parts of an issue in their order.

    A row that came back while its chat paused or left is called off here.
    """
    d = deliveries.c
    earlier = deliveries.alias("earlier")
    is_first = ~exists().where(
        earlier.c.subscriber_id == d.subscriber_id,
        earlier.c.issue_id == d.issue_id,
        earlier.c.part < d.part,
        earlier.c.status.in_(["pending", "sending"]),
    )
    due = (
        select(d.id, subscribers.c.status)
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .where(d.status == "pending", d.not_before <= now, is_first)
        .order_by(d.tries, d.not_before, d.id)
        .limit(limit)
    )
    if is_postgres(connection):
        due = due.with_for_update(of=deliveries, skip_locked=True)
    rows = (await connection.execute(due)).all()
    for row in rows:
        if row.status != "active":
            await mark_gone(connection, row.id, row.status, now=now)
    ids = [row.id for row in rows if row.status == "active"]
    if not ids:
        return []
    taken = {"status": "sending", "tries": d.tries + 1, "changed_at": now}
    await connection.execute(update(deliveries).where(d.id.in_(ids)).values(taken))
    part = and_(issue_parts.c.issue_id == d.issue_id, issue_parts.c.part == d.part)
    query = (
        select(d.id, subscribers.c.chat_id, issue_parts.c.html, d.tries)
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .join(issue_parts, part)
        .where(d.id.in_(ids))
        .order_by(d.id)
    )
    return [Claimed(*row) for row in await connection.execute(query)]


async def mark_sent(
    connection: AsyncConnection, delivery_id: int, message_id: int, *, now: dt.datetime
) -> None:
    """Write down Telegram's message number."""
    values = {"status": "sent", "message_id": message_id, "reason": None, "changed_at": now}
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


async def mark_gone(connection: AsyncConnection, delivery_id: int, reason: str, *, now: dt.datetime) -> None:
    """Write down that Telegram refused this delivery for good, and why."""
    values = {"status": "gone", "reason": reason, "changed_at": now}
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


async def mark_unknown(
    connection: AsyncConnection, delivery_id: int, reason: str, *, now: dt.datetime
) -> None:
    """Write down that nobody can tell whether this delivery arrived."""
    values = {"status": "unknown", "reason": reason, "changed_at": now}
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


async def put_back(
    connection: AsyncConnection,
    delivery_id: int,
    *,
    not_before: dt.datetime,
    counts: bool,
    reason: str,
    now: dt.datetime,
) -> None:
    """Let a delivery wait until `not_before`; `counts` tells whether Telegram may have seen this try."""
    d = deliveries.c
    values = {
        "status": "pending",
        "not_before": not_before,
        "tries": d.tries if counts else d.tries - 1,
        "reason": reason,
        "changed_at": now,
    }
    await connection.execute(update(deliveries).where(d.id == delivery_id).values(values))


async def count_by_status(connection: AsyncConnection, *, since: dt.datetime) -> dict[str, int]:
    """Return how many deliveries changed since `since` stand in each status."""
    d = deliveries.c
    query = select(d.status, func.count().label("total")).where(d.changed_at >= since).group_by(d.status)
    return {row.status: row.total for row in await connection.execute(query)}


async def count_waiting(connection: AsyncConnection) -> int:
    """Return how many deliveries are not finished."""
    d = deliveries.c
    query = select(func.count()).select_from(deliveries).where(d.status.in_(["pending", "sending"]))
    return (await connection.execute(query)).scalar_one()
