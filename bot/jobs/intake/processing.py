"""Work newly stored articles up: summarise each, find its topic and story, put it into the search index.

The stories are the database's: grouping keeps a window of articles with their stories in memory, and learns
from the database what an earlier run or another process has grouped. When a transaction fails, memory may
hold stories that the database does not; it is then learnt anew.

The language work runs in the text process (`bot.text_work`). An article that ends it is set aside.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.intake.renewing_topics import clues_of, renew_topics
from bot.jobs.intake.taking import BOT_DIED, NameSetAside, name_nobody, reason_of
from bot.process.metrics import JOB_FAILURES
from bot.text_work.tasks import PROCESS, Processed, Processing
from bot.text_work.worker import Failure, Texts
from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database, chunks
from storage.errors import StorageError
from storage.processed import Grouped, Worked, find_grouped, find_next, make_story, save_work
from storage.sources import begin_tries, find_exhausted, find_suspect, set_articles_aside, undo_tries
from storage.threads import INTAKE
from summarizer.model import Summary, sentence_at
from summarizer.stories.grouping import Arrival, Grouper
from summarizer.stories.roundups import is_roundup
from summarizer.topics import NO_RULES, TopicRules, decide_topic

_BATCH = 50
_MOST_RENEWED = 10_000  # topics of stored articles, at the beginning of a run
_SAVED_AT_ONCE = 5  # nobody else writes to SQLite meanwhile, and one reply writes several times
_WINDOW = dt.timedelta(days=7)  # an event is reported within a week or is another story
_LEARN_BATCH = 1_000
_COMMIT_LAG = dt.timedelta(minutes=2)  # a process writes down when it began; its commit is seen later
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_log = structlog.get_logger(__name__)


class WorkUp:
    """Holds the grouping window between runs; one run at a time."""

    def __init__(
        self, database: Database, clock: Clock, texts: Texts, name_set_aside: NameSetAside = name_nobody
    ) -> None:
        self._database = database
        self._texts = texts
        self._name_set_aside = name_set_aside
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last_source: str | None = None  # whose turn was last
        self._forget()

    def _forget(self) -> None:
        self._grouper = Grouper()
        self._learned_until = _BEGINNING
        self._recent: dict[int, dt.datetime] = {}  # when each article of the last minutes was worked up
        self._is_sure = True

    async def run(self, *, most: int = 1_000, ranker: str = "diemtin", rules: TopicRules = NO_RULES) -> int:
        """Work up to `most` waiting articles up, their sentences chosen by `ranker`; return how many were.

        `rules` decide their topics, and, where these are new, those of a bounded number of stored articles.

        Raises:
            TextWorkError: the text process does not start; the articles go on waiting.
        """
        done = 0
        async with self._lock:
            await renew_topics(self._database, self._clock, rules, most=_MOST_RENEWED)
            while done < most and (waiting := await self._next()):
                if not done:
                    await self._learn()
                done += await self._work_up(waiting, ranker, rules)
        return done

    async def _next(self) -> Sequence[StoredArticle]:
        """Return some articles that were never tried; where there are none, one that was, alone."""
        async with self._database.read() as connection:
            if fresh := await find_next(connection, _BATCH, after=self._last_source):
                self._last_source = fresh[-1].source
                return fresh
            exhausted = await find_exhausted(connection)
            suspect = await find_suspect(connection)
        if exhausted:
            await self._put_aside([(article, BOT_DIED) for article in exhausted])
        return [suspect] if suspect else []

    async def _work_up(self, waiting: Sequence[StoredArticle], ranker: str, rules: TopicRules) -> int:
        await self._texts.start()  # if that fails, nothing was tried
        ids = [article.id for article in waiting]
        async with self._database.write() as connection:
            await begin_tries(connection, ids)
        try:
            documents = [article.document for article in waiting]
            found = await self._texts.run(PROCESS, Processing(ranker), documents)
            done = list(zip(waiting, found, strict=True))
            await self._put_aside(
                [(one, reason_of(f)) for one, f in done if isinstance(f, Failure) and f.is_deadly]
            )
            kept = [(one, _found(one, f)) for one, f in done if not isinstance(f, Failure) or not f.is_deadly]
            return sum([await self._save(batch, rules) for batch in chunks(kept, _SAVED_AT_ONCE)])
        except BaseException:  # to be stopped is no fault of the articles either
            with suppress(StorageError):
                async with self._database.write() as connection:
                    await undo_tries(connection, ids)
            raise

    async def _put_aside(self, found: Sequence[tuple[StoredArticle, str]]) -> None:
        if not found:
            return
        async with self._database.write() as connection:
            await set_articles_aside(connection, found, now=self._clock.now())
        for article, reason in found:
            self._name_set_aside(article.source, article.title, reason)

    async def _save(
        self, batch: Sequence[tuple[StoredArticle, tuple[Summary, str | None]]], rules: TopicRules
    ) -> int:
        now = self._clock.now()
        self._is_sure = False
        async with self._database.write() as connection:
            done = [
                Worked(
                    article, summary, await self._group(connection, article, now),
                    decide_topic(clues_of(article, by_words), rules), by_words,
                )
                for article, (summary, by_words) in batch
            ]  # fmt: skip
            saved = await save_work(connection, done, now=now)
        self._is_sure = True
        self._recent |= {article.id: now for article, _ in batch}
        return saved

    async def _group(
        self, connection: AsyncConnection, article: StoredArticle, now: dt.datetime
    ) -> int | None:
        """Return the article's story, a new one where none fits; an updated article keeps the one it had.

        A round-up of several events joins no story and opens none.
        """
        if is_roundup(article.title, article.sapo):
            return None
        arrival = _arrival(article)
        story = article.story_id
        if story is None:
            story = await INTAKE.run(self._grouper.find, arrival)
        if story is None:
            story = await make_story(connection, now=now)
        return await INTAKE.run(self._grouper.add, arrival, story)

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
            await INTAKE.run(self._add_known, new)
            self._recent |= {one.article_id: one.worked_at for one in new}
            if len(grouped) < _LEARN_BATCH:
                break
            after = (grouped[-1].worked_at, grouped[-1].article_id)
        self._learned_until = max([self._learned_until, *self._recent.values()])
        horizon = self._learned_until - _COMMIT_LAG
        self._recent = {article: at for article, at in self._recent.items() if at > horizon}

    def _add_known(self, grouped: Sequence[Grouped]) -> None:
        for one in grouped:
            arrival = Arrival(one.article_id, one.title, one.sapo, one.lead, one.published_at, one.source)
            self._grouper.add(arrival, one.story_id)


def _found(article: StoredArticle, found: Processed | Failure) -> tuple[Summary, str | None]:
    """Return the summary and the topic by words of an article; one that breaks a step has none from it."""
    failures = [found.trace] if isinstance(found, Failure) else found.failures
    for trace in failures:
        JOB_FAILURES.labels("text").inc()
        _log.error("text work failed", article=article.id, trace=trace)
    if isinstance(found, Failure):
        return (), None
    return tuple(sentence_at([article.document], place) for place in found.places), found.topic


def _arrival(article: StoredArticle) -> Arrival:
    published = article.published
    moment = published.at if published and published.precision != "month" else None
    return Arrival(article.id, article.title, article.sapo, article.body, moment, article.source)
