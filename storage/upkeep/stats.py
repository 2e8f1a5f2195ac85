"""Counts for operators: what waits, what was sent, what is stored, and how many subscribe."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import count_waiting
from storage.conversations import count_passed_over, count_set_aside
from storage.delivery.deliveries import count_open
from storage.delivery.mailings import count_mailings
from storage.delivery.refusals import (
    NO_HOLDS,
    Holds,
    LatestDeliveries,
    count_holds,
    count_lost_chats,
    find_latest_deliveries,
    find_limit,
    is_free,
)
from storage.delivery.states import DeliveryStatus, count_finished
from storage.sources import StoredRefusal, find_refusals
from storage.tables import (
    UtcTime,
    articles,
    deliveries,
    delivery_counts,
    fanouts,
    issues,
    messages,
    stories,
    subscribers,
)

FULL_RATE = 28.0  # messages a second that Telegram allows, see bot.telegram.limiter
LATE = dt.timedelta(minutes=15)  # a delivery sent so long after its moment is late, as in schema 0080
_MINUTE = dt.timedelta(minutes=1)
_LOST_FOR = dt.timedelta(days=7)
_IN_DELIVERY = ("queue", "waiting_issues", "outcomes", "refused", "lost_chats")


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


async def measure_queue(connection: AsyncConnection, *, now: dt.datetime) -> Queue:
    """Count the waiting deliveries by an index; the cost grows with their number."""
    d = deliveries.c
    holds, limit = await count_holds(connection, now=now), await find_limit(connection)
    pending = d.status == literal_column("'pending'")  # no parameter: the index is of these only
    is_due = d.not_before <= now
    due, oldest = func.count(case((is_due, 1))), func.min(case((is_due, d.not_before)), type_=UtcTime)
    waits = select(func.count(), due, oldest).where(pending)
    waiting, due_now, oldest_due_at = (await connection.execute(waits)).one()
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


async def find_waiting_issues(connection: AsyncConnection) -> list[WaitingIssue]:
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
    rows = (await connection.execute(query.limit(20))).all()
    return [WaitingIssue(row[0], row[1], row[2], row[3], (row[0], row[1]) in grows) for row in rows]


async def find_oldest_due(connection: AsyncConnection, *, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """Return edition and slot of the issue that has waited longest."""
    d, m = deliveries.c, messages.c
    query = (
        select(issues.c.edition, issues.c.slot_at)
        .join(messages, m.issue_id == issues.c.id)
        .join(deliveries, d.message_id == m.id)
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .where(d.status == DeliveryStatus.PENDING, d.not_before <= now, is_free(now))
        .order_by(d.tries, d.not_before, d.id)
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return (row.edition, row.slot_at) if row else None


async def count_outcomes(connection: AsyncConnection, *, since: dt.datetime, now: dt.datetime) -> Outcomes:
    """Count the deliveries since `since` by result; for a message of an issue its slot counts."""
    d = deliveries.c
    counts = await count_finished(connection, delivery_counts.c.slot_at >= since)
    just_sent = and_(d.status == DeliveryStatus.SENT, d.changed_at > now - _MINUTE)
    last_minute = select(func.count()).select_from(deliveries).where(just_sent)
    rate = (await connection.execute(last_minute)).scalar_one() / _MINUTE.total_seconds()
    return Outcomes(counts.sent, counts.late, counts.gone, counts.unknown, counts.repeated, rate)


def delivery_as_dict(queue: Queue, outcomes: Outcomes) -> dict[str, Any]:
    """Return everything under plain names; times are RFC 3339."""
    counts = asdict(outcomes)
    rate = counts.pop("rate")
    return {
        "due": queue.due,
        "waiting": queue.waiting,
        **counts,
        "rate_per_second": round(rate, 2),
        "queue_age_seconds": round(queue.age.total_seconds()),
        "held_chats": queue.holds.chats,
        "held_until": _written(queue.holds.last_until),
        "limited_until": _written(queue.limited_until),
        "forecast_finish": _written(queue.finish_at(rate)),
    }


def _written(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts.

    `issues` and `deliveries` are of slots since a moment, but open deliveries are of any slot. `issues`
    counts the issues of one edition and slot as one, as operators do.
    """

    articles: int
    articles_waiting: int
    articles_new: int
    stories: int
    subscribers: dict[str, int]
    issues: dict[str, int]
    deliveries: dict[str, int]
    deliveries_waiting: int
    queue: Queue
    waiting_issues: list[WaitingIssue]
    outcomes: Outcomes
    refusals: list[StoredRefusal]
    refused: list[LatestDeliveries]
    lost_chats: int
    updates_set_aside: int
    updates_passed_over: int

    def as_dict(self) -> dict[str, Any]:
        """Return the counts under their names, refusals as objects."""
        named = [{"source": s, "path": p, "reason": r} for s, p, r, _ in self.refusals]
        refused = [{"edition": r.edition, "refused": r.refused, "reason": r.reason} for r in self.refused]
        delivery = delivery_as_dict(self.queue, self.outcomes) | {
            "refused_editions": refused,
            "lost_chats": self.lost_chats,
            "waiting_issues": [one.as_dict() for one in self.waiting_issues],
        }
        counts = asdict(self) | {"refusals": named, "delivery": delivery}
        return {name: value for name, value in counts.items() if name not in _IN_DELIVERY}


async def gather_stats(connection: AsyncConnection, *, since: dt.datetime, now: dt.datetime) -> Stats:
    """Count everything; new articles, issues and finished deliveries since `since`."""
    a = articles.c
    still_open = await count_open(connection)
    finished = await count_finished(connection, delivery_counts.c.slot_at >= since)
    count_articles = select(func.count()).select_from(articles)
    return Stats(
        articles=(await connection.execute(count_articles)).scalar_one(),
        articles_waiting=await count_waiting(connection),
        articles_new=(await connection.execute(count_articles.where(a.stored_at >= since))).scalar_one(),
        stories=(await connection.execute(select(func.count()).select_from(stories))).scalar_one(),
        subscribers=await count_by_status(connection),
        issues=await count_mailings(connection, since=since),
        deliveries={s.value: count for s, count in (still_open | finished.by_status).items()},
        deliveries_waiting=sum(still_open.values()),
        queue=await measure_queue(connection, now=now),
        waiting_issues=await find_waiting_issues(connection),
        outcomes=await count_outcomes(connection, since=since, now=now),
        refusals=await find_refusals(connection, limit=5),
        refused=[one for one in await find_latest_deliveries(connection, since=since) if one.is_trouble],
        lost_chats=await count_lost_chats(connection, since=now - _LOST_FOR),
        updates_set_aside=await count_set_aside(connection),
        updates_passed_over=await count_passed_over(connection),
    )


async def count_by_status(connection: AsyncConnection) -> dict[str, int]:
    """Return how many subscribers are active, paused and gone."""
    query = select(subscribers.c.status, func.count().label("total")).group_by(subscribers.c.status)
    return {row.status: row.total for row in await connection.execute(query)}
