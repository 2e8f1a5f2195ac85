"""Work newly stored articles up: summarise each, find its topic and story, put it into the search index.

The stories are the database's: grouping keeps a window of articles with their stories in memory, and learns
from the database what an earlier run or another process has grouped. When a transaction fails, memory may
hold stories that the database does not; it is then learnt anew.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failures import contained
from bot.times.clock import Clock
from storage.articles import StoredArticle, find_waiting
from storage.engine import Database
from storage.statements import chunks
from storage.work import Grouped, Worked, find_grouped, make_story, save_work
from summarizer.extraction.summaries import summarize
from summarizer.model import Summary
from summarizer.stories.grouping import Arrival, Grouper
from summarizer.topic_classifier import classify_topic

_BATCH = 25
_SAVED_AT_ONCE = 5  # nobody else writes to SQLite meanwhile, and one reply writes several times
_WINDOW = dt.timedelta(days=7)  # an event is reported within a week or is another story
_LEARN_BATCH = 1_000
_COMMIT_LAG = dt.timedelta(minutes=2)  # a process writes down when it began; its commit is seen later
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class WorkUp:
    """Holds the grouping window between runs; one run at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._forget()

    def _forget(self) -> None:
        self._grouper = Grouper()
        self._learned_until = _BEGINNING
        self._recent: dict[int, dt.datetime] = {}  # when each article of the last minutes was worked up
        self._is_sure = True

    async def run(self, *, most: int = 1_000, ranker: str = "diemtin") -> int:
        """Work up to `most` waiting articles up, their sentences chosen by `ranker`; return how many were."""
        done = 0
        async with self._lock:
            while done < most:
                async with self._database.read() as connection:
                    waiting = await find_waiting(connection, _BATCH)
                if not waiting:
                    break
                if not done:
                    await self._learn()
                done += await self._work_up(waiting, ranker)
        return done

    async def _work_up(self, waiting: Sequence[StoredArticle], ranker: str) -> int:
        found = await asyncio.to_thread(
            lambda: [(_summarize(one, ranker), _classify(one)) for one in waiting]
        )
        batches = chunks(list(zip(waiting, found, strict=True)), _SAVED_AT_ONCE)
        return sum([await self._save(batch) for batch in batches])

    async def _save(self, batch: Sequence[tuple[StoredArticle, tuple[Summary, str | None]]]) -> int:
        now = self._clock.now()
        self._is_sure = False
        async with self._database.write() as connection:
            done = [
                Worked(article, summary, await self._group(connection, article, now), topic)
                for article, (summary, topic) in batch
            ]
            saved = await save_work(connection, done, now=now)
        self._is_sure = True
        self._recent |= {article.id: now for article, _ in batch}
        return saved

    async def _group(self, connection: AsyncConnection, article: StoredArticle, now: dt.datetime) -> int:
        """Return the article's story, a new one where none fits; an updated article keeps the one it had."""
        arrival = _arrival(article)
        story = article.story_id
        if story is None:
            story = await asyncio.to_thread(self._grouper.find, arrival)
        if story is None:
            story = await make_story(connection, now=now)
        return await asyncio.to_thread(self._grouper.add, arrival, story)

    async def _learn(self) -> None:
        """Learn what was grouped elsewhere since the last time."""
        if not self._is_sure:
            self._forget()
        since = self._clock.now() - _WINDOW
        self._grouper.forget_before(since)
        after = (self._learned_until - _COMMIT_LAG, 0)
        while True:
            async with self._database.read() as connection:
                grouped = await find_grouped(connection, since=since, after=after, limit=_LEARN_BATCH)
            new = [one for one in grouped if self._recent.get(one.article_id) != one.worked_at]
            await asyncio.to_thread(self._add_known, new)
            self._recent |= {one.article_id: one.worked_at for one in new}
            if len(grouped) < _LEARN_BATCH:
                break
            after = (grouped[-1].worked_at, grouped[-1].article_id)
        self._learned_until = max([self._learned_until, *self._recent.values()])
        horizon = self._learned_until - _COMMIT_LAG
        self._recent = {article: at for article, at in self._recent.items() if at > horizon}

    def _add_known(self, grouped: Sequence[Grouped]) -> None:
        for one in grouped:
            arrival = Arrival(one.article_id, one.title, one.sapo, one.lead, one.published_at)
            self._grouper.add(arrival, one.story_id)


def _summarize(article: StoredArticle, ranker: str) -> Summary:
    """Summarise one article; one that breaks the summary has none, and holds no other up."""
    with contained("summary", article=article.id):
        return summarize([article.document], ranker=ranker)
    return ()


def _classify(article: StoredArticle) -> str | None:
    with contained("topic", article=article.id):
        return classify_topic(article.title, article.sapo, article.body)
    return None


def _arrival(article: StoredArticle) -> Arrival:
    published = article.published
    moment = published.at if published and published.precision != "month" else None
    return Arrival(article.id, article.title, article.sapo, article.body, moment)
