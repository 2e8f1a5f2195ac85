"""Files cut into parts that can be read on another processor or machine.

A part is a small file as it is, or some lines of a file of rows. Large files without rows are read here and
come as drafts. Reading the parts one after the other gives the same as reading the files.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pydantic import Base64Bytes

from storage.intake.decoding import HEAD_BYTES, Kind, kind_of
from storage.intake.drafts import Draft, Origin, Refusal
from storage.intake.files import (
    MAX_FILE_BYTES,
    chunks_of,
    find_files,
    opened,
    or_refusal,
    shown_path,
    stream_drafts,
)
from storage.intake.rows import TOO_LONG, lines_of, read_rows

ROWS_A_PART = 50
_MOST_BYTES = 1_000_000  # of a part of rows, and of a table or document that is one part
_IN_ONE = (Kind.DOCUMENT, Kind.TABLE)


@dataclass(frozen=True, slots=True)
class Part:
    """A file called `name`, or rows of it in UTF-8 from `first_line` on, if that is not 0."""

    name: str
    data: Base64Bytes
    first_line: int = 0


FileEntry = Part | Draft | Refusal


def path_parts(path: Path, origin: Origin, *, now: datetime) -> Iterator[FileEntry]:
    """Yield the parts of a file, or of every file of a folder in order of names."""
    for file in find_files(path):
        if isinstance(file, Refusal):
            yield file
        else:
            yield from or_refusal(shown_path(file), _parts(file, origin, now))


def read_part(part: Part, origin: Origin, now: datetime) -> list[Draft | Refusal]:
    """Return the drafts and refusals of a part."""
    if part.first_line:
        return list(read_rows([part.data], part.name, first_line=part.first_line))
    return list(stream_drafts(BytesIO(part.data), part.name, origin, now=now))


def _parts(path: Path, origin: Origin, now: datetime) -> Iterator[FileEntry]:
    name = shown_path(path)
    with opened(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(HEAD_BYTES)
        kind = kind_of(head, name)
        if kind is Kind.ROWS:
            yield from _rows(stream, head, name)
        elif size > (_MOST_BYTES if kind in _IN_ONE else MAX_FILE_BYTES):
            stream.seek(0)
            yield from stream_drafts(stream, name, origin, now=now)
        else:
            yield Part(name, head + stream.read(MAX_FILE_BYTES))


def _rows(stream: BinaryIO, head: bytes, name: str) -> Iterator[Part | Refusal]:
    chunks = chunks_of(stream, head)
    lines, size, next_line = list[bytes](), 0, 1

    def taken_off() -> Iterator[Part]:
        nonlocal size
        if lines:
            yield Part(name, b"\n".join(lines), next_line - len(lines))
        lines.clear()
        size = 0

    try:
        for line in lines_of(chunks):
            length = len(line or b"")
            if line is None or len(lines) == ROWS_A_PART or size + length > _MOST_BYTES:
                yield from taken_off()
            if line is None:
                yield Refusal(f"{name}:{next_line}", TOO_LONG)
            else:
                lines.append(line)
                size += length
            next_line += 1
    finally:  # also if a later line is in another charset
        yield from taken_off()
