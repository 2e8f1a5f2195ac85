"""Decide the topics of stored articles anew where the newsroom decides them otherwise than when they came."""

import sys
from collections.abc import Sequence

import structlog

from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database
from storage.processed import Renewal, Settled, find_renewal, find_settled, save_topics
from storage.threads import INTAKE
from summarizer.topics import TopicClues, TopicRules, decide_topic

_BATCH = 500
_log = structlog.get_logger(__name__)


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
            stored = await find_settled(connection, renewal.below, _BATCH)
        changed = await INTAKE.run(_changed, stored, rules)
        below = stored[-1].article_id if len(stored) == _BATCH else 0
        async with database.write() as connection:
            await save_topics(connection, changed, Renewal(fingerprint, below), now=clock.now())
        looked_at += _BATCH
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
