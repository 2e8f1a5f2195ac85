"""Copies that Telegram refused, by edition, and chats in which the bot lost its rights.

The reason of a `gone` delivery begins with what it means: the reader left, the bot may not write there, or
the message cannot be sent.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import deliveries, issues, subscribers

LEFT, NO_RIGHTS, REFUSED = "left", "no rights", "refused"
FEWEST, SHARE = 3, 0.2  # so many refused copies, and of those that are done, are news


@dataclass(frozen=True, slots=True)
class LatestCopies:
    """What came of the copies of an edition's latest issue. `gone` counts readers who left, lost rights and
    refused ones; `reason` is Telegram's for one of the refused, or of the gone."""

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
    """Count the copies of each edition's latest issue since `since`; costs as much as they are."""
    d, i = deliveries.c, issues.c
    latest = select(i.edition, func.max(i.slot_at).label("slot_at")).where(
        i.status == "made", i.slot_at >= since
    )
    newest = latest.group_by(i.edition).subquery()
    is_refused = and_(d.status == "gone", is_of(REFUSED))
    is_gone = and_(d.status == "gone", or_(is_of(LEFT), is_of(NO_RIGHTS), is_of(REFUSED)))
    query = (
        select(
            i.edition,
            i.slot_at,
            _count(d.status.in_(["pending", "sending"])),
            _count(d.status.in_(["sent", "unknown"])),
            _count(is_gone),
            _count(is_refused),
            func.coalesce(func.max(case((is_refused, d.reason))), func.max(case((is_gone, d.reason))), ""),
        )
        .join(issues, i.id == d.issue_id)
        .join(newest, and_(newest.c.edition == i.edition, newest.c.slot_at == i.slot_at))
        .where(i.status == "made")
        .group_by(i.edition, i.slot_at)
    )
    return [
        LatestCopies(edition, slot_at, waiting, reached, gone, refused, words_of(reason))
        for edition, slot_at, waiting, reached, gone, refused, reason in await connection.execute(query)
    ]


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


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)
