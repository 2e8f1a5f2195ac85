"""Work newly stored articles up: summarise each, find its story, put it into the search index.

Summaries are CPU work and run in a thread. Grouping keeps its window in memory; at the start, and when
another process has worked articles up, it learns them from the database first.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection
from summarizer.summaries import summarize

from bot.clock import Clock
from storage.articles import StoredArticle, find_waiting
from storage.engine import Database
from storage.work import Worked, find_grouped, make_story, save_work
from summarizer.grouping import Arrival, Grouper, StoryKey
from summarizer.model import Summary

_BATCH = 50
_WINDOW = dt.timedelta(days=7)  # an event is reported within a week or is another story
_LEARN_BATCH = 1_000
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class WorkUp:
    """Holds the grouping window between runs; one run at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._grouper = Grouper()
        self._story_ids: dict[StoryKey, int] = {}
        self._known: set[int] = set()
        self._learned_until = (_BEGINNING, 0)
        self._lock = asyncio.Lock()

    async def run(self, *, most: int = 1_000) -> int:
        """Work up to `most` waiting articles up; return how many were."""
        done = 0
        async with self._lock:
            while done < most:
                async with self._database.read() as connection:
                    waiting = await find_waiting(connection, _BATCH)
                if not waiting:
                    break
                done += await self._work_up(waiting)
        return done

    async def _work_up(self, waiting: Sequence[StoredArticle]) -> int:
        await self._learn()
        summaries = await asyncio.to_thread(lambda: [_summarize(article) for article in waiting])
        keys = await asyncio.to_thread(lambda: [self._grouper.add(_arrival(article)) for article in waiting])
        now = self._clock.now()
        async with self._database.write() as connection:
            done = [
                Worked(article, summary, await self._story_id(connection, article, key, now))
                for article, summary, key in zip(waiting, summaries, keys, strict=True)
            ]
            saved = await save_work(connection, done, now=now)
        self._known.update(article.id for article in waiting)
        return saved

    async def _story_id(
        self, connection: AsyncConnection, article: StoredArticle, key: StoryKey, now: dt.datetime
    ) -> int:
        """Return the stored story behind the grouper's key; an updated article keeps the story it had."""
        if article.story_id is not None:
            self._story_ids.setdefault(key, article.story_id)
            return article.story_id
        if key not in self._story_ids:
            self._story_ids[key] = await make_story(connection, now=now)
        return self._story_ids[key]

    async def _learn(self) -> None:
        """Learn the articles that an earlier run of this program, or another process, has grouped."""
        since = self._clock.now() - _WINDOW
        self._grouper.forget_before(since)
        while True:
            async with self._database.read() as connection:
                grouped = await find_grouped(
                    connection, since=since, after=self._learned_until, limit=_LEARN_BATCH
                )
            for one in grouped:
                if one.article_id not in self._known:
                    arrival = Arrival(one.article_id, one.title, one.sapo, one.lead, one.published_at)
                    key = self._grouper.add(arrival, one.story_id)
                    self._story_ids[key] = one.story_id
                    self._known.add(one.article_id)
                self._learned_until = (one.worked_at, one.article_id)
            if len(grouped) < _LEARN_BATCH:
                return


def _summarize(article: StoredArticle) -> Summary:
    return summarize([article.document])


def _arrival(article: StoredArticle) -> Arrival:
    published = article.published.at if article.published else None
    return Arrival(article.id, article.title, article.sapo, article.body, published)
