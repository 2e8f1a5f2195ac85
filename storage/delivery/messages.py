"""The outbox: each message is written once, with one delivery for each of its readers.

`storage.delivery.deliveries` stores the results of the deliveries.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, insert, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import DeliveryStatus, MessageKind
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
    message_id: int = (await connection.execute(statement)).scalar_one()
    return message_id


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
    """Write a pending delivery of each message for every active subscriber of the `audience`.

    Return the number of deliveries. Without `release` quiet hours are ignored. The rows are made inside the
    database, with one statement for each pair of quiet hours in use.
    """
    s = subscribers.c
    pairs = select(messages.c.id, s.id).select_from(messages).join(subscribers, true())
    rows = pairs.where(messages.c.id.in_(message_ids), audience, s.status == "active")
    rows = rows.order_by(messages.c.id, s.id)
    return await enqueue_rows(connection, rows, release=release, now=now)


async def enqueue_rows(
    connection: AsyncConnection,
    rows: Select[tuple[int, int]],
    *,
    release: Release | None,
    now: dt.datetime,
) -> int:
    """Write one pending delivery for each of `rows`, pairs of a message and a subscriber; return how many.

    Without `release` quiet hours are ignored.
    """
    s = subscribers.c
    groups = [(now, rows)]
    if release is not None:
        pairs = rows.with_only_columns(s.quiet_start, s.quiet_end).order_by(None).distinct()
        groups = [
            (release(start, end), rows.where(s.quiet_start == start, s.quiet_end == end))
            for start, end in (await connection.execute(pairs)).all()
        ]
    written = 0
    for not_before, group in groups:
        columns = group.add_columns(
            literal(DeliveryStatus.PENDING.value),
            literal(not_before, UtcTime),
            literal(0, Integer),
            literal(now, UtcTime),
        )
        statement = insert(deliveries).from_select(_COLUMNS, columns)
        written += (await connection.execute(statement)).rowcount
    return written


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
