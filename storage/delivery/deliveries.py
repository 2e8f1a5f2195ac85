"""Deliveries: the ledger of what each subscriber gets, one row per message and subscriber.

pending → sending (committed before Telegram is called) → sent | gone | unknown. A row found in `sending` at
start was interrupted: once it is tried again, at the tail of the queue; twice and it ends `unknown`, because
Telegram offers no way to ask whether the message went out.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.claiming import Claimed
from storage.delivery.states import OPEN, DeliveryStatus
from storage.tables import deliveries, senders

MOST_TRIES = 2
_PENDING, _SENDING, _SENT = DeliveryStatus.PENDING, DeliveryStatus.SENDING, DeliveryStatus.SENT
_GONE, _UNKNOWN = DeliveryStatus.GONE, DeliveryStatus.UNKNOWN
_MARK_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.tries == bindparam("tried"))
    .where(deliveries.c.status == _SENDING)
    .values(
        status=_SENT,
        telegram_id=bindparam("number"),
        reason=None,
        changed_at=bindparam("moment"),
        sender=None,
    )
)


async def recover_interrupted(
    connection: AsyncConnection, *, now: dt.datetime, together: bool = False, own: str | None = None
) -> int:
    """Free the rows that a stopped process left in `sending`; return how many ended `unknown`.

    Where several send `together`, those of processes that have a share of the pace are left alone, and those
    of the process that asks, which has the name `own`.
    """
    d = deliveries.c
    outcome = case((d.tries >= MOST_TRIES, _UNKNOWN.value), else_=_PENDING.value)
    left = d.status == _SENDING
    if together:
        ended = and_(d.sender.not_in(select(senders.c.owner)), d.sender != (own or ""))
        left = and_(left, or_(d.sender.is_(None), ended))
    statement = update(deliveries).where(left).values(status=outcome, changed_at=now, sender=None)
    rows = (await connection.execute(statement.returning(d.status))).scalars().all()
    return sum(status == _UNKNOWN for status in rows)


async def free_unsent(
    connection: AsyncConnection, *, in_flight: Sequence[Claimed], now: dt.datetime, sender: str | None = None
) -> None:
    """Free rows that `sender` claimed other than those `in_flight`: those of a claim that was committed
    although the reply to COMMIT was lost.

    Only that process may ask, and it must have its lease: it knows that it sent none of them.
    """
    d = deliveries.c
    lost = and_(d.status == _SENDING, d.sender == sender, d.id.not_in([one.id for one in in_flight]))
    values = {"status": _PENDING, "tries": d.tries - 1, "changed_at": now, "sender": None}
    await connection.execute(update(deliveries).where(lost).values(values))


async def mark_sent(
    connection: AsyncConnection, sent: Sequence[tuple[Claimed, int]], *, now: dt.datetime
) -> None:
    """Write down Telegram's message number of each."""
    rows = [{"row": one.id, "tried": one.tries, "number": number, "moment": now} for one, number in sent]
    if rows:
        await connection.execute(_MARK_SENT, rows)


async def mark_gone(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Write down that Telegram refused this delivery for good, and why."""
    values = {"status": _GONE, "reason": reason, "changed_at": now, "sender": None}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


async def mark_unknown(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Write down that nobody can tell whether this delivery arrived."""
    values = {"status": _UNKNOWN, "reason": reason, "changed_at": now, "sender": None}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


async def put_back(
    connection: AsyncConnection,
    one: Claimed,
    *,
    not_before: dt.datetime,
    counts: bool,
    reason: str,
    now: dt.datetime,
) -> None:
    """Let a delivery wait until `not_before`; `counts` tells whether Telegram may have seen this try."""
    d = deliveries.c
    values = {
        "status": _PENDING,
        "not_before": not_before,
        "tries": d.tries if counts else d.tries - 1,
        "reason": reason,
        "changed_at": now,
        "sender": None,
    }
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


def _is_ours(one: Claimed) -> ColumnElement[bool]:
    """Return the condition that a row is still in the try that was claimed.

    A process that takes the row over tries it again or finishes it: what the process before it learns about
    the earlier try does not count any more.
    """
    d = deliveries.c
    return and_(d.id == one.id, d.tries == one.tries, d.status == _SENDING)


async def count_open(connection: AsyncConnection) -> dict[DeliveryStatus, int]:
    """Return how many deliveries are pending and sending; costs as much as there are."""
    d = deliveries.c
    query = select(d.status, func.count().label("total")).where(d.status.in_(OPEN)).group_by(d.status)
    return {DeliveryStatus(row.status): row.total for row in await connection.execute(query)}
