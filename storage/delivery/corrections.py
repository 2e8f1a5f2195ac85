"""Corrections of stories that were sent: a draft, which an operator confirms, becomes edits and notices.

A correction is an issue of its own, one for each issue that told the story: part 0 changes the message that
was sent, part 1 tells its reader. Both are deliveries like any other, in the same ledger, sent by the same
sender.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.deliveries import CORRECTION, EDIT, NOTICE
from storage.delivery.issues import Release
from storage.tables import (
    corrections,
    deliveries,
    delivery_edits,
    issue_parts,
    issue_stories,
    issues,
    subscribers,
)
from storage.times import UtcTime

LOOK_BACK = dt.timedelta(days=7)  # nobody reads older issues again
_HAS_MESSAGE = ("sending", "sent")
_MAY_HAVE_IT = (*_HAS_MESSAGE, "unknown")
_COLUMNS = ("issue_id", "subscriber_id", "part", "status", "not_before", "tries", "changed_at")


@dataclass(frozen=True, slots=True)
class Correction:
    """What an operator wrote about a story; unconfirmed, nobody else has seen it."""

    id: int
    story_id: int
    text: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """An issue that told a story: in which part, under which headline, and that part's HTML."""

    issue_id: int
    profile_id: int
    edition: str
    slot_at: dt.datetime
    part: int
    headline: str
    html: str


def mark_of(correction_id: int) -> str:
    """Return what the issues of a correction bear as their reason.

    >>> mark_of(7)
    'correction 7'
    """
    return f"{CORRECTION} {correction_id}"


async def draft_correction(
    connection: AsyncConnection, story_id: int, text: str, *, now: dt.datetime
) -> Correction:
    """Keep what an operator wrote until it is confirmed."""
    values = {"story_id": story_id, "text": text, "made_at": now}
    statement = insert(corrections).values(values).returning(corrections.c.id)
    return Correction((await connection.execute(statement)).scalar_one(), story_id, text, is_confirmed=False)


async def find_correction(connection: AsyncConnection, correction_id: int) -> Correction | None:
    """Return a correction, drafted or confirmed."""
    row = (await connection.execute(select(corrections).where(corrections.c.id == correction_id))).first()
    return Correction(row.id, row.story_id, row.text, row.confirmed_at is not None) if row else None


async def confirm_correction(connection: AsyncConnection, correction_id: int, *, now: dt.datetime) -> bool:
    """Confirm a draft; False when it is none any more."""
    c = corrections.c
    is_draft = and_(c.id == correction_id, c.confirmed_at.is_(None))
    result = await connection.execute(update(corrections).where(is_draft).values(confirmed_at=now))
    return result.rowcount == 1


async def find_tellings(
    connection: AsyncConnection, story_id: int, *, since: dt.datetime, limit: int = 10_000
) -> list[Telling]:
    """Return the issues since `since` that told the story, newest first."""
    i, s, p = issues.c, issue_stories.c, issue_parts.c
    query = (
        select(i.id, i.profile_id, i.edition, i.slot_at, s.part, s.headline, p.html)
        .join(issues, i.id == s.issue_id)
        .join(issue_parts, and_(p.issue_id == s.issue_id, p.part == s.part))
        .where(s.story_id == story_id, i.slot_at >= since, s.headline.is_not(None))
        .order_by(i.slot_at.desc(), i.id.desc())
        .limit(limit)
    )
    return [Telling(*row) for row in await connection.execute(query)]


async def count_readers(connection: AsyncConnection, story_id: int, *, since: dt.datetime) -> int:
    """Return how many active subscribers got, or may have got, the story in an issue since `since`."""
    d, s, i = deliveries.c, issue_stories.c, issues.c
    query = (
        select(func.count(d.subscriber_id.distinct()))
        .join(subscribers, subscribers.c.id == d.subscriber_id)
        .join(issue_stories, and_(s.issue_id == d.issue_id, s.part == d.part))
        .join(issues, i.id == d.issue_id)
        .where(s.story_id == story_id, i.slot_at >= since)
        .where(d.status.in_(_MAY_HAVE_IT), subscribers.c.status == "active")
    )
    return (await connection.execute(query)).scalar_one()


async def replace_part(connection: AsyncConnection, telling: Telling, html: str) -> None:
    """Let those who have not got the message yet get the corrected one."""
    p = issue_parts.c
    row = and_(p.issue_id == telling.issue_id, p.part == telling.part)
    await connection.execute(update(issue_parts).where(row).values(html=html))


async def enqueue_edits(
    connection: AsyncConnection, issue_id: int, telling: Telling, *, now: dt.datetime
) -> int:
    """Queue an edit, at any hour, for every message that was sent or is being sent; return how many."""
    d, original = deliveries.c, deliveries.alias("original")
    rows = _rows(issue_id, EDIT, now, now).where(_got(telling, _HAS_MESSAGE))
    count = (await connection.execute(insert(deliveries).from_select(_COLUMNS, rows))).rowcount
    edited = and_(
        original.c.subscriber_id == d.subscriber_id,
        original.c.issue_id == telling.issue_id,
        original.c.part == telling.part,
    )
    pairs = select(d.id, original.c.id).join(original, edited).where(d.issue_id == issue_id, d.part == EDIT)
    await connection.execute(insert(delivery_edits).from_select(["delivery_id", "edited_id"], pairs))
    return count


async def enqueue_notices(
    connection: AsyncConnection,
    issue_id: int,
    telling: Telling,
    *,
    correction_id: int,
    release: Release,
    now: dt.datetime,
) -> int:
    """Queue a notice for every reader of the message whom this correction does not tell yet; return how many.

    Quiet hours hold.
    """
    s = subscribers.c
    notice, same = deliveries.alias("notice"), issues.alias("same")
    is_told = exists().where(
        notice.c.subscriber_id == deliveries.c.subscriber_id,
        notice.c.part == NOTICE,
        same.c.id == notice.c.issue_id,
        same.c.status == CORRECTION,
        same.c.reason == mark_of(correction_id),
    )
    these = and_(_got(telling, _MAY_HAVE_IT), ~is_told)
    hours = select(s.quiet_start, s.quiet_end).select_from(deliveries).join(subscribers).where(these)
    count = 0
    for start, end in (await connection.execute(hours.distinct())).all():
        rows = _rows(issue_id, NOTICE, release(start, end), now)
        rows = rows.where(these, s.quiet_start == start, s.quiet_end == end)
        count += (await connection.execute(insert(deliveries).from_select(_COLUMNS, rows))).rowcount
    return count


def _got(telling: Telling, statuses: Sequence[str]) -> ColumnElement[bool]:
    d = deliveries.c
    is_theirs = and_(d.issue_id == telling.issue_id, d.part == telling.part, d.status.in_(statuses))
    return and_(is_theirs, subscribers.c.status == "active")


def _rows(issue_id: int, part: int, not_before: dt.datetime, now: dt.datetime) -> Select[Any]:
    """Return new rows of the ledger, one for each delivery that the caller's conditions let through."""
    return select(
        literal(issue_id),
        deliveries.c.subscriber_id,
        literal(part, Integer),
        literal("pending"),
        literal(not_before, UtcTime),
        literal(0, Integer),
        literal(now, UtcTime),
    ).join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
