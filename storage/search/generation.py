"""One build of the search index: tantivy's files, and its position in the log of changes."""

import json
import os
import secrets
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

import tantivy
from sqlalchemy import ColumnElement, delete, func, insert, literal_column, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import chunks, is_postgres
from storage.errors import StorageError
from storage.private_files import replace_private
from storage.search.schema import FORMAT, IndexedArticle, document_of, make_schema
from storage.tables import article_changes

# A row is written in the transaction that changes an article, so none is missed. Rows are read in the
# order (transaction, id): on PostgreSQL only those of transactions older than every one still open,
# because a later number may be committed first. SQLite has one writer, and its order is that of the ids.

_KEPT = 1_000_000  # changes; an index that is further behind is built again
_c = article_changes.c
_OWN_TRANSACTION: ColumnElement[int] = literal_column("pg_current_xact_id()::text::bigint")
_OLDEST_OPEN: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


@dataclass(frozen=True, slots=True)
class Position:
    """A row of the log: all changes up to it are applied. The first position is before every row."""

    transaction_id: int = 0
    id: int = 0
    mark: int = 0


START = Position()


async def write_changes(connection: AsyncConnection, article_ids: Collection[int]) -> None:
    """Log that these articles were processed, changed or deleted."""
    own = _OWN_TRANSACTION if is_postgres(connection) else 0
    mark = secrets.randbits(62)
    for batch in chunks(list(article_ids), 1_000):
        rows = [{"article_id": article_id, "mark": mark} for article_id in batch]
        await connection.execute(insert(article_changes).values(transaction_id=own), rows)


async def find_head(connection: AsyncConnection) -> Position:
    """Return the last row of the log that can be read."""
    newest = select(_c.transaction_id, _c.id, _c.mark).where(_is_settled(connection))
    newest = newest.order_by(_c.transaction_id.desc(), _c.id.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    return Position(*row) if row else START


async def is_known(connection: AsyncConnection, position: Position) -> bool:
    """Tell whether the log holds exactly this row: the log of a restored back-up does not."""
    if position == START:
        oldest = await connection.execute(select(func.min(_c.id)))
        return (oldest.scalar_one() or 1) == 1
    here = _c.id == position.id, _c.transaction_id == position.transaction_id, _c.mark == position.mark
    return (await connection.execute(select(_c.id).where(*here))).first() is not None


async def find_changed(
    connection: AsyncConnection, after: Position, limit: int
) -> tuple[list[int], Position]:
    """Return the articles of at most `limit` rows after a position, and the position of the last row."""
    later = select(_c.transaction_id, _c.id, _c.mark, _c.article_id)
    later = later.where(_is_after(after), _is_settled(connection)).order_by(_c.transaction_id, _c.id)
    rows = (await connection.execute(later.limit(limit))).all()
    if not rows:
        return [], after
    return list(dict.fromkeys(row.article_id for row in rows)), Position(*rows[-1][:3])


async def count_after(connection: AsyncConnection, position: Position) -> int:
    """Return the number of changes after a position."""
    return (await connection.execute(select(func.count()).where(_is_after(position)))).scalar_one()


def _is_after(position: Position) -> ColumnElement[bool]:
    return tuple_(_c.transaction_id, _c.id) > (position.transaction_id, position.id)


async def prune_changes(connection: AsyncConnection) -> None:
    """Delete changes that are too old for any index."""
    newest = (await connection.execute(select(func.max(_c.id)))).scalar_one() or 0
    await connection.execute(delete(article_changes).where(_c.id < newest - _KEPT))


def _is_settled(connection: AsyncConnection) -> ColumnElement[bool]:
    return _c.transaction_id < _OLDEST_OPEN if is_postgres(connection) else true()


# A build is a folder of tantivy's files. It is derived from the database: if it cannot be read, it is built
# again. The position is written after the commit that reached it. After a crash between the two, some changes
# are applied twice, which is harmless.

STATE = "state.json"
_META = "meta.json"
_HEAP_BYTES = 30_000_000
_BUILD_HEAP_BYTES = 120_000_000


class IndexUnusableError(StorageError):
    """The index folder is missing, damaged, of another format or not writable; it can be built again."""


class Generation:
    """An open build. Its methods block for milliseconds; they are called in a thread, one at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the build in `folder`.

        Raises:
            IndexUnusableError: there is none that this version can read.
        """
        self.folder = folder
        self._writer: tantivy.IndexWriter | None = None
        try:
            state = json.loads((folder / STATE).read_text("utf-8"))
            if state["format"] != FORMAT:
                raise IndexUnusableError(f"the index has format {state['format']}, not {FORMAT}")
            self.position = Position(*state["position"])
            self._index = tantivy.Index.open(str(folder))
            self._index.config_reader("manual")
            self._stamp = self._find_stamp()
            self._index.reload()
            self.searcher = self._index.searcher()
            self.schema = self._index.schema
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnusableError(str(error)) from error

    @classmethod
    def create(cls, folder: Path) -> "Generation":
        """Make `folder` with an empty build in it."""
        try:
            folder.mkdir(parents=True, mode=0o700)
            tantivy.Index(make_schema(), str(folder))
            _write_state(folder, START)
        except (OSError, ValueError) as error:
            raise IndexUnusableError(str(error)) from error
        return cls(folder)

    @property
    def is_writer(self) -> bool:
        return self._writer is not None

    def claim(self, *, for_building: bool = False) -> bool:
        """Try to take the writer's lock; return whether this process has it."""
        if self._writer is None:
            heap = _BUILD_HEAP_BYTES if for_building else _HEAP_BYTES
            with suppress(ValueError, OSError):  # held by another process, or the folder may not be written
                self._writer = self._index.writer(heap, 1)
        return self._writer is not None

    def add(self, rows: Iterable[IndexedArticle]) -> None:
        """Add articles to the next commit. The writer is ours."""
        assert self._writer is not None, "claimed"  # noqa: S101 - tells the type checker
        for row in rows:
            self._writer.add_document(document_of(row))

    def replace(self, changed: Iterable[int], rows: Sequence[IndexedArticle]) -> None:
        """Replace the articles `changed` by `rows`, which has those that still exist."""
        assert self._writer is not None, "claimed"  # noqa: S101 - tells the type checker
        for article_id in changed:
            # Not by a term: tantivy-py 0.27 then deletes nothing where the field is a number.
            here = tantivy.Query.term_query(self.schema, "id", article_id, "basic")
            self._writer.delete_documents_by_query(here)
        self.add(rows)

    def commit(self, position: Position) -> None:
        """Commit the changes, visible and durable, and store the position.

        Raises:
            IndexUnusableError: the disk cannot be written. The writer is closed; the last commit stays.
        """
        assert self._writer is not None, "claimed"  # noqa: S101 - tells the type checker
        try:
            self._writer.commit()
            self.position = position
            _write_state(self.folder, position)
            self.reload()
        except (OSError, ValueError) as error:
            self._writer = None
            raise IndexUnusableError(str(error)) from error
        _keep_private(self.folder)

    def reload(self) -> None:
        """Reload, to see commits of this or another process."""
        stamp = self._find_stamp()
        if stamp != self._stamp:
            try:
                self._index.reload()
                self.searcher = self._index.searcher()
                if self._writer is None:
                    self.position = Position(
                        *json.loads((self.folder / STATE).read_text("utf-8"))["position"]
                    )
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise IndexUnusableError(str(error)) from error
            self._stamp = stamp

    def close(self) -> None:
        """Release the writer's lock; running merges are finished first."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(OSError, ValueError):
                writer.wait_merging_threads()

    def _find_stamp(self) -> tuple[int, int, int]:
        try:
            status = (self.folder / _META).stat()
        except OSError as error:
            raise IndexUnusableError(str(error)) from error
        return status.st_ino, status.st_mtime_ns, status.st_size


def _write_state(folder: Path, position: Position) -> None:
    replace_private(folder / STATE, json.dumps({"format": FORMAT, "position": astuple(position)}))


def _keep_private(folder: Path) -> None:
    """Remove the rights of other users on the files; the folder itself is private too."""
    with os.scandir(folder) as files:
        for file in files:
            with suppress(OSError):  # merged away meanwhile
                if file.stat().st_mode & 0o077:
                    Path(file.path).chmod(0o600)
