"""Send chats the news of the stories that they follow, each news once.

A note stores the moment up to which articles are checked; checking an article twice changes nothing. An alert
waits for the end of quiet hours, and for some time after the alert before it, so that a developing story
comes in steps.
"""

import datetime as dt
from collections.abc import Collection, Mapping

import structlog

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.reader_intents import OpenCard, SetFollow
from bot.messages import texts
from bot.messages.markup import one_line, printable, render, safe_link, shortened
from bot.messages.spoken import publication_label
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.news.stories import find_candidates, stories_with_new_articles
from bot.process.metrics import log_errors
from bot.times.schedule import QuietHours
from storage.alerts.follows import (
    DueFollow,
    FollowWithNews,
    find_due_follows,
    find_follows_with_news,
    find_known,
    publish_news,
    set_due,
    skip_news,
)
from storage.off_loop import INTAKE
from storage.times import Published
from summarizer.model import Candidate
from summarizer.stories.differences import news_of

_LONGEST_TITLE, _LONGEST_FOLLOWED, _LONGEST_SENTENCE, _LONGEST_NAME = 300, 120, 1_500, 64  # UTF-16 units


def alert_of(
    candidate: Candidate,
    followed: str,
    *,
    known_until: dt.datetime,
    alerted: Collection[int],
    now: dt.datetime,
    zone: str,
) -> tuple[str, int] | None:
    """Return a message and the article that says what is new in the story since `known_until`. Pure.

    None if no sentence has any news.

    `alerted` are articles that the chat got by a watch; `followed` is the headline when following began.
    """
    old = [p for p in candidate.pieces if p.was_ready_at <= known_until or p.article_id in alerted]
    fresh = [piece for piece in candidate.pieces if piece not in old]
    news = news_of(old, Candidate(candidate.story_id, tuple(fresh)), is_followed=True) if fresh else None
    if news is None:
        return None
    piece = next(piece for piece in fresh if piece.article_id == news.article_id)
    published = Published(piece.published_at, piece.precision) if piece.published_at else None
    when = publication_label(published, now=now, zone=zone)
    html = render(
        "follow_alert",
        followed=shortened(one_line(followed), _LONGEST_FOLLOWED),
        title=shortened(one_line(piece.document.title), _LONGEST_TITLE),
        url=safe_link(piece.url),
        sentence=shortened(printable(news.text), _LONGEST_SENTENCE),
        byline=" · ".join(filter(None, (shortened(one_line(piece.source_title), _LONGEST_NAME), when))),
    )
    return str(html), piece.article_id


_NOTE = "followed until"
_BETWEEN = dt.timedelta(minutes=15)  # two alerts of one story to one chat
_BATCH = 200
_log = structlog.get_logger(__name__)


async def alert_followers(services: Services) -> int:
    """Find follows with news, and queue alerts that are due; return the number of messages."""
    now = services.clock.now()
    async for stories in stories_with_new_articles(services, _NOTE):
        await _mark(services, stories, now)
    queued, tried = 0, set[int]()
    while True:
        async with services.database.read() as connection:
            found = await find_due_follows(connection, now=now, limit=_BATCH)
        due = [one for one in found if one.id not in tried]
        if not due:
            return queued
        story_ids = list(dict.fromkeys(one.story_id for one in due))
        candidates = {one.story_id: one for one in await find_candidates(services, story_ids)}
        for one in due:
            tried.add(one.id)
            with log_errors("follow", follow=one.id):
                queued += await _alert(services, one, candidates, now)


async def _mark(services: Services, stories: list[int], now: dt.datetime) -> None:
    """Set the due moment of the followers of these stories; marking twice changes nothing."""
    last = 0
    while True:
        async with services.database.read() as connection:
            touched = await find_follows_with_news(connection, stories, after=last, now=now, limit=_BATCH)
        if not touched:
            return
        due = [(one.id, _due_at(services.newsroom, one, now)) for one in touched]
        async with services.database.write() as connection:
            await set_due(connection, due)
        last = touched[-1].id


def _due_at(newsroom: Newsroom, touched: FollowWithNews, now: dt.datetime) -> dt.datetime:
    quiet = QuietHours(touched.quiet_start, touched.quiet_end)
    zone = _zone(newsroom, touched.edition, touched.zone)
    return quiet.release(max(now, touched.told_at + _BETWEEN), zone)


async def _alert(
    services: Services, due: DueFollow, candidates: Mapping[int, Candidate], now: dt.datetime
) -> int:
    candidate = candidates.get(due.story_id)
    async with services.database.read() as connection:
        shown_until, alerted = await find_known(connection, due)
    known_until, alert = shown_until, None
    zone = _zone(services.newsroom, due.edition, due.zone)
    if candidate is not None:
        known_until = max([known_until, *(piece.was_ready_at for piece in candidate.pieces)])
        alert = await INTAKE.run(
            lambda: alert_of(
                candidate, due.title, known_until=shown_until, alerted=alerted, now=now, zone=zone
            )
        )
    async with services.database.write() as connection:
        if alert is None:
            await skip_news(connection, due, known_until=known_until)
            return 0
        html, article_id = alert
        read = (texts.BUTTON_READ_CARD, encode(OpenCard(article_id)))
        buttons = (
            (
                read,
                (texts.BUTTON_STOP_WATCHING, encode(SetFollow(due.id, is_in_list=False, is_wanted=False))),
            ),
        )
        return await publish_news(connection, due, html, buttons, known_until=known_until, now=now)


def _zone(newsroom: Newsroom, edition: str, zone: str | None) -> str:
    return zone or newsroom.edition_or_default(edition).schedule.zone
