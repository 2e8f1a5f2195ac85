"""The past for operators: deliveries of a reader, when each issue was sent, and numbers over days."""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import DeliveryStatus, IssueStatus, MessageKind
from storage.tables import (
    UtcTime,
    deliveries,
    delivery_counts,
    gates,
    issue_stories,
    issues,
    messages,
    shown_stories,
    subscribers,
)

_PENDING, _SENT = DeliveryStatus.PENDING.value, DeliveryStatus.SENT.value


@dataclass(frozen=True, slots=True)
class PastDelivery:
    """One message for one reader. `edition`, `slot_at` and `issue_status` are None if it is no digest.

    `made_at` is when the message was made, `not_before` the earliest time to send it, `changed_at` when its
    status was last set: for a sent message, when it was sent. `approved_at` is when its issue's gate closed.
    """

    kind: MessageKind
    edition: str | None
    slot_at: dt.datetime | None
    issue_status: IssueStatus | None
    part: int
    made_at: dt.datetime
    status: DeliveryStatus
    not_before: dt.datetime
    tries: int
    changed_at: dt.datetime
    reason: str | None
    approved_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class BlankIssue:
    """A slot of a profile for which nothing was sent: skipped, with the reason, or empty."""

    edition: str
    slot_at: dt.datetime
    status: IssueStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class SentIssue:
    """The issues of one edition and slot together, with the numbers of their deliveries.

    Of the `waiting` deliveries, `quiet` ones wait for the end of quiet hours, and Telegram makes the chats of
    `held` ones wait.
    """

    id: int
    edition: str
    slot_at: dt.datetime
    statuses: frozenset[IssueStatus]
    reason: str | None
    made_at: dt.datetime
    first_sent_at: dt.datetime | None
    last_sent_at: dt.datetime | None
    sent: int
    waiting: int
    quiet: int
    held: int
    gone: int
    unknown: int
    approved_at: dt.datetime | None = None

    @property
    def status(self) -> IssueStatus:
        return max(self.statuses, key=tuple(IssueStatus).index)


async def find_past_deliveries(
    connection: AsyncConnection, subscriber_id: int, *, limit: int
) -> list[PastDelivery]:
    """Return a reader's latest deliveries, newest first."""
    query = _of_reader(subscriber_id).order_by(deliveries.c.message_id.desc()).limit(limit)
    return [_past(row) for row in await connection.execute(query)]


async def find_story_delivery(
    connection: AsyncConnection, subscriber_id: int, story_id: int
) -> tuple[str | None, PastDelivery] | None:
    """Return the headline and the delivery with which a reader last got a story, None if never."""
    t, m = issue_stories.c, messages.c
    is_its_part = and_(t.issue_id == m.issue_id, t.part == m.part, t.story_id == story_id)
    query = _of_reader(subscriber_id).add_columns(t.headline).join(issue_stories, is_its_part)
    row = (await connection.execute(query.order_by(deliveries.c.message_id.desc()).limit(1))).first()
    return (row.headline, _past(row)) if row else None


async def find_shown(connection: AsyncConnection, subscriber_id: int, story_id: int) -> dt.datetime | None:
    """Return when a reader was shown a story outside of issues."""
    t = shown_stories.c
    query = select(t.shown_at).where(t.subscriber_id == subscriber_id, t.story_id == story_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def find_issue_messages(connection: AsyncConnection, issue_id: int) -> list[str]:
    """Return the HTML of each message of an issue, in order."""
    m = messages.c
    query = select(m.html).where(m.issue_id == issue_id, m.kind == MessageKind.DIGEST).order_by(m.part)
    return list((await connection.execute(query.limit(20))).scalars())


async def find_blank_issues(connection: AsyncConnection, profile_id: int, *, limit: int) -> list[BlankIssue]:
    """Return a profile's latest slots for which nothing was sent, newest first."""
    i = issues.c
    is_blank = i.status.in_([IssueStatus.SKIPPED, IssueStatus.EMPTY])
    query = select(i.edition, i.slot_at, i.status, i.reason).where(i.profile_id == profile_id, is_blank)
    rows = await connection.execute(query.order_by(i.slot_at.desc()).limit(limit))
    return [BlankIssue(row.edition, row.slot_at, IssueStatus(row.status), row.reason) for row in rows]


async def find_sent_issues(
    connection: AsyncConnection, *, now: dt.datetime, since: dt.datetime, limit: int
) -> list[SentIssue]:
    """Return the latest issues, those of one edition and slot as one, newest first.

    The cost grows with the number of their deliveries.
    """
    i = issues.c
    query = select(
        func.max(i.id).label("id"), i.edition, i.slot_at, func.max(i.reason).label("reason"),
        func.max(i.made_at, type_=UtcTime).label("made_at"),
        *(func.max(case((i.status == status, 1), else_=0)).label(status.value) for status in IssueStatus),
        func.max(gates.c.closed_at, type_=UtcTime).label("approved_at"),
    )  # fmt: skip
    query = query.outerjoin(gates, _gate_of_issue()).where(i.slot_at >= since, i.slot_at <= now)
    query = query.group_by(i.edition, i.slot_at).order_by(i.slot_at.desc(), i.edition).limit(limit)
    return [await _counted(connection, row, now) for row in (await connection.execute(query)).all()]


async def _counted(connection: AsyncConnection, row: Any, now: dt.datetime) -> SentIssue:
    i, d, m, s = issues.c, deliveries.c, messages.c, subscribers.c
    of_slot = select(m.id).join(issues, i.id == m.issue_id)
    of_slot = of_slot.where(i.edition == row.edition, i.slot_at == row.slot_at)
    at = case((d.status == _SENT, d.changed_at))
    query = (
        select(
            func.min(at, type_=UtcTime),
            func.max(at, type_=UtcTime),
            func.count().filter(d.status == _SENT),
            func.count().filter(d.status.in_([_PENDING, DeliveryStatus.SENDING.value])),
            func.count().filter(d.status == _PENDING, d.not_before > now),
            func.count().filter(d.status == _PENDING, d.not_before <= now, s.held_until > now),
            func.count().filter(d.status == DeliveryStatus.GONE.value),
            func.count().filter(d.status == DeliveryStatus.UNKNOWN.value),
        )
        .join(subscribers, s.id == d.subscriber_id)
        .where(d.message_id.in_(of_slot))
    )
    first, last, sent, waiting, quiet, held, gone, unknown = (await connection.execute(query)).one()
    statuses = frozenset(status for status in IssueStatus if row._mapping[status.value])
    return SentIssue(
        row.id, row.edition, row.slot_at, statuses, row.reason, row.made_at, first, last,
        sent, waiting, quiet, held, gone, unknown, row.approved_at,
    )  # fmt: skip


def _of_reader(subscriber_id: int) -> Select[Any]:
    d, m, i = deliveries.c, messages.c, issues.c
    columns: Sequence[ColumnElement[Any]] = (
        m.kind, i.edition, i.slot_at, i.status.label("issue_status"), m.part, m.made_at,
        d.status, d.not_before, d.tries, d.changed_at, d.reason,
        gates.c.closed_at.label("approved_at"),
    )  # fmt: skip
    query = select(*columns).select_from(deliveries).join(messages, m.id == d.message_id)
    query = query.outerjoin(issues, i.id == m.issue_id).outerjoin(gates, _gate_of_issue())
    return query.where(d.subscriber_id == subscriber_id)


def _gate_of_issue() -> ColumnElement[bool]:
    """Return the SQL condition for the gate at which an issue was approved."""
    g = gates.c
    return and_(g.edition == issues.c.edition, g.slot_at == issues.c.slot_at, g.sent.is_(True))


def _past(row: Row[Any]) -> PastDelivery:
    return PastDelivery(
        MessageKind(row.kind), row.edition, row.slot_at,
        IssueStatus(row.issue_status) if row.issue_status else None, row.part, row.made_at,
        DeliveryStatus(row.status), row.not_before, row.tries, row.changed_at, row.reason, row.approved_at,
    )  # fmt: skip


async def count_subscribed_at(connection: AsyncConnection, moments: Sequence[dt.datetime]) -> list[int]:
    """Return how many chats were subscribed at each moment, paused ones included.

    Only the present row of a chat is known: a chat that left and came back counts all the time, a chat that
    deleted its data never.
    """
    s = subscribers.c
    counts = [
        func.count().filter(s.created_at < moment, not_(and_(s.status == "gone", s.changed_at < moment)))
        for moment in moments
    ]
    return list((await connection.execute(select(*counts).select_from(subscribers))).one())


async def deliveries_between(
    connection: AsyncConnection, moments: Sequence[dt.datetime]
) -> list[Counter[str]]:
    """Return the finished deliveries of the slots between successive `moments`, which are in order."""
    n = delivery_counts.c
    query = select(n.slot_at, n.sent, n.gone, n.unknown)
    spans = [Counter[str]() for _ in moments[1:]]
    for row in await connection.execute(query.where(n.slot_at >= moments[0], n.slot_at < moments[-1])):
        span = spans[bisect_right(moments, row.slot_at) - 1]
        span.update(sent=row.sent, gone=row.gone, unknown=row.unknown)
    return spans
