"""Process newly stored articles: summarise each, find its topic and story, index it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress

import structlog

from bot.jobs.intake.renewing import clues_of, renew_topics
from bot.jobs.intake.taking import BOT_DIED, NameSetAside, name_nobody, reason_of
from bot.jobs.intake.window import Window
from bot.operators import notices
from bot.process.metrics import JOB_FAILURES
from bot.text_work.many import in_order
from bot.text_work.tasks import PROCESS, Processed, Processing
from bot.text_work.worker import Failure, Texts
from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database, chunks
from storage.errors import StorageError
from storage.processed import (
    Findings,
    find_next,
    make_stories,
    save_work,
)
from storage.sources import (
    begin_tries,
    find_exhausted,
    find_next_stored,
    find_suspect,
    set_articles_aside,
    undo_tries,
)
from summarizer.model import Summary, sentence_at
from summarizer.topics import NO_RULES, TopicRules, decide_topic

# Process newly stored articles: summarise each, find its topic and story, put it into the search index.
#
# The language work runs in text processes (`bot.text_work`), many batches at once where there are many of
# them; grouping and storing have one batch at a time, in order. An article that ends its process is set
# aside.

_BATCH = 50
_MOST_RENEWED = 10_000  # topics of stored articles, at the beginning of a run
_SAVED_AT_ONCE = 10  # nobody else writes to SQLite meanwhile, and one reply writes several times
_STUCK_SECONDS = 600.0
_log = structlog.get_logger(__name__)


class Processor:
    """Holds the grouping window between runs; one run at a time.

    Sources take turns unless `as_stored`: then articles are processed in the order of their ids, also by a
    run that goes on after a kill.
    """

    def __init__(
        self, database: Database, clock: Clock, texts: Texts, name_set_aside: NameSetAside = name_nobody,
        *, as_stored: bool = False,
    ) -> None:  # fmt: skip
        self._database = database
        self._texts = texts
        self._name_set_aside = name_set_aside
        self._clock = clock
        self._as_stored = as_stored
        self._lock = asyncio.Lock()
        self._last_source: str | None = None  # whose turn was last
        self._stuck_since: float | None = None  # while articles wait: when one was processed last
        self._window = Window(database, clock)

    async def run(self, *, most: int = 1_000, ranker: str = "diemtin", rules: TopicRules = NO_RULES) -> int:
        """Process up to `most` waiting articles, their sentences chosen by `ranker`; return how many were.

        `rules` decide their topics, and, where these are new, those of a bounded number of stored articles.

        Raises:
            TextWorkError: the text process does not start; the articles go on waiting.
        """
        done = 0
        async with self._lock:
            await renew_topics(self._database, self._clock, rules, most=_MOST_RENEWED)
            self._has_learned = False
            while done < most and (saved := await self._process(most - done, ranker, rules)) is not None:
                done += saved
            self._stuck_since = None
        return done

    def find_problem(self) -> str | None:
        """Say to operators that articles wait and none is processed, if that is so."""
        seconds = time.monotonic() - self._stuck_since if self._stuck_since else 0.0
        return notices.ARTICLES_STUCK if seconds > _STUCK_SECONDS else None

    async def _process(self, most: int, ranker: str, rules: TopicRules) -> int | None:
        """Work up to `most` articles up, as they are found until none waits; None where none did."""
        begun = list[Sequence[StoredArticle]]()  # and not saved
        count, is_first = 0, True

        async def work(waiting: Sequence[StoredArticle]) -> list[Processed | Failure]:
            return await self._texts.run(PROCESS, Processing(ranker), [one.document for one in waiting])

        try:
            async with aclosing(in_order(self._texts.width, work, self._begin(most, begun))) as answered:
                async for waiting, found in answered:
                    is_first = False
                    count += await self._keep(waiting, found, rules)
                    begun.pop(0)
        except BaseException:  # to be stopped is no fault of the articles either
            with suppress(StorageError):
                async with self._database.write() as connection:
                    await undo_tries(connection, [one.id for waiting in begun for one in waiting])
            raise
        return None if is_first else count

    async def _begin(
        self, most: int, begun: list[Sequence[StoredArticle]]
    ) -> AsyncIterator[Sequence[StoredArticle]]:
        """Yield batches of waiting articles, about `most` in all; each is noted as tried, and in `begun`."""
        count, above = 0, 0
        while count < most and (waiting := await self._next(above, is_alone=not count)):
            self._stuck_since = self._stuck_since or time.monotonic()
            await self._texts.start()  # if that fails, nothing was tried
            async with self._database.write() as connection:
                await begin_tries(connection, [one.id for one in waiting])
            begun.append(waiting)
            yield waiting
            count, above = count + len(waiting), waiting[-1].id

    async def _next(self, above: int, *, is_alone: bool) -> Sequence[StoredArticle]:
        """Return some articles that were never tried; where there are none, one that was, alone."""
        async with self._database.read() as connection:
            if self._as_stored:
                fresh = await find_next_stored(connection, _BATCH, above=above)
            else:
                fresh = await find_next(connection, _BATCH, after=self._last_source)
            if fresh or not is_alone:  # what is in work now would be found as tried
                self._last_source = fresh[-1].source if fresh else self._last_source
                return fresh
            exhausted = await find_exhausted(connection)
            suspect = await find_suspect(connection)
        if exhausted:
            await self._put_aside([(article, BOT_DIED) for article in exhausted])
        return [suspect] if suspect else []

    async def _keep(
        self, waiting: Sequence[StoredArticle], found: Sequence[Processed | Failure], rules: TopicRules
    ) -> int:
        """Group and save a batch; return how many articles were saved."""
        if not self._has_learned:
            await self._window.learn()
            self._has_learned = True
        done = list(zip(waiting, found, strict=True))
        await self._put_aside(
            [(one, reason_of(f)) for one, f in done if isinstance(f, Failure) and f.is_deadly]
        )
        kept = [(one, _found(one, f)) for one, f in done if not isinstance(f, Failure) or not f.is_deadly]
        return sum([await self._save(batch, rules) for batch in chunks(kept, _SAVED_AT_ONCE)])

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
        placed = await self._window.place([article for article, _ in batch])
        founded = sorted({-one.story for one in placed if one.story is not None and one.story < 0})
        async with self._database.write() as connection:
            made = await make_stories(connection, len(founded), now=now)  # ascending, as the articles are
            ids = {-key: story for key, story in zip(founded, made, strict=True)}
            done = [
                Findings(
                    article, summary, None if one.story is None else ids.get(one.story, one.story),
                    decide_topic(clues_of(article, by_words), rules), by_words, one.packed,
                )
                for (article, (summary, by_words)), one in zip(batch, placed, strict=True)
            ]  # fmt: skip
            saved = await save_work(connection, done, now=now)
        self._window.keep(ids, {article.id: now for article, _ in batch})
        self._stuck_since = time.monotonic()
        return saved


def _found(article: StoredArticle, found: Processed | Failure) -> tuple[Summary, str | None]:
    """Return the summary and the topic by words of an article; one that breaks a step has none from it."""
    failures = [found.trace] if isinstance(found, Failure) else found.failures
    for trace in failures:
        JOB_FAILURES.labels("text").inc()
        _log.error("text work failed", article=article.id, trace=trace)
    if isinstance(found, Failure):
        return (), None
    return tuple(sentence_at([article.document], place) for place in found.places), found.topic
