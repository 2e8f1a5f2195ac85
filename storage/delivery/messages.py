"""The outbox: each message is written once, with one delivery for each of its readers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, insert, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import DeliveryStatus, MessageKind
from storage.engine import insert_into
from storage.tables import UtcTime, deliveries, messages, subscribers

Buttons = Sequence[Sequence[tuple[str, str]]]  # rows of (label, callback data)
Release = Callable[[int, int], dt.datetime]  # quiet hours (start, end in minutes) → when it may be sent
_COLUMNS = ("message_id", "subscriber_id", "status", "not_before", "tries", "changed_at")


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox.

    `issue_id` and `part` (counted from 0) are for the parts of a digest, `correction_id` for corrections. A
    reader gets it after the delivery of the message `after_id` to the same reader is finished. A
    `CORRECTION_EDIT` changes the message that this delivery sent. The picture of the page `preview_url` is
    above the text. A `silent` message comes without a sound.
    """

    kind: MessageKind
    html: str
    buttons: Buttons = ()
    issue_id: int | None = None
    part: int = 0
    correction_id: int | None = None
    after_id: int | None = None
    preview_url: str | None = None
    silent: bool = False


async def record_message(connection: AsyncConnection, message: Message, *, now: dt.datetime) -> int:
    """Write a message; return its id."""
    statement = insert(messages).values(**_row(message), made_at=now).returning(messages.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def record_messages(
    connection: AsyncConnection, wanted: Sequence[Message], *, now: dt.datetime
) -> dict[int, int]:
    """Write messages, each of another issue; return their ids by issue."""
    if not wanted:
        return {}
    statement = insert(messages).returning(messages.c.issue_id, messages.c.id)
    rows = [{**_row(message), "made_at": now} for message in wanted]
    made = await connection.execute(statement, rows)
    return {row.issue_id: row.id for row in made}


def _row(message: Message) -> dict[str, Any]:
    """Return the columns of a message; `asdict` would copy every button."""
    return {name: getattr(message, name) for name in _FIELDS}


_FIELDS = tuple(field.name for field in fields(Message))


async def enqueue(
    connection: AsyncConnection,
    message_ids: Sequence[int],
    audience: ColumnElement[bool],
    *,
    release: Release | None = None,
    now: dt.datetime,
) -> int:
    """Write a pending delivery of each message for the active subscribers of `audience`; return how many."""
    s = subscribers.c
    pairs = select(messages.c.id, s.id).select_from(messages).join(subscribers, true())
    rows = pairs.where(messages.c.id.in_(message_ids), audience, s.status == "active")
    rows = rows.order_by(messages.c.id, s.id)
    return await enqueue_rows(connection, rows, release=release, now=now)


async def enqueue_rows(
    connection: AsyncConnection, rows: Select[Any], *, release: Release | None, now: dt.datetime
) -> int:
    """Write a pending delivery for each of `rows`, pairs of a message and a subscriber; return how many.

    Without `release` quiet hours are ignored.
    """
    moment: ColumnElement[Any] = literal(now, UtcTime)
    if release is not None:
        hours = rows.with_only_columns(subscribers.c.quiet_start, subscribers.c.quiet_end).order_by(None)
        moment = not_before((await connection.execute(hours.distinct())).all(), release, now)
    return await insert_deliveries(connection, rows, moment, now=now)


def not_before(pairs: Iterable[Sequence[int]], release: Release, now: dt.datetime) -> ColumnElement[Any]:
    """Return when a reader may get what is queued `now`, where these pairs of quiet hours occur."""
    waits: dict[dt.datetime, list[tuple[int, int]]] = defaultdict(list)  # each moment with its quiet hours
    for start, end in pairs:
        waits[release(start, end)].append((start, end))
    waits.pop(now, None)
    at_once = literal(now, UtcTime)
    hours = tuple_(subscribers.c.quiet_start, subscribers.c.quiet_end)
    cases = [
        (hours.in_(bindparam(None, group, expanding=True, literal_execute=True)), literal(moment, UtcTime))
        for moment, group in sorted(waits.items())
    ]  # the hours stand in the statement: a driver binds 32,767 values, and there may be more
    return case(*cases, else_=at_once) if cases else at_once


async def insert_deliveries(
    connection: AsyncConnection, rows: Select[Any], moment: ColumnElement[Any], *, now: dt.datetime
) -> int:
    """Write a pending delivery, not to be sent before `moment`, for each of `rows`; return how many.

    `rows` are pairs of a message and a subscriber; a subscriber who has a delivery of the message gets none.
    """
    state = literal(DeliveryStatus.PENDING.value), moment, literal(0, Integer), literal(now, UtcTime)
    statement = insert_into(connection, deliveries).from_select(_COLUMNS, rows.add_columns(*state))
    statement = statement.on_conflict_do_nothing(index_elements=["subscriber_id", "message_id"])
    return (await connection.execute(statement)).rowcount


def read_buttons(stored: Any) -> Buttons:
    """Return the buttons of a stored message; values of another shape are left out.

    >>> read_buttons([[["Xem thêm", "theodoi:xem:7"], ["hỏng"]], "hỏng"])
    ((('Xem thêm', 'theodoi:xem:7'),),)
    """
    rows = (row for row in stored if isinstance(row, list)) if isinstance(stored, list) else ()
    return tuple(tuple((each[0], each[1]) for each in row if _is_button(each)) for row in rows)


def _is_button(stored: Any) -> bool:
    match stored:
        case [str(label), str()]:
            return bool(label)
    return False
