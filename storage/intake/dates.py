"""Publication times as sources write them → `Published`. What a source leaves out is never made up.

Read are RFC 3339 and ISO 8601, RFC 822, Vietnamese date lines (day first), and dates in an address's path.
"""

import datetime as dt
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from storage.times import Precision, Published

_Found = tuple[dt.datetime, Precision]

_FIRST_YEAR = 1990  # before the Vietnamese web; 1970 is a clock that was never set
_AHEAD = dt.timedelta(days=1)  # how far a wrong zone puts a true time into the future
_MAX_CHARACTERS = 100
_MAX_LINE_CHARACTERS = 60

_MONTH = re.compile(r"(\d{1,2})[/-](\d{4})|(\d{4})-(\d{2})", re.ASCII)
_BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)", re.ASCII)
_RFC_822 = re.compile(r"(?:[a-z]{3,9},?\s+)?\d{1,2}\s+[a-z]{3,9}\s+\d{2,4}\s", re.ASCII | re.IGNORECASE)
_NAMED_ZONE = re.compile(r"\(?\b(?:gmt|utc)\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?\)?", re.ASCII | re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)", re.ASCII)
_IN_WORDS = re.compile(
    r"(\d{1,2})\s+(tháng)\s+(\d{1,2})(?:,\s*|\s+)(?:năm\s+)?(\d{4})", re.ASCII | re.IGNORECASE
)
_TIME = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?::|h|giờ)\s?(\d{2})(?::(\d{2}))?(?!\d)\s?(?:phút)?\s?(am|pm|sa|ch)?\b",
    re.ASCII | re.IGNORECASE,
)
_ZONE = re.compile(r"(\+|(?<=\s)-)(\d{2}):?(\d{2})(?!\d)", re.ASCII)
_WEEKDAY = re.compile(r"\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật|t[2-7]|cn)\b", re.IGNORECASE)
_LABEL = re.compile(r"\b(?:cập\s+nhật|xuất\s+bản|đăng(?:\s+tải)?|ngày|lúc)\b", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s,:;|•()–—-]*")
_IN_PATH = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?=/)",
        r"/((?:19|20)\d{2})-(\d{2})-(\d{2})(?=/)",
        r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?:\d{6}(?:\d{3})?)?(?!\d)",  # the longer ones are time stamps
        r"/((?:19|20)\d{2})/?(\d{2})(?=/)",
    )
)


def parse_published(text: str, zone: str, now: dt.datetime) -> Published | None:
    """Return when `text` says that an article came out, or None where it does not say so credibly.

    A time without a zone is in `zone` (an IANA name). Before 1990, or more than a day after `now`, is not
    credible; a time less than a day ahead becomes `now`.

    >>> parse_published("6/11/2013 11:45", "Asia/Ho_Chi_Minh", dt.datetime(2013, 11, 7, tzinfo=dt.UTC))
    Published(at=datetime.datetime(2013, 11, 6, 4, 45, tzinfo=datetime.timezone.utc), precision='minute')
    """
    text = text.strip()
    if not text or len(text) > _MAX_CHARACTERS:
        return None
    text = _NAMED_ZONE.sub(_numeric_zone, text)
    readers: tuple[Callable[[str], _Found | None], ...] = (_month, _iso, _rfc_822, _vietnamese)
    for read in readers:
        try:
            found = read(text)
            if found is not None:
                return _credible(*found, ZoneInfo(zone), now)
        except (ValueError, OverflowError):  # digits that are no date, or one at the end of time
            continue
    return None


def parse_date_line(line: str, zone: str, now: dt.datetime) -> Published | None:
    """Return the time on a line that holds a whole date and nothing else, or None."""
    found = parse_published(line, zone, now) if len(line) <= _MAX_LINE_CHARACTERS else None
    return found if found and found.precision != "month" else None


def published_in_path(url: str, zone: str, now: dt.datetime) -> Published | None:
    """Return the date in the path of an address, to the day or the month, or None.

    >>> published_in_path("http://b.example/tin/201909/a-12/", "UTC", dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    Published(at=datetime.datetime(2019, 9, 1, 0, 0, tzinfo=datetime.timezone.utc), precision='month')
    """
    path = urlsplit(url).path
    for pattern in _IN_PATH:
        for found in pattern.finditer(path):
            year, month, *day = map(int, found.groups())
            try:
                moment = dt.datetime(year, month, day[0] if day else 1)  # noqa: DTZ001 - the zone comes next
                published = _credible(moment, "day" if day else "month", ZoneInfo(zone), now)
            except (ValueError, OverflowError):
                continue
            if published is not None:
                return published
    return None


def _credible(
    moment: dt.datetime, precision: Precision, zone: ZoneInfo, now: dt.datetime
) -> Published | None:
    at = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    if at.year < _FIRST_YEAR or at > now + _AHEAD:
        return None
    return Published(min(at, _floor(now.astimezone(zone), precision).astimezone(dt.UTC)), precision)


def _floor(local: dt.datetime, precision: Precision) -> dt.datetime:
    if precision == "minute":
        return local
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight if precision == "day" else midnight.replace(day=1)


def _month(text: str) -> _Found | None:
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    month, year, iso_year, iso_month = found.groups()
    return dt.datetime(int(year or iso_year), int(month or iso_month), 1), "month"  # noqa: DTZ001 - local


def _iso(text: str) -> _Found | None:
    moment = dt.datetime.fromisoformat(_BLANK_BEFORE_OFFSET.sub("", text))
    return moment, "minute" if len(text) > len("2013-11-06") else "day"


def _rfc_822(text: str) -> _Found | None:
    if not _RFC_822.match(text):
        return None
    moment = parsedate_to_datetime(text)
    is_utc = text.endswith("-0000")  # RFC 2822: this is UTC, from a sender that hides its zone
    return moment.replace(tzinfo=dt.UTC) if is_utc else moment, "minute"


def _vietnamese(text: str) -> _Found | None:
    date, rest = _take(_DAY_FIRST, text)
    if date is None:
        date, rest = _take(_IN_WORDS, text)
    time, rest = _take(_TIME, rest)
    zone, rest = _take(_ZONE, rest)
    if date is None or not _PUNCTUATION.fullmatch(_LABEL.sub("", _WEEKDAY.sub("", rest))):
        return None
    day, _, month, year = date.groups()
    moment = dt.datetime(int(year), int(month), int(day))  # noqa: DTZ001 - local until the zone is known
    if time is None:
        return moment, "day"
    moment = moment.replace(hour=_hour(time), minute=int(time[2]), second=int(time[3] or 0))
    return moment.replace(tzinfo=_offset(zone)) if zone else moment, "minute"


def _take(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    found = pattern.search(text)
    return (found, f"{text[: found.start()]} {text[found.end() :]}") if found else (None, text)


def _hour(time: re.Match[str]) -> int:
    hour, half = int(time[1]), (time[4] or "").lower()
    if half and hour <= 12:  # 12 am is midnight, 12 pm is noon; some write "13:05 CH"
        return hour % 12 + (12 if half in ("pm", "ch") else 0)
    return hour


def _offset(zone: re.Match[str]) -> dt.timezone:
    offset = dt.timedelta(hours=int(zone[2]), minutes=int(zone[3]))
    return dt.timezone(-offset if zone[1] == "-" else offset)


def _numeric_zone(zone: re.Match[str]) -> str:
    return f"{zone[1]}{int(zone[2]):02}{zone[3] or '00'}"
