"""Watches: match newly processed articles with them, and alert their chats.

A note stores up to when articles were matched, so that a restart skips none. The index of watches is in
memory and follows the table, whichever process changes it. A chat gets one message for all stories found, at
most one a minute.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import structlog

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import RunWatch, SetWatch
from bot.chat.questions.results import Result, result_row
from bot.messages import texts
from bot.messages.markup import one_line, render, shortened
from bot.news.answers import describe
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.news.stories import COMMIT_LAG
from bot.process.metrics import log_errors
from bot.times.schedule import QuietHours
from storage.alerts.watch_hits import (
    Alert,
    Hit,
    WaitingHit,
    WatchReader,
    delete_idle_hits,
    find_due_subscribers,
    find_listeners,
    find_newly_processed,
    find_waiting_hits,
    publish_alerts,
    record_hits,
)
from storage.alerts.watches import ChangedWatch, count_watches, find_changed_watches
from storage.articles import StoredArticle
from storage.delivery.messages import Buttons
from storage.engine import chunks
from storage.notes import find_note, write_note
from storage.off_loop import INTAKE
from storage.profiles import Choices
from summarizer.questions.filters import comparable
from summarizer.questions.watching import Arrived, WatchIndex, current_key, parse_watch

MAX_AGE = dt.timedelta(hours=48)  # an article published longer ago is no news, even if it arrives now
_NOTE = "watched"
_ARTICLES_AT_ONCE = 100
_LOADED_AT_ONCE = 1_000
_RECORDED_AT_ONCE = 500
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_log = structlog.get_logger(__name__)


class WatchMatcher:
    """Holds the index of watches between runs; one run at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = asyncio.Lock()
        self._looked_at: dict[int, dt.datetime] = {}  # when each article of the last minutes was processed
        self._forget()

    def _forget(self) -> None:
        self._index = WatchIndex()
        self._known_until = _BEGINNING

    async def run(self) -> int:
        """Match the articles processed since the last run; return how many hits there were."""
        async with self._lock:
            hits = 0
            while arrived := await self._next():
                await self._follow_changes()
                hits += await self._match(arrived)
            return hits

    async def _next(self) -> list[StoredArticle]:
        """Return some articles that were not matched yet; at the very first run none."""
        now = self._services.clock.now()
        async with self._services.database.read() as connection:
            note = await find_note(connection, _NOTE)
            if note is not None:
                until = min(dt.datetime.fromisoformat(note), now)
                after = (until - COMMIT_LAG, 0)
                while True:
                    found = await find_newly_processed(
                        connection, after=after, stored_since=now - MAX_AGE, limit=_ARTICLES_AT_ONCE
                    )
                    new = [one for one in found if self._looked_at.get(one.id) != one.processed_at]
                    if new or len(found) < _ARTICLES_AT_ONCE:
                        return new
                    after = (found[-1].processed_at or now, found[-1].id)
        async with self._services.database.write() as connection:
            await write_note(connection, _NOTE, now.isoformat(), now=now)
        return []

    async def _follow_changes(self) -> None:
        """Bring the index up to date; build it anew if the counts differ, as when a chat was deleted."""
        for _ in range(2):
            async with self._services.database.read() as connection:
                after = (self._known_until - COMMIT_LAG, 0)
                while changed := await find_changed_watches(connection, after=after, limit=_LOADED_AT_ONCE):
                    await INTAKE.run(self._take_over, changed)
                    after = (changed[-1].changed_at, changed[-1].id)
                    self._known_until = max(self._known_until, changed[-1].changed_at)
                count = await count_watches(connection)
            if len(self._index) == count:
                return
            self._forget()

    def _take_over(self, changed: Iterable[ChangedWatch]) -> None:
        for one in changed:
            if one.is_removed:
                self._index.remove(one.id)
            else:
                self._index.put(one.id, current_key(one.key, one.text))

    async def _match(self, articles: Sequence[StoredArticle]) -> int:
        newsroom, now = self._services.newsroom, self._services.clock.now()
        found = await INTAKE.run(self._find, articles, newsroom)
        until = max(article.processed_at or _BEGINNING for article in articles)
        async with self._services.database.write() as connection:
            listeners = await find_listeners(connection, (each for ids in found.values() for each in ids))
            hits = await INTAKE.run(_hits, articles, found, listeners, newsroom, now)
            for batch in chunks(hits, _RECORDED_AT_ONCE):
                await record_hits(connection, batch, now=now)
            await write_note(connection, _NOTE, until.isoformat(), now=now)
        self._looked_at |= {article.id: article.processed_at or _BEGINNING for article in articles}
        self._looked_at = {a: at for a, at in self._looked_at.items() if at >= until - COMMIT_LAG}
        if hits:
            _log.info("watches", articles=len(articles), hits=len(hits))
        return len(hits)

    def _find(self, articles: Sequence[StoredArticle], newsroom: Newsroom) -> dict[int, list[int]]:
        """Return the matching watches by article; an article that breaks the matching is skipped."""
        found = {}
        for article in articles:
            if not article.advertorial and newsroom.may_show(article.source):
                with log_errors("watching", article=article.id):
                    found[article.id] = self._index.find(_arrived(article, newsroom))
        return found


def _arrived(article: StoredArticle, newsroom: Newsroom) -> Arrived:
    source = newsroom.find_source(article.source)
    sources = (article.source, source.title if source else "")
    topics = (article.topic, newsroom.topics.get(article.topic, "")) if article.topic else ()
    return Arrived(article.document, frozenset(map(comparable, sources)), frozenset(map(comparable, topics)))


def _hits(
    articles: Sequence[StoredArticle],
    found: Mapping[int, Sequence[int]],
    listeners: Mapping[int, WatchReader],
    newsroom: Newsroom,
    now: dt.datetime,
) -> list[Hit]:
    hits = []
    for article in articles:
        published = article.published.at if article.published else article.stored_at
        readers = (listeners[each] for each in found.get(article.id, ()) if each in listeners)
        for reader in readers if published >= now - MAX_AGE else ():
            if article.stored_at < reader.made_at:
                continue
            if article.story_id is None:
                raise ValueError(f"article {article.id} is processed and of no story")
            zone = newsroom.edition_for(reader.choices).schedule.zone
            release = QuietHours(reader.quiet_start, reader.quiet_end).release(now, zone)
            hits.append(Hit(reader.watch_id, article.story_id, article.id, release))
    return hits


MOST_SHOWN = 5  # stories in one message: with everything at its longest they stay under Telegram's limits
_LONGEST_WORDS = 64  # UTF-16 units of a watch's words
_LONGEST_LABEL = 30


def render_alert(
    found: Sequence[tuple[Sequence[str], Result]], *, more: int, now: dt.datetime, zone: str
) -> str:
    """Return the message for at most `MOST_SHOWN` stories, each an article with the words of its watches.

    `more` stories are only counted.
    """
    stories = [
        {
            "words": shortened(one_line(", ".join(words)), _LONGEST_WORDS),
            **result_row(number, result, now, zone),
        }
        for number, (words, result) in enumerate(found, start=1)
    ]
    return str(render("alert", stories=stories, more=more, count=len(stories) + more))


def alert_buttons(watches: Sequence[tuple[int, str]]) -> Buttons:
    """Return for each watch, given by number and words, a button to ask its question and one to stop it."""
    is_only = len(watches) == 1
    return tuple(
        (
            (
                texts.BUTTON_MORE
                if is_only
                else texts.BUTTON_MORE_OF.format(words=shortened(one_line(words), _LONGEST_LABEL)),
                encode(RunWatch(number)),
            ),
            (texts.BUTTON_STOP_WATCHING, encode(SetWatch(number, is_in_list=False, is_wanted=False))),
        )
        for number, words in watches
    )


_BETWEEN = dt.timedelta(minutes=1)  # two alerts to one chat
_CHATS_AT_ONCE = 100
_MOST_HITS = 500  # of one chat: a night of a very common word


async def send_alerts(services: Services) -> int:
    """Queue the alerts that are due; return how many. Due moments take quiet hours into account."""
    now = services.clock.now()
    queued = 0
    while True:
        async with services.database.read() as connection:
            due = await find_due_subscribers(
                connection, now=now, alerted_before=now - _BETWEEN, limit=_CHATS_AT_ONCE
            )
        if not due:
            return queued
        async with services.database.write() as connection:
            await delete_idle_hits(connection)
        alerts = [alert for one in due.items() if (alert := await _compose(services, *one, now))]
        async with services.database.write() as connection:
            done = await publish_alerts(connection, alerts, now=now)
        queued += done
        if not done:
            return queued


async def _compose(
    services: Services, subscriber_id: int, choices: Choices, now: dt.datetime
) -> Alert | None:
    """Compose a subscriber's alert; if that fails, log it and leave the hits to the next tick."""
    with log_errors("alert", subscriber=subscriber_id):
        async with services.database.read() as connection:
            hits = await find_waiting_hits(connection, subscriber_id, now=now, limit=_MOST_HITS)
        if not hits:
            return None
        by_story: dict[int, list[WaitingHit]] = defaultdict(list)
        for hit in hits:
            by_story[hit.story_id].append(hit)
        stories = list(by_story.values())
        found = [each for story in stories[:MOST_SHOWN] if (each := await _alert_story(services, story))]
        zone = services.newsroom.edition_for(choices).schedule.zone
        html = render_alert(found, more=len(stories) - len(found), now=now, zone=zone)
        watched = dict.fromkeys((hit.watch_id, hit.text) for story in stories[:MOST_SHOWN] for hit in story)
        return Alert(subscriber_id, html, alert_buttons(list(watched)[:MOST_SHOWN]), tuple(hits))
    return None


async def _alert_story(services: Services, story: Sequence[WaitingHit]) -> tuple[list[str], Result] | None:
    watched = parse_watch(story[0].text)
    described = await describe(services, watched, (story[0].article_id,), stands_alone=True)
    if not described:
        return None
    article, snippet = described[0].article, described[0].snippet
    result = Result(
        title=article.title,
        url=article.url,
        source=services.newsroom.title_of(article.source),
        published=article.published,
        sentence=snippet.text,
        highlights=tuple(snippet.marks),
    )
    return [hit.text for hit in story], result
