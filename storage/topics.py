"""The topics of stored articles, decided anew when what decides them changed.

How far a renewal is stands in a note, so that the next run, or the next start, goes on with it.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.notes import find_note, write_note
from storage.search import record_changes
from storage.tables import articles
from summarizer.topics import TopicClues

_NOTE = "topics"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal under the rules with this fingerprint: articles below the id `below` are still to be done."""

    fingerprint: str
    below: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An article with the topic that it has, and what tells which one it should have."""

    article_id: int
    topic: str | None
    clues: TopicClues


async def find_renewal(connection: AsyncConnection, fingerprint: str) -> Renewal:
    """Return how far the renewal for `fingerprint` is; one that never began has every article before it."""
    note = await find_note(connection, _NOTE)
    known = Renewal(**json.loads(note)) if note else None
    if known is not None and known.fingerprint == fingerprint:
        return known
    newest = (await connection.execute(select(func.max(articles.c.id)))).scalar_one()
    return Renewal(fingerprint, (newest or 0) + 1)


async def find_settled(connection: AsyncConnection, below: int, limit: int) -> list[Settled]:
    """Return at most `limit` processed articles with a smaller id than `below`, the newest first."""
    a = articles.c
    columns = select(a.id, a.topic, a.category, a.url, a.speaker, a.source, a.topic_by_words)
    query = columns.where(a.id < below, a.worked_at.is_not(None)).order_by(a.id.desc()).limit(limit)
    return [
        Settled(
            row.id,
            row.topic,
            TopicClues(row.category, row.url, (row.speaker, row.source), row.topic_by_words),
        )
        for row in await connection.execute(query)
    ]


async def save_topics(
    connection: AsyncConnection, changed: Mapping[int, str | None], done: Renewal, *, now: dt.datetime
) -> None:
    """Give each article its topic, and write down how far the renewal is."""
    for topic in set(changed.values()):
        ids = [article_id for article_id, each in changed.items() if each == topic]
        await connection.execute(update(articles).where(articles.c.id.in_(ids)).values(topic=topic))
    await record_changes(connection, changed)
    await write_note(
        connection, _NOTE, json.dumps({"fingerprint": done.fingerprint, "below": done.below}), now=now
    )
