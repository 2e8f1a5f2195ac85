"""Moments as text and as numbers, and a publication time with its precision.

Reading files needs these in processes that have no database: the column type is in `storage.tables`.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["minute", "day", "month"]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Published:
    """When an article came out.

    `at` is UTC; for `day` and `month` the first moment of that local day or month, and must never be shown
    finer than `precision`.
    """

    at: dt.datetime
    precision: Precision = "minute"


def to_microseconds(moment: dt.datetime) -> int:
    """Return the microseconds from 1970 to an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> dt.datetime:
    """Return the moment in UTC that is so many microseconds after 1970."""
    return _EPOCH + microseconds * _MICROSECOND


_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?P<exact>:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?", re.ASCII | re.IGNORECASE
)
_YEARS = range(1970, 2100)  # years for which time zones are known, and days can be added or taken away


def to_rfc3339(moment: dt.datetime, zone: str) -> str:
    """Write `moment` with the offset of `zone`.

    >>> to_rfc3339(dt.datetime(2017, 11, 14, 11, tzinfo=dt.UTC), "Asia/Ho_Chi_Minh")
    '2017-11-14T18:00:00+07:00'
    """
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def published_text(published: Published | None, zone: str) -> str | None:
    """Write a publication time no finer than it is known: a moment, `2019-09-15`, or `2019-09`."""
    if published is None:
        return None
    local = published.at.astimezone(ZoneInfo(zone))
    return {
        "minute": local.isoformat(timespec="seconds"),
        "day": f"{local:%Y-%m-%d}",
        "month": f"{local:%Y-%m}",
    }[published.precision]


def parse_moment(text: str, zone: str) -> dt.datetime:
    """Read RFC 3339, or a local `YYYY-MM-DDTHH:MM` in `zone`; return it in UTC. Years 1970 to 2099 only.

    Raises:
        ValueError: it is neither.

    >>> parse_moment("2017-11-14T18:00", "Asia/Ho_Chi_Minh").isoformat()
    '2017-11-14T11:00:00+00:00'
    """
    form = _MOMENT.fullmatch(text)
    if form is None or int(text[:4]) not in _YEARS:
        raise ValueError(f"{text!r} is no moment that can be used")
    moment = dt.datetime.fromisoformat(text.upper())
    local = moment if form["exact"] else moment.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(dt.UTC)
