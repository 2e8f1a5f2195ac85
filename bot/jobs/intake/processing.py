"""Process stored articles: summarise each, find its topic and story, index it, renew topics that changed."""

import asyncio
import datetime as dt
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import structlog

from bot.jobs.intake.taking import BOT_DIED, NameSetAside, name_nobody, reason_of
from bot.operators import notices
from bot.process.metrics import JOB_FAILURES
from bot.text_work.tasks import PROCESS, Processed, Processing
from bot.text_work.worker import Failure, Texts
from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database, chunks
from storage.errors import StorageError
from storage.off_loop import INTAKE
from storage.processed import (
    Grouped,
    Renewal,
    Settled,
    Worked,
    find_grouped,
    find_next,
    find_renewal,
    find_settled,
    make_stories,
    save_topics,
    save_work,
)
from storage.sources import begin_tries, find_exhausted, find_suspect, set_articles_aside, undo_tries
from summarizer.model import Summary, sentence_at
from summarizer.stories.grouping import Arrival, Grouper, pack, unpack
from summarizer.stories.neighbours import Weighed, weigh
from summarizer.stories.roundups import is_roundup
from summarizer.topics import NO_RULES, TopicClues, TopicRules, decide_topic

# Work newly stored articles up: summarise each, find its topic and story, put it into the search index.
#
# The stories are the database's: grouping keeps a window of articles with their stories in memory, and
# learns from the database what an earlier run or another process has grouped. When a transaction fails,
# memory may hold stories that the database does not; it is then learnt anew.
#
# The language work runs in the text process (`bot.text_work`). An article that ends it is set aside.

_BATCH = 50
_MOST_RENEWED = 10_000  # topics of stored articles, at the beginning of a run
_SAVED_AT_ONCE = 10  # nobody else writes to SQLite meanwhile, and one reply writes several times
GROUPED_FOR = dt.timedelta(days=7)  # an event is reported within a week or is another story
_LEARN_BATCH = 1_000
_COMMIT_LAG = dt.timedelta(minutes=2)  # a process writes down when it began; its commit is seen later
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_STUCK_SECONDS = 600.0
_log = structlog.get_logger(__name__)


class _Placed(NamedTuple):
    """The story of an article, and what grouping keeps of the article; None and None of a round-up."""

    story: int | None
    packed: bytes | None


class Processor:
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
        self._stuck_since: float | None = None  # while articles wait: when one was processed last
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
                self._stuck_since = self._stuck_since or time.monotonic()
                if not done:
                    await self._learn()
                done += await self._process(waiting, ranker, rules)
            self._stuck_since = None
        return done

    def find_problem(self) -> str | None:
        """Say to operators that articles wait and none is processed, if that is so."""
        seconds = time.monotonic() - self._stuck_since if self._stuck_since else 0.0
        return notices.ARTICLES_STUCK if seconds > _STUCK_SECONDS else None

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

    async def _process(self, waiting: Sequence[StoredArticle], ranker: str, rules: TopicRules) -> int:
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
        placed = await INTAKE.run(self._group, [article for article, _ in batch])
        founded = sorted({one.story for one in placed if one.story is not None and one.story < 0})
        async with self._database.write() as connection:
            ids = dict(zip(founded, await make_stories(connection, len(founded), now=now), strict=True))
            done = [
                Worked(
                    article, summary, None if one.story is None else ids.get(one.story, one.story),
                    decide_topic(clues_of(article, by_words), rules), by_words, one.packed,
                )
                for (article, (summary, by_words)), one in zip(batch, placed, strict=True)
            ]  # fmt: skip
            saved = await save_work(connection, done, now=now)
        self._grouper.rename(ids)
        self._is_sure = True
        self._stuck_since = time.monotonic()
        self._recent |= {article.id: now for article, _ in batch}
        return saved

    def _group(self, batch: Sequence[StoredArticle]) -> list[_Placed]:
        """Return the articles' stories; one that is to be founded has a negative key until it is.

        An updated article keeps the story it had. A round-up of several events joins no story and opens none.
        """
        placed = []
        for number, article in enumerate(batch, start=2):
            if is_roundup(article.title, article.sapo):
                placed.append(_Placed(None, None))
                continue
            arrival = _arrival(article)
            story = article.story_id if article.story_id is not None else self._grouper.find(arrival)
            story = self._grouper.add(arrival, -number if story is None else story)
            placed.append(_Placed(story, pack(self._grouper.weighed(arrival))))
        return placed

    async def _learn(self) -> None:
        """Learn what was grouped elsewhere since the last time."""
        if not self._is_sure:
            self._forget()
        since = self._clock.now() - GROUPED_FOR
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
        self._grouper.learn([(one.article_id, one.story_id, _weighed(one)) for one in grouped])


def _weighed(known: Grouped) -> Weighed:
    moment = known.published_at.timestamp() if known.published_at else float("nan")
    if known.packed is not None:
        return unpack(known.packed, moment, known.source)
    return weigh(
        Arrival(known.article_id, known.title, known.sapo, known.lead, known.published_at, known.source)
    )


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


# Decide the topics of stored articles anew where the newsroom decides them otherwise than when they came.

_RENEWED_AT_ONCE = 500


async def renew_topics(
    database: Database, clock: Clock, rules: TopicRules, *, most: int = sys.maxsize
) -> int:
    """Renew the topics of at most about `most` articles, the newest first; return how many changed.

    A later call with the same `rules` goes on where this one stopped.
    """
    fingerprint, looked_at, count = rules.fingerprint, 0, 0
    while looked_at < most:
        async with database.read() as connection:
            renewal = await find_renewal(connection, fingerprint)
            if renewal.below == 0:
                break
            stored = await find_settled(connection, renewal.below, _RENEWED_AT_ONCE)
        changed = await INTAKE.run(_changed, stored, rules)
        below = stored[-1].article_id if len(stored) == _RENEWED_AT_ONCE else 0
        async with database.write() as connection:
            await save_topics(connection, changed, Renewal(fingerprint, below), now=clock.now())
        looked_at += _RENEWED_AT_ONCE
        count += len(changed)
    if count:
        _log.info("topics renewed", articles=count)
    return count


def clues_of(article: StoredArticle, by_words: str | None) -> TopicClues:
    """Return what tells the article's topic."""
    return TopicClues(article.category, article.url, (article.speaker, article.source), by_words)


def _changed(stored: Sequence[Settled], rules: TopicRules) -> dict[int, str | None]:
    decided = {one.article_id: (one.topic, decide_topic(one.clues, rules)) for one in stored}
    return {article_id: new for article_id, (old, new) in decided.items() if new != old}
