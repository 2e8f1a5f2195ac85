"""Deliveries: the ledger of what each subscriber gets, one row per message and subscriber.

pending → sending (committed before Telegram is called) → sent | gone | unknown. A row in `sending` at start
was interrupted. The first time it is tried again, at the end of the queue. The second time it ends as
`unknown`, because Telegram offers no way to ask whether the message was sent.
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

    If several processes send `together`, rows of processes with a share of the rate stay as they are, and so
    do those of the calling process, whose name is `own`.
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
    """Free the rows that `sender` claimed, except those `in_flight`.

    Such rows are left when a claim was committed but the reply to COMMIT was lost. Only the process `sender`
    may call this, while it has its lease: it knows that it sent none of them.
    """
    d = deliveries.c
    lost = and_(d.status == _SENDING, d.sender == sender, d.id.not_in([one.id for one in in_flight]))
    values = {"status": _PENDING, "tries": d.tries - 1, "changed_at": now, "sender": None}
    await connection.execute(update(deliveries).where(lost).values(values))


async def mark_sent(
    connection: AsyncConnection, sent: Sequence[tuple[Claimed, int]], *, now: dt.datetime
) -> None:
    """Mark deliveries as sent, each with Telegram's message number."""
    rows = [{"row": one.id, "tried": one.tries, "number": number, "moment": now} for one, number in sent]
    if rows:
        await connection.execute(_MARK_SENT, rows)


async def mark_gone(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Mark a delivery as refused for good, with the reason."""
    values = {"status": _GONE, "reason": reason, "changed_at": now, "sender": None}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


async def mark_unknown(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Mark a delivery of which nobody can tell whether it arrived."""
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
    """Let a delivery wait until `not_before`. The attempt `counts` if Telegram may have received it."""
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


async def release_recalled(connection: AsyncConnection, one: Claimed, *, now: dt.datetime) -> None:
    """Undo the claim of a delivery that has not left: it keeps its place in the queue."""
    values = {"status": _PENDING, "tries": deliveries.c.tries - 1, "changed_at": now, "sender": None}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


def _is_ours(one: Claimed) -> ColumnElement[bool]:
    """Return the condition that a row is still in the attempt that was claimed.

    If another process took the row over, it has a later attempt or is finished: results of the earlier
    attempt must not change it.
    """
    d = deliveries.c
    return and_(d.id == one.id, d.tries == one.tries, d.status == _SENDING)


async def count_open(connection: AsyncConnection) -> dict[DeliveryStatus, int]:
    """Return how many deliveries are pending and sending; the cost grows with that number."""
    d = deliveries.c
    query = select(d.status, func.count().label("total")).where(d.status.in_(OPEN)).group_by(d.status)
    return {DeliveryStatus(row.status): row.total for row in await connection.execute(query)}
