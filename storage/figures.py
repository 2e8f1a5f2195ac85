"""Daily figures: read from the JSON of a source, and stored, the latest of each source.

The JSON is `[{"name": "Vàng SJC", "value": 152.5, "unit": "triệu đồng/lượng", "time":
"2026-11-29T08:30+07:00", "place": "Hà Nội"}]`, or the same list under the key `figures`.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.intake.dates import parse_published
from storage.intake.drafts import Refusal, UnreadableError
from storage.tables import figures
from summarizer.text.repair import composed, has_excess_marks

_MOST_FOUND = 2_000
_F = figures.c
MOST_BYTES, MOST_FIGURES = 256_000, 200
_LONGEST = {"name": 60, "unit": 30, "place": 40, "time": 40}
_NUMBER = r"[-+−]?\d{1,3}(?:[.,  ]\d{3}){0,4}(?:[.,]\d{1,4})?|[-+−]?\d{1,12}(?:[.,]\d{1,4})?"
_VALUE = re.compile(rf"(?:{_NUMBER})(?:\s?[-–]\s?(?:{_NUMBER}))?", re.ASCII)  # also a range: 24-31
_LONGEST_VALUE = 40
_LARGEST = 1e15
_AHEAD = dt.timedelta(minutes=10)  # a source's clock may be so much ahead


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the day: "Vàng SJC", "152,5", "triệu đồng/lượng", as of a moment, perhaps of a place."""

    name: str
    value: str
    unit: str
    at: dt.datetime
    place: str = ""

    @property
    def label(self) -> str:
        """Return a text that is unique among the figures of its source."""
        return f"{self.name} · {self.place}" if self.place else self.name


def read_figures(body: bytes, name: str, zone: str, now: dt.datetime) -> list[Figure | Refusal]:
    """Return each figure of a document, or its refusal, placed at `name#item`.

    A time without a zone is in `zone`. Of two figures with one label the later one in the list counts.

    Raises:
        UnreadableError: the document is no list of figures.
    """
    rows = _rows(body)
    found: dict[str, Figure | Refusal] = {}
    for number, row in enumerate(rows[:MOST_FIGURES], start=1):
        place = f"{name}#{number}"
        try:
            figure = _figure(row, zone, now)
        except ValueError as error:
            found[place] = Refusal(place, str(error))
        else:
            found[figure.label] = figure
    if len(rows) > MOST_FIGURES:
        found[name] = Refusal(name, f"có {len(rows)} số liệu một lần, chỉ đọc {MOST_FIGURES} số đầu")
    return list(found.values())


def _rows(body: bytes) -> list[Any]:
    if len(body) > MOST_BYTES:
        raise UnreadableError(f"tệp số liệu lớn quá {MOST_BYTES // 1000} kB")
    try:
        document = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise UnreadableError("không phải JSON đọc được") from None
    rows = document.get("figures") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise UnreadableError('phải là một danh sách, hoặc một đối tượng có khóa "figures"')
    return rows


def _figure(row: Any, zone: str, now: dt.datetime) -> Figure:
    if not isinstance(row, dict):
        raise ValueError("không phải là một đối tượng JSON")
    words = dict(_words(row))
    if not words["name"]:
        raise ValueError('thiếu "name"')
    value, at = _value(row.get("value")), _moment(words["time"], zone, now)
    return Figure(words["name"], value, words["unit"], at, words["place"])


def _words(row: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    for key, most in _LONGEST.items():
        written = row.get(key, "")
        if not isinstance(written, str):
            raise ValueError(f'"{key}" phải là chữ')
        text = " ".join(composed(written[: 4 * most]).split())
        is_odd = not text.isprintable() or has_excess_marks(text)
        if len(written) > 4 * most or len(text) > most or is_odd:
            raise ValueError(f'"{key}" phải viết trên một dòng, dài nhất {most} ký tự')
        yield key, text


def _value(written: Any) -> str:
    """Return a number as readers see it: a JSON number with a decimal comma, a text as it is."""
    if isinstance(written, str):
        text = " ".join(written.split()) if len(written) <= _LONGEST_VALUE else ""
        if not _VALUE.fullmatch(text):
            raise ValueError('"value" phải là một số, hoặc hai số với dấu gạch ở giữa')
        return text
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise ValueError('"value" phải là một số, hoặc hai số với dấu gạch ở giữa')
    if not math.isfinite(written) or abs(written) >= _LARGEST:
        raise ValueError('"value" là số quá lớn')
    return f"{written:,.4f}".rstrip("0").rstrip(".").translate(str.maketrans(",.", ".,"))


def _moment(written: str, zone: str, now: dt.datetime) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(written)
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        at = local.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        published = parse_published(written, zone, now) if written else None
        if published is None:
            raise ValueError('"time" không đọc được, hoặc không có') from None
        at = published.at
    if at > now + _AHEAD:
        raise ValueError('"time" ở tương lai')
    if at.year < 1990:
        raise ValueError('"time" không đọc được, hoặc không có')
    return min(at, now)


@dataclass(frozen=True, slots=True)
class SourcedFigure:
    """A figure and the source that gave it."""

    source: str
    figure: Figure


async def replace_figures(connection: AsyncConnection, source: str, given: Sequence[Figure]) -> int:
    """Replace the figures of a source; return how many are new."""
    before = {one.figure for one in await find_figures(connection, source=source)}
    await connection.execute(delete(figures).where(_F.source == source))
    rows = [
        {
            "source": source, "label": one.label, "position": position, "name": one.name,
            "place": one.place, "value": one.value, "unit": one.unit, "at": one.at,
        }
        for position, one in enumerate(given)
    ]  # fmt: skip
    if rows:
        await connection.execute(insert(figures), rows)
    return len(set(given) - before)


async def find_figures(
    connection: AsyncConnection, *, source: str | None = None, since: dt.datetime | None = None
) -> list[SourcedFigure]:
    """Return the figures in the order of each source; with `since`, those of that time or later."""
    query = select(figures).order_by(_F.source, _F.position).limit(_MOST_FOUND)
    if source is not None:
        query = query.where(_F.source == source)
    if since is not None:
        query = query.where(_F.at >= since)
    return [
        SourcedFigure(row.source, Figure(row.name, row.value, row.unit, row.at, row.place))
        for row in await connection.execute(query)
    ]
