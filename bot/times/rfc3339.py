"""Moments as JSON and the command line write them."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from storage.times import Published

_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?P<exact>:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?", re.ASCII | re.IGNORECASE
)
_YEARS = range(1970, 2100)  # what time zone tables and the reckoning with days before and after take


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
