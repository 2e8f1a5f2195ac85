"""Build the search index anew while the bot works, in short transactions; a stopped rebuild goes on later.

On SQLite new tables grow beside the old ones, which answer until the last transaction puts the new ones in
their place; what is stored meanwhile goes into both. On PostgreSQL each article's row is replaced, so a
search finds the old or the new one. How far it has come stands in `notes`.
"""

import asyncio
import datetime as dt
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.notes import find_note, forget_note, write_note
from storage.search.engines import engine_of
from storage.search.index import SearchRow, words_of
from storage.search.model import REBUILD_NOTE
from storage.tables import articles

_BATCH = 50  # articles in a transaction: a writer of the bot waits some 0.1 s for it
_PAUSE_SECONDS = 0.05  # between two, so that the bot's turn comes


async def rebuild_index(
    database: Database, *, now: dt.datetime, on_progress: Callable[[int, int], None]
) -> int:
    """Index every article that has been worked up anew; return how many this call has done.

    `on_progress` is told how many of how many are done. May be cancelled or killed at any point.
    """
    async with database.read() as connection:
        total = await _count(connection, 0)
    done = 0
    while True:
        async with database.write() as connection:
            last = await _begun(connection, now=now)
            rows = await _rows_after(connection, last)
            if not rows:
                await engine_of(connection).finish_rebuild(connection)
                await forget_note(connection, REBUILD_NOTE)
                return done
            await engine_of(connection).put_rebuilt(connection, await words_of(rows))
            await write_note(connection, REBUILD_NOTE, str(rows[-1].article_id), now=now)
        done += len(rows)
        on_progress(*await _progress(database, rows[-1].article_id, total))
        await asyncio.sleep(_PAUSE_SECONDS)


async def _begun(connection: AsyncConnection, *, now: dt.datetime) -> int:
    """Return the last article that is done; begin where no rebuild has been."""
    last = await find_note(connection, REBUILD_NOTE)
    if last is None:
        await engine_of(connection).begin_rebuild(connection)
        await write_note(connection, REBUILD_NOTE, "0", now=now)
    return int(last or 0)


async def _rows_after(connection: AsyncConnection, last: int) -> list[SearchRow]:
    a = articles.c
    query = (
        select(a.id, a.title, a.sapo, a.body)
        .where(a.id > last, a.worked_at.is_not(None))
        .order_by(a.id)
        .limit(_BATCH)
        .with_for_update(read=True)  # on PostgreSQL: the text may not change before its words are in
    )
    return [SearchRow(*row) for row in await connection.execute(query)]


async def _progress(database: Database, last: int, total: int) -> tuple[int, int]:
    async with database.read() as connection:
        left = await _count(connection, last)
    return max(total - left, 0), max(total, left)


async def _count(connection: AsyncConnection, after: int) -> int:
    query = select(func.count()).where(articles.c.id > after, articles.c.worked_at.is_not(None))
    return (await connection.execute(query)).scalar_one()
