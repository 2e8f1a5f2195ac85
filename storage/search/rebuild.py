"""Make a new build of the search index beside the one in use, and keep the index up to date.

A build may be stopped or killed at any point: the index in use is not changed until the new one is whole.
Articles stored meanwhile are in the log of changes, which the new index applies from where it began.
"""

import asyncio
import fcntl
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.off_loop import INDEXING
from storage.private_files import replace_private
from storage.search.generation import STATE, Generation, IndexUnusableError, Position, find_head
from storage.search.index import CURRENT, SearchIndex, find_indexed, follow, index_of
from storage.search.schema import IndexedArticle
from storage.tables import articles

_SMALL = 400  # articles that are indexed while a question waits
_BATCH = 100  # articles that are cut into words at a time
_PAUSE_SECONDS = 0.01  # between two batches, for other work of the bot
_UNFINISHED_SECONDS = 86_400  # an older unfinished build was abandoned
_LOCK = "building.lock"
_NOT_COPIED = (".lock", ".new", ".tmp")
_COPIES = 3  # tries: files that are merged away meanwhile spoil a copy

Progress = Callable[[int, int], None]


async def keep_up(database: Database, on_progress: Progress = lambda done, total: None) -> None:
    """Bring the index up to date: apply changes; build it if it is missing or belongs to another database.

    Raises:
        StorageError: the index folder cannot be written.
    """
    while True:
        async with database.read() as connection:
            before = index_of(connection)
            is_there = await follow(connection)
        if before.generation is None or before.is_stale:
            with _only_builder(before.folder) as is_only:
                if is_only and not await _was_built(database):
                    await rebuild_index(database, on_progress=on_progress)
            if not is_only:  # another process builds it
                return
        elif is_there or not before.generation.is_writer:
            return


@contextmanager
def _only_builder(folder: Path) -> Iterator[bool]:
    """Tell whether no other process builds an index in the folder; during the block none can begin."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = (folder / _LOCK).open("ab")
    except OSError as error:
        raise IndexUnusableError(str(error)) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


async def _was_built(database: Database) -> bool:
    """Tell whether another process has built the index since."""
    async with database.read() as connection:
        index = index_of(connection)
        await follow(connection)
    return index.generation is not None and not index.is_stale


async def rebuild_index(database: Database, *, on_progress: Progress) -> int:
    """Index every processed article again and use the new index; return the number of articles.

    Raises:
        StorageError: the index folder cannot be written.
    """
    async with database.read() as connection:
        index = index_of(connection)
        begun_at = await find_head(connection)
        count = select(func.count()).where(articles.c.processed_at.is_not(None))
        total = (await connection.execute(count)).scalar_one()
    try:
        built = await INDEXING.run(_begin, index.folder)
        done = await _fill(database, built, total, on_progress)
        await INDEXING.run(built.commit, begun_at)
        await INDEXING.run(built.close)
        async with index.turn:
            await INDEXING.run(_make_current, index.folder, built.folder)
            await INDEXING.run(index.open_current)
    except OSError as error:
        raise IndexUnusableError(str(error)) from error
    return done


async def build_small(connection: AsyncConnection) -> None:
    """Build the index of a small database at once, from what `connection` sees; do nothing for a large one.

    Raises:
        StorageError: the index folder cannot be written.
    """
    index = index_of(connection)
    async with index.turn:
        if index.generation is not None:
            return
        begun_at = await find_head(connection)
        rows = await find_indexed(connection, articles.c.id > 0, _SMALL + 1)
        if len(rows) <= _SMALL:
            await INDEXING.run(_build_at_once, index, rows, begun_at)


def _build_at_once(index: SearchIndex, rows: Sequence[IndexedArticle], begun_at: Position) -> None:
    try:
        built = _begin(index.folder)
        built.add(rows)
        built.commit(begun_at)
        built.close()
        _make_current(index.folder, built.folder)
    except OSError as error:
        raise IndexUnusableError(str(error)) from error
    index.open_current()


async def _fill(database: Database, built: Generation, total: int, on_progress: Progress) -> int:
    done = last = 0
    while True:
        async with database.read() as connection:
            rows = await find_indexed(connection, articles.c.id > last, _BATCH)
        if not rows:
            return done
        await INDEXING.run(built.add, rows)
        done, last = done + len(rows), rows[-1].article_id
        on_progress(done, max(total, done))
        await asyncio.sleep(_PAUSE_SECONDS)


def _begin(folder: Path) -> Generation:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    built = Generation.create(folder / f"build-{uuid4().hex}")
    if not built.claim(for_building=True):
        raise IndexUnusableError(f"{built.folder} cannot be written")
    return built


def _make_current(folder: Path, built: Path) -> None:
    """Use `built` from now on; delete the build before it, and abandoned ones."""
    former = find_current(folder)
    replace_private(folder / CURRENT, built.name)
    for other in folder.glob("build-*"):
        is_given_up = time.time() - other.stat().st_mtime > _UNFINISHED_SECONDS
        if other != built and (is_given_up or other.name == former):
            shutil.rmtree(other, ignore_errors=True)


def find_current(folder: Path) -> str | None:
    try:
        return (folder / CURRENT).read_text("utf-8").strip()
    except (OSError, ValueError):
        return None


def copy_index(source: Path, folder: Path) -> None:
    """Copy the index in use from another machine's folder, which may be written meanwhile, and use it here.

    The copy follows the database from its position. The position is copied first, so that it is never ahead
    of the rest.

    Raises:
        IndexUnusableError: there is none, it cannot be read, or the folder cannot be written.
    """
    for tries_left in reversed(range(_COPIES)):
        target = folder / f"build-{uuid4().hex}"
        try:
            name = (source / CURRENT).read_text("utf-8").strip()
            _copy_build(source / name, target)
            Generation(target).close()  # it can be read
            _make_current(folder, target)
        except (OSError, ValueError, IndexUnusableError) as error:
            shutil.rmtree(target, ignore_errors=True)
            if not tries_left:
                raise IndexUnusableError(str(error)) from error
        else:
            return


def _copy_build(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True)
    first = source / STATE
    for file in [first, *(each for each in source.iterdir() if each != first)]:
        if not file.name.endswith(_NOT_COPIED):
            shutil.copyfile(file, target / file.name)
            (target / file.name).chmod(0o600)
