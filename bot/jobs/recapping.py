"""Pauses that end, and recaps: of what a pause missed, and of the week on Sunday evening."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.cards.digest_buttons import buttons_under
from bot.chat.settings.choices import join
from bot.messages import texts
from bot.news.digests import Composed, Gathered, compose_one, gather_most_reported
from bot.news.services import Services
from bot.process.metrics import log_errors
from bot.times.schedule import local_moment, next_weekly, release_in
from storage.delivery.messages import Message
from storage.delivery.states import MessageKind
from storage.off_loop import DIGESTS
from storage.recaps import DueRecap, Kind, claim_recaps, find_due_recaps, is_worth_a_recap, publish_recap
from storage.shown_stories import Known, find_known
from storage.subscribers import find_ended_pauses, find_subscriber, set_status

_MOST = 10_000  # in one tick
_RESUMED_AT_ONCE = 500
_log = structlog.get_logger(__name__)


async def resume_rested(services: Services) -> int:
    """Make every chat whose pause is over active again; return how many were made so."""
    resumed = 0
    while resumed < _MOST:
        async with services.database.read() as connection:
            chats = await find_ended_pauses(connection, now=services.clock.now(), limit=_RESUMED_AT_ONCE)
        before = resumed
        for chat_id in chats:
            with log_errors("resuming", chat=chat_id):
                resumed += await _resume(services, chat_id)
        if resumed == before:
            break
    if resumed:
        _log.info("pauses ended", chats=resumed)
    return resumed


async def _resume(services: Services, chat_id: int) -> bool:
    now = services.clock.now()
    async with services.database.write() as connection:
        subscriber = await find_subscriber(connection, chat_id)
        if subscriber is None or subscriber.status != "paused":
            return False  # it was resumed, left or paused anew in the meantime
        if subscriber.paused_until is None or subscriber.paused_until > now:
            return False
        await join(connection, subscriber.choices, services.newsroom, now=now)
        await set_status(connection, chat_id, "active", now=now)
    return True


# A recap covers whole days of the newsroom's zone, so that readers with similar absences share the
# gathering. Stories that a reader knew before the pause are left out; the week's recap has all stories of the
# week.

_RECAPS_AT_ONCE = 200
MOST_DAYS = 31  # that a recap covers
_WEEK = dt.timedelta(days=7)
_LATE = dt.timedelta(days=1)  # a recap of a week that is later than this is left out
_KNOWN_FOR = dt.timedelta(days=14)  # before a pause
_BEGINNING = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), 0)


@dataclass(frozen=True, slots=True)
class _Group:
    """Readers who get the same recap; without a title they get none."""

    due: Sequence[DueRecap]
    after: dt.datetime
    title: str
    next_at: dt.datetime | None
    known: Known


async def send_recaps(services: Services) -> int:
    """Queue the recaps that are due; return how many deliveries."""
    return await _send(services, "away_since") + await _send(services, "weekly_at")


async def _send(services: Services, kind: Kind) -> int:
    now = services.clock.now()
    queued, after = 0, _BEGINNING
    gathered: Gathered | None = None
    while True:
        async with services.database.read() as connection:
            due = await find_due_recaps(connection, kind, now=now, after=after, limit=_RECAPS_AT_ONCE)
            if not due:
                break
            groups = await _groups(connection, services, kind, due, now)
        after = (due[-1].moment, due[-1].subscriber_id)
        for group in groups:
            with log_errors("recap", kind=kind):
                if group.title and (gathered is None or gathered.window.after != group.after):
                    database, newsroom = services.database, services.newsroom
                    gathered = await gather_most_reported(database, newsroom, after=group.after, until=now)
                queued += await _send_group(services, kind, group, gathered, now)
    if queued:
        _log.info("recaps", kind=kind, queued=queued)
    return queued


async def _groups(
    connection: AsyncConnection, services: Services, kind: Kind, due: Sequence[DueRecap], now: dt.datetime
) -> list[_Group]:
    """Group readers who get the same recap; those who get none have no title."""
    if kind == "weekly_at":
        return _of_the_week(services, due, now)
    readers, since = [one.subscriber_id for one in due], _start(services, due[0].moment, now)
    known = await find_known(connection, readers, since=since - _KNOWN_FOR)
    return [
        _Group(
            [one],
            _start(services, one.moment, now),
            away_title(now - one.moment) if is_worth_a_recap(now - one.moment) else "",
            None,
            known.get(one.subscriber_id, {}),
        )
        for one in due
    ]


def _of_the_week(services: Services, due: Sequence[DueRecap], now: dt.datetime) -> list[_Group]:
    groups: dict[tuple[int, dt.datetime], list[DueRecap]] = defaultdict(list)
    for one in due:
        groups[one.profile_id, one.moment].append(one)
    return [
        _Group(
            own,
            moment - _WEEK,
            texts.WEEKLY_TITLE if now - moment <= _LATE else "",
            next_weekly(now, services.newsroom.edition_for(own[0].choices).schedule.zone),
            {},
        )
        for (_, moment), own in groups.items()
    ]


def away_title(away: dt.timedelta) -> str:
    """Return the title of the recap of a pause; `{count}` stands for the number of stories.

    >>> away_title(dt.timedelta(days=4, hours=20))
    'Bạn nghỉ 5 ngày: {count} chuyện lớn'
    """
    days = max(1, round(away / dt.timedelta(days=1)))
    title = texts.AWAY_TITLE if days <= MOST_DAYS else texts.AWAY_LONG_TITLE
    return title.format(days=min(days, MOST_DAYS))


def _start(services: Services, moment: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return the beginning of the day on which a pause began, at most a month ago."""
    zone = ZoneInfo(services.newsroom.zone)
    day = max(moment, now - dt.timedelta(days=MOST_DAYS)).astimezone(zone).date()
    return local_moment(day, dt.time(), zone)


async def _send_group(
    services: Services, kind: Kind, group: _Group, gathered: Gathered | None, now: dt.datetime
) -> int:
    edition = services.newsroom.edition_for(group.due[0].choices)
    composed: Composed | None = None
    if group.title and gathered is not None:
        composed = await DIGESTS.run(compose_one, edition, gathered, group.known, title=group.title)
    async with services.database.write() as connection:
        readers = await claim_recaps(connection, kind, group.due, next_at=group.next_at)
        if not readers or composed is None or not composed.parts:
            return 0
        [buttons] = await buttons_under(connection, [composed], now=now)
        parts = [
            Message(MessageKind.RECAP, html, under, preview_url=None if number else composed.picture)
            for number, (html, under) in enumerate(zip(composed.parts, buttons, strict=True))
        ]
        stories = [story.story_id for story in composed.digest.stories]
        release = release_in(edition.schedule.zone, now)
        return await publish_recap(connection, parts, readers, stories, release=release, as_of=now, now=now)
