"""Stories that chats follow. A follow names one article, and keeps to its story when stories join or split.

The chat knows the story up to `told_at`; news since then is due to be sent at `due_at`. A removed follow
stays for a day, so that removing can be undone.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Buttons, Message, enqueue, record_message
from storage.delivery.states import DeliveryStatus, MessageKind
from storage.engine import replacing
from storage.shown_stories import record_shown
from storage.tables import (
    UtcTime,
    articles,
    deliveries,
    follows,
    issue_stories,
    issues,
    messages,
    profiles,
    shown_stories,
    subscribers,
    watch_hits,
    watches,
)

QUIET_FOR = dt.timedelta(days=7)  # a follow ends after so long without news
_F = follows.c


@dataclass(frozen=True, slots=True)
class Follow:
    """A story that a chat follows, with the article and headline under which it began."""

    id: int
    article_id: int
    title: str
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class FollowWithNews:
    """A follow with an article that its chat does not know; `zone` is the chat's own, None: its edition's."""

    id: int
    told_at: dt.datetime
    quiet_start: int
    quiet_end: int
    edition: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class DueFollow:
    """A follow whose news may be sent now, and its story."""

    id: int
    subscriber_id: int
    chat_id: int
    story_id: int
    title: str
    told_at: dt.datetime
    edition: str
    zone: str | None


async def follow_story(
    connection: AsyncConnection,
    subscriber_id: int,
    article_id: int,
    title: str,
    *,
    most: int,
    now: dt.datetime,
) -> bool:
    """Follow the article's story from now on; False when the chat follows as many as it may."""
    live = and_(_F.subscriber_id == subscriber_id, _F.article_id != article_id, is_live(now))
    if (await connection.execute(select(func.count()).where(live))).scalar_one() >= most:
        return False
    statement = replacing(
        connection, follows, "subscriber_id", "article_id",
        subscriber_id=subscriber_id, article_id=article_id, title=title, made_at=now, told_at=now,
        news_at=now, due_at=None, removed_at=None,
    )  # fmt: skip
    await connection.execute(statement)
    return True


async def find_follows(connection: AsyncConnection, chat_id: int, *, now: dt.datetime) -> list[Follow]:
    """Return the follows of a chat, oldest first."""
    query = select(follows).where(of_chat(chat_id), is_live(now)).order_by(_F.id).limit(100)
    return [_follow(row) for row in await connection.execute(query)]


async def find_follow(connection: AsyncConnection, follow_id: int, chat_id: int) -> Follow | None:
    """Return the follow if it is this chat's, removed or not."""
    row = (await connection.execute(select(follows).where(_F.id == follow_id, of_chat(chat_id)))).first()
    return _follow(row) if row else None


async def find_follow_of(
    connection: AsyncConnection, chat_id: int, article_ids: Sequence[int], *, now: dt.datetime
) -> Follow | None:
    """Return the chat's follow of the story of these articles, None without one."""
    query = select(follows).where(of_chat(chat_id), is_live(now), _F.article_id.in_(article_ids)).limit(1)
    row = (await connection.execute(query)).first()
    return _follow(row) if row else None


async def set_followed(
    connection: AsyncConnection, follow_id: int, *, is_followed: bool, now: dt.datetime
) -> None:
    """End a follow, or resume it; reports from in between are then not sent."""
    going_on = {"removed_at": None, "told_at": now, "news_at": now, "due_at": None}
    values = going_on if is_followed else {"removed_at": now, "due_at": None}
    await connection.execute(update(follows).where(_F.id == follow_id).values(values))


async def find_processed_since(
    connection: AsyncConnection, *, after: tuple[dt.datetime, int], limit: int
) -> list[tuple[int, int, dt.datetime]]:
    """Return the articles processed after (time, id), oldest first: article, story, time."""
    a = articles.c
    query = select(a.id, a.story_id, a.processed_at).where(tuple_(a.processed_at, a.id) > after)
    query = query.where(a.story_id.is_not(None)).order_by(a.processed_at, a.id)
    rows = await connection.execute(query.limit(limit))
    return [(row.id, row.story_id, row.processed_at) for row in rows]


async def find_follows_with_news(
    connection: AsyncConnection, story_ids: Sequence[int], *, after: int, now: dt.datetime, limit: int
) -> list[FollowWithNews]:
    """Return follows of these stories, ids above `after`, that are not due and have an unknown article."""
    s, anchor = subscribers.c, articles.alias("anchor")
    news = articles.alias("news")
    is_new = select(news.c.id).where(news.c.story_id == anchor.c.story_id, news.c.ready_at > _F.told_at)
    query = (
        select(_F.id, _F.told_at, s.quiet_start, s.quiet_end, profiles.c.edition, profiles.c.zone)
        .join(anchor, anchor.c.id == _F.article_id)
        .join(subscribers, s.id == _F.subscriber_id)
        .join(profiles, profiles.c.id == s.profile_id)
        .where(anchor.c.story_id.in_(story_ids), is_live(now), _F.due_at.is_(None), _F.id > after)
        .where(is_new.exists())
        .order_by(_F.id)
        .limit(limit)
    )
    return [FollowWithNews(*row) for row in await connection.execute(query)]


async def set_due(connection: AsyncConnection, due: Sequence[tuple[int, dt.datetime]]) -> None:
    """Set when the news of each follow is due."""
    for follow_id, due_at in due:
        live = and_(_F.id == follow_id, _F.removed_at.is_(None))
        await connection.execute(update(follows).where(live).values(due_at=due_at))


async def find_due_follows(connection: AsyncConnection, *, now: dt.datetime, limit: int) -> list[DueFollow]:
    """Return the due follows of active chats, those that have waited longest first."""
    s, anchor = subscribers.c, articles.alias("anchor")
    query = (
        select(_F.id, _F.subscriber_id, s.chat_id, anchor.c.story_id, _F.title, _F.told_at)
        .add_columns(profiles.c.edition, profiles.c.zone)
        .join(anchor, anchor.c.id == _F.article_id)
        .join(subscribers, s.id == _F.subscriber_id)
        .join(profiles, profiles.c.id == s.profile_id)
        .where(_F.due_at <= now, _F.removed_at.is_(None), s.status == "active")
        .where(anchor.c.story_id.is_not(None))
        .order_by(_F.due_at, _F.id)
        .limit(limit)
    )
    return [DueFollow(*row) for row in await connection.execute(query)]


async def find_known(connection: AsyncConnection, due: DueFollow) -> tuple[dt.datetime, frozenset[int]]:
    """Return until when the chat knows the story from digests and cards, and its articles with hits."""
    d, i, m, t = deliveries.c, issues.c, messages.c, issue_stories.c
    shown = (
        select(func.max(i.made_at, type_=UtcTime))
        .select_from(deliveries.join(messages, m.id == d.message_id).join(issues, i.id == m.issue_id))
        .join(issue_stories, and_(t.issue_id == m.issue_id, t.part == m.part))
        .where(d.subscriber_id == due.subscriber_id, t.story_id == due.story_id)
        .where(d.status != DeliveryStatus.GONE)
    )
    v = shown_stories.c
    looked = select(v.shown_at).where(v.subscriber_id == due.subscriber_id, v.story_id == due.story_id)
    moments = [(await connection.execute(query)).scalar_one_or_none() for query in (shown, looked)]
    hits = (
        select(watch_hits.c.article_id)
        .join(watches, watches.c.id == watch_hits.c.watch_id)
        .where(watches.c.subscriber_id == due.subscriber_id, watch_hits.c.story_id == due.story_id)
    )
    alerted = frozenset((await connection.execute(hits.limit(100))).scalars())
    return max([due.told_at, *filter(None, moments)]), alerted


async def publish_news(
    connection: AsyncConnection,
    due: DueFollow,
    html: str,
    buttons: Buttons,
    *,
    known_until: dt.datetime,
    now: dt.datetime,
) -> int:
    """Queue the message with a follow's news, once; return the number of deliveries, 0 if the news was queued
    before or the follow was removed."""
    waits = and_(_F.id == due.id, _F.told_at == due.told_at, _F.due_at.is_not(None), _F.removed_at.is_(None))
    values = {"told_at": known_until, "news_at": now, "due_at": None}
    if not (await connection.execute(update(follows).where(waits).values(values))).rowcount:
        return 0
    await record_shown(connection, due.chat_id, [due.story_id], shown_at=known_until)
    message_id = await record_message(connection, Message(MessageKind.ALERT, html, buttons), now=now)
    return await enqueue(connection, [message_id], subscribers.c.id == due.subscriber_id, now=now)


async def skip_news(connection: AsyncConnection, due: DueFollow, *, known_until: dt.datetime) -> None:
    """Let a follow wait for further articles, because those until `known_until` have no news."""
    same = and_(_F.id == due.id, _F.told_at == due.told_at)
    await connection.execute(update(follows).where(same).values(due_at=None, told_at=known_until))


async def prune_follows(
    connection: AsyncConnection, *, now: dt.datetime, removed_before: dt.datetime
) -> None:
    """Delete follows that were removed before `removed_before` or have been quiet for a week."""
    ended = or_(_F.removed_at < removed_before, _F.news_at < now - QUIET_FOR)
    await connection.execute(delete(follows).where(ended))


def is_live(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition that a follow is neither removed nor has been quiet for a week."""
    return and_(_F.removed_at.is_(None), _F.news_at >= now - QUIET_FOR)


def of_chat(chat_id: int) -> ColumnElement[bool]:
    return _F.subscriber_id.in_(select(subscribers.c.id).where(subscribers.c.chat_id == chat_id))


def _follow(row: Row[Any]) -> Follow:
    return Follow(row.id, row.article_id, row.title, row.removed_at is not None)
