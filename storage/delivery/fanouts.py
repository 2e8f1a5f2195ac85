"""Fan-outs: the issues of very many readers, whose deliveries are written in parts (docs/delivery.md).

The slot's transaction writes the issue, its messages and a fan-out, which holds the last subscriber who was
queued. Each part is a transaction that queues the next readers and moves the fan-out on. The readers are
those of the issue's profile, except readers for whom `prepared_readers` has a variant or nothing. If a
subscriber changes the profile before being queued, `prepared_readers` gets a row, so that each subscriber
still gets the intended issue once.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Release, insert_deliveries, not_before
from storage.delivery.states import IssueStatus
from storage.engine import insert_into
from storage.tables import fanouts, issues, messages, prepared_readers, profiles, subscribers

ROWS_AT_ONCE = 20_000  # deliveries written in one transaction: at most a second for PostgreSQL
ReleaseIn = Callable[[str, dt.datetime], Release]  # (zone, moment queued) → when readers may get it


@dataclass(frozen=True, slots=True)
class _Part:
    """The next readers of an issue: those behind the subscriber `after`, up to `until`."""

    issue_id: int
    after: int
    until: int
    pairs: Sequence[tuple[int, int]]  # the quiet hours that occur among them


async def is_large(connection: AsyncConnection, profile_ids: Collection[int] | None = None) -> bool:
    """Tell whether these profiles, or all, have more readers than are queued in one transaction."""
    s = subscribers.c
    readers = select(s.id).where(s.status == "active")
    readers = readers if profile_ids is None else readers.where(s.profile_id.in_(profile_ids))
    return (await connection.execute(readers.offset(ROWS_AT_ONCE).limit(1))).first() is not None


async def begin_fanouts(
    connection: AsyncConnection, issue_ids: Collection[int], zone: str, *, now: dt.datetime
) -> None:
    """Begin to queue the readers of these issues; their quiet hours are in `zone`."""
    rows = [
        {"issue_id": number, "zone": zone, "queued_at": now, "reached": 0} for number in sorted(issue_ids)
    ]
    if rows:
        await connection.execute(insert(fanouts), rows)


async def queue_part(connection: AsyncConnection, release_in: ReleaseIn) -> int | None:
    """Queue the next readers of a fan-out that no other process works on; return the number of deliveries.

    Return None if there is no such fan-out. A fan-out ends if no readers are left or its issue was retracted.
    """
    f = fanouts.c
    next_one = (
        select(fanouts, issues.c.status, issues.c.profile_id, profiles.c.variant_of)
        .join(issues, issues.c.id == f.issue_id)
        .join(profiles, profiles.c.id == issues.c.profile_id)
        .order_by(f.issue_id)
        .limit(1)
        .with_for_update(of=fanouts, skip_locked=True)
    )
    row = (await connection.execute(next_one)).first()
    if row is None:
        return None
    profile_id = row.profile_id if row.variant_of is None else None
    part = await _find_part(connection, row.issue_id, profile_id, row.reached)
    if part is None or row.status != IssueStatus.MADE:
        await _end(connection, row.issue_id)
        return 0
    await connection.execute(update(fanouts).where(f.issue_id == row.issue_id).values(reached=part.until))
    release = release_in(row.zone, row.queued_at)
    return await _write(connection, part, profile_id, release, row.queued_at)


async def _find_part(
    connection: AsyncConnection, issue_id: int, profile_id: int | None, after: int
) -> _Part | None:
    """Return the next readers behind the subscriber `after`, as many as fill a transaction."""
    m, s = messages.c, subscribers.c
    parts = select(func.count()).select_from(messages).where(m.issue_id == issue_id)
    most = max(1, ROWS_AT_ONCE // max(1, (await connection.execute(parts)).scalar_one()))
    page = _readers(issue_id, profile_id, s.id > after, most).subquery()
    alike = (
        select(s.quiet_start, s.quiet_end, func.max(s.id))
        .join(page, page.c.id == s.id)
        .group_by(s.quiet_start, s.quiet_end)
    )
    rows = (await connection.execute(alike)).all()
    if not rows:
        return None
    return _Part(issue_id, after, max(row[2] for row in rows), [(row[0], row[1]) for row in rows])


def _readers(
    issue_id: int, profile_id: int | None, where: ColumnElement[bool], most: int | None = None
) -> Select[tuple[int]]:
    """Return the active readers of an issue in the order of their ids.

    They are the subscribers of its profile without a row in `prepared_readers`, and those whom such a row
    gives this issue, whatever their profile.
    """
    s, r = subscribers.c, prepared_readers.c
    is_apart = exists().where(r.issue_id == issue_id, r.subscriber_id == s.id)
    of_profile = select(s.id).where(s.profile_id == profile_id, s.status == "active", where, ~is_apart)
    by_name = (
        select(s.id)
        .join(prepared_readers, r.subscriber_id == s.id)
        .where(r.variant_id == issue_id, s.status == "active", where)
    )
    queries = [by_name] if profile_id is None else [of_profile, by_name]
    each = [select(query.order_by(s.id).limit(most).subquery()) for query in queries]
    together = union_all(*each).subquery()
    return select(together.c.id).order_by(together.c.id).limit(most)


async def _write(
    connection: AsyncConnection, part: _Part, profile_id: int | None, release: Release, queued_at: dt.datetime
) -> int:
    """Write the deliveries of a part, except for readers who have one already because their chat moved."""
    m, s = messages.c, subscribers.c
    page = _readers(part.issue_id, profile_id, s.id.between(part.after + 1, part.until)).subquery()
    rows = (
        select(m.id, s.id)
        .select_from(page)
        .join(subscribers, s.id == page.c.id)
        .join(messages, m.issue_id == part.issue_id)
        .order_by(m.part, s.id)
    )
    moment = not_before(part.pairs, release, queued_at)
    return await insert_deliveries(connection, rows, moment, now=queued_at)


async def _end(connection: AsyncConnection, issue_id: int) -> None:
    """Delete a fan-out that is done, and its prepared readers once its variants are done too."""
    f, r = fanouts.c, prepared_readers.c
    await connection.execute(delete(fanouts).where(f.issue_id == issue_id))
    these = prepared_readers.alias("these").c
    own = select(these.issue_id).where(or_(these.issue_id == issue_id, these.variant_id == issue_id))
    still = exists().where(f.issue_id.in_([r.issue_id, func.coalesce(r.variant_id, 0)]))
    await connection.execute(delete(prepared_readers).where(r.issue_id.in_(own), ~still))


async def note_move(connection: AsyncConnection, chat_id: int, profile_id: int) -> None:
    """Record for running fan-outs that a chat changes its profile: it gets the issue of the old one only."""
    s, f, i = subscribers.c, fanouts.c, issues.c
    if (await connection.execute(select(f.issue_id).limit(1))).first() is None:
        return
    moves = and_(s.chat_id == chat_id, s.profile_id != profile_id, s.id > f.reached)
    left = and_(moves, s.status == "active", i.profile_id == s.profile_id)
    come_to = and_(moves, i.profile_id == profile_id)
    of_each = select(f.issue_id, s.id).select_from(fanouts).join(issues, i.id == f.issue_id)
    for rows in (
        of_each.add_columns(f.issue_id).join(subscribers, left),
        of_each.add_columns(null()).join(subscribers, come_to),
    ):
        await _note(connection, rows)


async def note_arrival(connection: AsyncConnection, chat_id: int) -> None:
    """Record for running fan-outs that a chat is new: it gets a first digest instead of their issues."""
    s, f, i = subscribers.c, fanouts.c, issues.c
    rows = (
        select(f.issue_id, s.id, null())
        .select_from(fanouts)
        .join(issues, i.id == f.issue_id)
        .join(subscribers, and_(s.profile_id == i.profile_id, s.chat_id == chat_id))
    )
    await _note(connection, rows)


async def _note(connection: AsyncConnection, rows: Select[Any]) -> None:
    statement = insert_into(connection, prepared_readers).from_select(
        ["issue_id", "subscriber_id", "variant_id"], rows.where(literal(1) == 1)
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["issue_id", "subscriber_id"]))
