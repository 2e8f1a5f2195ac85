"""A store made before the outbox has every digest, alert, correction and count afterwards."""

import datetime as dt
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, column, insert, select, table

from storage.delivery.deliveries import claim_deliveries, mark_sent
from storage.delivery.messages import Message, enqueue, record_message
from storage.delivery.retractions import find_batches, find_correction_batch
from storage.delivery.states import MessageKind, count_finished
from storage.engine import Database
from storage.tables import deliveries, delivery_counts, issues, messages, subscribers
from storage.times import UtcTime
from storage.upkeep.upgrade import _script_config, upgrade

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
HOUR, STEP = dt.timedelta(hours=1), dt.timedelta(microseconds=1)
BUTTONS = [[["Xem thêm", "theodoi:xem:7"]]]


def _put(connection: Connection, name: str, **values: Any) -> None:
    columns = [
        column(key, UtcTime() if isinstance(value, dt.datetime) else None) for key, value in values.items()
    ]
    connection.execute(insert(table(name, *columns)).values(values))


def _issue(
    connection: Connection, number: int, slot: dt.datetime, status: str, *parts: str, **more: Any
) -> None:
    row = {"id": number, "profile_id": 1, "edition": "sang", "slot_at": slot, "window_start": slot - HOUR}
    _put(connection, "issues", **(row | {"status": status, "made_at": slot} | more))
    for part, html in enumerate(parts):
        _put(connection, "issue_parts", issue_id=number, part=part, html=html)


def _delivery(
    connection: Connection, number: int, issue: int, part: int, status: str, reader: int = 1, **more: Any
) -> None:
    row = {"id": number, "issue_id": issue, "subscriber_id": reader, "part": part, "status": status}
    row |= {"not_before": NOW - HOUR, "tries": 1, "changed_at": NOW - HOUR / 2}
    _put(connection, "deliveries", **(row | more))


def _fill_as_before(connection: Connection) -> None:
    """Make the schema before the outbox: a digest of two parts, skipped slots, an alert, a correction."""
    config = _script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "0070")
    row = {"key": "{}", "edition": "sang", "topics": "[]", "times": "[]", "days": "[]", "created_at": NOW}
    _put(connection, "profiles", id=1, **row)
    for number in (1, 2):
        person = {"kind": "private", "status": "active", "quiet_start": 0, "quiet_end": 0}
        times = {"created_at": NOW, "changed_at": NOW}
        _put(connection, "subscribers", id=number, chat_id=number, profile_id=1, **person, **times)
    _put(connection, "stories", id=7, created_at=NOW)
    _put(connection, "corrections", id=3, story_id=7, text="Ít thôi.", made_at=NOW, confirmed_at=NOW)
    _issue(connection, 1, NOW - HOUR, "made", "một", "hai")
    _put(connection, "issue_stories", issue_id=1, position=0, story_id=7, part=1, headline="Giá gạo")
    _issue(connection, 2, NOW - 2 * HOUR, "skipped", reason="quá muộn")
    _issue(connection, 3, NOW - HOUR + STEP, "alert", "báo", edition="theo-doi")
    _issue(
        connection, 4, NOW, "correction", "hai, sửa", "đính chính",
        reason="correction 3", window_start=NOW - HOUR,
    )  # fmt: skip
    _delivery(connection, 1, 1, 0, "sent", message_id=51)
    _delivery(connection, 2, 1, 1, "sent", message_id=52, tries=2, changed_at=NOW - 5 * HOUR / 6)
    _delivery(connection, 3, 1, 0, "gone", reader=2, reason="refused: odd")
    _delivery(connection, 4, 1, 1, "unknown", reader=2, tries=2)
    _delivery(connection, 5, 3, 0, "pending", tries=0)
    _put(connection, "delivery_buttons", delivery_id=5, rows='[[["Xem thêm", "theodoi:xem:7"]]]')
    _delivery(connection, 6, 4, 0, "pending", tries=0)
    _put(connection, "delivery_edits", delivery_id=6, edited_id=2)
    _delivery(connection, 7, 4, 1, "pending", tries=0)


@pytest.fixture
async def upgraded(empty: Database) -> Database:
    """Return a store that was filled before and then brought to today's schema."""
    async with empty.write() as connection:
        await connection.run_sync(_fill_as_before)
    await upgrade(empty, now=NOW)
    return empty


async def test_every_message_has_its_kind_and_slots_are_all_that_is_left_of_issues(
    upgraded: Database,
) -> None:
    m = messages.c
    async with upgraded.read() as connection:
        rows = await connection.execute(
            select(m.kind, m.html, m.issue_id, m.part, m.correction_id).order_by(m.id)
        )
        slots = (await connection.execute(select(issues.c.status).order_by(issues.c.id))).scalars().all()
        batches = await find_batches(connection, since=NOW - 9 * HOUR, limit=9)
        correction = await find_correction_batch(connection, 3)
    assert [tuple(row) for row in rows] == [
        ("digest", "một", 1, 0, None),
        ("digest", "hai", 1, 1, None),
        ("alert", "báo", None, 0, None),
        ("correction_edit", "hai, sửa", None, 0, 3),
        ("correction_notice", "đính chính", None, 0, 3),
    ]
    assert slots == ["made", "skipped"]
    assert [(batch.edition, batch.status) for batch in batches] == [
        ("sang", None),
        ("sang", "made"),
        ("sang", "skipped"),
    ]
    assert correction is not None
    assert correction.deliveries == {"pending": 2}


async def test_what_was_queued_goes_out_as_it_would_have(upgraded: Database) -> None:
    sent = []
    async with upgraded.write() as connection:
        while claimed := await claim_deliveries(connection, now=NOW, limit=1):
            sent += [
                (one.id, one.html, one.edits, [[list(b) for b in row] for row in one.buttons])
                for one in claimed
            ]
            await mark_sent(connection, [(one, 99) for one in claimed], now=NOW)
    assert sent == [(5, "báo", None, BUTTONS), (6, "hai, sửa", 52, []), (7, "đính chính", None, [])]


async def test_what_is_finished_is_counted_and_new_rows_go_on_from_the_last_number(
    upgraded: Database,
) -> None:
    async with upgraded.write() as connection:
        counts = await count_finished(connection)
        day = await count_finished(connection, delivery_counts.c.slot_at >= NOW - HOUR)
        message_id = await record_message(connection, Message(MessageKind.ALERT, "mới"), now=NOW)
        assert await enqueue(connection, [message_id], subscribers.c.chat_id == 1, now=NOW) == 1
        numbers = (
            (await connection.execute(select(deliveries.c.id).order_by(deliveries.c.id))).scalars().all()
        )
    assert counts == day
    assert (counts.sent, counts.late, counts.gone, counts.refused, counts.departed) == (2, 1, 1, 1, 0)
    assert (counts.unknown, counts.repeated) == (1, 2)
    assert (message_id, numbers[-1]) == (6, 8)
