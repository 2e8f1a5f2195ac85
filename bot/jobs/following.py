"""Tell chats what is new in the stories that they follow, each news once.

A note keeps up to when articles have been looked at; looking at an article twice changes nothing. An alert
waits for the end of quiet hours, and for a while after the one before it, so that a developing story is told
in steps.
"""

import datetime as dt
from collections.abc import Mapping

import structlog

from bot.chat.cards.follow_alerts import alert_of, follow_buttons
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.news.stories import find_candidates
from bot.process.metrics import log_errors
from bot.times.schedule import QuietHours
from storage.follows import (
    Due,
    Touched,
    find_due_follows,
    find_known,
    find_touched,
    find_touched_stories,
    let_rest,
    publish_news,
    set_due,
)
from storage.notes import find_note, write_note
from storage.threads import INTAKE
from summarizer.digest import Candidate

_NOTE = "followed until"
_BETWEEN = dt.timedelta(minutes=15)  # two alerts of one story to one chat
_BATCH = 200
_COMMIT_LAG = dt.timedelta(minutes=2)  # a process writes down when it began; its commit is seen later
_log = structlog.get_logger(__name__)


async def tell_followers(services: Services) -> int:
    """Find which follows have news, and queue what may be told now; return how many messages."""
    await _find_news(services)
    return await _tell(services)


async def _find_news(services: Services) -> None:
    """Mark the follows whose stories got articles since the last look; at the very first run none."""
    now = services.clock.now()
    async with services.database.read() as connection:
        note = await find_note(connection, _NOTE)
    until = min(dt.datetime.fromisoformat(note), now) if note else now
    after = (until - _COMMIT_LAG, 0)
    while note:
        async with services.database.read() as connection:
            touched = await find_touched_stories(connection, after=after, limit=_BATCH)
        if not touched:
            break
        await _mark(services, sorted({story for _, story, _ in touched}), now)
        after = (touched[-1][2], touched[-1][0])
    latest = max(until, min(after[0], now))
    if note is None or latest > until:  # an idle look writes nothing
        async with services.database.write() as connection:
            await write_note(connection, _NOTE, latest.isoformat(), now=now)


async def _mark(services: Services, stories: list[int], now: dt.datetime) -> None:
    """Set when the followers of these stories are to be told; marking twice changes nothing."""
    last = 0
    while True:
        async with services.database.read() as connection:
            touched = await find_touched(connection, stories, after=last, now=now, limit=_BATCH)
        if not touched:
            return
        due = [(one.id, _due_at(services.newsroom, one, now)) for one in touched]
        async with services.database.write() as connection:
            await set_due(connection, due)
        last = touched[-1].id


def _due_at(newsroom: Newsroom, touched: Touched, now: dt.datetime) -> dt.datetime:
    quiet = QuietHours(touched.quiet_start, touched.quiet_end)
    zone = _zone(newsroom, touched.edition, touched.zone)
    return quiet.release(max(now, touched.told_at + _BETWEEN), zone)


async def _tell(services: Services) -> int:
    now = services.clock.now()
    queued, tried = 0, set[int]()
    while True:
        async with services.database.read() as connection:
            found = await find_due_follows(connection, now=now, limit=_BATCH)
        due = [one for one in found if one.id not in tried]
        if not due:
            return queued
        candidates = {
            one.story_id: one
            for one in await find_candidates(services, list(dict.fromkeys(one.story_id for one in due)))
        }
        for one in due:
            tried.add(one.id)
            with log_errors("follow", follow=one.id):
                queued += await _tell_one(services, one, candidates, now)


async def _tell_one(
    services: Services, due: Due, candidates: Mapping[int, Candidate], now: dt.datetime
) -> int:
    candidate = candidates.get(due.story_id)
    async with services.database.read() as connection:
        shown_until, told = await find_known(connection, due)
    known_until = shown_until
    zone = _zone(services.newsroom, due.edition, due.zone)
    alert = None
    if candidate is not None:
        known_until = max([known_until, *(piece.was_ready_at for piece in candidate.pieces)])
        alert = await INTAKE.run(
            lambda: alert_of(candidate, due.title, known_until=shown_until, told=told, now=now, zone=zone)
        )
    async with services.database.write() as connection:
        if alert is None:
            await let_rest(connection, due, known_until=known_until)
            return 0
        buttons = follow_buttons(alert.article_id, due.id)
        return await publish_news(connection, due, alert.html, buttons, known_until=known_until, now=now)


def _zone(newsroom: Newsroom, edition: str, zone: str | None) -> str:
    return zone or (newsroom.find_edition(edition) or newsroom.default_edition).schedule.zone
