"""One build of the search index: a folder of tantivy's files, and how far it has followed the database.

Nothing here is the truth: whatever cannot be read is built anew. The position is written after the commit
that reached it, so a kill between the two only has some changes applied twice, which changes nothing.
"""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import tantivy

from storage.errors import StorageError
from storage.search.changes import START, Position
from storage.search.fields import FORMAT, IndexedArticle, document_of, make_schema

_STATE = "state.json"
_META = "meta.json"
_HEAP_BYTES = 30_000_000
_BUILD_HEAP_BYTES = 120_000_000


class IndexUnusableError(StorageError):
    """The index folder is missing, damaged, of another format or refused; it can be built anew."""


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
            state = json.loads((folder / _STATE).read_text("utf-8"))
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
        """Make an empty build in `folder`, which is made too."""
        try:
            folder.mkdir(parents=True, mode=0o700)
            tantivy.Index(make_schema(), str(folder))
            _write_state(folder, START)
        except (OSError, ValueError) as error:
            raise IndexUnusableError(str(error)) from error
        return cls(folder)

    @property
    def is_writer(self) -> bool:
        """Tell whether this process holds the writer's lock of this build."""
        return self._writer is not None

    def claim(self, *, for_building: bool = False) -> bool:
        """Take the writer's lock; return whether it is ours now."""
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
        """Take the articles `changed` out and put `rows`, those of them that are there, in."""
        assert self._writer is not None, "claimed"  # noqa: S101 - tells the type checker
        for article_id in changed:
            # Not by a term: tantivy-py 0.27 then deletes nothing where the field is a number.
            here = tantivy.Query.term_query(self.schema, "id", article_id, "basic")
            self._writer.delete_documents_by_query(here)
        self.add(rows)

    def commit(self, position: Position) -> None:
        """Make what was added and taken out visible and durable, and remember the position.

        Raises:
            IndexUnusableError: the disk refused. The writer is given up; the last commit stands.
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
        """See what was committed, here or by another process."""
        stamp = self._find_stamp()
        if stamp != self._stamp:
            try:
                self._index.reload()
                self.searcher = self._index.searcher()
                if self._writer is None:
                    self.position = Position(
                        *json.loads((self.folder / _STATE).read_text("utf-8"))["position"]
                    )
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise IndexUnusableError(str(error)) from error
            self._stamp = stamp

    def close(self) -> None:
        """Give the writer's lock back; merges under way are finished."""
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
    state = {"format": FORMAT, "position": [position.transaction_id, position.id, position.mark]}
    unfinished = folder / f"{_STATE}.new"
    unfinished.write_text(json.dumps(state), "utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(folder / _STATE)


def _keep_private(folder: Path) -> None:
    """Take others' rights on the files; the folder itself lets nobody else in."""
    with os.scandir(folder) as files:
        for file in files:
            with suppress(OSError):  # merged away meanwhile
                if file.stat().st_mode & 0o077:
                    Path(file.path).chmod(0o600)
