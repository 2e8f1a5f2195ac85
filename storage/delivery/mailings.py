"""Issues and corrections as operators see them, and the retraction of issues.

For an operator "the morning's issue" is one thing. In the tables it is a mailing: one issue for each profile
of an edition and slot. A retraction cancels the deliveries of a mailing that still wait.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import (
    MAY_HAVE_ARRIVED,
    OPEN,
    DeliveryStatus,
    IssueStatus,
    count_deliveries,
    count_finished,
)
from storage.tables import corrections, deliveries, delivery_counts, issue_stories, issues, messages, profiles

_ORDER = tuple(IssueStatus)  # the last one that occurs is the mailing's status


@dataclass(frozen=True, slots=True)
class Mailing:
    """The issues of one edition and slot, or a correction; its `slot_at` is when it was confirmed.

    `id` is that of one of the issues, or of the correction, which has no `status`. `deliveries` has the
    numbers by status, each message of each reader; it is empty if they were not counted.
    """

    id: int
    edition: str
    slot_at: dt.datetime
    status: IssueStatus | None
    deliveries: Mapping[DeliveryStatus, int] = field(default_factory=dict)

    @property
    def is_correction(self) -> bool:
        return self.status is None


async def find_mailings(connection: AsyncConnection, *, since: dt.datetime, limit: int) -> list[Mailing]:
    """Return the latest issues and corrections since `since`, newest first, deliveries not counted."""
    i, c = issues.c, corrections.c
    query = select(func.max(i.id), i.edition, i.slot_at, func.max(_rank())).where(i.slot_at >= since)
    query = query.group_by(i.edition, i.slot_at).order_by(i.slot_at.desc(), i.edition).limit(limit)
    mailings = [
        Mailing(issue_id, edition, slot, _ORDER[rank])
        for issue_id, edition, slot, rank in await connection.execute(query)
    ]
    confirmed = select(c.id).where(c.confirmed_at >= since).order_by(c.confirmed_at.desc()).limit(limit)
    ids = (await connection.execute(confirmed)).scalars().all()
    found = [await _find_correction(connection, correction_id) for correction_id in ids]
    mailings += [correction for correction in found if correction is not None]
    return sorted(mailings, key=lambda mailing: mailing.slot_at, reverse=True)[:limit]


async def count_mailings(connection: AsyncConnection, *, since: dt.datetime) -> dict[str, int]:
    """Return how many mailings with a slot since `since` there are, by status, and how many corrections."""
    i, c = issues.c, corrections.c
    of_each = select(func.max(_rank()).label("rank")).where(i.slot_at >= since)
    ranks = of_each.group_by(i.edition, i.slot_at).subquery()
    query = select(ranks.c.rank, func.count()).group_by(ranks.c.rank)
    counts: dict[str, int] = {_ORDER[rank].value: count for rank, count in await connection.execute(query)}
    confirmed = select(func.count()).select_from(corrections).where(c.confirmed_at >= since)
    if count := (await connection.execute(confirmed)).scalar_one():
        counts["correction"] = count
    return counts


async def find_mailing(connection: AsyncConnection, issue_id: int) -> Mailing | None:
    """Return the mailing of an issue with its deliveries counted."""
    i, n = issues.c, delivery_counts.c
    row = (await connection.execute(select(i.edition, i.slot_at).where(i.id == issue_id))).first()
    if row is None:
        return None
    these = _of_mailing(row.edition, row.slot_at)
    rank = (await connection.execute(select(func.max(_rank())).where(these))).scalar_one()
    of_mailing = deliveries.c.message_id.in_(
        select(messages.c.id).join(issues, i.id == messages.c.issue_id).where(these)
    )
    finished = await count_finished(connection, n.edition == row.edition, n.slot_at == row.slot_at)
    still_open = await count_deliveries(connection, of_mailing, deliveries.c.status.in_(OPEN))
    return Mailing(issue_id, row.edition, row.slot_at, _ORDER[rank], still_open | finished.by_status)


async def find_correction_mailing(connection: AsyncConnection, correction_id: int) -> Mailing | None:
    """Return a confirmed correction with its deliveries counted."""
    mailing = await _find_correction(connection, correction_id)
    if mailing is None:
        return None
    its_messages = select(messages.c.id).where(messages.c.correction_id == correction_id)
    counts = await count_deliveries(connection, deliveries.c.message_id.in_(its_messages))
    return replace(mailing, deliveries=counts)


async def _find_correction(connection: AsyncConnection, correction_id: int) -> Mailing | None:
    """Return a confirmed correction, under the edition of the issue of its first message."""
    c, i = corrections.c, issues.c
    first, corrected = messages.alias("first"), messages.alias("corrected")
    query = (
        select(i.edition, c.confirmed_at)
        .select_from(corrections)
        .join(first, first.c.correction_id == c.id)
        .join(corrected, corrected.c.id == first.c.after_id)
        .join(issues, i.id == corrected.c.issue_id)
        .where(c.id == correction_id, c.confirmed_at.is_not(None))
        .order_by(first.c.id)
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return Mailing(correction_id, row.edition, row.confirmed_at, None) if row else None


async def find_headlines(
    connection: AsyncConnection, mailing: Mailing, *, limit: int
) -> list[tuple[int, str]]:
    """Return the stories of the mailing with their headlines, in the order of their earliest positions."""
    s, i = issue_stories.c, issues.c
    query = (
        select(s.story_id, s.headline)
        .join(issues, i.id == s.issue_id)
        .where(_of_mailing(mailing.edition, mailing.slot_at), s.headline.is_not(None))
        .group_by(s.story_id, s.headline)
        .order_by(func.min(s.position), s.story_id)
        .limit(limit)
    )
    return [(row.story_id, row.headline) for row in await connection.execute(query)]


async def retract(connection: AsyncConnection, mailing: Mailing, reason: str, *, now: dt.datetime) -> int:
    """Cancel the waiting deliveries of the mailing; return how many, 0 if there is nothing to retract.

    If nobody got an issue, the next issue may have its stories.
    """
    i, d = issues.c, deliveries.c
    these = and_(_of_mailing(mailing.edition, mailing.slot_at), i.status == IssueStatus.MADE)
    of_these = select(messages.c.id).join(issues, i.id == messages.c.issue_id).where(these)
    called_off = {"status": DeliveryStatus.GONE, "reason": IssueStatus.RETRACTED.value, "changed_at": now}
    waiting = and_(d.message_id.in_(of_these), d.status == DeliveryStatus.PENDING)
    count = (await connection.execute(update(deliveries).where(waiting).values(called_off))).rowcount
    if count:
        await _free_stories(connection, these)
        await connection.execute(
            update(issues).where(these).values(status=IssueStatus.RETRACTED, reason=reason)
        )
    return count


async def _free_stories(connection: AsyncConnection, these: ColumnElement[bool]) -> None:
    """Make the stories of issues that nobody got, and the news of their time, eligible for later issues."""
    i, p, m, d = issues.c, profiles.c, messages.c, deliveries.c
    is_got = exists().where(m.issue_id == i.id, d.message_id == m.id, d.status.in_(MAY_HAVE_ARRIVED))
    not_got = and_(these, ~is_got)
    query = select(i.id, i.profile_id, i.slot_at, i.made_at, i.window_start).where(not_got)
    for row in (await connection.execute(query)).all():
        is_latest = and_(p.id == row.profile_id, p.last_slot_at.in_([row.slot_at, row.made_at]))
        await connection.execute(update(profiles).where(is_latest).values(last_slot_at=row.window_start))
        await connection.execute(delete(issue_stories).where(issue_stories.c.issue_id == row.id))


def _of_mailing(edition: str, slot_at: dt.datetime) -> ColumnElement[bool]:
    return and_(issues.c.edition == edition, issues.c.slot_at == slot_at)


def _rank() -> ColumnElement[int]:
    return case({status: rank for rank, status in enumerate(_ORDER)}, value=issues.c.status, else_=0)
