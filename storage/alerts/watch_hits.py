"""Hits of watches: a row for each watch and story, which waits until the chat is alerted.

The primary key makes sure that a watch alerts once for a story, however many articles it gets.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import StoredArticle, find_articles
from storage.delivery.messages import Buttons, Message, enqueue, record_message
from storage.delivery.states import MessageKind
from storage.engine import chunks, insert_new
from storage.profiles import CHOICES, Choices, choices_of
from storage.tables import UtcTime, articles, profiles, subscribers, watch_hits, watches


@dataclass(frozen=True, slots=True)
class WatchReader:
    """An active chat that watches something since `made_at`, with its quiet hours as minutes of its day."""

    watch_id: int
    made_at: dt.datetime
    quiet_start: int
    quiet_end: int
    choices: Choices


@dataclass(frozen=True, slots=True)
class Hit:
    """A story's article that a watch alerts for, not before a moment."""

    watch_id: int
    story_id: int
    article_id: int
    not_before: dt.datetime


@dataclass(frozen=True, slots=True)
class WaitingHit:
    """A hit that waits for its alert, with the words of the watch."""

    watch_id: int
    text: str
    story_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class Alert:
    """A message to a chat about hits of its watches."""

    subscriber_id: int
    html: str
    buttons: Buttons
    hits: tuple[WaitingHit, ...]


async def find_newly_processed(
    connection: AsyncConnection, *, after: tuple[dt.datetime, int], stored_since: dt.datetime, limit: int
) -> list[StoredArticle]:
    """Return articles in the order of their processing, those after (processed at, id)."""
    a = articles.c
    query = select(a.id).where(tuple_(a.processed_at, a.id) > after, a.stored_at >= stored_since)
    ids = list((await connection.execute(query.order_by(a.processed_at, a.id).limit(limit))).scalars())
    found = await find_articles(connection, ids)
    return [found[each] for each in ids if each in found]


async def find_listeners(connection: AsyncConnection, watch_ids: Iterable[int]) -> dict[int, WatchReader]:
    """Return the active chats by watch; removed watches and chats that paused or left are absent."""
    w, s = watches.c, subscribers.c
    query = (
        select(w.id, w.made_at, s.quiet_start, s.quiet_end, *CHOICES)
        .join(subscribers, s.id == w.subscriber_id)
        .join(profiles, profiles.c.id == s.profile_id)
        .where(s.status == "active", w.removed_at.is_(None))
    )
    return {
        row.id: WatchReader(row.id, row.made_at, row.quiet_start, row.quiet_end, choices_of(row))
        for batch in chunks(sorted(set(watch_ids)), 500)
        for row in await connection.execute(query.where(w.id.in_(batch)))
    }


async def record_hits(connection: AsyncConnection, hits: Sequence[Hit], *, now: dt.datetime) -> None:
    """Store hits; skip those of a story for which the watch has a hit."""
    if hits:
        rows = [{**asdict(hit), "found_at": now} for hit in hits]
        await connection.execute(insert_new(connection, watch_hits), rows)


async def delete_idle_hits(connection: AsyncConnection) -> None:
    """Delete waiting hits of watches that were removed, and of chats that paused or left."""
    w, s = watches.c, subscribers.c
    is_heard = exists().where(
        w.id == watch_hits.c.watch_id, w.removed_at.is_(None), s.id == w.subscriber_id, s.status == "active"
    )
    await connection.execute(delete(watch_hits).where(watch_hits.c.alerted_at.is_(None), ~is_heard))


async def find_due_subscribers(
    connection: AsyncConnection, *, now: dt.datetime, alerted_before: dt.datetime, limit: int
) -> dict[int, Choices]:
    """Return subscribers with due hits, who had no alert since `alerted_before`."""
    h, w = watch_hits.c, watches.c
    just_alerted = (
        select(w.subscriber_id)
        .join(watch_hits, h.watch_id == w.id)
        .where(h.alerted_at > alerted_before, h.alerted_at <= now)  # later only where the clock was set back
    )
    query = (
        select(w.subscriber_id)
        .join(watch_hits, h.watch_id == w.id)
        .where(h.alerted_at.is_(None), h.not_before <= now, w.subscriber_id.not_in(just_alerted))
        .group_by(w.subscriber_id)
        .order_by(func.min(h.not_before, type_=UtcTime), w.subscriber_id)
        .limit(limit)
    )
    ids = list((await connection.execute(query)).scalars())
    s = subscribers.c
    chosen = select(s.id, *CHOICES).join(profiles, profiles.c.id == s.profile_id).where(s.id.in_(ids))
    choices = {row.id: choices_of(row) for row in await connection.execute(chosen)}
    return {each: choices[each] for each in ids}


async def find_waiting_hits(
    connection: AsyncConnection, subscriber_id: int, *, now: dt.datetime, limit: int
) -> list[WaitingHit]:
    """Return the due hits of a subscriber, newest first."""
    h, w = watch_hits.c, watches.c
    query = (
        select(h.watch_id, w.text, h.story_id, h.article_id)
        .join(watches, w.id == h.watch_id)
        .where(w.subscriber_id == subscriber_id, h.alerted_at.is_(None), h.not_before <= now)
        .order_by(h.article_id.desc(), h.watch_id)
        .limit(limit)
    )
    return [WaitingHit(*row) for row in await connection.execute(query)]


async def prune_hits(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete the hits found before `before`; those stories get no more articles."""
    await connection.execute(delete(watch_hits).where(watch_hits.c.found_at < before))


async def publish_alerts(connection: AsyncConnection, alerts: Sequence[Alert], *, now: dt.datetime) -> int:
    """Queue the messages and mark their hits as alerted; return the number of deliveries.

    An alert is left out if one of its hits was alerted meanwhile or is deleted; it must be composed again.
    """
    s = subscribers.c
    listening = select(s.id).where(s.id.in_([alert.subscriber_id for alert in alerts]), s.status == "active")
    active = set((await connection.execute(listening)).scalars())
    queued = 0
    for alert in alerts:
        if alert.subscriber_id not in active or not await _waits_whole(connection, alert):
            continue
        message = Message(MessageKind.ALERT, alert.html, alert.buttons)
        message_id = await record_message(connection, message, now=now)
        queued += await enqueue(connection, [message_id], subscribers.c.id == alert.subscriber_id, now=now)
        await connection.execute(update(watch_hits).where(_are(alert.hits)).values(alerted_at=now))
    return queued


async def _waits_whole(connection: AsyncConnection, alert: Alert) -> bool:
    """Tell whether every hit still waits, and lock the hits on PostgreSQL."""
    h = watch_hits.c
    query = select(h.watch_id, h.story_id).where(_are(alert.hits), h.alerted_at.is_(None))
    return len((await connection.execute(query.with_for_update())).all()) == len(alert.hits)


def _are(hits: Sequence[WaitingHit]) -> ColumnElement[bool]:
    keys = [(hit.watch_id, hit.story_id) for hit in hits]
    return tuple_(watch_hits.c.watch_id, watch_hits.c.story_id).in_(keys)
