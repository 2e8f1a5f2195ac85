"""Copies that Telegram refused, by edition, and chats in which the bot lost its rights.

The reason of a `gone` delivery begins with what it means: the reader left, the bot may not write there, or
the message cannot be sent.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.counts import count_finished
from storage.delivery.states import OPEN, DeliveryStatus, IssueStatus
from storage.tables import deliveries, delivery_counts, issues, messages, subscribers
from storage.times import UtcTime

LEFT, NO_RIGHTS, REFUSED = "left", "no rights", "refused"
FEWEST, SHARE = 3, 0.2  # so many refused copies, and of those that are done, are news


@dataclass(frozen=True, slots=True)
class LatestCopies:
    """Numbers of copies of an edition's latest issue, by result.

    `gone` counts copies that did not arrive: the reader left, the bot lost its rights, or Telegram refused.
    `reason` is what Telegram said to one of the refused copies, or else to one of the gone.
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
        """Tell whether many copies were refused, or the issue reached nobody."""
        done = self.reached + self.gone
        reaches_nobody = self.gone > 0 and not self.reached and not self.waiting
        return reaches_nobody or (self.refused >= FEWEST and self.refused >= SHARE * done)


@dataclass(frozen=True, slots=True)
class LostChat:
    """A group or channel in which the bot may not write any more, with Telegram's reason."""

    chat_id: int
    reason: str


def is_of(kind: str) -> ColumnElement[bool]:
    """Return the condition that a delivery's reason is of `kind`."""
    return deliveries.c.reason.startswith(f"{kind}: ")


def words_of(reason: str) -> str:
    """Return what Telegram said.

    >>> words_of("refused: Message is too long")
    'Message is too long'
    """
    kind, separator, words = reason.partition(": ")
    return words if separator and kind in (LEFT, NO_RIGHTS, REFUSED) else reason


async def find_latest_copies(connection: AsyncConnection, *, since: dt.datetime) -> list[LatestCopies]:
    """Count the copies of each edition's latest issue since `since`, by result."""
    i = issues.c
    latest = select(i.edition, func.max(i.slot_at, type_=UtcTime)).where(
        i.status == IssueStatus.MADE, i.slot_at >= since
    )
    rows = (await connection.execute(latest.group_by(i.edition).order_by(i.edition))).all()
    return [await _find_copies(connection, edition, slot_at) for edition, slot_at in rows]


async def _find_copies(connection: AsyncConnection, edition: str, slot_at: dt.datetime) -> LatestCopies:
    d, i, m, n = deliveries.c, issues.c, messages.c, delivery_counts.c
    finished = await count_finished(connection, n.edition == edition, n.slot_at == slot_at)
    of_issue = select(m.id).join(issues, i.id == m.issue_id).where(i.edition == edition, i.slot_at == slot_at)
    waiting = select(func.count()).where(d.message_id.in_(of_issue), d.status.in_(OPEN))
    reason = None
    if finished.refused or finished.departed:
        of_kind = is_of(REFUSED) if finished.refused else or_(is_of(LEFT), is_of(NO_RIGHTS))
        one = select(d.reason).where(d.message_id.in_(of_issue), d.status == DeliveryStatus.GONE, of_kind)
        reason = (await connection.execute(one.limit(1))).scalar_one_or_none()
    return LatestCopies(
        edition=edition,
        slot_at=slot_at,
        waiting=(await connection.execute(waiting)).scalar_one(),
        reached=finished.sent + finished.unknown,
        gone=finished.refused + finished.departed,
        refused=finished.refused,
        reason=words_of(reason or ""),
    )


async def count_lost_chats(connection: AsyncConnection, *, since: dt.datetime) -> int:
    """Return in how many chats the bot lost its rights since `since` and has not got them back."""
    query = select(func.count()).select_from(subscribers).where(_is_lost(), subscribers.c.changed_at >= since)
    return (await connection.execute(query)).scalar_one()


async def take_untold_lost_chats(
    connection: AsyncConnection, *, now: dt.datetime, limit: int = 20
) -> list[LostChat]:
    """Return chats of which admins have not heard, and note that they have."""
    s = subscribers.c
    query = select(s.id, s.chat_id, s.status_reason).where(_is_lost(), s.told_at.is_(None))
    rows = (await connection.execute(query.order_by(s.id).limit(limit))).all()
    if rows:
        told = update(subscribers).where(s.id.in_([row.id for row in rows])).values(told_at=now)
        await connection.execute(told)
    return [LostChat(row.chat_id, words_of(row.status_reason)) for row in rows]


def _is_lost() -> ColumnElement[bool]:
    s = subscribers.c
    return and_(s.status == "gone", s.status_reason.startswith(f"{NO_RIGHTS}: "))
