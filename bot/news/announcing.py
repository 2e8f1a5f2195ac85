"""Announcements of operators: text, readers, sending and calling off."""

from collections import defaultdict
from dataclasses import dataclass

import structlog
from markupsafe import Markup
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages.markup import utf16_length
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.times.schedule import QuietHours
from storage.delivery.announcements import (
    Announcement,
    call_off_announcement,
    confirm_announcement,
    count_audience,
    find_announcement,
    find_zones,
    readers_of,
)
from storage.delivery.messages import Release
from storage.notes import DeedKind, record_deed
from storage.profiles import Choices

LONGEST_ANNOUNCEMENT = 3_000  # UTF-16 units: with its head it fits one message
_MOST_LINES = 60
_HEAD = Markup("<b>Thông báo</b>\n{text}")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers of an announcement: the title of the edition, None for all; and their number."""

    title: str | None
    readers: int


def readable_lines(typed: str) -> str | None:
    """Return an operator's text in a form that can be sent, None if it is empty or too long.

    >>> readable_lines(" Mai bot nghỉ.  \\n\\n\\n\\nHẹn gặp lại! ")
    'Mai bot nghỉ.\\n\\nHẹn gặp lại!'
    """
    lines: list[str] = []
    for line in typed.replace("\r\n", "\n").split("\n"):
        shown = " ".join("".join(each if each.isprintable() else " " for each in line).split())
        if shown or (lines and lines[-1]):
            lines.append(shown)
    text = "\n".join(lines).strip()
    has_words = any(letter.isalnum() for letter in text)
    is_short = utf16_length(text) <= LONGEST_ANNOUNCEMENT and len(lines) <= _MOST_LINES
    return text if has_words and is_short else None


def announcement_html(text: str) -> str:
    """Return the message that readers get."""
    return str(_HEAD.format(text=text))


async def find_audience(services: Services, edition: str | None) -> Audience:
    """Return the readers who would get an announcement now."""
    newsroom = services.newsroom
    async with services.database.read() as connection:
        wanted = await _wanted(connection, newsroom, edition)
        count = await count_audience(connection, readers_of(wanted)) if wanted is None or wanted else 0
    found = newsroom.find_edition(edition) if edition else None
    return Audience(found.title if found else edition, count)


async def announce(services: Services, number: int, admin: int) -> int | None:
    """Queue a draft for its readers; return their number, None if it was sent already or does not exist."""
    now = services.clock.now()
    async with services.database.write() as connection:
        one = await find_announcement(connection, number)
        if one is None:
            return None
        groups = await _groups(connection, services, one.edition)
        queued = await confirm_announcement(connection, number, announcement_html(one.text), groups, now=now)
        if queued is None:
            return None
        detail = f"{one.text[:80]} ({one.edition or 'mọi người'}, {queued} người nhận)"
        await record_deed(connection, admin, DeedKind.ANNOUNCED, detail, now=now)
    _log.info("announcement", announcement=number, queued=queued)
    return queued


async def call_off(services: Services, number: int, admin: int) -> tuple[Announcement, int] | None:
    """Call off the waiting deliveries of an announcement; return it and their number."""
    now = services.clock.now()
    async with services.database.write() as connection:
        one = await find_announcement(connection, number)
        if one is None or one.message_id is None:
            return None
        count = await call_off_announcement(connection, one, now=now)
        if count:
            detail = f"{one.text[:80]} ({count} lượt)"
            await record_deed(connection, admin, DeedKind.ANNOUNCEMENT_STOPPED, detail, now=now)
    _log.info("announcement called off", announcement=number, called_off=count)
    return one, count


async def _wanted(
    connection: AsyncConnection, newsroom: Newsroom, edition: str | None
) -> list[Choices] | None:
    """Return the chosen editions and zones whose readers get `edition`, None: everybody."""
    if edition is None:
        return None
    return [one for one in await find_zones(connection) if _gets(one, edition, newsroom)]


def _gets(chosen: Choices, edition: str, newsroom: Newsroom) -> bool:
    return any(one.name == edition for one in newsroom.editions_for(chosen))


async def _groups(
    connection: AsyncConnection, services: Services, edition: str | None
) -> list[tuple[ColumnElement[bool], Release]]:
    """Return the readers by the zone in which their quiet hours count."""
    newsroom, now = services.newsroom, services.clock.now()
    by_zone: dict[str, list[Choices]] = defaultdict(list)
    for one in await find_zones(connection):
        if edition is None or _gets(one, edition, newsroom):
            by_zone[newsroom.edition_for(one).schedule.zone].append(one)

    def release_in(zone: str) -> Release:
        return lambda start, end: QuietHours(start, end).release(now, zone)

    return [(readers_of(chosen), release_in(zone)) for zone, chosen in by_zone.items()]
