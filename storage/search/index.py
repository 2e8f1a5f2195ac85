"""Filling and clearing the search index, inside the transaction that stores the articles."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import StorageError
from storage.search.engines import engine_of
from storage.search.model import IndexedWords
from storage.search.words import FIELD_END, MAX_WORDS, accented, indexed_forms, unaccented
from storage.threads import INDEXING


@dataclass(frozen=True, slots=True)
class SearchRow:
    """The text of an article as it is (or, to forget it, was) stored."""

    article_id: int
    title: str
    sapo: str
    body: str


async def index_articles(connection: AsyncConnection, rows: Sequence[SearchRow]) -> None:
    """Add articles to the index.

    Raises:
        StorageError: one of them is in it already; it must be taken out with its old text first.
    """
    engine = engine_of(connection)
    if twice := await engine.find_indexed(connection, [row.article_id for row in rows]):
        raise StorageError(f"articles are in the search index already: {sorted(twice)}")
    await engine.put(connection, await words_of(rows))


async def unindex_articles(connection: AsyncConnection, rows: Sequence[SearchRow]) -> None:
    """Take articles out of the index, given the text they went in with; those not in it are passed over."""
    await engine_of(connection).remove(connection, await words_of(rows))


async def words_of(rows: Sequence[SearchRow]) -> list[IndexedWords]:
    """Return the words of some articles, cut in a thread: of many, it would hold up who waits for a reply."""
    return await INDEXING.run(lambda: [indexed_words(row) for row in rows])


def indexed_words(row: SearchRow) -> IndexedWords:
    """Return the words of an article in the forms that the index holds."""
    title, sapo, body = indexed_forms(row.title), indexed_forms(row.sapo), indexed_forms(row.body)
    whole = [*title, FIELD_END, *sapo, FIELD_END, *body][:MAX_WORDS]
    return IndexedWords(
        row.article_id,
        accented(title),
        accented(sapo),
        unaccented(title),
        unaccented(sapo),
        unaccented(whole),
    )
