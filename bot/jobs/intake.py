"""The intake tick: new and changed files of the declared sources become stored articles.

A file is known by its size and time of change; one that is still being written is left for the next tick.
Reading and parsing happen in a thread; feeds are parsed in a process of their own (`storage.intake`).
"""

import asyncio
import datetime as dt
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import structlog

from bot.desk import Desk
from bot.newsroom import Source
from storage.articles import Tally, store_articles
from storage.engine import Database
from storage.inbox import find_fingerprints, forget_files, record_refusals, remember_file
from storage.intake import Incoming, Origin, Refusal, Taken, read_path

_SETTLED_SECONDS = 2.0
_BATCH = 200
_MOST_FILES = 20_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one reading brought."""

    tally: Tally = field(default_factory=Tally)
    refused: tuple[Refusal, ...] = ()

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(self.tally + other.tally, self.refused + other.refused)


async def take_in(database: Database, taken: Iterator[Taken], source: str, *, now: dt.datetime) -> Intake:
    """Store everything that `taken` yields, a batch at a time; the iterator runs in a thread."""
    total = Intake()
    while batch := await asyncio.to_thread(lambda: list(islice(taken, _BATCH))):
        incoming = [one for one in batch if isinstance(one, Incoming)]
        refused = [one for one in batch if isinstance(one, Refusal)]
        async with database.write() as connection:
            tally = await store_articles(connection, incoming, now=now)
            await record_refusals(connection, source, refused, now=now)
        total += Intake(tally, tuple(refused))
    return total


async def poll_sources(desk: Desk) -> Intake:
    """Look at every declared source once."""
    total = Intake()
    for source in desk.newsroom.sources:
        total += await _poll(desk, source)
    return total


async def _poll(desk: Desk, source: Source) -> Intake:
    now = desk.clock.now()
    try:
        found = await asyncio.to_thread(_files_of, source)
    except OSError as error:
        _log.warning("source unreadable", source=source.name, error=error.strerror)
        refusal = Refusal(str(source.path), "không đọc được; hãy kiểm tra đường dẫn và quyền")
        async with desk.database.write() as connection:
            await record_refusals(connection, source.name, [refusal], now=now)
        return Intake(refused=(refusal,))
    async with desk.database.read() as connection:
        known = await find_fingerprints(connection, source.name)
    total = Intake()
    for path, fingerprint in found.items():
        if known.get(path) != fingerprint:
            total += await _take_file(desk, source, path, fingerprint)
    if vanished := known.keys() - found.keys():
        async with desk.database.write() as connection:
            await forget_files(connection, source.name, sorted(vanished))
    return total


async def _take_file(desk: Desk, source: Source, path: str, fingerprint: str) -> Intake:
    now = desk.clock.now()
    origin = Origin(source=source.name, zone=source.zone, topic=source.topic)
    taken = await take_in(desk.database, read_path(Path(path), origin, now=now), source.name, now=now)
    async with desk.database.write() as connection:
        await remember_file(connection, source.name, path, fingerprint, now=now)
    _log.info(
        "file taken in", source=source.name, path=path, new=taken.tally.new, updated=taken.tally.updated,
        duplicate=taken.tally.duplicate, refused=len(taken.refused),
    )  # fmt: skip
    return taken


def _files_of(source: Source) -> dict[str, str]:
    """Return the settled files of a source with their fingerprints. Raises OSError when it cannot be read."""
    if source.kind == "feed":
        return dict(_settled([source.path]))
    if not source.path.is_dir():
        raise NotADirectoryError(None, "not a folder", str(source.path))
    names = (
        Path(folder, name)
        for folder, _, files in os.walk(source.path)
        for name in sorted(files)
        if not _is_hidden(Path(folder).relative_to(source.path) / name)
    )
    return dict(_settled(list(islice(names, _MOST_FILES))))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or path.suffix in {".tmp", ".part"}


def _settled(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        status = path.stat()
        if time.time() - status.st_mtime >= _SETTLED_SECONDS:
            yield str(path), f"{status.st_size}:{status.st_mtime_ns}"
