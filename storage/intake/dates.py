"""Publication times as sources write them → `Published`. What a source leaves out is never made up.

`date_text` reads the numbers, `date_style` decides for a whole feed how to read them; here implausible times
are refused.
"""

import datetime as dt
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from storage.intake.date_style import DateSample, DateStyle, decide_style, number_time, read_moment
from storage.intake.date_text import read_date_text
from storage.times import Precision, Published

_FIRST_YEAR = 1990  # before the Vietnamese web; 1970 is a clock that was never set
_AHEAD = dt.timedelta(days=1)  # how far a wrong zone puts a true time into the future
_MAX_LINE_CHARACTERS = 60
_IN_PATH = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?=/)",
        r"/((?:19|20)\d{2})-(\d{2})-(\d{2})(?=/)",
        r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?:\d{6}(?:\d{3})?)?(?!\d)",  # the longer ones are time stamps
        r"/((?:19|20)\d{2})/?(\d{2})(?=/)",
    )
)


def parse_published(
    text: str, zone: str, now: dt.datetime, *, url: str = "", style: DateStyle | None = None
) -> Published | None:
    """Return when `text` says that an article came out, or None where it does not say so credibly.

    A time without a zone is in `zone` (an IANA name). Before 1990, or more than a day after `now`, is not
    credible; a time less than a day ahead becomes `now`. `style` is how the article's feed writes its times;
    without one this value, and the number in `url`, are all the evidence.

    >>> parse_published("6/11/2013 11:45", "Asia/Ho_Chi_Minh", dt.datetime(2013, 11, 7, tzinfo=dt.UTC))
    Published(at=datetime.datetime(2013, 11, 6, 4, 45, tzinfo=datetime.timezone.utc), precision='minute')
    """
    date = read_date_text(text)
    if date is None:
        return None
    local = ZoneInfo(zone)
    style = style or decide_style([DateSample(text, url)], zone, now)
    try:
        moment = read_moment(date, style, local, number_time(url, local))
        return _credible(moment, date.precision, local, now) if moment else None
    except (ValueError, OverflowError):  # a moment at the end of time
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
    local = ZoneInfo(zone)
    made_at = number_time(url, local)
    if made_at is not None and (published := _credible(_floor(made_at, "day"), "day", local, now)):
        return published
    path = urlsplit(url).path
    for pattern in _IN_PATH:
        for found in pattern.finditer(path):
            year, month, *day = map(int, found.groups())
            try:
                moment = dt.datetime(year, month, day[0] if day else 1)  # noqa: DTZ001 - the zone comes next
                published = _credible(moment, "day" if day else "month", local, now)
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
