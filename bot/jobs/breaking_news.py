"""Queue what waits for no slot, above all breaking news: stories that match the newsroom's rule.

A note stores the moment up to which articles are checked. The rules of digests apply: a reader's topics,
words and papers count, and a reader who knows the story gets only its news. During quiet hours no story is
sent or kept for later: the next digest has it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import Button
from bot.chat.buttons.reader_intents import OpenCard
from bot.jobs.following import alert_followers
from bot.jobs.recapping import send_recaps
from bot.jobs.watch_alerts import send_alerts
from bot.messages import texts
from bot.messages.markup import render
from bot.messages.rendering import story_html
from bot.news.digests import preferences_of, prepare
from bot.news.newsroom import Breaking as Rule
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.news.stories import find_candidates, stories_with_new_articles
from bot.process.metrics import log_errors
from bot.times.schedule import QuietHours
from storage.alerts.breaking import (
    Breaking,
    BreakingReader,
    end_breaking,
    find_listeners,
    find_unfinished,
    find_widely_reported,
    publish_breaking,
    record_breaking,
)
from storage.off_loop import INTAKE
from summarizer.digest import compose
from summarizer.model import Candidate
from summarizer.reader_tastes import Mentions
from summarizer.stories.digest_story import leading, main_topic, showable
from summarizer.stories.prepared import Prepared
from summarizer.stories.roundups import is_promotion

_NOTE = "broke until"
_READERS = 500  # queued for in one transaction
_MOST_OPEN = 20
_STALE = dt.timedelta(hours=1)  # after which a story is left to the digests
_log = structlog.get_logger(__name__)


async def send_unscheduled(services: Services) -> int:
    """Queue everything that waits for no slot; return how many messages.

    A story that one of these sends to a chat is known to the chat for the next one.
    """
    return sum(
        [
            await send_breaking(services),
            await send_alerts(services),
            await alert_followers(services),
            await send_recaps(services),
        ]
    )


async def send_breaking(services: Services) -> int:
    """Find breaking stories and queue them for their readers; return how many deliveries."""
    rule = services.newsroom.breaking
    if rule is not None:
        await _find(services, rule)
    now, queued = services.clock.now(), 0
    async with services.database.read() as connection:
        waiting = await find_unfinished(connection, limit=_MOST_OPEN)
    for story in waiting:
        with log_errors("breaking", story=story.story_id):
            queued += await _send_story(services, story, now)
    return queued


async def _find(services: Services, rule: Rule) -> None:
    """Check the stories that got articles since the last run."""
    now = services.clock.now()
    async for stories in stories_with_new_articles(services, _NOTE):
        since = now - rule.span
        async with services.database.read() as connection:
            found = await find_widely_reported(connection, set(stories), since=since, sources=rule.papers)
        for candidate in await find_candidates(services, found):
            if papers := await INTAKE.run(papers_of_breaking, candidate, rule, now):
                await _record(services, candidate, papers, now)


async def _record(services: Services, candidate: Candidate, papers: int, now: dt.datetime) -> None:
    story = Breaking(candidate.story_id, leading(candidate)[0].article_id, papers, now, 0)
    async with services.database.write() as connection:
        if await record_breaking(connection, story, [piece.article_id for piece in candidate.pieces]):
            _log.info("breaking", story=candidate.story_id, papers=papers)


def papers_of_breaking(candidate: Candidate, rule: Rule, now: dt.datetime) -> int:
    """Return how many papers reported the story lately; 0 if the rule does not match."""
    pieces = showable(candidate)
    papers = {
        piece.source_title
        for piece in candidate.pieces
        if not piece.advertorial
        and not is_promotion(piece.document.title, piece.document.sapo)
        and now - rule.span <= piece.moment <= now
    }
    if not pieces or len(papers) < rule.papers:
        return 0
    topic = main_topic(pieces)
    if rule.topics and topic not in rule.topics:
        return 0
    if rule.words and not Mentions([(candidate, None)], {}).of(rule.words):
        return 0
    return len(papers)


async def _send_story(services: Services, story: Breaking, now: dt.datetime) -> int:
    queued = 0
    candidates = await find_candidates(services, [story.story_id])
    is_stale = not story.found_at <= now < story.found_at + _STALE
    if candidates and not is_stale:
        composer = _Composer(services.newsroom, candidates[0], story, now)
        while True:
            async with services.database.read() as connection:
                readers, known = await find_listeners(
                    connection, after=story.reached, story_id=story.story_id, now=now, limit=_READERS
                )
            if not readers:
                break
            wanted = await INTAKE.run(composer.compose, readers, known)
            async with services.database.write() as connection:
                queued += await publish_breaking(
                    connection, story, wanted, composer.buttons, reached=readers[-1].id,
                    known_until=composer.as_of, now=now,
                )  # fmt: skip
            story = replace(story, reached=readers[-1].id)
    async with services.database.write() as connection:
        await end_breaking(connection, story.story_id, now=now)
    return queued


class _Composer:
    """Composes one story for its readers, once for all with the same choices and knowledge."""

    def __init__(self, newsroom: Newsroom, candidate: Candidate, story: Breaking, now: dt.datetime) -> None:
        self._newsroom = newsroom
        self._story = story
        self._now = now
        self._prepared: Prepared = prepare([candidate], newsroom, slot=now)
        self._why = ""
        if rule := newsroom.breaking:
            minutes = int(rule.span.total_seconds() // 60)
            self._why = texts.BREAKING_WHY.format(papers=story.papers, minutes=minutes)
        self._texts: dict[tuple[int, dt.datetime | None], str | None] = {}
        self.as_of = max(piece.was_ready_at for piece in candidate.pieces)
        self.buttons = (
            (
                (texts.BUTTON_READ_CARD, encode(OpenCard(story.article_id))),
                (texts.BUTTON_NO_BREAKING, encode(Button.NO_BREAKING)),
            ),
        )

    def compose(
        self, readers: Sequence[BreakingReader], known: Mapping[int, dt.datetime]
    ) -> dict[str, list[int]]:
        """Return texts with their readers; not readers who mute or know the story or have quiet hours."""
        wanted: dict[str, list[int]] = defaultdict(list)
        for reader in readers:
            edition = self._newsroom.edition_for(reader.choices)
            zone = edition.schedule.zone
            quiet = QuietHours(reader.quiet_start, reader.quiet_end)
            is_awake = reader.wants_in_quiet or not quiet.covers(self._now, zone)
            if is_awake and not edition.is_paused:
                html = self._html(reader, known.get(reader.id), zone)
                if html is not None:
                    wanted[html].append(reader.id)
        return wanted

    def _html(self, reader: BreakingReader, known_until: dt.datetime | None, zone: str) -> str | None:
        key = (reader.profile_id, known_until)
        if key not in self._texts:
            edition = self._newsroom.edition_for(reader.choices)
            known = {} if known_until is None else {self._story.story_id: known_until}
            digest = compose(
                self._prepared, preferences_of(edition), edition=edition.name, title=edition.title, seen=known
            )
            story = next(iter(digest.stories), None)
            self._texts[key] = None
            if story is not None:
                html = story_html(story, now=self._now, zone=zone)
                self._texts[key] = str(render("breaking", told=html, why=self._why))
        return self._texts[key]
