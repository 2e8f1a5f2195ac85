"""Filling and clearing the search index, inside the transaction that stores the articles."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import StorageError
from storage.search.words import accented_words, without_marks
from storage.statements import chunks, is_postgres


@dataclass(frozen=True, slots=True)
class SearchRow:
    """The text of an article as it is (or, to forget it, was) stored."""

    article_id: int
    title: str
    sapo: str
    body: str


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one row as the index holds them."""

    article_id: int
    title: list[str]
    sapo: list[str]
    folded_title: list[str]
    folded_sapo: list[str]
    whole: list[str]  # folded words of title, sapo and body


async def index_articles(connection: AsyncConnection, rows: Sequence[SearchRow]) -> None:
    """Add articles to the index.

    Raises:
        StorageError: one of them is in it already; its old text must be taken out first.
    """
    if twice := await _find_indexed(connection, rows):
        raise StorageError(f"articles are in the search index already: {sorted(twice)}")
    await _put(connection, rows)


async def unindex_articles(connection: AsyncConnection, rows: Sequence[SearchRow]) -> None:
    """Take articles out of the index, given the text they were indexed with; those not in it are passed over."""
    indexed = await _find_indexed(connection, rows)
    gone = [row for row in rows if row.article_id in indexed]
    if not is_postgres(connection):
        for table, columns, values in _sqlite_values(gone):
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            await connection.exec_driver_sql(
                f"INSERT INTO {table} ({table}, rowid, {names}) VALUES ('delete', ?, {marks})", values
            )
        return
    for batch in chunks(gone, 500):
        ids = {"ids": [row.article_id for row in batch]}
        await connection.execute(text("DELETE FROM article_search WHERE article_id = ANY(:ids)"), ids)
