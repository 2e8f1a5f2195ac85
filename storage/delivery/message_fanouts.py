"""Announcements and corrections for very many readers, queued in parts as large issues are (`fanouts`).

A correction concerns readers who had got the story when it was confirmed. Those who got it in the last
moments before, or were being sent it, are queued by the confirming transaction (`JUST_NOW`): a part cannot
tell them from readers who get the corrected issue afterwards.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery import fanouts as of_issues
from storage.delivery.messages import Release, enqueue_rows, insert_deliveries, not_before
from storage.delivery.states import HAS_MESSAGE, MAY_HAVE_ARRIVED, MessageKind
from storage.tables import deliveries, issues, message_fanouts, messages, subscribers

JUST_NOW = dt.timedelta(seconds=30)  # longer than clocks of machines differ
_ROWS_A_READER = 4  # of a correction: edits of several issues, and a notice
Groups = Sequence[tuple[ColumnElement[bool], Release]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the newsroom says: by zone the readers of what is announced to an edition (None: to all) at a
    moment, and when readers of an edition may get what is queued at a moment."""

    groups_of: Callable[[AsyncConnection, str | None, dt.datetime], Awaitable[Groups]]
    release_in_edition: Callable[[str, dt.datetime], Release]


@dataclass(frozen=True, slots=True)
class _Page:
    """The next subscribers, from the one behind `after` up to `until`."""

    after: int
    until: int
    queued_at: dt.datetime

    @property
    def readers(self) -> ColumnElement[bool]:
        """Return the condition that a subscriber is among them and gets messages."""
        s = subscribers.c
        return and_(s.status == "active", s.id.between(self.after + 1, self.until))


async def begin_announcing(
    connection: AsyncConnection, message_id: int, edition: str | None, *, now: dt.datetime
) -> None:
    """Have an announcement queued for its readers from now on."""
    values = {"message_id": message_id, "edition": edition, "queued_at": now, "reached": 0}
    await connection.execute(insert(message_fanouts).values(values))


async def begin_correcting(connection: AsyncConnection, correction_id: int, *, now: dt.datetime) -> None:
    """Have the edits and notices of a correction queued from now on, for those who got the story before."""
    values = {"correction_id": correction_id, "queued_at": now, "reached": 0}
    await connection.execute(insert(message_fanouts).values(values))


async def end_announcing(connection: AsyncConnection, message_id: int) -> int:
    """Queue an announcement for no further reader; return how many subscribers it had not reached."""
    f, s = message_fanouts.c, subscribers.c
    ended = delete(message_fanouts).where(f.message_id == message_id).returning(f.reached)
    reached = (await connection.execute(ended)).scalar_one_or_none()
    if reached is None:
        return 0
    left = select(func.count()).select_from(subscribers).where(s.status == "active", s.id > reached)
    return int((await connection.execute(left)).scalar_one())


async def queue_messages(connection: AsyncConnection, rules: Rules) -> int | None:
    """Queue the next readers of a fan-out that no other process works on; return how many deliveries, None
    when there is no such fan-out."""
    f = message_fanouts.c
    locked = select(message_fanouts).order_by(f.id).limit(1).with_for_update(skip_locked=True)
    row = (await connection.execute(locked)).first()
    if row is None:
        return None
    until = await _find_until(connection, row)
    if until is None:
        await connection.execute(delete(message_fanouts).where(f.id == row.id))
        return 0
    await connection.execute(update(message_fanouts).where(f.id == row.id).values(reached=until))
    page = _Page(row.reached, until, row.queued_at)
    if row.correction_id is None:
        return await _announce(connection, page, row, rules)
    edits = await _queue_edits(connection, page, row.correction_id)
    return edits + await _queue_notices(connection, page, row.correction_id, rules)


async def _find_until(connection: AsyncConnection, row: Row[Any]) -> int | None:
    """Return the last subscriber of the next part, None behind the last one."""
    s, most = subscribers.c, of_issues.ROWS_AT_ONCE
    if row.correction_id is not None:
        most = max(1, most // _ROWS_A_READER)
    some = select(s.id).where(s.status == "active", s.id > row.reached).order_by(s.id).limit(most).subquery()
    until: int | None = (await connection.execute(select(func.max(some.c.id)))).scalar_one()
    return until


async def _announce(connection: AsyncConnection, page: _Page, row: Row[Any], rules: Rules) -> int:
    """Queue an announcement for readers of a page who were there when it was confirmed."""
    s, queued = subscribers.c, 0
    for audience, release in await rules.groups_of(connection, row.edition, row.queued_at):
        readers = and_(page.readers, s.created_at <= row.queued_at, audience)
        rows = select(literal(row.message_id), s.id).where(readers).order_by(s.id)
        queued += await enqueue_rows(connection, rows, release=release, now=page.queued_at)
    return queued


async def _queue_edits(connection: AsyncConnection, page: _Page, correction_id: int) -> int:
    """Queue edits of the messages that readers of a page got. Quiet hours do not count."""
    m, d, s = messages.c, deliveries.c, subscribers.c
    rows = (
        select(m.id, s.id)
        .select_from(messages)
        .join(deliveries, d.message_id == m.after_id)
        .join(subscribers, s.id == d.subscriber_id)
        .where(m.correction_id == correction_id, m.kind == MessageKind.CORRECTION_EDIT, page.readers)
        .where(d.status.in_(HAS_MESSAGE), d.changed_at <= page.queued_at - JUST_NOW)
        .order_by(m.id, s.id)
    )
    return await enqueue_rows(connection, rows, release=None, now=page.queued_at)


async def _queue_notices(connection: AsyncConnection, page: _Page, correction_id: int, rules: Rules) -> int:
    """Queue a notice for each reader of a page who got the story and has no notice yet.

    A reader who got the story in several issues gets the notice of the newest one.
    """
    notice, edit, sent = messages.alias("notice"), messages.alias("edit"), messages.alias("sent")
    is_notice = and_(notice.c.correction_id == correction_id, notice.c.kind == MessageKind.CORRECTION_NOTICE)
    is_edit = and_(edit.c.id == notice.c.after_id, edit.c.kind == MessageKind.CORRECTION_EDIT)
    notices = (
        select(notice.c.id, sent.c.id.label("sent_id"), issues.c.edition)
        .outerjoin(edit, is_edit)
        .join(sent, sent.c.id == func.coalesce(edit.c.after_id, notice.c.after_id))
        .join(issues, issues.c.id == sent.c.issue_id)
        .where(is_notice)
        .subquery("notices")
    )
    first = _first_notices(page, correction_id, notices).subquery()
    of_each = (
        select(first.c.id, subscribers.c.id)
        .join(subscribers, subscribers.c.id == first.c.subscriber_id)
        .join(notices, notices.c.id == first.c.id)
        .order_by(first.c.id, subscribers.c.id)
    )
    s, at = subscribers.c, page.queued_at
    hours = (
        await connection.execute(select(s.quiet_start, s.quiet_end).where(page.readers).distinct())
    ).all()
    editions = (await connection.execute(select(notices.c.edition).distinct())).scalars().all()
    times = [
        (notices.c.edition == edition, not_before(hours, rules.release_in_edition(edition, at), at))
        for edition in editions
    ]
    return await insert_deliveries(connection, of_each, case(*times), now=at) if times else 0


def _first_notices(page: _Page, correction_id: int, notices: Any) -> Select[Any]:
    """Return for each reader of a page who has no notice the first of those that are for them."""
    d, s, has, other = deliveries.c, subscribers.c, deliveries.alias("has"), messages.alias("other")
    others = select(other.c.id).where(
        other.c.correction_id == correction_id, other.c.kind == MessageKind.CORRECTION_NOTICE
    )
    has_one = select(has.c.id).where(has.c.subscriber_id == s.id, has.c.message_id.in_(others))
    return (
        select(func.min(notices.c.id).label("id"), d.subscriber_id)
        .select_from(notices)
        .join(deliveries, d.message_id == notices.c.sent_id)
        .join(subscribers, s.id == d.subscriber_id)
        .where(page.readers, d.status.in_(MAY_HAVE_ARRIVED), d.changed_at <= page.queued_at - JUST_NOW)
        .where(~has_one.exists())
        .group_by(d.subscriber_id)
    )
