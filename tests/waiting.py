"""Articles that wait for processing, oldest first; the product itself takes sources in turn."""

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import StoredArticle, article_of
from storage.tables import articles


async def find_waiting(connection: AsyncConnection, limit: int) -> list[StoredArticle]:
    """Return the articles that wait for a first try to work them up, oldest first."""
    is_fresh = and_(articles.c.processed_at.is_(None), articles.c.tries == 0)
    query = select(articles).where(is_fresh).order_by(articles.c.id).limit(limit)
    return [article_of(row) for row in await connection.execute(query)]
