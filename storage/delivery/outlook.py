"""How delivery stands: what is due and since when, and what came of a day's deliveries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, and_, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.holds import NO_HOLDS, Holds, find_limit, is_free, look_at_holds
from storage.statements import is_postgres
from storage.tables import deliveries, issues, subscribers
from storage.times import UtcTime

FULL_RATE = 28.0  # messages a second: what Telegram lets through, see bot.telegram.limiter
LATE = dt.timedelta(minutes=15)  # after the moment at which a delivery was to go out
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits: `due` may go out now, the first since `oldest_due_at`; `unknown` are all on record.

    `holds` are the chats that Telegram makes wait; what waits for them is not due. `limited_until` is set
    while Telegram refuses messages to everybody.
    """

    at: dt.datetime
    waiting: int
    due: int
    oldest_due_at: dt.datetime | None
    unknown: int
    holds: Holds = NO_HOLDS
    limited_until: dt.datetime | None = None

    @property
    def age(self) -> dt.timedelta:
        """Return how long the oldest due delivery has waited."""
        return self.at - self.oldest_due_at if self.oldest_due_at else dt.timedelta()

    def finish_at(self, rate: float) -> dt.datetime | None:
        """Return when all that is due will be sent, None when nothing is.

        At `rate` a second, or at the full one where that is idle.
        """
        seconds = self.due / (rate if rate >= 1 else FULL_RATE)
        return self.at + dt.timedelta(seconds=seconds) if self.due else None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of the deliveries of the issues of a day.

    `late`: sent more than 15 minutes after its moment. `possible_doubles`: tried twice, so that two copies
    may have arrived. `rate`: sent a second, in the last minute.
    """

    sent: int
    late: int
    gone: int
    unknown: int
    possible_doubles: int
    rate: float


async def look_at_queue(connection: AsyncConnection, *, now: dt.datetime) -> Queue:
    """Count what waits; costs as much as there is waiting."""
    d = deliveries.c
    is_due = and_(d.status == "pending", d.not_before <= now)
    due = select(func.count(), func.min(d.not_before, type_=UtcTime)).select_from(deliveries)
    due = due.join(subscribers, subscribers.c.id == d.subscriber_id).where(is_due, is_free(now))
    row = (await connection.execute(due)).one()
    by_status = select(d.status, func.count().label("total")).group_by(d.status)
    rows = await connection.execute(by_status.where(d.status.in_(["pending", "sending", "unknown"])))
    totals = {counted.status: counted.total for counted in rows}
    waiting = totals.get("pending", 0) + totals.get("sending", 0)
    holds, limit = await look_at_holds(connection, now=now), await find_limit(connection)
    return Queue(now, waiting, row[0], row[1], totals.get("unknown", 0), holds, limit)


async def find_oldest_due(connection: AsyncConnection, *, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """Return edition and slot of the issue that has waited longest."""
    d = deliveries.c
    query = select(issues.c.edition, issues.c.slot_at).join(deliveries, d.issue_id == issues.c.id)
    query = query.join(subscribers, subscribers.c.id == d.subscriber_id)
    query = query.where(d.status == "pending", d.not_before <= now, is_free(now)).order_by(
        d.tries, d.not_before, d.id
    )
    row = (await connection.execute(query.limit(1))).first()
    return (row.edition, row.slot_at) if row else None


async def count_outcomes(connection: AsyncConnection, *, since: dt.datetime, now: dt.datetime) -> Outcomes:
    """Count what came of the deliveries of the issues since `since`; costs as much as there are."""
    d = deliveries.c
    is_sent = d.status == "sent"
    query = (
        select(
            _count(is_sent),
            _count(and_(is_sent, _is_late(connection))),
            _count(d.status == "gone"),
            _count(d.status == "unknown"),
            _count(and_(d.tries > 1, d.status.in_(["sent", "unknown"]))),
            _count(and_(is_sent, d.changed_at > now - _MINUTE)),
        )
        .join(issues, issues.c.id == d.issue_id)
        .where(issues.c.slot_at >= since)
    )
    sent, late, gone, unknown, doubles, last_minute = (await connection.execute(query)).one()
    return Outcomes(sent, late, gone, unknown, doubles, last_minute / _MINUTE.total_seconds())


def as_dict(queue: Queue, outcomes: Outcomes) -> dict[str, Any]:
    """Return everything under plain names; times are RFC 3339."""
    finish_at = queue.finish_at(outcomes.rate)
    return {
        "due": queue.due,
        "waiting": queue.waiting,
        "sent": outcomes.sent,
        "late": outcomes.late,
        "gone": outcomes.gone,
        "unknown": outcomes.unknown,
        "possible_doubles": outcomes.possible_doubles,
        "rate_per_second": round(outcomes.rate, 2),
        "queue_age_seconds": round(queue.age.total_seconds()),
        "held_chats": queue.holds.chats,
        "held_until": _written(queue.holds.last_until),
        "limited_until": _written(queue.limited_until),
        "forecast_finish": _written(finish_at),
    }


def _written(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)


def _is_late(connection: AsyncConnection) -> ColumnElement[bool]:
    d = deliveries.c
    if is_postgres(connection):
        plain = DateTime(timezone=True)
        return type_coerce(d.changed_at, plain) - type_coerce(d.not_before, plain) > LATE
    waited = type_coerce(d.changed_at, BigInteger) - type_coerce(d.not_before, BigInteger)
    return waited > LATE // dt.timedelta(microseconds=1)
