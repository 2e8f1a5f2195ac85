"""Correct a story that was sent: change the messages that tell it, and tell their readers.

Everything is queued in one transaction; the sender does the rest, with the same honesty as any delivery.
"""

import datetime as dt
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.operators.correcting import corrected, notice
from bot.desk import Desk
from bot.newsroom import Edition
from bot.times.schedule import QuietHours
from storage.delivery.corrections import (
    LOOK_BACK,
    Correction,
    Telling,
    confirm_correction,
    count_readers,
    enqueue_edit,
    enqueue_notice,
    find_correction,
    find_tellings,
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a correction concerns: the latest issue that told the story, and how many readers got it."""

    latest: Telling
    readers: int


@dataclass(frozen=True, slots=True)
class Queued:
    """How many messages will be changed and how many readers told."""

    edits: int
    notices: int


async def find_reach(desk: Desk, story_id: int) -> Reach | None:
    """Look up who got a story lately; None when no issue told it."""
    since = desk.clock.now() - LOOK_BACK
    async with desk.database.read() as connection:
        tellings = await find_tellings(connection, story_id, since=since, limit=1)
        readers = await count_readers(connection, story_id, since=since)
    return Reach(tellings[0], readers) if tellings else None


async def send_correction(desk: Desk, correction_id: int) -> Queued | None:
    """Confirm a draft and queue everything; None when there is no such draft, or it was sent already."""
    now = desk.clock.now()
    async with desk.database.write() as connection:
        correction = await find_correction(connection, correction_id)
        if correction is None or not await confirm_correction(connection, correction_id, now=now):
            return None
        edits = notices = 0
        for telling in await find_tellings(connection, correction.story_id, since=now - LOOK_BACK):
            queued = await _correct(connection, desk, correction, telling, now)
            edits, notices = edits + queued.edits, notices + queued.notices
    _log.info("correction", correction=correction_id, edits=edits, notices=notices)
    return Queued(edits, notices)


async def _correct(
    connection: AsyncConnection, desk: Desk, correction: Correction, telling: Telling, now: dt.datetime
) -> Queued:
    edition = desk.newsroom.find_edition(telling.edition) or desk.newsroom.default_edition
    zone = edition.schedule.zone
    html = corrected(telling.html, telling.headline, correction.text, at=now, zone=zone)
    after_id, edits = telling.message_id, 0
    if html is not None:
        after_id, edits = await enqueue_edit(connection, correction, telling, html, now=now)
    notices = await enqueue_notice(
        connection,
        correction,
        telling,
        _notice(telling, correction, edition),
        after_id=after_id,
        release=lambda start, end: QuietHours(start, end).release(now, zone),
        now=now,
    )
    return Queued(edits, notices)


def _notice(telling: Telling, correction: Correction, edition: Edition) -> str:
    return notice(
        telling.headline,
        correction.text,
        edition=edition.title,
        slot_at=telling.slot_at,
        zone=edition.schedule.zone,
    )
