"""Issues taken back by an operator: what still waits is called off, what went out is counted.

An operator thinks of "the morning's issue"; in the tables that is a batch, one issue for each profile of one
edition and slot.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.deliveries import CORRECTION, RETRACTED
from storage.delivery.issues import ALERT
from storage.tables import deliveries, issue_stories, issues, profiles

_ORDER = ("skipped", "empty", "made", CORRECTION, RETRACTED)  # the last that occurs is the batch's status
_GOT_IT = ("sending", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Batch:
    """The issues of one edition and slot. `id` is that of one of them, by which the batch is asked for.

    `deliveries` counts them by status, each part of each reader; empty where they were not counted.
    """

    id: int
    edition: str
    slot_at: dt.datetime
    status: str
    deliveries: Mapping[str, int] = field(default_factory=dict)


async def find_batches(connection: AsyncConnection, *, since: dt.datetime, limit: int) -> list[Batch]:
    """Return the latest batches with a slot since `since`, newest first, deliveries not counted."""
    i = issues.c
    query = select(func.max(i.id), i.edition, i.slot_at, func.max(_rank()))
    query = query.where(i.slot_at >= since, i.status != ALERT)
    query = query.group_by(i.edition, i.slot_at).order_by(i.slot_at.desc(), i.edition).limit(limit)
    return [
        Batch(issue_id, edition, slot, _ORDER[rank])
        for issue_id, edition, slot, rank in await connection.execute(query)
    ]


async def count_batches(connection: AsyncConnection, *, since: dt.datetime) -> dict[str, int]:
    """Return how many batches with a slot since `since` there are, by status."""
    i = issues.c
    of_each = select(func.max(_rank()).label("rank")).where(i.slot_at >= since, i.status != ALERT)
    ranks = of_each.group_by(i.edition, i.slot_at).subquery()
    query = select(ranks.c.rank, func.count()).group_by(ranks.c.rank)
    return {_ORDER[rank]: count for rank, count in await connection.execute(query)}


async def find_batch(connection: AsyncConnection, issue_id: int) -> Batch | None:
    """Return the batch of an issue with its deliveries counted."""
    i, d = issues.c, deliveries.c
    query = select(i.edition, i.slot_at).where(i.id == issue_id)
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    these = _of_batch(row.edition, row.slot_at)
    rank = (await connection.execute(select(func.max(_rank())).where(these))).scalar_one()
    counts = select(d.status, func.count().label("total")).join(issues, i.id == d.issue_id).where(these)
    rows = await connection.execute(counts.group_by(d.status))
    counted = {counted.status: counted.total for counted in rows}
    return Batch(issue_id, row.edition, row.slot_at, _ORDER[rank], counted)


async def find_headlines(connection: AsyncConnection, batch: Batch, *, limit: int) -> list[tuple[int, str]]:
    """Return story and headline of what the batch tells, in the order of its longest issue."""
    s, i = issue_stories.c, issues.c
    query = (
        select(s.story_id, s.headline)
        .join(issues, i.id == s.issue_id)
        .where(_of_batch(batch.edition, batch.slot_at), s.headline.is_not(None))
        .group_by(s.story_id, s.headline)
        .order_by(func.min(s.position), s.story_id)
        .limit(limit)
    )
    return [(row.story_id, row.headline) for row in await connection.execute(query)]


async def retract(connection: AsyncConnection, batch: Batch, reason: str, *, now: dt.datetime) -> int:
    """Call off what of the batch still waits; return how many deliveries, 0 when there is nothing to retract.

    Where nobody got the issue its stories count as untold: the next one may bring them.
    """
    i, d = issues.c, deliveries.c
    these = and_(_of_batch(batch.edition, batch.slot_at), i.status == "made")
    ids = select(i.id).where(these)
    called_off = {"status": "gone", "reason": RETRACTED, "changed_at": now}
    waiting = and_(d.issue_id.in_(ids), d.status == "pending")
    count = (await connection.execute(update(deliveries).where(waiting).values(called_off))).rowcount
    if count:
        await _forget_untold(connection, these)
        await connection.execute(update(issues).where(these).values(status=RETRACTED, reason=reason))
    return count


async def _forget_untold(connection: AsyncConnection, these: ColumnElement[bool]) -> None:
    """Let the stories of issues that nobody got, and of their time, be told by a later one."""
    i, p = issues.c, profiles.c
    is_got = exists().where(deliveries.c.issue_id == i.id, deliveries.c.status.in_(_GOT_IT))
    untold = and_(these, ~is_got)
    query = select(i.id, i.profile_id, i.slot_at, i.made_at, i.window_start).where(untold)
    for row in (await connection.execute(query)).all():
        is_latest = and_(p.id == row.profile_id, p.last_slot_at.in_([row.slot_at, row.made_at]))
        await connection.execute(update(profiles).where(is_latest).values(last_slot_at=row.window_start))
        await connection.execute(delete(issue_stories).where(issue_stories.c.issue_id == row.id))


def _of_batch(edition: str, slot_at: dt.datetime) -> ColumnElement[bool]:
    return and_(issues.c.edition == edition, issues.c.slot_at == slot_at)


def _rank() -> ColumnElement[int]:
    return case({status: rank for rank, status in enumerate(_ORDER)}, value=issues.c.status, else_=0)
