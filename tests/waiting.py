"""Articles that wait to be worked up, for tests that do not follow the product's turn of sources."""

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import StoredArticle, article_of
from storage.tables import articles


async def find_waiting(connection: AsyncConnection, limit: int) -> list[StoredArticle]:
    """Return the articles that wait for a first try to work them up, oldest first."""
    is_fresh = and_(articles.c.worked_at.is_(None), articles.c.tries == 0)
    query = select(articles).where(is_fresh).order_by(articles.c.id).limit(limit)
    return [article_of(row) for row in await connection.execute(query)]
