"""Deliveries: the ledger of what each subscriber gets, one row per message and subscriber.

pending → sending (committed before Telegram is called) → sent | gone | unknown. A row in `sending` at start
was interrupted. The first time it is tried again, at the end of the queue. The second time it ends as
`unknown`, because Telegram offers no way to ask whether the message was sent.

On PostgreSQL the ledger has a partition for each month.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.claiming import Claimed
from storage.delivery.states import OPEN, DeliveryStatus, count_deliveries
from storage.engine import is_postgres
from storage.tables import deliveries, messages, senders

MOST_TRIES = 2
_PENDING, _SENDING, _SENT = DeliveryStatus.PENDING, DeliveryStatus.SENDING, DeliveryStatus.SENT
_GONE, _UNKNOWN = DeliveryStatus.GONE, DeliveryStatus.UNKNOWN
_MARK_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.tries == bindparam("tried"))
    .where(deliveries.c.status == _SENDING)
    .values(status=_SENT, telegram_id=bindparam("number"), changed_at=bindparam("moment"))
    .values(reason=None, sender=None)
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
    after: Sequence[str] = (await connection.execute(statement.returning(d.status))).scalars().all()
    return after.count(_UNKNOWN)


async def free_unsent(
    connection: AsyncConnection,
    *,
    in_flight: Sequence[Claimed],
    now: dt.datetime,
    sender: str | None = None,
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
    await _end_try(connection, one, now, {"status": _GONE, "reason": reason})


async def mark_unknown(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Mark a delivery of which nobody can tell whether it arrived."""
    await _end_try(connection, one, now, {"status": _UNKNOWN, "reason": reason})


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
    tries = deliveries.c.tries if counts else deliveries.c.tries - 1
    waits = {"status": _PENDING, "not_before": not_before, "tries": tries, "reason": reason}
    await _end_try(connection, one, now, waits)


async def release_recalled(connection: AsyncConnection, one: Claimed, *, now: dt.datetime) -> None:
    """Undo the claim of a delivery that has not left: it keeps its place in the queue."""
    await _end_try(connection, one, now, {"status": _PENDING, "tries": deliveries.c.tries - 1})


async def _end_try(
    connection: AsyncConnection, one: Claimed, now: dt.datetime, values: Mapping[str, Any]
) -> None:
    """Set a row's columns if it is still in the attempt that was claimed.

    If another process took the row over, it has a later attempt or is finished: results of the earlier
    attempt must not change it.
    """
    d = deliveries.c
    is_ours = and_(d.id == one.id, d.tries == one.tries, d.status == _SENDING)
    ended = update(deliveries).where(is_ours).values({**values, "changed_at": now, "sender": None})
    await connection.execute(ended)


async def count_open(connection: AsyncConnection) -> dict[DeliveryStatus, int]:
    """Return how many deliveries are pending and sending; the cost grows with that number."""
    return await count_deliveries(connection, deliveries.c.status.in_(OPEN))


# The ledger by month, on PostgreSQL: a partition of `deliveries` for the messages of each month.
#
# Partitions are ranges of message ids, because (subscriber, message) must stay unique over all partitions.
# When a month begins, ids continue in the next range. An old month is dropped as a whole in milliseconds; to
# delete its rows one by one would take minutes and need a vacuum. On SQLite the ledger is one table; these
# functions do nothing there.

IDS = 10_000_000_000  # message ids of one partition, as in schema 0302
_YOUNG = dt.timedelta(days=3)  # a younger range is used for the next month too
_PATIENCE = text("SET LOCAL lock_timeout = '3s'")  # other users of the ledger wait no longer than this
_PARTS = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = 'deliveries'::regclass"
)


async def find_months(connection: AsyncConnection) -> list[int]:
    """Return the numbers of the partitions in order; none on SQLite."""
    if not is_postgres(connection):
        return []
    names = (await connection.execute(_PARTS)).scalars()
    return sorted(int(name.rpartition("_")[2]) for name in names)


async def begin_month(connection: AsyncConnection, *, now: dt.datetime) -> bool:
    """If message ids are in the range of an earlier month, continue them in the next partition.

    Return whether that was done. The partition after the next is made too. `now` must come from a correct
    clock.
    """
    if not is_postgres(connection):
        return False
    m = messages.c
    last = (await connection.execute(text("SELECT last_value FROM messages_id_seq"))).scalar_one()
    month = last // IDS
    first = select(m.made_at).where(m.id >= month * IDS).order_by(m.id).limit(1)
    began = (await connection.execute(first)).scalar_one_or_none()
    if began is None or (began.year, began.month) == (now.year, now.month) or now - began < _YOUNG:
        return False
    await connection.execute(_PATIENCE)
    await make_months(connection, up_to=(month + 1) * IDS)
    await connection.execute(text(f"SELECT setval('messages_id_seq', {(month + 1) * IDS})"))
    return True


async def make_months(connection: AsyncConnection, *, up_to: int) -> None:
    """Make the missing partitions for messages up to the id `up_to`, and one more."""
    months = await find_months(connection)
    for number in range(months[-1] + 1, up_to // IDS + 2) if months else ():
        bounds = f"FROM ({number * IDS}) TO ({(number + 1) * IDS})"
        partition = f"deliveries_{number} PARTITION OF deliveries FOR VALUES {bounds}"
        await connection.execute(text(f"CREATE TABLE {partition}"))


async def drop_month(connection: AsyncConnection, *, before: dt.datetime) -> bool:
    """Drop the oldest partition if all its messages were made before `before`; return whether it was.

    Its messages and issues, which then have no deliveries, are deleted later like all others.
    """
    m = messages.c
    months = await find_months(connection)
    if not months:
        return False
    last = (await connection.execute(text("SELECT last_value FROM messages_id_seq"))).scalar_one()
    oldest = months[0]
    newest = select(m.made_at).where(m.id < (oldest + 1) * IDS).order_by(m.id.desc()).limit(1)
    made_at = (await connection.execute(newest)).scalar_one_or_none()
    if oldest >= last // IDS or (made_at is not None and made_at >= before):  # messages go into it, or young
        return False
    await connection.execute(_PATIENCE)
    await connection.execute(text(f"DROP TABLE deliveries_{oldest}"))
    return True


async def first_kept_message(connection: AsyncConnection) -> int | None:
    """Return the message id from which deliveries are deleted by whole months only; None on SQLite.

    Older deliveries, on SQLite all, are deleted row by row. So are those of the first partition, which is
    older than the partitions by month.
    """
    months = await find_months(connection)
    return max(months[0], 1) * IDS if months else None
