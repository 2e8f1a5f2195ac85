"""Decide stored articles anew: topics when the newsroom's rules changed, summaries when the code did."""

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing

import structlog

from bot.text_work.tasks import PROCESS, Processed, Processing
from bot.text_work.text_pool import in_order
from bot.text_work.worker import Failure, Texts
from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database
from storage.off_loop import INTAKE
from storage.processing.reprocessing import (
    ArticleTopic,
    Reprocessed,
    TopicProgress,
    find_article_topics,
    find_processed,
    find_reprocessing,
    find_topic_progress,
    save_reprocessed,
    save_topics,
)
from summarizer.topics import TopicClues, TopicRules, decide_topic

_log = structlog.get_logger(__name__)

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
            renewal = await find_topic_progress(connection, fingerprint)
            if renewal.below == 0:
                break
            stored = await find_article_topics(connection, renewal.below, _RENEWED_AT_ONCE)
        changed = await INTAKE.run(_changed, stored, rules)
        below = stored[-1].article_id if len(stored) == _RENEWED_AT_ONCE else 0
        async with database.write() as connection:
            await save_topics(connection, changed, TopicProgress(fingerprint, below), now=clock.now())
        looked_at += _RENEWED_AT_ONCE
        count += len(changed)
    if count:
        _log.info("topics renewed", articles=count)
    return count


def clues_of(article: StoredArticle, by_words: str | None) -> TopicClues:
    return TopicClues(article.category, article.url, (article.speaker, article.source), by_words)


def _changed(stored: Sequence[ArticleTopic], rules: TopicRules) -> dict[int, str | None]:
    decided = {one.article_id: (one.topic, decide_topic(one.clues, rules)) for one in stored}
    return {article_id: new for article_id, (old, new) in decided.items() if new != old}


_REPROCESSED_AT_ONCE = 200


async def reprocess(
    database: Database, clock: Clock, texts: Texts, ranker: str, rules: TopicRules,
    on_progress: Callable[[int], None],
) -> int:  # fmt: skip
    """Summarise and classify every processed article anew, the newest first; return how many there were.

    Stories stay. A later call goes on where a stopped one was. Articles whose text changes meanwhile are left
    to the bot.

    Raises:
        TextWorkError: no text process starts.
    """
    await texts.start()
    count = 0

    async def work(batch: Sequence[StoredArticle]) -> list[Processed | Failure]:
        return await texts.run(PROCESS, Processing(ranker), [article.document for article in batch])

    async with aclosing(in_order(texts.width, work, _to_reprocess(database))) as answered:
        async for batch, found in answered:
            done = [
                Reprocessed(
                    one, answer.places, decide_topic(clues_of(one, answer.topic), rules), answer.topic
                )
                for one, answer in zip(batch, found, strict=True)
                if isinstance(answer, Processed) and not answer.failures
            ]
            async with database.write() as connection:
                await save_reprocessed(connection, done, below=batch[-1].id, now=clock.now())
            count += len(batch)
            on_progress(len(batch))
    async with database.write() as connection:
        await save_reprocessed(connection, [], below=None, now=clock.now())
    return count


async def _to_reprocess(database: Database) -> AsyncIterator[Sequence[StoredArticle]]:
    async with database.read() as connection:
        below = await find_reprocessing(connection)
    while True:
        async with database.read() as connection:
            batch = await find_processed(connection, below, _REPROCESSED_AT_ONCE)
        if not batch:
            return
        yield batch
        below = batch[-1].id
