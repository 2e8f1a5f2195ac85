"""The nightly clean-up: what is older than `keep_days` goes, a bounded batch at a time."""

import datetime as dt

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search import SearchRow, unindex_articles
from storage.tables import articles, issues, questions, refusals, set_aside_texts, stories

_BATCH = 200


async def prune_articles(connection: AsyncConnection, *, before: dt.datetime) -> int:
    """Delete up to 200 articles stored before `before`, with their search rows; return how many."""
    a = articles.c
    query = select(a.id, a.title, a.sapo, a.body, a.worked_at).where(a.stored_at < before)
    old = (await connection.execute(query.order_by(a.stored_at).limit(_BATCH))).all()
    indexed = [SearchRow(r.id, r.title, r.sapo, r.body) for r in old if r.worked_at is not None]
    await unindex_articles(connection, indexed)
    await connection.execute(delete(articles).where(a.id.in_([row.id for row in old])))
    return len(old)


async def prune_issues(connection: AsyncConnection, *, before: dt.datetime) -> int:
    """Delete up to 200 issues of slots before `before`, with their parts and deliveries; return how many."""
    i = issues.c
    ids = list((await connection.execute(select(i.id).where(i.slot_at < before).limit(_BATCH))).scalars())
    await connection.execute(delete(issues).where(i.id.in_(ids)))
    return len(ids)


async def prune_rest(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete old refusals and texts set aside, and up to 200 each of old questions and of bare stories."""
    await connection.execute(delete(refusals).where(refusals.c.seen_at < before))
    await connection.execute(delete(set_aside_texts).where(set_aside_texts.c.seen_at < before))
    q, s = questions.c, stories.c
    asked = select(q.id).where(q.asked_at < before).limit(_BATCH)
    await connection.execute(delete(questions).where(q.id.in_(asked)))
    is_bare = ~exists().where(articles.c.story_id == s.id)
    bare = select(s.id).where(s.created_at < before, is_bare).limit(_BATCH)
    await connection.execute(delete(stories).where(s.id.in_(bare)))
