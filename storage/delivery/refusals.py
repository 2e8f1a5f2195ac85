"""Refusals by Telegram: waits of a chat or of the whole bot, refused deliveries, and lost rights."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import OPEN, DeliveryStatus, IssueStatus, count_finished
from storage.notes import find_note, forget_note, write_note
from storage.processes.signals import Signal, send_signal
from storage.tables import UtcTime, deliveries, delivery_counts, issues, messages, subscribers

# A chat's wait is a column of its subscriber, the bot's is a note. So both hold after a restart.

_LIMITED = "sending_limited"
_STOPPED = "sending_paused"  # by an operator


@dataclass(frozen=True, slots=True)
class Holds:
    """How many chats Telegram makes wait, and when the last of these waits ends."""

    chats: int
    last_until: dt.datetime | None


NO_HOLDS = Holds(0, None)


def is_free(now: Any) -> ColumnElement[bool]:
    """Return the condition that a subscriber's chat need not wait at `now`, a moment or a bound parameter."""
    s = subscribers.c
    return or_(s.held_until.is_(None), s.held_until <= now)


async def hold_chat(connection: AsyncConnection, chat_id: int, until: dt.datetime) -> None:
    """Send nothing to a chat before `until`; a wait that ends later stays."""
    row = and_(subscribers.c.chat_id == chat_id, is_free(until))
    await connection.execute(update(subscribers).where(row).values(held_until=until))


async def release_chats(connection: AsyncConnection, chat_ids: Collection[int]) -> None:
    """Clear the waits of chats for which Telegram accepted a message."""
    values = {"held_until": None, "told_at": None}
    these = subscribers.c.chat_id.in_(chat_ids)
    await connection.execute(update(subscribers).where(these).values(values))


async def find_held_chats(connection: AsyncConnection, *, now: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Return the chats that have to wait, and until when; of more than 1,000 those that wait longest."""
    s = subscribers.c
    query = select(s.chat_id, s.held_until).where(s.held_until > now).order_by(s.held_until.desc())
    return [(row.chat_id, row.held_until) for row in await connection.execute(query.limit(1_000))]


async def count_holds(connection: AsyncConnection, *, now: dt.datetime) -> Holds:
    s = subscribers.c
    query = select(func.count(), func.max(s.held_until, type_=UtcTime)).where(s.held_until > now)
    return Holds(*(await connection.execute(query)).one())


async def take_unreported_holds(
    connection: AsyncConnection, *, now: dt.datetime, longer_than: dt.timedelta
) -> Holds:
    """Return the long waits that were not reported to the admins, and record them as reported."""
    s = subscribers.c
    is_unreported = and_(s.held_until > now + longer_than, s.told_at.is_(None))
    query = select(func.count(), func.max(s.held_until, type_=UtcTime)).where(is_unreported)
    count, last_until = (await connection.execute(query)).one()
    if count:
        await connection.execute(update(subscribers).where(is_unreported).values(told_at=now))
    return Holds(count, last_until)


async def limit_bot(connection: AsyncConnection, until: dt.datetime, *, now: dt.datetime) -> None:
    """Record that Telegram refuses messages to everybody: nothing is sent before `until`."""
    await write_note(connection, _LIMITED, until.isoformat(), now=now)


async def lift_limit(connection: AsyncConnection) -> None:
    await forget_note(connection, _LIMITED)


async def find_limit(connection: AsyncConnection) -> dt.datetime | None:
    """Return until when nothing is sent because Telegram refuses messages to everybody.

    If that moment has passed, the next delivery finds out whether Telegram still refuses.
    """
    return await _find_moment(connection, _LIMITED)


async def find_hold(connection: AsyncConnection, chat_id: int, *, now: dt.datetime) -> dt.datetime | None:
    """Return until when a chat has to wait, None if it has not."""
    s = subscribers.c
    query = select(s.held_until).where(s.chat_id == chat_id, s.held_until > now)
    return (await connection.execute(query)).scalar_one_or_none()


async def stop_sending(connection: AsyncConnection, *, now: dt.datetime) -> None:
    await write_note(connection, _STOPPED, now.isoformat(), now=now)
    await send_signal(connection, Signal.SENDING)


async def resume_sending(connection: AsyncConnection) -> None:
    await forget_note(connection, _STOPPED)
    await send_signal(connection, Signal.SENDING)


async def find_stop(connection: AsyncConnection) -> dt.datetime | None:
    """Return since when an operator has stopped all sending."""
    return await _find_moment(connection, _STOPPED)


async def _find_moment(connection: AsyncConnection, name: str) -> dt.datetime | None:
    note = await find_note(connection, name)
    return dt.datetime.fromisoformat(note) if note else None


# The reason of a `gone` delivery begins with its kind: the reader left, the bot may not write in the chat,
# or the message cannot be sent.

LEFT, NO_RIGHTS, REFUSED = "left", "no rights", "refused"
FEWEST, SHARE = 3, 0.2  # refused deliveries, and their share of the finished ones, that are reported


@dataclass(frozen=True, slots=True)
class LatestDeliveries:
    """Numbers of deliveries of an edition's latest issue, by result.

    `gone` ones did not arrive: the reader left, the bot lost its rights, or Telegram refused. `reason` is
    Telegram's answer to one of the refused deliveries, or else to one of the gone.
    """

    edition: str
    slot_at: dt.datetime
    waiting: int
    reached: int
    gone: int
    refused: int
    reason: str

    @property
    def is_trouble(self) -> bool:
        """Tell whether many deliveries were refused, or the issue reached nobody."""
        done = self.reached + self.gone
        reaches_nobody = self.gone > 0 and not self.reached and not self.waiting
        return reaches_nobody or (self.refused >= FEWEST and self.refused >= SHARE * done)


@dataclass(frozen=True, slots=True)
class LostChat:
    """A group or channel in which the bot may not write any more, with Telegram's reason."""

    chat_id: int
    reason: str


def has_reason(kind: str) -> ColumnElement[bool]:
    """Return the condition that a delivery's reason is of `kind`."""
    return deliveries.c.reason.startswith(f"{kind}: ")


def telegram_words(reason: str) -> str:
    """Return what Telegram said.

    >>> telegram_words("refused: Message is too long")
    'Message is too long'
    """
    kind, separator, words = reason.partition(": ")
    return words if separator and kind in (LEFT, NO_RIGHTS, REFUSED) else reason


async def find_latest_deliveries(
    connection: AsyncConnection, *, since: dt.datetime
) -> list[LatestDeliveries]:
    """Count the deliveries of each edition's latest issue since `since`, by result."""
    i = issues.c
    latest = select(i.edition, func.max(i.slot_at, type_=UtcTime)).group_by(i.edition).order_by(i.edition)
    latest = latest.where(i.status == IssueStatus.MADE, i.slot_at >= since)
    rows = (await connection.execute(latest)).all()
    return [await _count_issue(connection, edition, slot_at) for edition, slot_at in rows]


async def _count_issue(connection: AsyncConnection, edition: str, slot_at: dt.datetime) -> LatestDeliveries:
    d, i, m, n = deliveries.c, issues.c, messages.c, delivery_counts.c
    finished = await count_finished(connection, n.edition == edition, n.slot_at == slot_at)
    of_issue = select(m.id).join(issues, i.id == m.issue_id).where(i.edition == edition, i.slot_at == slot_at)
    waiting = select(func.count()).where(d.message_id.in_(of_issue), d.status.in_(OPEN))
    reason = None
    if finished.refused or finished.departed:
        of_kind = has_reason(REFUSED) if finished.refused else or_(has_reason(LEFT), has_reason(NO_RIGHTS))
        one = select(d.reason).where(d.message_id.in_(of_issue), d.status == DeliveryStatus.GONE, of_kind)
        reason = (await connection.execute(one.limit(1))).scalar_one_or_none()
    return LatestDeliveries(
        edition=edition,
        slot_at=slot_at,
        waiting=(await connection.execute(waiting)).scalar_one(),
        reached=finished.sent + finished.unknown,
        gone=finished.refused + finished.departed,
        refused=finished.refused,
        reason=telegram_words(reason or ""),
    )


async def count_lost_chats(connection: AsyncConnection, *, since: dt.datetime) -> int:
    """Return in how many chats the bot lost its rights since `since` and has not got them back."""
    query = select(func.count()).select_from(subscribers).where(_is_lost(), subscribers.c.changed_at >= since)
    return (await connection.execute(query)).scalar_one()


async def take_unreported_lost_chats(connection: AsyncConnection, *, now: dt.datetime) -> list[LostChat]:
    """Return at most 20 lost chats that were not reported to the admins, and record them as reported."""
    s = subscribers.c
    query = select(s.id, s.chat_id, s.status_reason).where(_is_lost(), s.told_at.is_(None))
    rows = (await connection.execute(query.order_by(s.id).limit(20))).all()
    if rows:
        reported = update(subscribers).where(s.id.in_([row.id for row in rows])).values(told_at=now)
        await connection.execute(reported)
    return [LostChat(row.chat_id, telegram_words(row.status_reason)) for row in rows]


def _is_lost() -> ColumnElement[bool]:
    s = subscribers.c
    return and_(s.status == "gone", s.status_reason.startswith(f"{NO_RIGHTS}: "))
