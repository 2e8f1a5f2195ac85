"""`diemtin ingest` and `inbox retry`: files, folders and standard input become stored articles."""

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any, NamedTuple, Protocol

import typer

from bot.commands.preparing import clock_of, newsroom_or_exit, open_services, run, settings_or_exit
from bot.commands.summarizing import standard_input
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.commands.text_workers import (
    Dask,
    TextWorkers,
    Workers,
    open_texts,
    shown_by_thousands,
    text_workers_or_exit,
)
from bot.jobs.intake.archives import ArchiveStore
from bot.jobs.intake.intake import Intake
from bot.jobs.intake.taking import Taker, name_nobody
from bot.news.services import Services, take_in_thread
from bot.startup.assembly import assemble
from bot.text_work.text_pool import in_order
from storage.intake.drafts import Incoming, Origin, Refusal, Taken
from storage.intake.files import (
    find_files,
    path_drafts,
    read_path,
    read_stream,
    requeue_quarantined,
    shown_path,
    stream_drafts,
)
from storage.intake.parts import ROWS_A_PART, FileEntry, Part, path_parts
from storage.off_loop import INTAKE
from storage.times import published_text

_SHOWN = 3  # articles of a dry run
_LEAD_CHARACTERS = 120
_AT_ONCE = 200


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Tệp, thư mục; - hoặc bỏ trống là đầu vào chuẩn."),
    ] = None,
    json: Json = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Chỉ thử: in ba bài đầu như sẽ nhận, không lưu gì.")
    ] = False,
    workers: Workers = 0,
    dask: Dask = "",
) -> None:
    if dry_run:
        _try_out(paths or ["-"], json)
        return
    by_file = run(_ingest(paths or ["-"], text_workers_or_exit(workers, dask), is_by_file=not json))
    total = sum(by_file.values(), Intake())
    if json:
        put_json(asdict(total.tally) | {"rejected": [asdict(refusal) for refusal in total.refused]})
    else:
        put(f"mới {total.tally.new} · cập nhật {total.tally.updated} · trùng {total.tally.duplicate}")
        for file, done in by_file.items():
            put(f"{file}: {_outcome(done)}")
        for refusal in total.refused:
            say(f"✗ {refusal.path}: {refusal.reason}")
    if total.refused:
        raise typer.Exit(1)


def _outcome(done: Intake) -> str:
    """Say in one line what happened to a file's articles, with the most frequent reason of refusals."""
    tally = done.tally
    counts = (("mới", tally.new), ("cập nhật", tally.updated), ("trùng", tally.duplicate))
    words = [f"{word} {count}" for word, count in counts if count]
    if done.refused:
        (reason, _), *others = Counter(refusal.reason for refusal in done.refused).most_common()
        more = f", và {len(others)} lý do khác" if others else ""
        words.append(f"từ chối {len(done.refused)} ({reason}{more})")
    return " · ".join(words) or "không có bài nào"


async def _ingest(paths: list[str], chosen: TextWorkers, *, is_by_file: bool) -> dict[str, Intake]:
    """Store and process the articles of `paths`; return the result of each file, or of each path."""
    async with open_services(settings_or_exit()) as services, open_texts(chosen) as texts:
        origin = Origin(zone=services.newsroom.zone)
        many = Taker(services.database, texts, name_nobody).read
        take, width = (many, texts.width) if chosen.are_parallel else (_take_here, 1)
        find = path_parts if chosen.are_parallel else path_drafts
        batches = _batches(paths, origin, services, find, is_by_file=is_by_file)
        reading = in_order(width, lambda batch: take(batch.found, origin, batch.now), batches)
        progress = shown_by_thousands("Đã nhận"), shown_by_thousands("Đã xử lý")
        async with aclosing(reading), aclosing(ArchiveStore(services, texts, *progress)) as store:
            async for batch, taken in reading:
                await store.add(batch.name, taken, batch.now)
            return await store.finish()


class _Batch(NamedTuple):
    """Some articles of the file or path `name`, read at `now`."""

    name: str
    found: Sequence[FileEntry]
    now: dt.datetime


async def _take_here(found: Sequence[FileEntry], origin: Origin, now: dt.datetime) -> list[Taken]:
    return await take_in_thread([one for one in found if not isinstance(one, Part)], origin, now)


class _Find(Protocol):
    """Finds the articles of a path: as drafts, or as parts that a worker reads."""

    def __call__(self, path: Path, origin: Origin, *, now: dt.datetime) -> Iterator[FileEntry]:
        """Yield them in order."""


async def _batches(
    paths: list[str], origin: Origin, services: Services, find: _Find, *, is_by_file: bool
) -> AsyncIterator[_Batch]:
    """Yield the articles of each file in batches, at least one a file."""
    for path in paths:
        readings = _readings(path, origin, services, find, is_by_file=is_by_file)
        async for name, held, now in readings:
            is_first = True
            while (found := await INTAKE.run(_some, held)) or is_first:
                yield _Batch(name, found, now)
                is_first = False


def _some(held: Iterator[FileEntry]) -> list[FileEntry]:
    """Return a batch: as many drafts, files or rows as one transaction stores."""
    some, count = list[FileEntry](), 0
    for one in held:
        some.append(one)
        count += ROWS_A_PART if isinstance(one, Part) and one.first_line else 1
        if count >= _AT_ONCE:
            break
    return some


async def _readings(
    path: str, origin: Origin, services: Services, find: _Find, *, is_by_file: bool
) -> AsyncIterator[tuple[str, Iterator[FileEntry], dt.datetime]]:
    """Yield the articles of each file of a path, or of the whole path for fewer, larger transactions."""
    now = services.clock.now()
    if path == "-":
        yield path, stream_drafts(standard_input(), "-", origin, now=now), now
        return
    if not is_by_file:
        yield path, find(Path(path), origin, now=now), now
        return
    files = find_files(Path(path))
    while batch := await INTAKE.run(lambda: list(islice(files, 100))):
        for file in batch:
            now = services.clock.now()
            if isinstance(file, Refusal):
                yield file.path, iter([file]), now
            else:
                yield shown_path(file), find(file, origin, now=now), now


def _read(path: str, origin: Origin, now: dt.datetime) -> Iterator[Taken]:
    if path == "-":
        return read_stream(standard_input(), "-", origin, now=now)
    return read_path(Path(path), origin, now=now)


def _try_out(paths: list[str], json: bool) -> None:
    """Read like `ingest` and show the first articles of each path; store nothing."""
    settings = settings_or_exit()
    zone, now = newsroom_or_exit(settings).general.zone, clock_of(settings).now()
    count, first, refused = 0, list[Incoming](), list[Refusal]()
    for path in paths:
        shown = 0
        for one in _read(path, Origin(zone=zone), now):
            if isinstance(one, Refusal):
                refused.append(one)
                continue
            count += 1
            if shown < _SHOWN:
                first.append(one)
                shown += 1
    if json:
        rejected = [asdict(refusal) for refusal in refused]
        put_json({"taken": count, "first": [_facts(one, zone) for one in first], "rejected": rejected})
    else:
        for one in first:
            _show(one, zone)
        put(f"Chạy thử: nhận được {count} bài, từ chối {len(refused)}; chưa lưu gì.")
        for refusal in refused:
            say(f"✗ {refusal.path}: {refusal.reason}")
    if refused:
        raise typer.Exit(1)


def _facts(article: Incoming, zone: str) -> dict[str, Any]:
    return {
        "place": article.place,
        "title": article.title,
        "published": published_text(article.published, zone),
        "source": article.source,
        "topic": article.topic,
        "url": article.url,
        "lead": shorten(article.sapo or article.body, _LEAD_CHARACTERS, placeholder=" …"),
    }


def _show(article: Incoming, zone: str) -> None:
    facts = _facts(article, zone)
    put(f"{facts['place']}\n  Tiêu đề: {facts['title']}")
    put(f"  Đăng lúc: {facts['published'] or 'không rõ, sẽ tính từ lúc nhận'}")
    put(f"  Nguồn: {facts['source'] or 'không rõ'} · Chủ đề: {facts['topic'] or 'không ghi'}")
    put(f"  Liên kết: {facts['url'] or 'không có'}")
    put(f"  Mở đầu: {facts['lead'] or 'không có, chỉ có tiêu đề'}\n")


def retry(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="Tên nguồn; bỏ trống là mọi hộp thư.")
    ] = None,
) -> None:
    """Move quarantined files back into their inbox, where they are read again."""
    newsroom = assemble(newsroom_or_exit(settings_or_exit()))
    inboxes = [one for one in newsroom.file_sources if one.moves_files and source in (None, one.name)]
    if not inboxes:
        fail("✗ Không có hộp thư nào như vậy; chỉ nguồn inbox có move_files = true mới có quarantine.", 2)
    count = 0
    for inbox in inboxes:
        try:
            for file in requeue_quarantined(inbox.path):
                put(str(file))
                count += 1
        except OSError as error:
            fail(f"✗ {inbox.title}: không chuyển được ({error}); hãy xem quyền ghi.")
    put(
        f"✓ Đã đưa {count} tệp về hộp thư; bot đọc lại trong ít giây."
        if count
        else "✓ Không có tệp nào bị giữ."
    )
