"""Claims: choose the deliveries to send next, each claimed by one process.

The status `sending` is committed before Telegram is called; `storage.delivery.deliveries` stores the result.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Buttons, read_buttons
from storage.delivery.refusals import REFUSED, has_reason, is_free
from storage.delivery.senders import is_sender
from storage.delivery.states import CALM, OPEN, DeliveryStatus, IssueStatus, MessageKind
from storage.engine import is_postgres
from storage.processes.leases import LeaseKey, holds_lease
from storage.tables import UtcTime, deliveries, issues, messages, subscribers

_CHAT_PAUSE = dt.timedelta(seconds=1.02)  # between two messages to a chat, as in bot.telegram.limiter
# After a slot PostgreSQL's planner does not know how many rows wait, and would sort them all for a few rows.
_IN_ORDER = select(func.set_config("enable_sort", "off", True))  # until the transaction ends
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids")))
    .values(
        status=DeliveryStatus.SENDING,
        tries=deliveries.c.tries + 1,
        changed_at=bindparam("moment"),
        sender=bindparam("by"),
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is being sent now. With `edits` it changes the message with that number in the chat.

    In a group with topics it goes to `thread_id`. `was_held`: Telegram made the chat wait before. It is part
    `part` of `parts`, counted from 0; `missing` are the refused parts before it that the reader does not know
    of yet. `is_silent`: it comes without a sound, as later parts and corrections do. The picture of the page
    `preview_url` is above the text. `is_paid`: Telegram may take Stars for it.
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
    is_paid: bool = False


async def claim_deliveries(
    connection: AsyncConnection,
    *,
    now: dt.datetime,
    limit: int,
    repeats: int = 1,
    busy: Collection[int] = (),
    in_flight: Collection[int] = (),
    lease: LeaseKey | None = None,
    share: LeaseKey | None = None,
) -> list[Claimed]:
    """Claim up to `limit` due rows for sending, first tries first.

    A row waits while the message that its own comes after is open for the same subscriber: so the parts of an
    issue go in order, and an edit goes after what it edits. One row a chat is claimed at a time; chats
    `in_flight` wait, `busy` ones come after all others, and those that Telegram holds are left alone.

    At most `repeats` rows that were tried before are claimed: if the process dies now, only those can end as
    `unknown`. Nothing is claimed if another process has the `lease`. A row is cancelled here if its chat
    paused or left while it was being sent, or its issue was retracted.

    With a `share` other processes send too. Nothing is claimed if they took this process for dead. Chats to
    which one of them sends, or sent within the last second, wait. The caller must have its turn: see
    `senders.take_turn`.
    """
    if lease is not None and not await holds_lease(connection, lease):
        return []
    if share is not None and not await is_sender(connection, share):
        return []
    if is_postgres(connection):
        await connection.execute(_IN_ORDER)
    key, together = share or lease, share is not None
    by = key.owner if key else None
    firsts, again = _due(is_repeat=False, together=together), _due(is_repeat=True, together=together)
    claimed = await _claim(connection, firsts, limit, now, {*busy, *in_flight}, by)
    if busy:
        waiting = {*in_flight, *(one.chat_id for one in claimed)}
        claimed += await _claim(connection, firsts, limit - len(claimed), now, waiting, by)
    waiting = {*in_flight, *(one.chat_id for one in claimed)}
    return claimed + await _claim(connection, again, min(repeats, limit - len(claimed)), now, waiting, by)


@cache  # to build it costs more than to run it
def _due(*, is_repeat: bool, together: bool) -> Select[Any]:
    """Return the query for `at_most` due rows, either those tried before or the others.

    It leaves out chats that are `waiting`, and if several processes send `together`, those that another
    process serves.
    """
    d, m, s = deliveries.c, messages.c, subscribers.c
    by_now = bindparam("by_now", type_=UtcTime)
    earlier = deliveries.alias("earlier")
    is_earlier = and_(earlier.c.message_id == m.after_id, earlier.c.subscriber_id == d.subscriber_id)
    elsewhere = [d.subscriber_id.not_in(_served())] if together else []
    return (
        select(d.id, d.tries, s.chat_id, s.thread_id, s.held_until, s.status)
        .add_columns(m.kind, m.part, m.html, m.buttons, m.preview_url, m.called_off)
        .add_columns(_is_silent().label("is_silent"), _parts().label("parts"))
        .add_columns(earlier.c.telegram_id.label("earlier_id"), issues.c.status.label("issue_status"))
        .join(subscribers, s.id == d.subscriber_id)
        .join(messages, m.id == d.message_id)
        .outerjoin(issues, issues.c.id == m.issue_id)
        .outerjoin(earlier, is_earlier)
        .where(d.tries > 0 if is_repeat else d.tries == 0)
        .where(d.status == literal_column("'pending'"), d.not_before <= by_now, is_free(by_now))
        .where(or_(earlier.c.id.is_(None), earlier.c.status.not_in(OPEN)))
        .where(s.chat_id.not_in(bindparam("waiting", expanding=True)), *elsewhere)
        .order_by(d.tries, d.not_before, d.id)
        .limit(bindparam("at_most"))
        .with_for_update(of=deliveries, skip_locked=True)  # ignored on SQLite, which has one writer
    )


def _parts() -> ScalarSelect[int]:
    part = messages.alias("part").c
    parts = select(func.count(part.id)).where(part.issue_id == messages.c.issue_id)
    return parts.correlate(messages).scalar_subquery()


def _is_silent() -> ColumnElement[bool]:
    """Return whether a message comes without a sound to its subscriber."""
    m, s = messages.c, subscribers.c
    is_notice = m.kind == MessageKind.CORRECTION_NOTICE
    return or_(m.silent, m.part > 0, is_notice, and_(s.silent, m.kind.in_(CALM)))


def _served() -> CompoundSelect[int]:
    """Return the subscribers to whom some process sends, or sent within the last second."""
    served = deliveries.alias("served").c
    since, until = (bindparam(name, type_=UtcTime) for name in ("a_second_before", "a_second_after"))
    just_sent = and_(served.status == literal_column("'sent'"), served.changed_at.between(since, until))
    sending = select(served.subscriber_id).where(served.status == literal_column("'sending'"))
    return sending.union_all(select(served.subscriber_id).where(just_sent))


async def _claim(
    connection: AsyncConnection,
    due: Select[Any],
    limit: int,
    now: dt.datetime,
    waiting: Collection[int],
    by: str | None,
) -> list[Claimed]:
    if limit <= 0:  # to SQLite a limit below 0 is none
        return []
    asked = {
        "by_now": now, "at_most": limit, "waiting": list(waiting),
        "a_second_before": now - _CHAT_PAUSE, "a_second_after": now + _CHAT_PAUSE,
    }  # fmt: skip
    rows = (await connection.execute(due, asked)).all()
    firsts: dict[int, Any] = {}  # of each chat
    for row in rows:
        if reason := _why_off(row):
            off = {"status": DeliveryStatus.GONE, "reason": reason, "changed_at": now}
            await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(off))
        else:
            firsts.setdefault(row.chat_id, row)
    wanted = list(firsts.values())
    if wanted:
        await connection.execute(_TAKE, {"ids": [row.id for row in wanted], "moment": now, "by": by})
    missing = await _find_missing(connection, [row.id for row in wanted if row.part])
    return [
        Claimed(
            row.id, row.chat_id, row.html, row.tries + 1,
            row.earlier_id if row.kind == MessageKind.CORRECTION_EDIT else None, read_buttons(row.buttons),
            row.thread_id, row.held_until is not None, row.part, max(row.parts, 1), missing.get(row.id, ()),
            bool(row.is_silent), row.preview_url,
        )
        for row in wanted
    ]  # fmt: skip


async def _find_missing(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return by delivery the parts of its issue that were refused since the last part that arrived.

    Parts after the delivery's own are open, because the parts of an issue go in order.
    """
    if not ids:
        return {}
    d, m = deliveries.c, messages.c
    claimed, its_message = deliveries.alias("claimed"), messages.alias("its_message")
    query = (
        select(claimed.c.id, m.part, d.status)
        .select_from(claimed)
        .join(its_message, its_message.c.id == claimed.c.message_id)
        .join(messages, m.issue_id == its_message.c.issue_id)
        .join(deliveries, and_(d.message_id == m.id, d.subscriber_id == claimed.c.subscriber_id))
        .where(claimed.c.id.in_(ids), or_(d.status == DeliveryStatus.SENT, has_reason(REFUSED)))
        .order_by(claimed.c.id, m.part)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in await connection.execute(query):
        found[row.id] = () if row.status == DeliveryStatus.SENT else (*found.get(row.id, ()), row.part)
    return found


def _why_off(row: Any) -> str | None:
    """Return why a due row must not be sent, None if it may be."""
    if row.called_off or row.issue_status == IssueStatus.RETRACTED:
        return IssueStatus.RETRACTED.value
    if row.kind == MessageKind.CORRECTION_EDIT and row.earlier_id is None:
        return "nothing to edit"
    return None if row.status == "active" else str(row.status)
