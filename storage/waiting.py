"""Articles that wait to be processed: which ones are next."""

import datetime as dt

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import SET_ASIDE, StoredArticle, article_of
from storage.tables import articles

_IS_FRESH = and_(articles.c.processed_at.is_(None), articles.c.tries == 0)
_SOURCES_AT_ONCE = 5  # whose articles make up one batch of work


async def find_next(
    connection: AsyncConnection, limit: int, *, after: str | None = None
) -> list[StoredArticle]:
    """Return at most `limit` articles of a few sources that wait for a first try, each source's oldest first.

    Sources take turns in the order of their names, beginning after the name `after`. So a source with many
    articles does not keep the others waiting.
    """
    names = await _find_waiting_sources(connection, after)
    found: list[StoredArticle] = []
    for name in names:
        waiting = select(articles).where(_IS_FRESH, articles.c.source == name)
        rows = await connection.execute(waiting.order_by(articles.c.id).limit(max(1, limit // len(names))))
        found += [article_of(row) for row in rows]
    return found


async def _find_waiting_sources(connection: AsyncConnection, after: str | None) -> list[str]:
    """Return the next sources with waiting articles: those behind `after`, then those from the beginning."""
    source, names = articles.c.source, list[str]()
    for begin, end in ((after, None), (None, after))[: 1 if after is None else 2]:
        last = begin
        while len(names) < _SOURCES_AT_ONCE:  # one lookup in the index for each
            query = select(func.min(source)).where(_IS_FRESH)
            query = query if last is None else query.where(source > last)
            query = query if end is None else query.where(source <= end)
            last = (await connection.execute(query)).scalar_one()
            if last is None:
                break
            names.append(last)
    return names


async def find_next_stored(connection: AsyncConnection, limit: int) -> list[StoredArticle]:
    """Return at most `limit` articles that wait for a first try, in the order they were stored."""
    rows = await connection.execute(select(articles).where(_IS_FRESH).order_by(articles.c.id).limit(limit))
    return [article_of(row) for row in rows]


async def is_any_waiting(connection: AsyncConnection) -> bool:
    """Tell whether some article is not processed, in work or not."""
    waits = select(articles.c.id).where(articles.c.processed_at.is_(None), articles.c.tries < SET_ASIDE)
    return (await connection.execute(waits.limit(1))).first() is not None


async def is_processing_steady(
    connection: AsyncConnection, *, now: dt.datetime, longest_break: dt.timedelta
) -> bool:
    """Tell whether articles are being processed without a break longer than `longest_break`, until `now`."""
    at = articles.c.processed_at
    first = (await connection.execute(select(func.min(at)).where(at > now - longest_break))).scalar_one()
    before = (await connection.execute(select(func.max(at)).where(at <= now - longest_break))).scalar_one()
    return first is not None and before is not None and first - before <= longest_break
