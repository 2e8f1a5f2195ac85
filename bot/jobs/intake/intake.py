"""The intake tick: new and changed files of the declared sources become stored articles.

A file is known by its size and time of change; one that is still being written is left for the next tick.
Reading happens in a thread, language work in the text process (`Services.take`); feeds are parsed in another
process (`storage.intake`). A fault of one file or source does not affect the others. An inbox with
`moves_files` is emptied: a file moves away once its articles are stored (`storage.intake.files`).
"""

import datetime as dt
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import structlog

from bot.jobs.intake.sharing import Claims
from bot.news.newsroom import Source, papers_of
from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from bot.process.lifetime import beside
from bot.process.metrics import ARTICLES, log_errors
from bot.text_work.worker import TextWorkError
from storage.articles import Tally, store_articles
from storage.engine import Database
from storage.errors import StorageError
from storage.figures import MOST_BYTES, Figure, read_figures, replace_figures
from storage.intake.drafts import Incoming, Origin, Refusal, Taken, UnreadableError
from storage.intake.files import OWN_FOLDERS, find_files, is_reason, move_read_file, path_drafts, shown_path
from storage.notes import find_note, forget_note, write_new_note
from storage.off_loop import INTAKE
from storage.sources import find_fingerprints, forget_files, record_refusals, remember_file

_UNCHANGED_SECONDS = 2.0
_UNCHANGED_BEFORE_MOVE_SECONDS = 5.0  # longer, as a file that was moved is not read again when it grows
_BATCH = 200
_MOST_FILES = 50_000
_UNREADABLE = "không đọc được; hãy kiểm tra đường dẫn và quyền"
_UNFORESEEN = "gặp lỗi không lường trước khi đọc tệp này; hãy xem nhật ký"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """The result of reading a file or source."""

    tally: Tally = field(default_factory=Tally)
    refused: tuple[Refusal, ...] = ()

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(self.tally + other.tally, self.refused + other.refused)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that nobody is writing any more, or one that is refused (`refusal`). `name`: its stored path."""

    name: str
    fingerprint: str
    path: Path
    refusal: Refusal | None = None


async def keep_taken(database: Database, taken: Sequence[Taken], source: str, now: dt.datetime) -> Intake:
    """Store some articles and refusals in one transaction."""
    incoming = [one for one in taken if isinstance(one, Incoming)]
    refused = [one for one in taken if isinstance(one, Refusal)]
    async with database.write() as connection:
        tally = await store_articles(connection, incoming, now=now)
        await record_refusals(connection, source, refused, now=now)
    return Intake(tally, tuple(refused))


async def poll_sources(
    services: Services, notify_admins: NotifyAdmins, *, claims: Claims | None = None
) -> Intake:
    """Look at every declared source once. Admins are told once that a source cannot be read.

    Of several processes, the first that can read a source claims and reads it. The other processes do not
    report it as unreadable, even if it is not on their machines.
    """
    claims, total = claims or Claims(services.database), Intake()
    sources = services.newsroom.file_sources
    readable = await INTAKE.run(lambda: [source.name for source in sources if _is_readable(source)])
    missing = [source.name for source in sources if source.name not in readable]
    claimed = await claims.take(readable) if readable else set()
    elsewhere = await claims.are_elsewhere(missing) if missing else set()
    ours = [s for s in sources if s.name in claimed or (s.name in missing and s.name not in elsewhere)]
    async with beside(claims.renew(lambda: claimed, claimed.discard)):
        for source in ours:
            with log_errors("intake", source=source.name):
                total += await _poll(services, source, notify_admins)
    return total


async def _poll(services: Services, source: Source, notify_admins: NotifyAdmins) -> Intake:
    try:
        files = await INTAKE.run(_list_files, source)
    except OSError as error:
        _log.warning("source unreadable", source=source.name, error=error.strerror)
        if await _note_unreadable(services, source):
            await notify_admins(notices.source_unreadable(source.title, str(source.path)))
        return Intake()
    known = await _note_readable(services, source)
    total = Intake()
    for one in files:
        if known.get(one.name) != one.fingerprint:
            total += await _take_file(services, source, one)
    if vanished := known.keys() - {one.name for one in files}:
        async with services.database.write() as connection:
            await forget_files(connection, source.name, sorted(vanished))
    return total


async def _note_unreadable(services: Services, source: Source) -> bool:
    """Write down that the source cannot be read; return whether that is new."""
    now = services.clock.now()
    async with services.database.write() as connection:
        is_new = await write_new_note(connection, _note(source), now.isoformat(), now=now)
        if is_new:
            await record_refusals(connection, source.name, [Refusal(str(source.path), _UNREADABLE)], now=now)
    return is_new


async def _note_readable(services: Services, source: Source) -> dict[str, str]:
    """Write down that the source can be read, if that is new; return the known files' fingerprints."""
    async with services.database.read() as connection:
        known = await find_fingerprints(connection, source.name, limit=2 * _MOST_FILES)
        was_unreadable = await find_note(connection, _note(source)) is not None
    if was_unreadable:
        async with services.database.write() as connection:
            await forget_note(connection, _note(source))
        _log.info("source readable again", source=source.name)
    return known


def _note(source: Source) -> str:
    return f"unreadable:{source.name}"


async def _take_file(services: Services, source: Source, file: SourceFile) -> Intake:
    """Take a file in and remember its fingerprint, even if reading it fails with an unexpected error."""
    now = services.clock.now()
    try:
        taken = await _read(services, source, file, now)
    except (StorageError, TextWorkError, OSError):
        raise  # the file is not to blame: the next tick reads it again
    except Exception:  # noqa: BLE001 - else the file would fail again at every tick
        _log.exception("file broke its reader", source=source.name, path=file.name)
        refusal = Refusal(file.name, _UNFORESEEN)
        taken = await keep_taken(services.database, [refusal], source.name, now)
    count_articles(taken)
    _log.info(
        "file taken in", source=source.name, path=file.name, new=taken.tally.new,
        updated=taken.tally.updated, duplicate=taken.tally.duplicate, refused=len(taken.refused),
    )  # fmt: skip
    if not await _has_moved(source, file, taken.refused):
        async with services.database.write() as connection:
            await remember_file(connection, source.name, file.name, file.fingerprint, now=now)
    return taken


async def _has_moved(source: Source, file: SourceFile, refused: Sequence[Refusal]) -> bool:
    """Move a file away if its inbox is to be emptied; True also if it changed and is to be read again."""
    if not source.moves_files:
        return False
    try:
        if file.refusal is None and _fingerprint(file.path.stat()) != file.fingerprint:
            return True
        await INTAKE.run(move_read_file, source.path, file.path, refused)
    except OSError as error:
        _log.warning("file stays in its inbox", source=source.name, path=file.name, error=error.strerror)
        return False
    return True


async def _read(services: Services, source: Source, file: SourceFile, now: dt.datetime) -> Intake:
    if file.refusal is not None:
        return await keep_taken(services.database, [file.refusal], source.name, now)
    if source.kind == "figures":
        return await _take_figures(services, source, file, now)
    origin = Origin(source.name, source.zone, papers_of(source, services.newsroom.sources))
    drafts = path_drafts(file.path, origin, now=now)
    total = Intake()
    while batch := await INTAKE.run(lambda: list(islice(drafts, _BATCH))):
        taken = await services.take(batch, origin, now)
        total += await keep_taken(services.database, taken, source.name, now)
    return total


async def _take_figures(services: Services, source: Source, file: SourceFile, now: dt.datetime) -> Intake:
    """Store the figures of a file in place of its earlier ones."""
    try:
        given = await INTAKE.run(lambda: read_figures(first_bytes(file.path), file.name, source.zone, now))
    except UnreadableError as error:
        return await keep_taken(services.database, [Refusal(file.name, str(error))], source.name, now)
    return (await keep_figures(services.database, source.name, given, now=now))[0]


def first_bytes(path: Path) -> bytes:
    """Return the bytes of a file of figures, at most one more than are allowed."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


async def keep_figures(
    database: Database, source: str, given: Sequence[Figure | Refusal], *, now: dt.datetime
) -> tuple[Intake, int]:
    """Store the figures of a source; return what was refused, and how many figures are new or changed.

    If there is no figure at all, the earlier ones stay.
    """
    figures = [one for one in given if isinstance(one, Figure)]
    refused = [one for one in given if isinstance(one, Refusal)]
    changed = 0
    async with database.write() as connection:
        if figures:
            changed = await replace_figures(connection, source, figures)
        await record_refusals(connection, source, refused, now=now)
    return Intake(refused=tuple(refused)), changed


def count_articles(taken: Intake) -> None:
    """Count new, updated, duplicate and refused articles in the metrics."""
    tally = taken.tally
    for outcome, count in (("new", tally.new), ("updated", tally.updated), ("duplicate", tally.duplicate)):
        ARTICLES.labels(outcome).inc(count)
    ARTICLES.labels("refused").inc(len(taken.refused))


def _is_readable(source: Source) -> bool:
    """Tell whether a source is on this machine and this process may read it."""
    return os.access(source.path, os.R_OK | os.X_OK if source.kind == "inbox" else os.R_OK)


def _list_files(source: Source) -> list[SourceFile]:
    """Return the files of a source that are not being written; OSError if the source cannot be read."""
    if source.kind != "inbox":
        source.path.stat()
        return list(_complete(iter([source.path]), _UNCHANGED_SECONDS))
    with os.scandir(source.path):  # a folder that is not there, or may not be entered, raises here
        pass
    files = list(islice(_complete(*_files_of(source)), _MOST_FILES + 1))
    if len(files) > _MOST_FILES:
        _log.error("source holds too many files, the rest is not read", source=source.name, most=_MOST_FILES)
    return files[:_MOST_FILES]


def _files_of(inbox: Source) -> tuple[Iterator[Path | Refusal], float]:
    """Return the files of an inbox, and for how many seconds a file must be unchanged."""
    if not inbox.moves_files:
        return find_files(inbox.path), _UNCHANGED_SECONDS
    files = find_files(inbox.path, leaving_out=OWN_FOLDERS)
    new = (one for one in files if isinstance(one, Refusal) or not is_reason(one))
    return new, _UNCHANGED_BEFORE_MOVE_SECONDS


def _complete(paths: Iterator[Path | Refusal], seconds: float) -> Iterator[SourceFile]:
    for path in paths:
        if isinstance(path, Refusal):
            yield SourceFile(path.path, f"refused: {path.reason}", Path(path.path), path)
            continue
        try:
            status = path.stat()
        except OSError:
            continue  # gone since it was listed, or a link to nothing
        # A time of change in the future is no reason to wait: clocks of two machines differ.
        if not 0 <= time.time() - status.st_mtime < seconds:
            yield SourceFile(shown_path(path), _fingerprint(status), path)


def _fingerprint(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}"
