"""JSONL in, JSONL out: order kept, a bad row answered by its error, never by a traceback."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO

from bot.commands.opening import fail

_LONGEST_LINE = 20_000_000  # characters: a longer line is no article


class BadRow:
    """What stands in for a line that is not JSON."""


@contextmanager
def opened(path: str) -> Iterator[IO[str]]:
    """Open `path`, or standard input for `-`, as UTF-8; leave with an error when it cannot be read."""
    if path == "-":
        yield TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
        return
    try:
        stream = open(path, encoding="utf-8-sig", errors="replace")  # noqa: SIM115, PTH123 - closed below
    except OSError as error:
        fail(f"✗ {path}: {error.strerror}; hãy xem lại đường dẫn")
    with stream:
        yield stream


def rows(stream: IO[str]) -> Iterator[object]:
    """Yield what each line says, `BadRow` where it says nothing; empty lines are passed over."""
    while line := stream.readline(_LONGEST_LINE):
        if line.isspace():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            yield BadRow
