"""Announcements: texts of an operator to all readers, or to those of one edition.

When an operator confirms a draft, it becomes one message of the outbox with a delivery for each reader.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, and_, delete, false, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery import fanouts
from storage.delivery.message_fanouts import begin_announcing, end_announcing
from storage.delivery.messages import Message, Release, enqueue, record_message
from storage.delivery.states import DeliveryStatus, IssueStatus, MessageKind, count_deliveries
from storage.profiles import Choices
from storage.tables import announcements, deliveries, messages, profiles, subscribers

_KEPT = dt.timedelta(days=365)
_DRAFT_KEPT = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A text to the readers of `edition`, None: to all. Only operators see it until `confirmed_at` is set."""

    id: int
    text: str
    edition: str | None
    is_silent: bool
    made_at: dt.datetime
    confirmed_at: dt.datetime | None
    message_id: int | None


async def draft_announcement(
    connection: AsyncConnection,
    admin: int,
    text: str,
    *,
    edition: str | None = None,
    is_silent: bool = False,
    now: dt.datetime,
) -> int:
    """Store an operator's text as a draft and return its id; delete announcements and drafts that are old."""
    a = announcements.c
    old_draft = and_(a.confirmed_at.is_(None), a.made_at < now - _DRAFT_KEPT)
    await connection.execute(delete(announcements).where(or_(old_draft, a.made_at < now - _KEPT)))
    values = {"admin": admin, "text": text, "edition": edition, "silent": is_silent, "made_at": now}
    return int((await connection.execute(insert(announcements).values(values).returning(a.id))).scalar_one())


async def find_announcement(connection: AsyncConnection, number: int) -> Announcement | None:
    row = (await connection.execute(select(announcements).where(announcements.c.id == number))).first()
    return _announcement(row) if row else None


async def find_announcements(connection: AsyncConnection, *, limit: int) -> list[Announcement]:
    """Return the latest confirmed announcements, newest first."""
    a = announcements.c
    query = (
        select(announcements).where(a.confirmed_at.is_not(None)).order_by(a.confirmed_at.desc(), a.id.desc())
    )
    return [_announcement(row) for row in await connection.execute(query.limit(limit))]


async def change_draft(
    connection: AsyncConnection, number: int, *, edition: str | None, is_silent: bool
) -> Announcement | None:
    """Change the readers and the sound of a draft; return None if it is no longer a draft."""
    is_draft = and_(announcements.c.id == number, announcements.c.confirmed_at.is_(None))
    values = {"edition": edition, "silent": is_silent}
    result = await connection.execute(update(announcements).where(is_draft).values(values))
    return await find_announcement(connection, number) if result.rowcount else None


async def count_audience(connection: AsyncConnection, audience: ColumnElement[bool]) -> int:
    """Return how many active subscribers the audience has."""
    query = select(func.count()).select_from(subscribers).where(subscribers.c.status == "active", audience)
    return (await connection.execute(query)).scalar_one()


async def find_zones(connection: AsyncConnection) -> list[Choices]:
    """Return the editions and zones that readers chose, each pair as `Choices` without other choices."""
    p = profiles.c
    query = select(p.edition, p.more_editions, p.zone).where(p.variant_of.is_(None)).distinct()
    rows = await connection.execute(query.limit(10_000))
    return [Choices(row.edition, zone=row.zone, more_editions=(*row.more_editions.split(),)) for row in rows]


def readers_of(wanted: Iterable[Choices] | None) -> ColumnElement[bool]:
    """Return the SQL condition for subscribers with the editions and zone of one of `wanted`; None: all."""
    if wanted is None:
        return true()
    p = profiles.c
    chosen = [
        and_(
            p.edition == one.edition,
            p.more_editions == " ".join(one.more_editions),
            p.zone.is_(None) if one.zone is None else p.zone == one.zone,
        )
        for one in wanted
    ]
    return subscribers.c.profile_id.in_(select(p.id).where(or_(*chosen)))


async def confirm_announcement(
    connection: AsyncConnection,
    number: int,
    html: str,
    groups: Sequence[tuple[ColumnElement[bool], Release]],
    *,
    now: dt.datetime,
) -> int | None:
    """Queue a draft for each group of readers, who share a zone; return how many deliveries, None where it
    is no draft any more. Quiet hours hold. Very many readers are queued afterwards: see `message_fanouts`."""
    a = announcements.c
    is_draft = and_(a.id == number, a.confirmed_at.is_(None))
    claimed = update(announcements).where(is_draft).values(confirmed_at=now).returning(a.silent, a.edition)
    row = (await connection.execute(claimed)).first()
    if row is None:
        return None
    message = Message(MessageKind.ANNOUNCEMENT, html, silent=row.silent)
    message_id = await record_message(connection, message, now=now)
    await connection.execute(update(announcements).where(a.id == number).values(message_id=message_id))
    if await fanouts.is_large(connection):
        await begin_announcing(connection, message_id, row.edition, now=now)
        return await count_audience(connection, or_(false(), *(audience for audience, _ in groups)))
    queued = 0
    for audience, release in groups:
        queued += await enqueue(connection, [message_id], audience, release=release, now=now)
    return queued


async def call_off_announcement(connection: AsyncConnection, message_id: int) -> int:
    """Have nothing of an announcement sent any more; return how many deliveries waited, with readers who were
    not queued yet. `end_waiting` ends those deliveries."""
    not_reached = await end_announcing(connection, message_id)
    called_off = update(messages).where(messages.c.id == message_id).values(called_off=True)
    await connection.execute(called_off)
    waiting = select(func.count()).select_from(deliveries).where(_waits(message_id))
    return int((await connection.execute(waiting)).scalar_one()) + not_reached


async def end_waiting(connection: AsyncConnection, message_id: int, *, now: dt.datetime) -> int:
    """End the next waiting deliveries of a message that was called off, as many as one transaction should;
    return how many. A delivery that is not ended here is ended when its turn to be sent comes."""
    some = select(deliveries.c.id).where(_waits(message_id)).limit(fanouts.ROWS_AT_ONCE)
    locked = some.with_for_update(skip_locked=True)  # the sender may be claiming some
    values = {"status": DeliveryStatus.GONE, "reason": IssueStatus.RETRACTED.value, "changed_at": now}
    ended = update(deliveries).where(deliveries.c.id.in_(locked)).values(values)
    return (await connection.execute(ended)).rowcount


def _waits(message_id: int) -> ColumnElement[bool]:
    return and_(deliveries.c.message_id == message_id, deliveries.c.status == DeliveryStatus.PENDING)


async def count_announced(connection: AsyncConnection, one: Announcement) -> dict[DeliveryStatus, int]:
    return await count_deliveries(connection, deliveries.c.message_id == one.message_id)


def _announcement(row: Row[tuple[object, ...]]) -> Announcement:
    return Announcement(
        row.id, row.text, row.edition, row.silent, row.made_at, row.confirmed_at, row.message_id
    )
