"""The state of delivery: what waits and since when, and the results of a day's deliveries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.refusals import NO_HOLDS, Holds, find_limit, is_free, look_at_holds
from storage.delivery.states import DeliveryStatus, count_finished
from storage.tables import UtcTime, deliveries, delivery_counts, fanouts, issues, messages, subscribers

FULL_RATE = 28.0  # messages a second that Telegram allows, see bot.telegram.limiter
LATE = dt.timedelta(minutes=15)  # a delivery sent so long after its moment is late, as in schema 0080
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Queue:
    """Numbers of waiting deliveries: `due` ones may be sent now, the first since `oldest_due_at`.

    `unknown` are all deliveries with that status. `holds` are the chats that Telegram makes wait; their
    deliveries are not due. `limited_until` is set while Telegram refuses messages to everybody.
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
        """Return when all due deliveries will be sent, None if there are none.

        They are sent at `rate` a second; below 1, the full rate is assumed.
        """
        seconds = self.due / (rate if rate >= 1 else FULL_RATE)
        return self.at + dt.timedelta(seconds=seconds) if self.due else None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Numbers of deliveries of a day's messages, by result.

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
    """Count the waiting deliveries by an index; the cost grows with their number."""
    d = deliveries.c
    holds, limit = await look_at_holds(connection, now=now), await find_limit(connection)
    pending = d.status == literal_column("'pending'")  # no parameter: the index is of these only
    is_due = d.not_before <= now
    due, oldest = func.count(case((is_due, 1))), func.min(case((is_due, d.not_before)), type_=UtcTime)
    waits = (await connection.execute(select(func.count(), due, oldest).where(pending))).one()
    waiting, due_now, oldest_due_at = waits
    if holds.chats:  # what waits for them is not due
        free = select(func.count(), func.min(d.not_before, type_=UtcTime)).select_from(deliveries)
        free = free.join(subscribers, subscribers.c.id == d.subscriber_id)
        due_now, oldest_due_at = (await connection.execute(free.where(pending, is_due, is_free(now)))).one()
    sending = select(func.count()).where(d.status == DeliveryStatus.SENDING)
    waiting += (await connection.execute(sending)).scalar_one()
    unknown = (await count_finished(connection)).unknown
    return Queue(now, waiting, due_now, oldest_due_at, unknown, holds, limit)


@dataclass(frozen=True, slots=True)
class WaitingIssue:
    """The waiting deliveries of an edition's slot, the first since `oldest_at`.

    `edition` and `slot_at` are None for messages of no issue. It `grows` while readers are being queued.
    """

    edition: str | None
    slot_at: dt.datetime | None
    waiting: int
    oldest_at: dt.datetime
    grows: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it under plain names; times are RFC 3339."""
        moments = {"slot": _written(self.slot_at), "oldest": _written(self.oldest_at)}
        return {"edition": self.edition, **moments, "waiting": self.waiting, "grows": self.grows}


async def find_waiting_issues(connection: AsyncConnection, *, limit: int = 20) -> list[WaitingIssue]:
    """Return the waiting deliveries by edition and slot, longest waiting first; the cost is their number."""
    d, m, i = deliveries.c, messages.c, issues.c
    query = (
        select(i.edition, i.slot_at, func.count(), func.min(d.not_before, type_=UtcTime).label("oldest"))
        .select_from(deliveries)
        .join(messages, m.id == d.message_id)
        .outerjoin(issues, i.id == m.issue_id)
        .where(d.status == literal_column("'pending'"))
        .group_by(i.edition, i.slot_at)
        .order_by("oldest")
    )
    growing = select(i.edition, i.slot_at).join(fanouts, fanouts.c.issue_id == i.id).distinct().limit(1_000)
    grows = {tuple(row) for row in await connection.execute(growing)}
    rows = (await connection.execute(query.limit(limit))).all()
    return [WaitingIssue(row[0], row[1], row[2], row[3], (row[0], row[1]) in grows) for row in rows]


async def find_oldest_due(connection: AsyncConnection, *, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """Return edition and slot of the issue that has waited longest."""
    d, m = deliveries.c, messages.c
    query = select(issues.c.edition, issues.c.slot_at).join(messages, m.issue_id == issues.c.id)
    query = query.join(deliveries, d.message_id == m.id).join(
        subscribers, subscribers.c.id == d.subscriber_id
    )
    query = query.where(d.status == DeliveryStatus.PENDING, d.not_before <= now, is_free(now)).order_by(
        d.tries, d.not_before, d.id
    )
    row = (await connection.execute(query.limit(1))).first()
    return (row.edition, row.slot_at) if row else None


async def count_outcomes(connection: AsyncConnection, *, since: dt.datetime, now: dt.datetime) -> Outcomes:
    """Count the deliveries since `since` by result; for a message of an issue its slot counts."""
    d = deliveries.c
    counts = await count_finished(connection, delivery_counts.c.slot_at >= since)
    just_sent = and_(d.status == DeliveryStatus.SENT, d.changed_at > now - _MINUTE)
    last_minute = select(func.count()).select_from(deliveries).where(just_sent)
    rate = (await connection.execute(last_minute)).scalar_one() / _MINUTE.total_seconds()
    return Outcomes(counts.sent, counts.late, counts.gone, counts.unknown, counts.repeated, rate)


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
