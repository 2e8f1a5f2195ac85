"""Subscribers: chats that get digests, their choices, and everything kept about one of them.

Nothing about a person is stored beyond the chat's number and what was chosen. `delete_subscriber` and
`storage.reader_data` cover every table that names a chat: a new such table must be added to both.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, case, delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.alerts.watches import move_watches
from storage.conversations import forget_conversation
from storage.delivery.fanouts import note_arrival, note_move
from storage.delivery.states import OPEN, DeliveryStatus, MessageKind
from storage.engine import insert_new
from storage.profiles import CHOICES, Choices, choices_of
from storage.reactions import move_stories
from storage.tables import (
    UtcTime,
    admissions,
    deliveries,
    messages,
    profiles,
    questions,
    shown_stories,
    subscribers,
)

QUIET_START, QUIET_END = 22 * 60, 6 * 60 + 30  # messages due between 22:00 and 6:30 wait


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One chat. `status` is active, paused or gone; `status_reason` is Telegram's reason when it is gone.

    Quiet hours are minutes after local midnight; `changed_at` is when any of this was last set. `thread_id`
    is the forum topic of a group for its digests. `previous_profile_id` is the profile before the last
    change, to undo it. A pause that began at `paused_at` ends at `paused_until`. `is_silent`: messages come
    without a sound. `is_weekly`: weekly recaps are wanted. `breaking`: 1 for breaking news, 2 also in quiet
    hours.
    """

    id: int
    chat_id: int
    kind: str
    status: str
    profile_id: int
    choices: Choices
    quiet_start: int
    quiet_end: int
    created_at: dt.datetime
    status_reason: str | None
    changed_at: dt.datetime
    thread_id: int | None = None
    previous_profile_id: int | None = field(default=None, compare=False)  # no choice of its own
    paused_until: dt.datetime | None = None
    is_silent: bool = False
    paused_at: dt.datetime | None = field(default=None, compare=False)
    is_weekly: bool = False
    breaking: int = 0


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(
        row.id, row.chat_id, row.kind, row.status, row.profile_id, choices_of(row),
        row.quiet_start, row.quiet_end, row.created_at, row.status_reason, row.changed_at,
        row.thread_id, row.previous_profile_id, row.paused_until, row.silent,
        row.paused_at, row.weekly_at is not None, row.breaking,
    )  # fmt: skip


async def find_subscriber(connection: AsyncConnection, chat_id: int) -> Subscriber | None:
    query = select(subscribers, *CHOICES).join(profiles, profiles.c.id == subscribers.c.profile_id)
    row = (await connection.execute(query.where(subscribers.c.chat_id == chat_id))).first()
    return _subscriber(row) if row else None


async def subscribe(
    connection: AsyncConnection,
    chat_id: int,
    *,
    kind: str,
    profile_id: int,
    now: dt.datetime,
    thread_id: int | None = None,
) -> bool:
    """Make the chat an active subscriber; return whether it is new.

    A known chat keeps its profile. Its messages go to the forum topic `thread_id` from now on; None: to no
    topic.
    """
    statement = insert_new(connection, subscribers, "chat_id").values(
        chat_id=chat_id, kind=kind, status="active", profile_id=profile_id, joined_at=now,
        quiet_start=QUIET_START, quiet_end=QUIET_END, created_at=now, changed_at=now, thread_id=thread_id,
    )  # fmt: skip
    is_new = (await connection.execute(statement.returning(subscribers.c.id))).first() is not None
    if is_new:
        await note_arrival(connection, chat_id)
    else:
        await set_thread(connection, chat_id, thread_id, now=now)
        await set_status(connection, chat_id, "active", now=now)
    return is_new


async def set_thread(
    connection: AsyncConnection, chat_id: int, thread_id: int | None, *, now: dt.datetime
) -> None:
    """Set the forum topic that a group's digests go to."""
    await set_columns(connection, chat_id, {"thread_id": thread_id}, now=now)


async def set_profile(
    connection: AsyncConnection, chat_id: int, profile_id: int, *, now: dt.datetime, can_go_back: bool = True
) -> None:
    """Give the chat another profile; if it `can_go_back`, the change can be undone."""
    await note_move(connection, chat_id, profile_id)
    values: dict[str, Any] = {"profile_id": profile_id, "joined_at": now}
    if can_go_back:
        values["previous_profile_id"] = subscribers.c.profile_id
    await set_columns(connection, chat_id, values, now=now)


async def set_quiet(
    connection: AsyncConnection, chat_id: int, start: int, end: int, *, now: dt.datetime
) -> None:
    """Set the quiet hours, minutes after local midnight; start equal to end means none."""
    await set_columns(connection, chat_id, {"quiet_start": start, "quiet_end": end}, now=now)


async def set_columns(
    connection: AsyncConnection, chat_id: int, values: Mapping[str, Any], *, now: dt.datetime
) -> None:
    """Set columns of `subscribers` that are not part of its profile, such as sound and topic."""
    row = subscribers.c.chat_id == chat_id
    await connection.execute(update(subscribers).where(row).values({**values, "changed_at": now}))


async def set_status(
    connection: AsyncConnection,
    chat_id: int,
    status: str,
    *,
    now: dt.datetime,
    reason: str | None = None,
    paused_until: dt.datetime | None = None,
) -> None:
    """Set a chat's status: active, paused or gone. Unless it is active, cancel its waiting deliveries."""
    row = subscribers.c.chat_id == chat_id
    values: dict[str, Any] = {
        "status": status, "status_reason": reason, "changed_at": now, "told_at": None,
        "paused_until": paused_until, "paused_at": now if status == "paused" else None,
    }  # fmt: skip
    if status == "active":  # it missed the issues of its profile meanwhile
        s = subscribers.c
        values["joined_at"] = case((s.status != "active", literal(now, UtcTime)), else_=s.joined_at)
        values["away_since"] = func.coalesce(s.away_since, s.paused_at)  # see storage.recaps
    await connection.execute(update(subscribers).where(row).values(values))
    if status != "active":
        theirs = deliveries.c.subscriber_id.in_(select(subscribers.c.id).where(row))
        called_off = {"status": DeliveryStatus.GONE, "reason": reason or status, "changed_at": now}
        queued = update(deliveries).where(theirs, deliveries.c.status == DeliveryStatus.PENDING)
        await connection.execute(queued.values(called_off))


async def find_ended_pauses(connection: AsyncConnection, *, now: dt.datetime, limit: int = 500) -> list[int]:
    """Return the chats whose pause has ended by `now`, the earliest end first."""
    s = subscribers.c
    query = select(s.chat_id).where(s.status == "paused", s.paused_until <= now)
    return list((await connection.execute(query.order_by(s.paused_until, s.id).limit(limit))).scalars())


async def retire(connection: AsyncConnection, chat_id: int, reason: str, *, now: dt.datetime) -> bool:
    """Mark an active chat that cannot be reached as gone; return whether it was active.

    A paused chat stays paused.
    """
    subscriber = await find_subscriber(connection, chat_id)
    if subscriber is None or subscriber.status != "active":
        return False
    await set_status(connection, chat_id, "gone", now=now, reason=reason)
    return True


async def move_chat(connection: AsyncConnection, old: int, new: int, *, now: dt.datetime) -> None:
    """Give a group its new number; if that subscribed already, it gets the old one's waiting deliveries."""
    if known := await find_subscriber(connection, new):
        await move_watches(connection, old, known.id)
        await move_stories(connection, old, known.id)
        await _move_deliveries(connection, old, known.id)
        await delete_subscriber(connection, old)
        return
    await forget_conversation(connection, old)
    row = subscribers.c.chat_id == old
    values = {"chat_id": new, "kind": "supergroup", "changed_at": now, "held_until": None, "told_at": None}
    await connection.execute(update(subscribers).where(row).values(values))
    asked = update(questions).where(questions.c.chat_id == old)
    await connection.execute(asked.values(chat_id=new, message_id=None))


async def _move_deliveries(connection: AsyncConnection, old: int, new_id: int) -> None:
    """Give a chat's waiting deliveries to another subscriber, who may have the same ones."""
    d, same = deliveries.c, deliveries.alias("same")
    has_it = exists().where(same.c.subscriber_id == new_id, same.c.message_id == d.message_id)
    old_id = select(subscribers.c.id).where(subscribers.c.chat_id == old).scalar_subquery()
    open_ones = and_(d.subscriber_id == old_id, d.status.in_(OPEN), ~has_it)
    await connection.execute(update(deliveries).where(open_ones).values(subscriber_id=new_id))


async def delete_subscriber(connection: AsyncConnection, chat_id: int) -> None:
    """Delete everything that names the chat; its deliveries go with it, and its watches."""
    await forget_conversation(connection, chat_id)
    for table in (questions, admissions):
        await connection.execute(delete(table).where(table.c.chat_id == chat_id))
    subscriber = select(subscribers.c.id).where(subscribers.c.chat_id == chat_id)
    # Alerts hold the watched words and belong to this subscriber only.
    theirs = select(deliveries.c.message_id).where(deliveries.c.subscriber_id.in_(subscriber))
    alerts = and_(messages.c.kind == MessageKind.ALERT, messages.c.id.in_(theirs))
    await connection.execute(delete(messages).where(alerts))
    for table in (deliveries, shown_stories):
        await connection.execute(delete(table).where(table.c.subscriber_id.in_(subscriber)))
    await connection.execute(delete(subscribers).where(subscribers.c.chat_id == chat_id))
