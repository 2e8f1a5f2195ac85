"""Deliveries: the ledger of what each subscriber gets, one row per message and subscriber.

pending → sending (committed before Telegram is called) → sent | gone | unknown. A row found in `sending` at
start was interrupted: once it is tried again, at the tail of the queue; twice and it ends `unknown`, because
Telegram offers no way to ask whether the message went out.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.leases import LeaseKey, holds_lease
from storage.delivery.messages import Buttons, read_buttons
from storage.delivery.refusals import REFUSED, is_free, is_of
from storage.delivery.states import CALM, OPEN, DeliveryStatus, IssueStatus, MessageKind
from storage.tables import UtcTime, deliveries, issues, messages, subscribers

MOST_TRIES = 2
_NOTICE = MessageKind.CORRECTION_NOTICE
_PENDING, _SENDING, _SENT = DeliveryStatus.PENDING, DeliveryStatus.SENDING, DeliveryStatus.SENT
_GONE, _UNKNOWN = DeliveryStatus.GONE, DeliveryStatus.UNKNOWN
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(status=_SENDING, tries=deliveries.c.tries + 1, changed_at=bindparam("moment"))
)
_MARK_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.tries == bindparam("tried"))
    .where(deliveries.c.status == _SENDING)
    .values(status=_SENT, telegram_id=bindparam("number"), reason=None, changed_at=bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is being sent now. With `edits` it changes the message of that number in the chat.

    In a group with topics it goes to `thread_id`. `was_held` when Telegram made the chat wait before. It is
    part `part` of `parts`, from 0; `missing` are those before it that were refused and of which the reader
    has not been told. `is_silent`: it comes without a sound, as later parts and corrections do. The picture
    of the page `preview_url` is to stand above the text.
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
    is_silent: bool = False
    preview_url: str | None = None


async def recover_interrupted(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """Free the rows that a stopped process left in `sending`; return how many ended `unknown`."""
    d = deliveries.c
    outcome = case((d.tries >= MOST_TRIES, _UNKNOWN.value), else_=_PENDING.value)
    statement = update(deliveries).where(d.status == _SENDING).values(status=outcome, changed_at=now)
    rows = (await connection.execute(statement.returning(d.status))).scalars().all()
    return sum(status == _UNKNOWN for status in rows)


async def free_unsent(connection: AsyncConnection, *, in_flight: Sequence[Claimed], now: dt.datetime) -> None:
    """Free rows in `sending` other than those `in_flight`: those of a claim that was committed although the
    reply to COMMIT was lost.

    Only the holder of the lease may ask: that process knows that it sent none of them.
    """
    d = deliveries.c
    lost = and_(d.status == _SENDING, d.id.not_in([one.id for one in in_flight]))
    values = {"status": _PENDING, "tries": d.tries - 1, "changed_at": now}
    await connection.execute(update(deliveries).where(lost).values(values))


async def claim_deliveries(
    connection: AsyncConnection,
    *,
    now: dt.datetime,
    limit: int,
    repeats: int = 1,
    busy: Collection[int] = (),
    in_flight: Collection[int] = (),
    lease: LeaseKey | None = None,
) -> list[Claimed]:
    """Claim up to `limit` due rows for sending, first tries first.

    A row waits while the message that its own comes after is open for the same subscriber: so the parts of an
    issue go in order, and an edit goes after what it edits. One row a chat is claimed at a time; chats
    `in_flight` wait, `busy` ones come after all others, and those that Telegram holds are left alone.

    At most `repeats` rows that were tried before are claimed: if the process dies now, only those can end as
    `unknown`. Nothing is claimed when another process has the `lease`. A row that came back while its chat
    paused or left, or its issue was retracted, is called off here.
    """
    if limit <= 0 or (lease is not None and not await holds_lease(connection, lease)):
        return []  # to SQLite a limit below 0 is none
    firsts, again = _due(is_repeat=False), _due(is_repeat=True)
    claimed = await _claim(connection, firsts, limit, now, {*busy, *in_flight})
    if busy and len(claimed) < limit:
        waiting = {*in_flight, *(one.chat_id for one in claimed)}
        claimed += await _claim(connection, firsts, limit - len(claimed), now, waiting)
    repeats = min(repeats, limit - len(claimed))
    if repeats <= 0:
        return claimed
    waiting = {*in_flight, *(one.chat_id for one in claimed)}
    return claimed + await _claim(connection, again, repeats, now, waiting)


@cache  # to build it costs more than to run it
def _due(*, is_repeat: bool) -> Select[Any]:
    """Return the query for `at_most` rows that may go out `by_now`, but to `waiting` chats: those tried
    before, or the others."""
    d, m, s = deliveries.c, messages.c, subscribers.c
    by_now = bindparam("by_now", type_=UtcTime)
    earlier, same_issue = deliveries.alias("earlier"), messages.alias("same_issue")
    parts = select(func.count()).select_from(same_issue).where(same_issue.c.issue_id == m.issue_id)
    return (
        select(
            d.id,
            s.chat_id,
            s.thread_id,
            s.held_until,
            s.status,
            or_(m.silent, m.part > 0, m.kind == _NOTICE, and_(s.silent, m.kind.in_(CALM))).label("is_silent"),
            parts.correlate(messages).scalar_subquery().label("parts"),
            m.kind,
            m.part,
            m.html,
            m.buttons,
            m.preview_url,
            m.called_off,
            d.tries,
            earlier.c.telegram_id.label("earlier_id"),
            issues.c.status.label("issue_status"),
        )
        .join(subscribers, s.id == d.subscriber_id)
        .join(messages, m.id == d.message_id)
        .outerjoin(issues, issues.c.id == m.issue_id)
        .outerjoin(
            earlier, and_(earlier.c.message_id == m.after_id, earlier.c.subscriber_id == d.subscriber_id)
        )
        .where(d.tries > 0 if is_repeat else d.tries == 0)
        .where(d.status == literal_column("'pending'"), d.not_before <= by_now, is_free(by_now))
        .where(or_(earlier.c.id.is_(None), earlier.c.status.not_in(OPEN)))
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
            off = {"status": _GONE, "reason": reason, "changed_at": now}
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
            row.earlier_id if row.kind == MessageKind.CORRECTION_EDIT else None,
            read_buttons(row.buttons),
            row.thread_id,
            row.held_until is not None,
            row.part,
            max(row.parts, 1),
            missing.get(row.id, ()),
            bool(row.is_silent),
            row.preview_url,
        )
        for row in wanted
    ]


async def _find_missing(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return, by delivery, the parts of its issue that were refused since the last one that arrived."""
    if not ids:
        return {}
    d, m = deliveries.c, messages.c
    claimed, its_message = deliveries.alias("claimed"), messages.alias("its_message")
    query = (
        select(claimed.c.id, m.part, d.status)
        .select_from(claimed)
        .join(its_message, its_message.c.id == claimed.c.message_id)
        .join(messages, and_(m.issue_id == its_message.c.issue_id, m.part < its_message.c.part))
        .join(deliveries, and_(d.message_id == m.id, d.subscriber_id == claimed.c.subscriber_id))
        .where(claimed.c.id.in_(ids), or_(d.status == _SENT, is_of(REFUSED)))
        .order_by(claimed.c.id, m.part)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in await connection.execute(query):
        found[row.id] = () if row.status == _SENT else (*found.get(row.id, ()), row.part)
    return found


def _why_off(row: Any) -> str | None:
    """Return why a due row is not to be sent any more."""
    if row.called_off or row.issue_status == IssueStatus.RETRACTED:
        return IssueStatus.RETRACTED.value
    if row.kind == MessageKind.CORRECTION_EDIT and row.earlier_id is None:
        return "nothing to edit"
    return None if row.status == "active" else str(row.status)


async def mark_sent(
    connection: AsyncConnection, sent: Sequence[tuple[Claimed, int]], *, now: dt.datetime
) -> None:
    """Write down Telegram's message number of each."""
    rows = [{"row": one.id, "tried": one.tries, "number": number, "moment": now} for one, number in sent]
    if rows:
        await connection.execute(_MARK_SENT, rows)


async def mark_gone(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Write down that Telegram refused this delivery for good, and why."""
    values = {"status": _GONE, "reason": reason, "changed_at": now}
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


async def mark_unknown(connection: AsyncConnection, one: Claimed, reason: str, *, now: dt.datetime) -> None:
    """Write down that nobody can tell whether this delivery arrived."""
    values = {"status": _UNKNOWN, "reason": reason, "changed_at": now}
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
        "status": _PENDING,
        "not_before": not_before,
        "tries": d.tries if counts else d.tries - 1,
        "reason": reason,
        "changed_at": now,
    }
    await connection.execute(update(deliveries).where(_is_ours(one)).values(values))


def _is_ours(one: Claimed) -> ColumnElement[bool]:
    """Return the condition that a row is still in the try that was claimed.

    A process that takes the row over tries it again or finishes it: what the process before it learns about
    the earlier try does not count any more.
    """
    d = deliveries.c
    return and_(d.id == one.id, d.tries == one.tries, d.status == _SENDING)


async def count_open(connection: AsyncConnection) -> dict[DeliveryStatus, int]:
    """Return how many deliveries are pending and sending; costs as much as there are."""
    d = deliveries.c
    query = select(d.status, func.count().label("total")).where(d.status.in_(OPEN)).group_by(d.status)
    return {DeliveryStatus(row.status): row.total for row in await connection.execute(query)}
