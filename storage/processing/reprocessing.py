"""Stored articles whose topics or summaries are computed again, and how far that has come."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import StoredArticle, article_of
from storage.notes import find_note, forget_note, write_note
from storage.processing.processed import find_unchanged, replace_places
from storage.search.index import record_changes
from storage.tables import articles
from summarizer.model import Place
from summarizer.topics import TopicClues

# Notes hold the progress, so that the next run, or the next start, continues it.

_NOTE = "topics"


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """The progress under the rules with this fingerprint: articles below the id `below` are not done."""

    fingerprint: str
    below: int


@dataclass(frozen=True, slots=True)
class ArticleTopic:
    """An article with its present topic, and the clues from which its topic is decided."""

    article_id: int
    topic: str | None
    clues: TopicClues


async def find_topic_progress(connection: AsyncConnection, fingerprint: str) -> TopicProgress:
    """Return the progress under the rules with `fingerprint`; at the beginning no article is done."""
    note = await find_note(connection, _NOTE)
    known = TopicProgress(**json.loads(note)) if note else None
    if known is not None and known.fingerprint == fingerprint:
        return known
    return TopicProgress(fingerprint, await _behind_newest(connection))


async def _behind_newest(connection: AsyncConnection) -> int:
    return ((await connection.execute(select(func.max(articles.c.id)))).scalar_one() or 0) + 1


async def find_article_topics(connection: AsyncConnection, below: int, limit: int) -> list[ArticleTopic]:
    """Return at most `limit` processed articles with a smaller id than `below`, the newest first."""
    a = articles.c
    columns = select(a.id, a.topic, a.category, a.url, a.speaker, a.source, a.topic_by_words)
    query = columns.where(a.id < below, a.processed_at.is_not(None)).order_by(a.id.desc()).limit(limit)
    return [
        ArticleTopic(id_, topic, TopicClues(category, url, (speaker, source), by_words))
        for id_, topic, category, url, speaker, source, by_words in await connection.execute(query)
    ]


async def save_topics(
    connection: AsyncConnection, changed: Mapping[int, str | None], done: TopicProgress, *, now: dt.datetime
) -> None:
    """Give each article its topic, and store the progress."""
    for topic in set(changed.values()):
        ids = [article_id for article_id, each in changed.items() if each == topic]
        await connection.execute(update(articles).where(articles.c.id.in_(ids)).values(topic=topic))
    await record_changes(connection, changed)
    await write_note(connection, _NOTE, json.dumps(asdict(done)), now=now)


_REPROCESSING = "reprocessing"


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """A processed article with its new results."""

    article: StoredArticle
    places: Sequence[Place]
    topic: str | None
    topic_by_words: str | None


async def find_reprocessing(connection: AsyncConnection) -> int:
    """Return the id below which articles are still to be processed again."""
    note = await find_note(connection, _REPROCESSING)
    return int(note) if note else await _behind_newest(connection)


async def find_processed(connection: AsyncConnection, below: int, limit: int) -> list[StoredArticle]:
    """Return at most `limit` processed articles with a smaller id than `below`, the newest first."""
    query = select(articles).where(articles.c.id < below, articles.c.processed_at.is_not(None))
    rows = await connection.execute(query.order_by(articles.c.id.desc()).limit(limit))
    return [article_of(row) for row in rows]


async def save_reprocessed(
    connection: AsyncConnection, done: Sequence[Reprocessed], *, below: int | None, now: dt.datetime
) -> None:
    """Save the new results of articles whose text has not changed since, and the progress; None: the end."""
    versions = {one.article.id: one.article.version for one in done}
    same = await find_unchanged(connection, versions, articles.c.processed_at.is_not(None))
    kept = [one for one in done if one.article.id in same]
    await replace_places(connection, {one.article.id: one.places for one in kept})
    statement = update(articles).where(articles.c.id == bindparam("article"))
    topics: dict[str, Any] = {"topic": bindparam("named"), "topic_by_words": bindparam("by_words")}
    found = [{"article": one.article.id, "named": one.topic, "by_words": one.topic_by_words} for one in kept]
    if found:
        await connection.execute(statement.values(topics), found)
        await record_changes(connection, sorted(same))
    if below is None:
        await forget_note(connection, _REPROCESSING)
    else:
        await write_note(connection, _REPROCESSING, str(below), now=now)
