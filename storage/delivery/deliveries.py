"""Deliveries: the ledger of what each subscriber gets, one row per issue, subscriber and part.

pending → sending (committed before Telegram is called) → sent | gone | unknown. A row found in `sending` at
start was interrupted: once it is tried again, at the tail of the queue; twice and it ends `unknown`, because
Telegram offers no way to ask whether the message went out.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.holds import is_free
from storage.delivery.leases import LeaseKey, holds_lease
from storage.delivery.refusals import REFUSED, is_of
from storage.tables import deliveries, delivery_buttons, delivery_edits, issue_parts, issues, subscribers
from storage.times import UtcTime

MOST_TRIES = 2
Buttons = Sequence[Sequence[tuple[str, str]]]  # rows of (label, callback data)
RETRACTED, CORRECTION = "retracted", "correction"  # an issue's status
EDIT, NOTICE = 0, 1  # the parts of a correction


_LOOKED_BACK = dt.timedelta(days=7)
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(status="sending", tries=deliveries.c.tries + 1, changed_at=bindparam("moment"))
)
_MARK_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.tries == bindparam("tried"))
    .where(deliveries.c.status == "sending")
    .values(status="sent", message_id=bindparam("message"), reason=None, changed_at=bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is being sent now; with `edits` it changes that message and is no new one.

    `buttons` stand under the message; in a group with topics it goes to `thread_id`. `was_held` when Telegram
    made the chat wait before. It is part `part` of `parts`, from 0; `missing` are those before it that were
    refused and of which the reader has not been told.
    """

    id: int
    chat_id: int
    html: str
    tries: int
    edits: int | None = None
    buttons: Buttons = ()
    thread_id: int | None = None
    was_held: bool = False
    part: int = 0
    parts: int = 1
    missing: tuple[int, ...] = ()


async def recover_interrupted(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """Free the rows that a stopped process left in `sending`; return how many ended `unknown`."""
    d = deliveries.c
    outcome = case((d.tries >= MOST_TRIES, "unknown"), else_="pending")
    statement = update(deliveries).where(d.status == "sending").values(status=outcome, changed_at=now)
    rows = (await connection.execute(statement.returning(d.status))).scalars().all()
    return sum(status == "unknown" for status in rows)


async def free_unsent(connection: AsyncConnection, *, in_hand: Sequence[Claimed], now: dt.datetime) -> None:
    """Free rows in `sending` beyond those `in_hand`: a claim whose commit arrived, but not the word of it.

    Only the holder of the lease may ask, who knows that it sent none of them.
    """
    d = deliveries.c
    lost = and_(d.status == "sending", d.id.not_in([one.id for one in in_hand]))
    values = {"status": "pending", "tries": d.tries - 1, "changed_at": now}
    await connection.execute(update(deliveries).where(lost).values(values))


async def claim_deliveries(
    connection: AsyncConnection,
    *,
    now: dt.datetime,
    limit: int,
    repeats: int = 1,
    busy: Collection[int] = (),
    flying: Collection[int] = (),
    lease: LeaseKey | None = None,
) -> list[Claimed]:
    """Take up to `limit` due rows for sending, first tries first, the parts of an issue in their order.

    Chats that are `busy` come after all others; those to which something is `flying` wait, and of a chat one
    row is taken at a time: a row that only waits for its chat keeps others from going. A chat that Telegram
    makes wait is left alone until its wait is over. Of rows tried before
    at most `repeats` are taken, so that the next kill leaves few in doubt for good. Nothing is taken when the
    `lease` is in other hands. A row that came back while its chat paused or left, or its issue was retracted,
    is called off here. One that edits waits until what it edits is done.
    """
    if limit <= 0 or (lease is not None and not await holds_lease(connection, lease)):
        return []  # to SQLite a limit below 0 is none
    firsts, again = _due(is_repeat=False), _due(is_repeat=True)
    claimed = await _claim(connection, firsts, limit, now, {*busy, *flying})
    if busy and len(claimed) < limit:
        waiting = {*flying, *(one.chat_id for one in claimed)}
        claimed += await _claim(connection, firsts, limit - len(claimed), now, waiting)
    repeats = min(repeats, limit - len(claimed))
    if repeats <= 0:
        return claimed
    waiting = {*flying, *(one.chat_id for one in claimed)}
    return claimed + await _claim(connection, again, repeats, now, waiting)


@cache  # to build it costs more than to run it
def _due(*, is_repeat: bool) -> Select[Any]:
    """Return the query for `at_most` rows that may go out `by_now`, but to `waiting` chats: those tried
    before, or the others."""
    d, s = deliveries.c, subscribers.c
    by_now = bindparam("by_now", type_=UtcTime)
    earlier = deliveries.alias("earlier")
    is_first = ~exists().where(
        earlier.c.subscriber_id == d.subscriber_id,
        earlier.c.issue_id == d.issue_id,
        earlier.c.part < d.part,
        earlier.c.status.in_(["pending", "sending"]),
    )
    part = and_(issue_parts.c.issue_id == d.issue_id, issue_parts.c.part == d.part)
    edited = deliveries.alias("edited")
    all_parts = issue_parts.alias("all_parts")
    parts = select(func.count()).select_from(all_parts).where(all_parts.c.issue_id == d.issue_id)
    return (
        select(
            d.id,
            d.part,
            s.chat_id,
            s.thread_id,
            s.held_until,
            parts.correlate(deliveries).scalar_subquery().label("parts"),
            issue_parts.c.html,
            d.tries,
            edited.c.message_id.label("edits"),
            delivery_buttons.c.rows.label("buttons"),
            s.status,
            issues.c.status.label("issue_status"),
        )
        .join(subscribers, s.id == d.subscriber_id)
        .join(issues, issues.c.id == d.issue_id)
        .join(issue_parts, part)
        .outerjoin(delivery_edits, delivery_edits.c.delivery_id == d.id)
        .outerjoin(edited, edited.c.id == delivery_edits.c.edited_id)
        .outerjoin(delivery_buttons, delivery_buttons.c.delivery_id == d.id)
        .where(d.tries > 0 if is_repeat else d.tries == 0)
        .where(d.status == literal_column("'pending'"), d.not_before <= by_now, is_first, is_free(by_now))
        .where(or_(edited.c.id.is_(None), edited.c.status.not_in(["pending", "sending"])))
        .where(s.chat_id.not_in(bindparam("waiting", expanding=True)))
        .order_by(d.tries, d.not_before, d.id)
        .limit(bindparam("at_most"))
        .with_for_update(of=deliveries, skip_locked=True)  # SQLite has one writer, and knows no such words
    )


async def _claim(
    connection: AsyncConnection,
    due: Select[Any],
    limit: int,
    now: dt.datetime,
    waiting: Collection[int],
) -> list[Claimed]:
    rows = (await connection.execute(due, {"by_now": now, "at_most": limit, "waiting": list(waiting)})).all()
    for row in rows:
        if reason := _why_off(row):
            off = {"status": "gone", "reason": reason, "changed_at": now}
            await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(off))
    firsts = {row.chat_id: row.id for row in reversed(rows) if not _why_off(row)}  # of each chat
    wanted = [row for row in rows if firsts.get(row.chat_id) == row.id]
    if wanted:
        await connection.execute(_TAKE, {"ids": [row.id for row in wanted], "moment": now})
    missing = await _find_missing(connection, [row.id for row in wanted if row.part and row.parts > 1])
    return [
        Claimed(
            row.id,
            row.chat_id,
            row.html,
            row.tries + 1,
            row.edits,
            row.buttons or (),
            row.thread_id,
            row.held_until is not None,
            row.part,
            row.parts if row.issue_status == "made" else 1,
            missing.get(row.id, ()),
        )
        for row in wanted
    ]


async def _find_missing(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return, by delivery, the parts of its issue that were refused since the last one that arrived."""
    if not ids:
        return {}
    d, claimed = deliveries.c, deliveries.alias("claimed")
    same = and_(claimed.c.subscriber_id == d.subscriber_id, claimed.c.issue_id == d.issue_id)
    query = select(claimed.c.id, d.part, d.status).join(claimed, and_(same, d.part < claimed.c.part))
    query = query.where(claimed.c.id.in_(ids), or_(d.status == "sent", is_of(REFUSED)))
    found: dict[int, tuple[int, ...]] = {}
    for row in await connection.execute(query.order_by(claimed.c.id, d.part)):
        found[row.id] = () if row.status == "sent" else (*found.get(row.id, ()), row.part)
    return found


def _why_off(row: Any) -> str | None:
    """Return why a due row is not to be sent any more."""
    if row.issue_status == RETRACTED:
        return RETRACTED
    if row.edits is None and row.issue_status == CORRECTION and row.part == EDIT:
        return "nothing to edit"
    return None if row.status == "active" else str(row.status)


async def mark_sent(
    connection: AsyncConnection, sent: Sequence[tuple[Claimed, int]], *, now: dt.datetime
) -> None:
    """Write down Telegram's message number of each."""
    rows = [{"row": one.id, "tried": one.tries, "message": number, "moment": now} for one, number in sent]
    if rows:
        await connection.execute(_MARK_SENT, rows)


async def mark_gone(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Write down that Telegram refused this delivery for good, and why."""
    values = {"status": "gone", "reason": reason, "changed_at": now}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


async def mark_unknown(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Write down that nobody can tell whether this delivery arrived."""
    values = {"status": "unknown", "reason": reason, "changed_at": now}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


async def put_back(
    connection: AsyncConnection,
    one: Claimed,
    *,
    not_before: dt.datetime,
    counts: bool,
    reason: str,
    now: dt.datetime,
) -> None:
    """Let a delivery wait until `not_before`; `counts` tells whether Telegram may have seen this try."""
    d = deliveries.c
    values = {
        "status": "pending",
        "not_before": not_before,
        "tries": d.tries if counts else d.tries - 1,
        "reason": reason,
        "changed_at": now,
    }
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


def _is_ours(one: Claimed) -> ColumnElement[bool]:
    """Return the condition that a row is still in the try that was claimed.

    Whoever takes the row over tries it anew or ends it: what an earlier holder learns then counts no more.
    """
    d = deliveries.c
    return and_(d.id == one.id, d.tries == one.tries, d.status == "sending")


async def count_by_status(connection: AsyncConnection, *, since: dt.datetime) -> dict[str, int]:
    """Return how many deliveries changed since `since` stand in each status.

    Only issues of the week before are looked through, not the whole ledger: what waited longer is left out.
    """
    d, i = deliveries.c, issues.c
    recent = select(i.id).where(i.slot_at >= since - _LOOKED_BACK)
    changed = and_(d.issue_id.in_(recent), d.changed_at >= since)
    query = select(d.status, func.count().label("total")).where(changed).group_by(d.status)
    return {row.status: row.total for row in await connection.execute(query)}


async def count_waiting(connection: AsyncConnection) -> int:
    """Return how many deliveries are not finished."""
    d = deliveries.c
    query = select(func.count()).select_from(deliveries).where(d.status.in_(["pending", "sending"]))
    return (await connection.execute(query)).scalar_one()
