"""Moments as JSON and the command line write them."""

import datetime as dt
from zoneinfo import ZoneInfo

from storage.times import Published


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
    """Read RFC 3339, or a local `YYYY-MM-DDTHH:MM` in `zone`; return it in UTC.

    Raises:
        ValueError: it is neither.

    >>> parse_moment("2017-11-14T18:00", "Asia/Ho_Chi_Minh").isoformat()
    '2017-11-14T11:00:00+00:00'
    """
    moment = dt.datetime.fromisoformat(text)
    if "T" not in text.upper() and " " not in text:
        raise ValueError(f"{text!r} names no time of day")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(dt.UTC)
