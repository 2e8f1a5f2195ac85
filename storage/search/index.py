"""The search index of a database: its current build, which follows the changes of articles.

The folder holds builds and the file `current`, which names the build in use. A new build is made beside it,
and a rename of `current` replaces it, so other processes switch at their next question (`rebuild`). The
process with tantivy's writer lock applies the log of changes; all others read.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import ColumnElement, event, func, select
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.off_loop import INDEXING
from storage.search.generation import (
    Generation,
    IndexUnusableError,
    Position,
    count_after,
    find_changed,
    find_head,
    is_known,
    write_changes,
)
from storage.search.schema import IndexedArticle
from storage.tables import articles

CURRENT = "current"
_MOST_AT_ONCE = 400  # changes in a commit, and those that a question waits for
_LOOK_AFTER_SECONDS = 1.0  # another process may have changed articles since
_log = structlog.get_logger(__name__)
_a = articles.c


@dataclass(slots=True)
class SearchIndex:
    """The index of one database in this process. Its methods block and are called in a thread."""

    folder: Path
    generation: Generation | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_stale: bool = False  # its position is not in the database's log: to be built anew
    looked_at: float = float("-inf")

    def open_current(self) -> Generation | None:
        """Return the current build as of its last commit; None if there is none to read."""
        try:
            self.read_current()
        except (OSError, ValueError, IndexUnusableError):
            self.close()
        return self.generation

    def read_current(self) -> Generation:
        """Return the current build.

        Raises:
            OSError, ValueError, IndexUnusableError: there is none to read.
        """
        name = (self.folder / CURRENT).read_text("utf-8").strip()
        if self.generation is None or self.generation.folder.name != name:
            self.close()
            self.generation, self.is_stale = Generation(self.folder / name), False
        self.generation.reload()
        return self.generation

    def close(self) -> None:
        generation, self.generation = self.generation, None
        if generation is not None:
            generation.close()


_open: WeakKeyDictionary[SqlEngine, SearchIndex] = WeakKeyDictionary()


def index_of(connection: AsyncConnection) -> SearchIndex:
    """Return the index of the database behind `connection`; it is closed when the database is."""
    engine = connection.engine.sync_engine
    index = _open.get(engine)
    if index is None:
        index = _open[engine] = SearchIndex(engine.get_execution_options()["index_folder"])
        closed = index
        event.listen(engine, "engine_disposed", lambda _engine: closed.close())
    return index


async def follow(connection: AsyncConnection) -> bool:
    """Apply changes up to the state of `connection`, one commit at most; return whether it is up to date.

    An index that another process writes is read as it is. A missing one, or one whose position is not in the
    log, waits for a rebuild.
    """
    index = index_of(connection)
    async with index.turn:
        index.looked_at = time.monotonic()
        generation = await INDEXING.run(index.open_current)
        if generation is None:
            return False
        head = await find_head(connection)
        if head == generation.position:
            return True
        if not await is_known(connection, generation.position):
            index.is_stale = True
            return False
        if not await INDEXING.run(generation.claim):
            return False
        changed, position = await find_changed(connection, generation.position, _MOST_AT_ONCE)
        rows = await find_indexed(connection, _a.id.in_(changed))
        try:
            await INDEXING.run(_apply, generation, changed, rows, position)
        except IndexUnusableError as error:
            _log.error("search index not updated", error=str(error))
            return False
        return position == head


async def apply_recent(connection: AsyncConnection) -> None:
    """Apply recent changes, one commit at most, because a question waits for it."""
    index = index_of(connection)
    if index.generation is None or time.monotonic() - index.looked_at > _LOOK_AFTER_SECONDS:
        await follow(connection)


async def record_changes(connection: AsyncConnection, article_ids: Collection[int]) -> None:
    """Log, last in its transaction, that these articles were processed, changed or deleted."""
    await write_changes(connection, article_ids)
    index_of(connection).looked_at = float("-inf")  # so the next question looks again


@dataclass(frozen=True, slots=True)
class IndexState:
    """The state of the index: why it cannot be used (None: it can), and the number of missing changes."""

    problem: str | None = None
    lag: int = 0


async def examine_index(connection: AsyncConnection) -> IndexState:
    """Return the state of the index without a change. A database without processed articles needs none."""
    index = index_of(connection)
    try:
        generation = await INDEXING.run(index.read_current)
    except (OSError, ValueError, IndexUnusableError) as error:
        some = (await connection.execute(select(_a.id).where(_a.processed_at.is_not(None)).limit(1))).first()
        return IndexState(str(error) if some else None)
    if not await is_known(connection, generation.position):
        return IndexState("it follows another database")
    return IndexState(None, await count_after(connection, generation.position))


async def find_indexed(
    connection: AsyncConnection, condition: ColumnElement[bool], limit: int | None = None
) -> list[IndexedArticle]:
    """Return the processed articles that meet a condition, in the order of their ids."""
    came_out = func.coalesce(_a.published_at, _a.stored_at, type_=_a.stored_at.type)
    query = select(_a.id, _a.title, _a.sapo, _a.body, _a.source, _a.topic, came_out)
    query = query.where(condition, _a.processed_at.is_not(None)).order_by(_a.id).limit(limit)
    return [IndexedArticle(*row) for row in await connection.execute(query)]


def _apply(
    generation: Generation, changed: Sequence[int], rows: Sequence[IndexedArticle], position: Position
) -> None:
    generation.replace(changed, rows)
    generation.commit(position)
