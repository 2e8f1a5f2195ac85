"""Headlines that a paper changed after readers were sent them: kept until the admins have heard of each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.corrections import LOOK_BACK
from storage.delivery.states import MAY_HAVE_ARRIVED
from storage.tables import (
    article_versions,
    articles,
    deliveries,
    headline_changes,
    issue_stories,
    issues,
    messages,
)

_MOST_TELLINGS = 10_000


@dataclass(frozen=True, slots=True)
class ChangedHeadline:
    """A headline as it was sent with a story, and as the paper has it now."""

    article_id: int
    version: int
    story_id: int
    source: str
    old: str
    new: str


async def note_changed_headlines(
    connection: AsyncConnection, old: Sequence[Row[Any]], *, now: dt.datetime
) -> None:
    """Note which of these articles, given as they were, lent their headline to a story of a recent issue."""
    story_ids = {row.story_id for row in old if row.story_id is not None}
    if not story_ids:
        return
    s, i = issue_stories.c, issues.c
    query = (
        select(s.story_id, s.headline)
        .join(issues, i.id == s.issue_id)
        .where(s.story_id.in_(story_ids), s.headline.is_not(None), i.slot_at >= now - LOOK_BACK)
        .distinct()
        .limit(_MOST_TELLINGS)
    )
    told = {(row.story_id, row.headline) for row in await connection.execute(query)}
    rows = [
        {"article_id": row.id, "version": row.version, "changed_at": now}
        for row in old
        if any(story == row.story_id and _is_shown_as(row.title, headline) for story, headline in told)
    ]
    if rows:
        await connection.execute(insert(headline_changes), rows)


async def find_untold_headlines(
    connection: AsyncConnection, *, now: dt.datetime, limit: int
) -> list[ChangedHeadline]:
    """Return changes of headlines that somebody has got and no admin has heard of, oldest first."""
    h, v, a = headline_changes.c, article_versions.c, articles.c
    s, m, d = issue_stories.c, messages.c, deliveries.c
    was_sent = exists().where(
        s.story_id == a.story_id,
        m.issue_id == s.issue_id,
        m.part == s.part,
        d.message_id == m.id,
        d.status.in_(MAY_HAVE_ARRIVED),
    )
    query = (
        select(a.id, h.version, a.story_id, a.source, v.title, a.title)
        .select_from(headline_changes)
        .join(article_versions, and_(v.article_id == h.article_id, v.version == h.version))
        .join(articles, a.id == h.article_id)
        .where(h.told_at.is_(None), h.changed_at >= now - LOOK_BACK, v.title != a.title, was_sent)
        .order_by(h.changed_at, h.article_id)
        .limit(limit)
    )
    return [ChangedHeadline(*row) for row in await connection.execute(query)]


async def mark_told(
    connection: AsyncConnection, told: Sequence[ChangedHeadline], *, now: dt.datetime
) -> None:
    """Remember that the admins have heard of these."""
    h = headline_changes.c
    for one in told:
        same = and_(h.article_id == one.article_id, h.version == one.version)
        await connection.execute(update(headline_changes).where(same).values(told_at=now))


def _is_shown_as(title: str, headline: str) -> bool:
    """Tell whether an issue shows `title` as `headline`, which may be shortened."""
    line = " ".join(title.split())
    return line == headline or (headline.endswith("…") and line.startswith(headline.rstrip(" …")))
