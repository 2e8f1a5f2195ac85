"""What operators send to readers: announcements, and corrections of stories that were sent.

Messages are queued in the transaction that confirms them, those for very many readers afterwards in parts;
the sender treats them like any delivery.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from markupsafe import Markup, escape
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import texts
from bot.messages.markup import MAX_UNITS, one_line, utf16_length, visible_length
from bot.messages.rendering import LONGEST_CORRECTION
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import Services
from bot.times.schedule import release_in
from storage.delivery.announcements import (
    Announcement,
    call_off_announcement,
    confirm_announcement,
    count_audience,
    end_waiting,
    find_announcement,
    find_zones,
    readers_of,
)
from storage.delivery.corrections import (
    LOOK_BACK,
    Correction,
    StoryMessage,
    confirm_correction,
    count_edits,
    count_readers,
    enqueue_edit,
    enqueue_notice,
    find_correction,
    find_story_messages,
)
from storage.delivery.fanouts import is_large
from storage.delivery.message_fanouts import JUST_NOW, Groups, Rules, begin_correcting, queue_messages
from storage.delivery.messages import Release
from storage.notes import AuditKind, record_audit_entry
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
        wanted = None  # everybody
        if edition is not None:
            wanted = [one for one in await find_zones(connection) if _gets(one, edition, newsroom)]
        count = await count_audience(connection, readers_of(wanted)) if wanted is None or wanted else 0
    return Audience(newsroom.edition_title(edition) if edition else edition, count)


async def announce(services: Services, number: int, admin: int) -> int | None:
    """Queue a draft for its readers; return their number, None if it was sent already or does not exist."""
    now = services.clock.now()
    async with services.database.write() as connection:
        one = await find_announcement(connection, number)
        if one is None:
            return None
        groups = await groups_of(connection, services.newsroom, one.edition, now)
        queued = await confirm_announcement(connection, number, announcement_html(one.text), groups, now=now)
        if queued is None:
            return None
        detail = f"{one.text[:80]} ({one.edition or 'mọi người'}, {queued} người nhận)"
        await record_audit_entry(connection, admin, AuditKind.ANNOUNCED, detail, now=now)
    _log.info("announcement", announcement=number, queued=queued)
    return queued


async def call_off(services: Services, number: int, admin: int) -> tuple[Announcement, int] | None:
    """Call off the waiting deliveries of an announcement; return it and their number."""
    now = services.clock.now()
    async with services.database.write() as connection:
        one = await find_announcement(connection, number)
        if one is None or one.message_id is None:
            return None
        count = await call_off_announcement(connection, one.message_id)
        if count:
            detail = f"{one.text[:80]} ({count} lượt)"
            await record_audit_entry(connection, admin, AuditKind.ANNOUNCEMENT_STOPPED, detail, now=now)
    is_more = True
    while is_more:
        async with services.database.write() as connection:
            is_more = await end_waiting(connection, one.message_id, now=now) > 0
    _log.info("announcement called off", announcement=number, called_off=count)
    return one, count


def _gets(chosen: Choices, edition: str, newsroom: Newsroom) -> bool:
    return any(one.name == edition for one in newsroom.editions_for(chosen))


async def groups_of(
    connection: AsyncConnection, newsroom: Newsroom, edition: str | None, now: dt.datetime
) -> Groups:
    """Return the readers of what is announced at `now`, by the zone in which their quiet hours count."""
    by_zone: dict[str, list[Choices]] = defaultdict(list)
    for one in await find_zones(connection):
        if edition is None or _gets(one, edition, newsroom):
            by_zone[newsroom.edition_for(one).schedule.zone].append(one)
    return [(readers_of(chosen), release_in(zone, now)) for zone, chosen in by_zone.items()]


def readable_text(typed: str) -> str | None:
    """Return an operator's text in a form that can be shown, None if it is empty or too long.

    >>> readable_text(" Giá  xăng tăng 300 đồng. ")
    'Giá xăng tăng 300 đồng.'
    """
    text = one_line(typed)
    has_words = any(letter.isalnum() for letter in text)
    return text if has_words and utf16_length(text) <= LONGEST_CORRECTION else None


def corrected(html: str, headline: str, text: str, *, at: dt.datetime, zone: str) -> str | None:
    """Return a digest's part with the correction under its headline, or at the end if that is not found.

    None if it does not fit, because there is room for one correction only: then only the notice is sent.
    """
    line = texts.CORRECTION_LINE.format(time=f"{at.astimezone(ZoneInfo(zone)):%H:%M}", text=text)
    anchor = str(Markup("<b>{}</b>").format(headline))
    if anchor in html:
        longer = html.replace(anchor, f"{anchor}\n{line}", 1)
    else:
        longer = f"{html}\n\n{escape(headline)}\n{line}"
    return longer if visible_length(longer) <= MAX_UNITS else None


def _notice(sent: StoryMessage, text: str, edition: Edition) -> str:
    """Return the message to the readers of a story that was sent in `edition`."""
    local = sent.slot_at.astimezone(ZoneInfo(edition.schedule.zone))
    moment = f"{local:%H:%M} ngày {local.day}/{local.month}"
    return str(
        texts.CORRECTION_NOTICE.format(
            headline=sent.headline, text=text, edition=one_line(edition.title), moment=moment
        )
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """The scope of a correction: the latest issue with the story, and the number of its readers."""

    latest: StoryMessage
    readers: int


@dataclass(frozen=True, slots=True)
class Queued:
    """The numbers of messages to edit and of readers to notify."""

    edits: int
    notices: int


async def find_reach(services: Services, story_id: int) -> Reach | None:
    """Find the readers who got a story lately; None if no issue has it."""
    since = services.clock.now() - LOOK_BACK
    async with services.database.read() as connection:
        latest = await find_story_messages(connection, story_id, since=since, limit=1)
        readers = await count_readers(connection, story_id, since=since)
    return Reach(latest[0], readers) if latest else None


async def send_correction(
    services: Services, correction_id: int, *, admin: int | None = None
) -> Queued | None:
    """Confirm a draft and queue everything; None when there is no such draft, or it was sent already.

    Very many readers are queued afterwards. The audit log names `admin`.
    """
    now = services.clock.now()
    async with services.database.write() as connection:
        correction = await find_correction(connection, correction_id)
        if correction is None or not await confirm_correction(connection, correction_id, now=now):
            return None
        queued = await _queue(connection, services, correction, now)
        if admin is not None:
            detail = f"tin {correction.story_id}, {queued.notices} người nhận tin đính chính"
            await record_audit_entry(connection, admin, AuditKind.CORRECTED, detail, now=now)
    _log.info("correction", correction=correction_id, edits=queued.edits, notices=queued.notices)
    return queued


async def _queue(
    connection: AsyncConnection, services: Services, correction: Correction, now: dt.datetime
) -> Queued:
    """Queue edits and notices, at once for all or only for those of very many who got the story just now."""
    is_large_room = await is_large(connection)
    since = now - JUST_NOW if is_large_room else None
    edits = notices = 0
    for sent in await find_story_messages(connection, correction.story_id, since=now - LOOK_BACK):
        edition = services.newsroom.edition_or_default(sent.edition)
        zone, after_id = edition.schedule.zone, sent.message_id
        html = corrected(sent.html, sent.headline, correction.text, at=now, zone=zone)
        if html is not None:
            after_id, count = await enqueue_edit(connection, correction, sent, html, now=now, since=since)
            edits += count
        notice, release = _notice(sent, correction.text, edition), release_in(zone, now)
        notices += await enqueue_notice(
            connection, correction, sent, notice, after_id=after_id, release=release, now=now, since=since
        )
    if not is_large_room:
        return Queued(edits, notices)
    await begin_correcting(connection, correction.id, now=now)
    readers = await count_readers(connection, correction.story_id, since=now - LOOK_BACK)
    return Queued(await count_edits(connection, correction.id), readers)


def preview_notice(services: Services, reach: Reach, text: str) -> str:
    """Return the notice for the readers of the latest issue with the story."""
    return _notice(reach.latest, text, services.newsroom.edition_or_default(reach.latest.edition))


async def queue_notices(services: Services) -> int:
    """Queue what operators sent to more readers than one transaction queues; return how many deliveries.

    A part that another process is queueing is left to it. After a kill the next call goes on.
    """
    queued, rules = 0, rules_of(services)
    while True:
        async with services.database.write() as connection:
            part = await queue_messages(connection, rules)
        if part is None:
            return queued
        queued += part


def rules_of(services: Services) -> Rules:
    """Return what the newsroom in place says about readers and their quiet hours."""

    async def groups(connection: AsyncConnection, edition: str | None, now: dt.datetime) -> Groups:
        found = await groups_of(connection, services.newsroom, edition, now)
        zone = services.newsroom.default_edition.schedule.zone
        # a reader may choose another zone between two statements
        return found if edition is not None else [*found, (true(), release_in(zone, now))]

    def release_in_edition(name: str, now: dt.datetime) -> Release:
        return release_in(services.newsroom.edition_or_default(name).schedule.zone, now)

    return Rules(groups, release_in_edition)
