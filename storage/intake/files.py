"""Files, folders and streams → articles and refusals, within limits; and moving files that were read."""

import errno
import itertools
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeVar

from storage.intake.decoding import HEAD_BYTES, Kind, charset_of, decode, in_utf_8, kind_of
from storage.intake.drafts import Draft, Origin, Refusal, Taken, UnreadableError, take
from storage.intake.feeds import read_feed
from storage.intake.json_documents import read_documents
from storage.intake.pages import read_page
from storage.intake.rows import read_rows, read_table
from storage.intake.text_files import read_texts

# Each step leaves the file whole in one place: the reason is written before its file moves, and a file moves
# by renaming. After a crash in between, the file is still in the inbox, and its articles count as duplicates.

PROCESSED, QUARANTINE = "processed", "quarantine"
OWN_FOLDERS = frozenset((PROCESSED, QUARANTINE))
"""The folders in an inbox that are not read."""

_T = TypeVar("_T")
_REASON_ENDING = ".reason.txt"
_MOST_REASONS = 1_000


def is_reason(path: Path) -> bool:
    return path.name.endswith(_REASON_ENDING)


def move_read_file(inbox: Path, file: Path, refused: Sequence[Refusal]) -> Path:
    """Move a file that was read and return its new place, under the same subfolders.

    Raises:
        OSError: it cannot be moved, and stays where it is.
    """
    away = inbox / (QUARANTINE if refused else PROCESSED)
    target = _free(away / file.relative_to(inbox))
    target.parent.mkdir(parents=True, exist_ok=True)
    if refused:
        _write_whole(target.with_name(target.name + _REASON_ENDING), _reasons(refused))
    file.rename(target)
    return target


def requeue_quarantined(inbox: Path) -> Iterator[Path]:
    """Move each quarantined file back into the inbox and yield its new path.

    Raises:
        OSError: one cannot be moved; those before it have moved.
    """
    quarantine = inbox / QUARANTINE
    for file in sorted(path for path in quarantine.rglob("*") if not path.is_dir()):
        if is_reason(file):
            continue
        target = _free(inbox / file.relative_to(quarantine))
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)
        file.with_name(file.name + _REASON_ENDING).unlink(missing_ok=True)
        yield target


def _free(wanted: Path) -> Path:
    """Return the path, or one with a number if another file has it."""
    numbered = (wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}") for number in itertools.count(2))
    return next(path for path in itertools.chain((wanted,), numbered) if not os.path.lexists(path))


def _reasons(refused: Sequence[Refusal]) -> str:
    lines = [f"{refusal.path}: {refusal.reason}\n" for refusal in refused[:_MOST_REASONS]]
    if len(refused) > _MOST_REASONS:
        lines.append(f"… và {len(refused) - _MOST_REASONS} lỗi nữa\n")
    return "".join(lines)


def _write_whole(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(text, encoding="utf-8", errors="replace")
    unfinished.replace(path)


# Reading. No content of a file or folder makes these functions raise: unreadable input is refused by name.
# Names are cleaned for showing and storing.

MAX_FILE_BYTES = 5_000_000  # of a text, a page or a feed; JSON and tables are streamed, however long
_STREAMED = {Kind.ROWS: read_rows, Kind.DOCUMENT: read_documents, Kind.TABLE: read_table}
_TEMPORARY_ENDINGS = ("~", ".tmp", ".temp", ".part", ".partial", ".swp", ".crdownload")


def read_path(path: Path, origin: Origin, *, now: datetime) -> Iterator[Taken]:
    """Yield the articles and refusals of a file, or of all files of a folder in order of names.

    Hidden and temporary files are skipped; a link that leads out of the folder is refused.
    """
    yield from _taken(path_drafts(path, origin, now=now), origin, now)


def path_drafts(path: Path, origin: Origin, *, now: datetime) -> Iterator[Draft | Refusal]:
    """Yield the drafts of a file or folder; `take`, the expensive part, turns them into articles."""
    for found in find_files(path):
        if isinstance(found, Refusal):
            yield found
        else:
            yield from or_refusal(shown_path(found), _read_file(found, origin, now))


def read_stream(stream: BinaryIO, name: str, origin: Origin, *, now: datetime) -> Iterator[Taken]:
    """Yield the articles and refusals of a stream; `name` is used in places, and its ending as a hint."""
    yield from _taken(stream_drafts(stream, name, origin, now=now), origin, now)


def _taken(entries: Iterator[Draft | Refusal], origin: Origin, now: datetime) -> Iterator[Taken]:
    for one in entries:
        yield take(one, origin, now) if isinstance(one, Draft) else one


def stream_drafts(stream: BinaryIO, name: str, origin: Origin, *, now: datetime) -> Iterator[Draft | Refusal]:
    """Yield the drafts of a stream; `take` turns them into articles."""
    yield from or_refusal(name, _drafts(stream, name, origin, now))


def or_refusal(name: str, found: Iterator[_T]) -> Iterator[_T | Refusal]:
    """Yield what is found in an input; where it cannot be read any further, a refusal."""
    try:
        yield from found
    except UnreadableError as error:
        yield Refusal(name, str(error))
    except OSError as error:
        yield Refusal(name, reason_of(error))


def _drafts(stream: BinaryIO, name: str, origin: Origin, now: datetime) -> Iterator[Draft | Refusal]:
    head = stream.read(HEAD_BYTES)
    kind = kind_of(head, name)
    if kind in _STREAMED:
        yield from _STREAMED[kind](chunks_of(stream, head), name)
        return
    data = head + stream.read(MAX_FILE_BYTES + 1 - len(head))
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"tệp lớn hơn {MAX_FILE_BYTES // 1_000_000} MB")
    if kind is Kind.FEED:
        yield from read_feed(data, name, origin, now=now)
    elif kind is Kind.PAGE:
        yield read_page(data, name, origin)
    else:
        yield from read_texts(decode(data), name, origin, now)


def chunks_of(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    """Yield a stream after its first bytes `head`, and these, in UTF-8."""
    return in_utf_8(chain((head,), iter(partial(stream.read, HEAD_BYTES), b"")), charset_of(head))


def _read_file(path: Path, origin: Origin, now: datetime) -> Iterator[Draft | Refusal]:
    with opened(path) as stream:
        yield from _drafts(stream, shown_path(path), origin, now)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file. Raises UnreadableError if it is no regular file, such as a named pipe."""
    # non-blocking: opening a named pipe would otherwise wait for a writer
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise UnreadableError("không phải là một tệp thường")
        yield stream


def find_files(start: Path, *, leaving_out: Collection[str] = ()) -> Iterator[Path | Refusal]:
    """Yield `start`, or the files under it; linked folders are not entered, because they can form a loop.

    Entries of `start` itself whose names are in `leaving_out` are skipped.
    """
    root = os.path.realpath(start)
    waiting = [start]
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat() if path is start else path.lstat()
            if stat.S_ISDIR(status.st_mode):
                left_out = leaving_out if path is start else ()
                found = (one for one in path.iterdir() if _is_wanted(one) and one.name not in left_out)
                waiting += sorted(found, reverse=True)
            elif stat.S_ISLNK(status.st_mode) and not Path(os.path.realpath(path)).is_relative_to(root):
                yield Refusal(shown_path(path), "liên kết trỏ ra ngoài thư mục")
            elif not (stat.S_ISLNK(status.st_mode) and path.is_dir()):
                yield path
        except OSError as error:
            yield Refusal(shown_path(path), reason_of(error))


def _is_wanted(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and not path.name.lower().endswith(_TEMPORARY_ENDINGS)


def shown_path(path: Path) -> str:
    """Return the path as one line of text that any encoding can represent."""
    return " ".join(os.fsencode(path).decode(errors="replace").splitlines())


def reason_of(error: OSError) -> str:
    """Say in Vietnamese why a file cannot be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "không có tệp hay thư mục này"
    if isinstance(error, PermissionError):
        return "không có quyền đọc"
    return f"không đọc được (lỗi hệ thống {errno.errorcode.get(error.errno or 0, '?')})"
