"""Match newly processed articles with all watches, and record the hits.

A note stores up to when articles were matched, so that a restart skips none. The index of watches is in
memory and follows the table, whichever process changes it.
"""

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import structlog

from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.process.metrics import log_errors
from bot.times.schedule import QuietHours
from storage.articles import StoredArticle
from storage.engine import chunks
from storage.notes import find_note, write_note
from storage.off_loop import INTAKE
from storage.watch_hits import Hit, Listener, find_listeners, find_worked_up, record_hits
from storage.watches import ChangedWatch, count_watches, find_changed_watches
from summarizer.questions.filters import comparable
from summarizer.questions.watching import Arrived, WatchIndex, current_key

MAX_AGE = dt.timedelta(hours=48)  # an article published longer ago is no news, even if it arrives now
_NOTE = "watched"
_BATCH = 100
_LOAD_BATCH = 1_000
_RECORDED_AT_ONCE = 500
_COMMIT_LAG = dt.timedelta(minutes=2)  # a row has the time when its transaction began, and is visible later
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
                hits += await self._look_at(arrived)
            return hits

    async def _next(self) -> list[StoredArticle]:
        """Return some articles that were not matched yet; at the very first run none."""
        now = self._services.clock.now()
        async with self._services.database.read() as connection:
            note = await find_note(connection, _NOTE)
            if note is not None:
                until = min(dt.datetime.fromisoformat(note), now)
                after = (until - _COMMIT_LAG, 0)
                while True:
                    found = await find_worked_up(
                        connection, after=after, stored_since=now - MAX_AGE, limit=_BATCH
                    )
                    new = [one for one in found if self._looked_at.get(one.id) != one.processed_at]
                    if new or len(found) < _BATCH:
                        return new
                    after = (found[-1].processed_at or now, found[-1].id)
        async with self._services.database.write() as connection:
            await write_note(connection, _NOTE, now.isoformat(), now=now)
        return []

    async def _follow_changes(self) -> None:
        """Bring the index up to date; build it anew if the counts differ, as when a chat was deleted."""
        for _ in range(2):
            async with self._services.database.read() as connection:
                after = (self._known_until - _COMMIT_LAG, 0)
                while changed := await find_changed_watches(connection, after=after, limit=_LOAD_BATCH):
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

    async def _look_at(self, articles: Sequence[StoredArticle]) -> int:
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
        self._looked_at = {a: at for a, at in self._looked_at.items() if at >= until - _COMMIT_LAG}
        if hits:
            _log.info("watches", articles=len(articles), hits=len(hits))
        return len(hits)

    def _find(self, articles: Sequence[StoredArticle], newsroom: Newsroom) -> dict[int, list[int]]:
        """Return the matching watches by article; an article that breaks the matching is skipped."""
        found = {}
        for article in articles:
            if may_be_told(article, newsroom):
                with log_errors("watching", article=article.id):
                    found[article.id] = self._index.find(_arrived(article, newsroom))
        return found


def may_be_told(article: StoredArticle, newsroom: Newsroom) -> bool:
    """Tell whether alerts may have the article: no advertisement, and its source may be shown."""
    return not article.advertorial and newsroom.may_show(article.source)


def _arrived(article: StoredArticle, newsroom: Newsroom) -> Arrived:
    source = newsroom.find_source(article.source)
    topic = article.topic
    sources = (article.source, source.title if source else "")
    topics = (topic, newsroom.topics.get(topic, "")) if topic else ()
    return Arrived(article.document, frozenset(map(comparable, sources)), frozenset(map(comparable, topics)))


def _hits(
    articles: Sequence[StoredArticle],
    found: Mapping[int, Sequence[int]],
    listeners: Mapping[int, Listener],
    newsroom: Newsroom,
    now: dt.datetime,
) -> list[Hit]:
    return [
        _hit(article, listener, newsroom, now)
        for article in articles
        for watch_id in found.get(article.id, ())
        if (listener := listeners.get(watch_id)) and _is_new_to(article, listener, now)
    ]


def _is_new_to(article: StoredArticle, listener: Listener, now: dt.datetime) -> bool:
    published = article.published.at if article.published else article.stored_at
    return article.stored_at >= listener.made_at and published >= now - MAX_AGE


def _hit(article: StoredArticle, listener: Listener, newsroom: Newsroom, now: dt.datetime) -> Hit:
    quiet = QuietHours(listener.quiet_start, listener.quiet_end)
    zone = newsroom.edition_for(listener.choices).schedule.zone
    if article.story_id is None:
        raise ValueError(f"article {article.id} is processed and of no story")
    return Hit(listener.watch_id, article.story_id, article.id, quiet.release(now, zone))
