"""`diemtin readers`: export subscriptions to a file, and import all of them or none into another database.

The file is JSONL: a first line that says what it is, one line for each reader, and a last line with their
number and the hash of all lines before it. It holds no token, no questions and no messages.
"""

import asyncio
import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from pydantic import ValidationError

from bot.chat.settings.choices import next_due
from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.reader_rows import HEAD, BrokenOffError, Row, moving, read_rows, written
from bot.commands.summarizing import open_input
from bot.commands.terminal import Json, fail, hidden, put, put_json
from bot.news.narrowing import read_question
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.alerts.watches import put_watches
from storage.private_files import create_private
from storage.profiles import Choices
from storage.reader_data import ReaderRecord, find_reader_records, insert_readers, join_profiles
from summarizer.questions.watching import as_watch, watch_key

_TOGETHER = 1_000  # readers of one step
_MOST_REMEMBERED = 20_000  # profiles, and watches
_MOST_SHOWN = 20  # refused lines


@dataclass(slots=True)
class _Result:
    """The result of an import; `refused` are the first refused lines, with reasons."""

    added: int = 0
    known: int = 0
    refused_count: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.refused_count += 1
        if len(self.refused) < _MOST_SHOWN:
            self.refused.append((line, reason))


def export_readers(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Tệp sẽ ghi; chưa được có.")],
    json: Json = False,
) -> None:
    """Write every subscription to a file that only its owner can read."""
    if os.path.lexists(path):
        fail(f"✗ {path} đã có; hãy chọn tên khác.")
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        create_private(part)
        with part.open("wb") as file:
            count, digest = run(_export(file))
        part.rename(path)
    except OSError as error:
        fail(f"✗ Không ghi được {path} ({error.strerror}); hãy xem thư mục, quyền ghi và chỗ trống.")
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    if json:
        put_json({"readers": count, "sha256": digest})
    else:
        put(f"✓ Đã ghi {count} người nhận vào {path} (sha256 {digest[:16]}…)")


async def _export(file: BinaryIO) -> tuple[int, str]:
    digest, count, last = hashlib.sha256(), 0, 0

    def write(value: Mapping[str, object]) -> None:
        line = json.dumps(value, ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        file.write(line)

    async with open_services(settings_or_exit()) as services, services.database.read() as connection:
        write(HEAD)
        while found := await find_reader_records(connection, after=last, limit=_TOGETHER):
            for _, one in found:
                write(written(one))
            count, last = count + len(found), found[-1][0]
    total = digest.hexdigest()
    file.write(json.dumps({"readers": count, "sha256": total}).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())
    return count, total


def import_readers(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="Tệp mà readers export đã ghi; - là đầu vào chuẩn.")
    ],
    new_bot: Annotated[
        bool,
        typer.Option("--new-bot", help="Bot này có token khác: mỗi người nhận lại khi họ mở bot mới."),
    ] = False,
    json: Json = False,
) -> None:
    """Add the subscriptions of a file; an incomplete file adds none."""
    with open_input(path) as stream:
        result = run(_import(stream, is_new_bot=new_bot))
    if json:
        refused = [{"line": line, "reason": reason} for line, reason in result.refused]
        counts = {"added": result.added, "known": result.known, "refused": result.refused_count}
        put_json({**counts, "lines": refused})
    else:
        put(f"✓ Thêm {result.added} người nhận, {result.known} đã có, {result.refused_count} dòng không nhận")
        for line, reason in result.refused:
            put(f"  ✗ dòng {line}: {hidden(reason)}")
        if new_bot and result.added:
            put("  Dùng /thongbao của bot cũ gửi liên kết của bot mới: ai mở bot mới là nhận lại như cũ.")
    if result.refused_count:
        raise typer.Exit(1)


async def _import(stream: BinaryIO, *, is_new_bot: bool) -> _Result:
    async with open_services(settings_or_exit()) as services:
        try:
            async with services.database.write() as connection:
                return await _Import(services, connection, is_new_bot).take(stream)
        except BrokenOffError as error:
            fail(f"✗ {error}; không thêm ai cả.")


class _Import:
    """One import, in one transaction."""

    def __init__(self, services: Services, connection: Any, is_new_bot: bool) -> None:
        self._newsroom: Newsroom = services.newsroom
        self._now: dt.datetime = services.clock.now()
        self._connection = connection
        self._is_new_bot = is_new_bot
        self._profiles: dict[Choices, int] = {}
        self._watches: dict[str, tuple[str, str]] = {}  # typed words → key and words of the watch
        self._result = _Result()

    async def take(self, stream: BinaryIO) -> _Result:
        batch: list[ReaderRecord] = []
        for number, row in read_rows(stream):
            reader = self._read(number, row)
            if reader is not None:
                batch.append(reader)
            if len(batch) >= _TOGETHER:
                await self._put(batch)
                batch = []
                await asyncio.sleep(0)
        await self._put(batch)
        return self._result

    def _read(self, number: int, row: object) -> ReaderRecord | None:
        try:
            found = Row.model_validate(row)
            return moving(found, self._newsroom, self._is_new_bot, self._now)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "cả dòng"
            self._result.refuse(number, f"{place} không dùng được ({first['type']})")
        except ValueError as error:
            self._result.refuse(number, str(error))
        return None

    async def _put(self, readers: list[ReaderRecord]) -> None:
        for known in (self._profiles, self._watches):
            if len(known) > _MOST_REMEMBERED:
                known.clear()
        unknown = {one.choices for one in readers} - self._profiles.keys()
        due = {choices: next_due(choices, self._newsroom, now=self._now) for choices in unknown}
        self._profiles |= await join_profiles(self._connection, due, now=self._now)
        made = await insert_readers(self._connection, readers, self._profiles, now=self._now)
        self._result.added += len(made)
        self._result.known += len(readers) - len(made)
        first = {one.chat_id: one for one in reversed(readers)}  # the first line of a chat that has several
        watched = [(row, text) for chat, row in made.items() for text in first[chat].watches]
        for text in {text for _, text in watched} - self._watches.keys():
            self._watches[text] = await self._read_watch(text)
        wanted = [(subscriber, *self._watches[text]) for subscriber, text in watched]
        await put_watches(self._connection, [one for one in wanted if one[1]], now=self._now)

    async def _read_watch(self, typed: str) -> tuple[str, str]:
        """Return the key of a watch, empty if its words ask for nothing, and its words."""
        newsroom = self._newsroom
        asked, named = await read_question(self._connection, typed, newsroom, newsroom.zone, now=self._now)
        query = as_watch(asked)
        return watch_key(replace(query, sources=named.sources, topics=named.topics)) or "", query.text
