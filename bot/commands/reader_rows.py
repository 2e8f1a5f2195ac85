"""The file of `diemtin readers`: the fields of its lines, and the check that it is complete."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, BinaryIO, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bot.chat.questions.watch_buttons import MOST_WATCHES
from bot.news.daily_figures import MOST_CHOSEN
from bot.news.newsroom import Newsroom
from bot.times.schedule import Schedule
from storage.profiles import Choices
from storage.reader_data import MOVED, ReaderRecord
from storage.times import to_rfc3339

HEAD = {"diemtin": "readers", "version": 1}
_WEEK = dt.timedelta(days=7)
_LONGEST_LINE = 100_000
_Time = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][05]$")]
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=32)]
_Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Minute = Annotated[int, Field(ge=0, lt=24 * 60)]


class Row(BaseModel):
    """One line of the file; the names are those of `/dulieucuatoi`, where readers export their data."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    chat_id: int = Field(gt=-(2**52), lt=2**52)
    kind: Literal["private", "group", "supergroup", "channel"]
    status: Literal["active", "paused", "gone"]
    status_reason: str | None = Field(default=None, max_length=300)
    paused_until: AwareDatetime | None = Field(default=None, strict=False)
    created_at: AwareDatetime = Field(strict=False)
    edition: _Slug
    more_editions: list[_Slug] = Field(default=[], max_length=50)
    topics: list[_Slug] = Field(default=[], max_length=100)
    times: list[_Time] = Field(default=[], max_length=4)
    days: list[Annotated[int, Field(ge=0, le=6)]] = Field(default=[], max_length=7)
    zone: str | None = Field(default=None, max_length=64)
    length: Literal["gon", "vua", "daydu"] = "vua"
    words_out: list[_Words] = Field(default=[], max_length=100)
    words_in: list[_Words] = Field(default=[], max_length=100)
    sources_out: list[_Slug] = Field(default=[], max_length=200)
    sources_in: list[_Slug] = Field(default=[], max_length=200)
    figures: list[_Words] = Field(default=[], max_length=MOST_CHOSEN)
    quiet_start: _Minute
    quiet_end: _Minute
    silent: bool = False
    weekly_at: AwareDatetime | None = Field(default=None, strict=False)
    breaking: Literal[0, 1, 2] = 0
    thread_id: int | None = Field(default=None, gt=0, lt=2**52)
    watches: list[_Words] = Field(default=[], max_length=MOST_WATCHES)


class BrokenOffError(Exception):
    """The file is not complete: nothing of it may be imported."""


def written(one: ReaderRecord) -> dict[str, object]:
    chosen = one.choices
    return {
        "chat_id": one.chat_id, "kind": one.kind, "status": one.status, "status_reason": one.status_reason,
        "paused_until": to_rfc3339(one.paused_until, "UTC") if one.paused_until else None,
        "created_at": to_rfc3339(one.created_at, "UTC"),
        "edition": chosen.edition, "more_editions": chosen.more_editions,
        "topics": chosen.topics, "times": chosen.times, "days": chosen.days,
        "zone": chosen.zone, "length": chosen.length, "words_out": chosen.words_out,
        "words_in": chosen.words_in, "sources_out": chosen.sources_out, "sources_in": chosen.sources_in,
        "figures": chosen.figures,
        "quiet_start": one.quiet_start, "quiet_end": one.quiet_end, "silent": one.is_silent,
        "weekly_at": to_rfc3339(one.weekly_at, "UTC") if one.weekly_at else None, "breaking": one.breaking,
        "thread_id": one.thread_id, "watches": one.watches,
    }  # fmt: skip


def moving(row: Row, newsroom: Newsroom, is_new_bot: bool, now: dt.datetime) -> ReaderRecord:
    """Return the reader of a line. Raises ValueError, in Vietnamese, if the newsroom cannot have this reader.

    A weekly recap whose time has passed moves on by whole weeks.
    """
    if row.chat_id == 0:
        raise ValueError("số của cuộc trò chuyện không thể là 0")
    for edition in (row.edition, *row.more_editions):
        if newsroom.find_edition(edition) is None:
            raise ValueError(f"không có bản tin «{edition}» trong tệp cấu hình")
    if row.zone is not None:
        try:
            Schedule((dt.time(6),), zone=row.zone)
        except ValueError:
            raise ValueError("không có múi giờ này") from None
    choices = Choices(
        row.edition, tuple(row.topics), tuple(sorted(set(row.times))), tuple(sorted(set(row.days))), row.zone,
        row.length, tuple(row.words_out), tuple(row.words_in), tuple(row.sources_out), tuple(row.sources_in),
        figures=tuple(sorted(set(row.figures))),
        more_editions=tuple(one.name for one in newsroom.editions if one.name in {*row.more_editions}),
    )  # fmt: skip
    weekly_at = row.weekly_at
    if weekly_at is not None and weekly_at <= now:
        weekly_at += ((now - weekly_at) // _WEEK + 1) * _WEEK
    status, reason = ("gone", MOVED) if is_new_bot else (row.status, row.status_reason)
    return ReaderRecord(
        row.chat_id, row.kind, status, reason, choices, row.quiet_start, row.quiet_end, row.created_at,
        None if is_new_bot else row.paused_until, row.thread_id, row.silent, weekly_at,
        row.breaking, tuple(row.watches),
    )  # fmt: skip


def read_rows(stream: BinaryIO) -> Iterator[tuple[int, object]]:
    """Yield the line number and the value of each reader's line.

    Raises:
        BrokenOffError: the file is of another kind or incomplete, or its last line does not match the others.
    """
    digest, count, number = hashlib.sha256(), 0, 0
    before: tuple[int, bytes] | None = None
    for line in iter(lambda: stream.readline(_LONGEST_LINE), b""):
        number += 1
        if number == 1:
            if _parsed(line) != HEAD:
                raise BrokenOffError("tệp này không do «diemtin readers export» ghi ra")
            digest.update(line)
            continue
        if before is not None:
            digest.update(before[1])
            count += 1
            yield before[0], _parsed(before[1])
        before = number, line
    if before is None or _parsed(before[1]) != {"readers": count, "sha256": digest.hexdigest()}:
        raise BrokenOffError("tệp bị cắt giữa chừng hoặc đã bị sửa (số dòng và mã băm ở cuối không khớp)")


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
