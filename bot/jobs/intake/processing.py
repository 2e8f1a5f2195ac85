"""Process newly stored articles: summarise each, find its topic and story, index it.

Any number of processes share the work. Each claims articles (`storage.processing`) and has the language
work done in its text processes (`bot.text_work`), one batch in each. The keeper of the window groups and
saves the results in the order of turns (`keeping`). An article that ends its process is set aside.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress

import structlog

from bot.jobs.intake.keeping import Keeper
from bot.jobs.intake.renewing import renew_topics
from bot.jobs.intake.sharing import own_name
from bot.jobs.intake.taking import BOT_DIED, NameSetAside, name_nobody, reason_of
from bot.jobs.intake.window import Ready, published_of
from bot.operators import notices
from bot.process.lifetime import beside
from bot.process.metrics import JOB_FAILURES, log_errors
from bot.telegram.lease import is_gone
from bot.text_work.tasks import PROCESS_NEW, DatedDocument, Processed, ProcessedNew, Processing
from bot.text_work.text_pool import in_order
from bot.text_work.worker import Failure, Texts
from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database
from storage.errors import StorageError
from storage.processing.article_turns import (
    CLAIM_SECONDS,
    MOST_AHEAD,
    ClaimedArticle,
    claim_articles,
    claim_suspect,
    count_turns,
    end_claims,
    find_exhausted,
    find_owners,
    give_back,
    is_any_waiting,
    renew_claims,
)
from storage.sources import set_articles_aside
from summarizer.topics import NO_RULES, TopicRules

_BATCH = 50
_MOST_RENEWED = 10_000  # topics of stored articles, at the beginning of a run
_RENEW_SECONDS = CLAIM_SECONDS / 5
_WAIT_SECONDS = 0.2  # for another process that is ahead or behind
_STUCK_SECONDS = 600.0
_log = structlog.get_logger(__name__)


class Processor:
    """Holds the grouping window between runs; one run at a time.

    Sources take turns unless `as_stored`: then articles are processed in the order of their ids, and a run
    ends when all are processed, also those of other processes. `owner` names this process.
    `on_progress` is told after each batch how many more articles were processed.
    """

    def __init__(
        self, database: Database, clock: Clock, texts: Texts, name_set_aside: NameSetAside = name_nobody,
        *, as_stored: bool = False, owner: str | None = None,
        on_progress: Callable[[int], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self._database = database
        self._texts = texts
        self._name_set_aside = name_set_aside
        self._clock = clock
        self._as_stored = as_stored
        self._on_progress = on_progress
        self._owner = owner or own_name()
        self._lock = asyncio.Lock()
        self._stuck_since: float | None = None  # while articles wait: when one was processed last
        self._keeper = Keeper(database, clock, self._owner, is_archive=as_stored)

    async def run(self, *, most: int = 1_000, ranker: str = "diemtin", rules: TopicRules = NO_RULES) -> int:
        """Process up to `most` waiting articles, their sentences chosen by `ranker`; return how many were.

        `rules` decide their topics. If the rules are new, a bounded number of stored articles get new topics.

        Raises:
            TextWorkError: the text process does not start; the articles go on waiting.
        """
        done = 0
        async with self._lock, beside(self._renew()):
            await renew_topics(self._database, self._clock, rules, most=_MOST_RENEWED)
            if await self._is_work_waiting():
                await self._end_claims_of_the_dead(self._owner)
                while done < most and (more := await self._process(most - done, ranker, rules)) is not None:
                    done += more
                await self._keeper.leave(rules)
            self._stuck_since = None
        return done

    def find_problem(self) -> str | None:
        """Return a text for operators if articles wait and none is processed."""
        seconds = time.monotonic() - self._stuck_since if self._stuck_since else 0.0
        return notices.ARTICLES_STUCK if seconds > _STUCK_SECONDS else None

    async def _is_work_waiting(self) -> bool:
        """Tell whether any article waits; start the text process if so."""
        async with self._database.read() as connection:
            if not await is_any_waiting(connection):
                return False
        self._stuck_since = self._stuck_since or time.monotonic()
        await self._texts.start()  # if that fails, nothing was tried
        return True

    async def _process(self, most: int, ranker: str, rules: TopicRules) -> int | None:
        """Process about `most` waiting articles; return how many, None if none waited."""
        begun = list[Sequence[ClaimedArticle]]()  # and not given to the keeper
        count: int | None = None

        async def work(claimed: Sequence[ClaimedArticle]) -> list[ProcessedNew | Failure]:
            reports = [DatedDocument(one.article.document, published_of(one.article)) for one in claimed]
            return await self._texts.run(PROCESS_NEW, Processing(ranker), reports)

        try:
            async with aclosing(in_order(self._texts.width, work, self._begin(most, begun))) as answered:
                async for claimed, found in answered:
                    count = (count or 0) + await self._keep(claimed, found, rules)
                    begun.pop(0)
        except BaseException:  # also when this is cancelled: the articles are not to blame
            with suppress(StorageError):
                async with self._database.write() as connection:
                    unfinished = [one for batch in begun for one in batch] + self._keeper.drop()
                    await give_back(connection, self._owner, unfinished)
            raise
        if count is None and await self._must_wait(rules):
            return 0
        return count

    async def _begin(
        self, most: int, begun: list[Sequence[ClaimedArticle]]
    ) -> AsyncIterator[Sequence[ClaimedArticle]]:
        """Yield batches of waiting articles, about `most` in all; each is noted in `begun`."""
        count = 0
        while count < most and (claimed := await self._next(is_alone=not count)):
            begun.append(claimed)
            yield claimed
            count += len(claimed)

    async def _next(self, *, is_alone: bool) -> Sequence[ClaimedArticle]:
        """Claim some articles that were never tried; if there are none, a single one that was."""
        async with self._database.write() as connection:
            claimed = await claim_articles(connection, self._owner, _BATCH, as_stored=self._as_stored)
        if claimed or not is_alone:
            return claimed
        await self._end_claims_of_the_dead()
        async with self._database.write() as connection:
            suspect = await claim_suspect(connection, self._owner)
        if suspect:
            return [suspect]
        async with self._database.read() as connection:  # last, because it looks at every waiting article
            exhausted = await find_exhausted(connection)
        await self._put_aside([(article, BOT_DIED) for article in exhausted])
        return []

    async def _must_wait(self, rules: TopicRules) -> bool:
        """Wait a moment if other processes have work that is grouped first; return whether they have."""
        await self._keeper.group(rules)
        async with self._database.read() as connection:
            in_line = await count_turns(connection)
        if not in_line or (in_line < MOST_AHEAD and not self._as_stored):
            return False
        await asyncio.sleep(_WAIT_SECONDS)
        return True

    async def _keep(
        self, claimed: Sequence[ClaimedArticle], results: Sequence[ProcessedNew | Failure], rules: TopicRules
    ) -> int:
        """Give a batch to the keeper; return how many articles were processed."""
        failed, kept = list[tuple[StoredArticle, str]](), list[Ready]()
        for one, found in zip(claimed, results, strict=True):
            if isinstance(found, Failure) and found.is_fatal:
                failed.append((one.article, reason_of(found)))
            else:
                kept.append(Ready(one.turn, one.article, _logged(one.article, found)))
        await self._put_aside(failed)
        self._keeper.add(kept)
        await self._keeper.group(rules)
        self._stuck_since = time.monotonic()
        self._on_progress(len(kept))
        return len(kept)

    async def _put_aside(self, failed: Sequence[tuple[StoredArticle, str]]) -> None:
        if not failed:
            return
        async with self._database.write() as connection:
            await set_articles_aside(connection, failed, now=self._clock.now())
        for article, reason in failed:
            self._name_set_aside(article.source, article.title, reason)

    async def _end_claims_of_the_dead(self, *others: str) -> None:
        """End the claims of processes of this machine that are gone, and of `others`."""
        async with self._database.read() as connection:
            owners = await find_owners(connection)
        dead = [owner for owner in owners if owner in others or is_gone(owner)]
        if dead:
            async with self._database.write() as connection:
                await end_claims(connection, dead)

    async def _renew(self) -> None:
        """Renew claims and the keeper's lease until cancelled."""
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            with log_errors("claims"):
                async with self._database.write() as connection:
                    await renew_claims(connection, self._owner)
                await self._keeper.renew()


def _logged(article: StoredArticle, found: ProcessedNew | Failure) -> ProcessedNew:
    """Return what was found for an article, and report the steps that failed."""
    failures = [found.trace] if isinstance(found, Failure) else found.processed.failures
    for trace in failures:
        JOB_FAILURES.labels("text").inc()
        _log.error("text work failed", article=article.id, trace=trace)
    return ProcessedNew(Processed((), None)) if isinstance(found, Failure) else found
