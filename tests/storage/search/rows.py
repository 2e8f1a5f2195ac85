"""Articles in the tables, changed as the product changes them: with a row in the log of changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, update

from storage.engine import Database
from storage.search.index import record_changes
from storage.search.search import SearchResults, search_articles
from storage.tables import articles
from summarizer.questions.query import parse_query

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """The text of an article."""

    article_id: int = 1
    title: str = "Sông Mây cạn nước"
    sapo: str = ""
    body: str = ""


async def store(database: Database, rows: Sequence[Row], at: dt.datetime | None = None) -> None:
    """Store processed articles, published `at`."""
    same = {"external_id": "x", "source": "tin-sang", "text_hash": "", "published_at": at, "stored_at": NOW,
            "updated_at": NOW, "version": 1, "advertorial": False, "processed_at": NOW}  # fmt: skip
    values = [
        same
        | {"id": r.article_id, "key": str(r.article_id), "title": r.title, "sapo": r.sapo, "body": r.body}
        for r in rows
    ]
    async with database.write() as connection:
        await connection.execute(insert(articles), values)
        await record_changes(connection, [r.article_id for r in rows])


async def change(database: Database, new: Row) -> None:
    """Give an article another text."""
    async with database.write() as connection:
        values = {"title": new.title, "sapo": new.sapo, "body": new.body}
        await connection.execute(update(articles).where(articles.c.id == new.article_id).values(values))
        await record_changes(connection, [new.article_id])


async def forget(database: Database, article_id: int) -> None:
    """Delete an article."""
    async with database.write() as connection:
        await connection.execute(delete(articles).where(articles.c.id == article_id))
        await record_changes(connection, [article_id])


async def ask(database: Database, typed: str) -> SearchResults:
    """Return what a question finds."""
    async with database.read() as connection:
        return await search_articles(connection, parse_query(typed), now=NOW)
