"""Take a changed newsroom file over while the bot runs, and keep the old one if the new one is broken."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog
from markupsafe import Markup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import Button, SetEdition, TakeEdition
from bot.chat.settings.panels import held_notes
from bot.jobs.digests.slots import reschedule_profiles
from bot.messages import subscription_texts
from bot.messages.markup import shortened
from bot.messages.spoken import say_schedule
from bot.news.newsroom import Newsroom
from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from bot.times.schedule import QuietHours
from storage.delivery.messages import Buttons, Message, enqueue, record_message
from storage.delivery.states import MessageKind
from storage.gone_editions import (
    NOTE,
    MovedReaders,
    find_gone_editions,
    find_moved_readers,
    find_notified_editions,
)
from storage.notes import forget_note, write_note

_PROFILES = 100  # queued for in one transaction
_MOST_OFFERED = 8
_LONGEST_LABEL = 40  # UTF-16 units
_log = structlog.get_logger(__name__)


async def take_over(services: Services) -> int:
    """Set the next slots of profiles by the present newsroom; return how many changed.

    Readers of a removed edition are told what they get instead.
    """
    moved = await reschedule_profiles(services)
    await notify_moved_readers(services)
    return moved


async def notify_moved_readers(services: Services) -> None:
    """Queue for readers of removed editions, once, what they get instead."""
    declared = [edition.name for edition in services.newsroom.editions]
    async with services.database.write() as connection:
        gone = await find_gone_editions(connection, declared)
        notified = await find_notified_editions(connection)
        for edition in notified.keys() & declared:
            await forget_note(connection, NOTE + edition)
    for edition in gone:
        after = notified.get(edition, 0)
        while groups := await _notify_some(services, edition, after):
            after = groups[-1].profile_id


async def _notify_some(services: Services, edition: str, after: int) -> list[MovedReaders]:
    """Queue the message for the next profiles of an edition, and store the position."""
    now, newsroom = services.clock.now(), services.newsroom
    async with services.database.write() as connection:
        groups = await find_moved_readers(connection, edition, after=after, limit=_PROFILES)
        for group in groups:
            message = Message(MessageKind.ANNOUNCEMENT, *moved_message(group, newsroom))
            message_id = await record_message(connection, message, now=now)
            zone = newsroom.edition_for(group.choices).schedule.zone
            release = QuietHours(group.quiet_start, group.quiet_end).release(now, zone)
            await enqueue(
                connection, [message_id], group.audience, release=lambda *_, at=release: at, now=now
            )
        if groups:
            await write_note(connection, NOTE + edition, str(groups[-1].profile_id), now=now)
    return groups


def moved_message(group: MovedReaders, newsroom: Newsroom) -> tuple[str, Buttons]:
    """Return the message for readers of a removed edition, with buttons for the others."""
    edition = newsroom.edition_for(group.choices)
    quiet = QuietHours(group.quiet_start, group.quiet_end)
    text = subscription_texts.EDITION_GONE.format(
        edition=edition.title,
        which=subscription_texts.GONE_ONE if group.choices.more_editions else subscription_texts.GONE_ONLY,
        schedule=say_schedule(edition.schedule),
    )
    html = Markup("\n\n").join([text, *held_notes(edition, quiet)])
    kept = [one.name for one in newsroom.editions_for(group.choices)]
    others = [one for one in newsroom.editions if one.name not in kept][:_MOST_OFFERED]
    wish = partial(TakeEdition, is_wanted=True) if group.choices.more_editions else SetEdition
    rows = [[(shortened(one.title, _LONGEST_LABEL), encode(wish(one.name)))] for one in others]
    return str(html), (*rows, [(subscription_texts.BUTTON_TIMES, encode(Button.SHOW_SCHEDULE))])


class NewsroomWatch:
    """Watches the file, and acts when two checks in a row find the same new content, because editors
    write in several steps.

    `read` returns the new newsroom, or a list of problems, one a line.
    `fingerprint` changes with the content; it is empty if the file cannot be read. `in_place` is that of the
    file that is in place, or was refused.
    """

    def __init__(
        self, path: Path, read: Callable[[Path], Newsroom | str], fingerprint: Callable[[Path], str]
    ) -> None:
        self._path = path
        self._read = read
        self._fingerprint = fingerprint
        self.in_place = self._seen = fingerprint(path)

    async def adopt(self, services: Services, newsroom: Newsroom, fingerprint: str) -> None:
        """Put in place a newsroom that the bot itself wrote into the file; `fingerprint` is the file's."""
        services.newsroom = newsroom
        await reschedule_profiles(services)
        self.in_place = self._seen = fingerprint  # only now, as in `check`

    async def follow(self, services: Services) -> None:
        """Check the file and put a new newsroom in place; another process does the rest."""
        found, newsroom = await self._read_changed()
        if isinstance(newsroom, Newsroom):
            self.in_place, services.newsroom = found, newsroom
            _log.info("newsroom file taken over")

    async def _read_changed(self) -> tuple[str, Newsroom | str | None]:
        """Return the fingerprint of the file, and what it holds if it changed and is not being written."""
        found = await asyncio.to_thread(self._fingerprint, self._path)
        is_still_changing, self._seen = found != self._seen, found
        if found == self.in_place or is_still_changing:
            return found, None
        newsroom = await asyncio.to_thread(self._read, self._path)
        if isinstance(newsroom, str):
            self.in_place = found
            _log.error("newsroom file refused, the old one stays", problems=newsroom)
        return found, newsroom

    async def check(self, services: Services, notify_admins: NotifyAdmins) -> bool:
        """Check the file; return whether a new newsroom is in place."""
        found, newsroom = await self._read_changed()
        if isinstance(newsroom, str):
            await notify_admins(notices.newsroom_refused(newsroom))
        if not isinstance(newsroom, Newsroom):
            return False
        services.newsroom = newsroom
        moved = await take_over(services)
        self.in_place = found  # only now: when the database fails, the next check takes it over again
        _log.info("newsroom file taken over", profiles_moved=moved)
        await notify_admins(notices.newsroom_taken_over(len(newsroom.editions), len(newsroom.sources)))
        return True
