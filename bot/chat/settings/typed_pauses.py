"""Until when a pause lasts, as people type it: `3 ngày`, `đến thứ hai`, `đến 2/12`, `hết tuần`. Pure."""

import calendar
import datetime as dt
import re
from zoneinfo import ZoneInfo

from bot.times.typed_times import NUMERALS, TypedTimeError, parse_days, parse_local_time
from summarizer.text.syllables import folded

LONGEST = dt.timedelta(days=366)
_LONGEST_TEXT = 48
_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)
_UNITS = {
    **dict.fromkeys(("tieng", "gio", "h"), _HOUR),
    **dict.fromkeys(("ngay", "hom", "bua"), _DAY),
    "tuan": 7 * _DAY,
    "thang": 30 * _DAY,
}
_HALVES = {"ngay": _DAY / 2, "tuan": 4 * _DAY, "thang": 15 * _DAY, "nam": 182 * _DAY}
_NUMBERS = {folded(numeral): number for numeral, number in NUMERALS.items()}
_SPAN = re.compile(
    rf"(?P<number>[0-9]{{1,3}}|{'|'.join(_NUMBERS)}) ?(?P<unit>{'|'.join(_UNITS)})"
    r"(?P<half> ruoi)?(?: toi| nua)?"
)
_DATE = re.compile(
    r"(?:ngay |mung |mong )?(?P<day>[0-9]{1,2})(?:/| thang )(?P<month>[0-9]{1,2})"
    r"(?:[/ ](?P<year>20[0-9]{2}))?"
)
_DATE_OF_MONTH = re.compile(r"(?:ngay|mung|mong) (?P<day>[0-9]{1,2})")
_FILLER = re.compile(r"^(?:trong|khoang|tam|chung|vong) ")
_UNTIL = re.compile(r"^(?:cho )?(?:den|toi) (?=\S)")
_TO_THE_END = re.compile(r"^(?:het|cuoi) (?=\S)")
_FROM = re.compile(
    r"^(?:ke )?tu (?:mai|ngay mai|hom nay|nay|bay gio|gio|sang mai|toi nay) (?=(?:den|toi|cho) )"
)
_MONTH_OF_YEAR = re.compile(r"thang (?P<month>1[0-2]|0?[1-9])")
_HALF = re.compile(r"nua (?P<unit>ngay|tuan|thang|nam)")
_ONE_AND = re.compile(r"^(?:hom nay|nay|ngay mai|mai) (?:voi|va|cung) (?=\S)")  # the later of two days counts
_NEXT = re.compile(r" (?:tuan sau|tuan toi)$")


class UnreadableSpanError(ValueError):
    """The text names no time at which a pause could end."""


def parse_pause(text: str, *, now: dt.datetime, zone: str) -> dt.datetime:
    """Return the moment, in UTC, at which a pause asked for at `now` ends.

    A span counts from now. `đến` a day ends at that day's midnight; a day without it ("mai", "tuần này") is
    left out whole.

    Raises:
        UnreadableSpanError: it names no time, one that has passed, or one more than a year ahead.

    >>> sunday = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
    >>> parse_pause("đến thứ hai", now=sunday, zone="Asia/Ho_Chi_Minh").isoformat()
    '2026-11-22T17:00:00+00:00'
    """
    plain = " ".join(folded(text).split())
    if len(plain) > _LONGEST_TEXT:
        raise UnreadableSpanError(text)
    plain = _FROM.sub("", _FILLER.sub("", plain))
    local = now.astimezone(ZoneInfo(zone))
    end = _after_span(plain, local) or _day_or_hour(plain, local)
    if end is None or not local < end <= local + LONGEST:
        raise UnreadableSpanError(text)
    return end.astimezone(dt.UTC)


def _after_span(plain: str, local: dt.datetime) -> dt.datetime | None:
    if half := _HALF.fullmatch(plain):
        return local + _HALVES[half["unit"]]
    span = _SPAN.fullmatch(_UNTIL.sub("", plain) if plain.endswith(" nua") else plain)
    if span is None:
        return None
    number = int(_NUMBERS.get(span["number"], span["number"]))
    unit = _UNITS[span["unit"]]
    return local + number * unit + (unit / 2 if span["half"] else dt.timedelta())


def _day_or_hour(plain: str, local: dt.datetime) -> dt.datetime | None:
    plain = _ONE_AND.sub("", plain)
    is_until = _UNTIL.match(plain) is not None
    plain = _UNTIL.sub("", plain)
    if is_until and (hour := _hour(plain, local)):
        return hour
    is_whole = not is_until or _TO_THE_END.match(plain) is not None
    read = _day(_TO_THE_END.sub("", plain), local.date())
    if read is None:
        return None
    first, last = read
    day = last + _DAY if is_whole else first
    return dt.datetime.combine(day, dt.time(), local.tzinfo)


def _hour(plain: str, local: dt.datetime) -> dt.datetime | None:
    days = 1 if (is_tomorrow := plain.endswith(" mai")) else 0
    try:
        time = parse_local_time(plain.removesuffix(" mai").removesuffix(" ngay"))
    except TypedTimeError:
        return None
    at = dt.datetime.combine(local.date() + days * _DAY, time, local.tzinfo)
    return at if is_tomorrow or at > local else at + _DAY


def _day(plain: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day that `plain` names."""
    monday = today + (7 - today.weekday()) * _DAY
    named = {
        "nay": (today, today), "hom nay": (today, today), "ngay hom nay": (today, today),
        "mai": (today + _DAY, today + _DAY), "ngay mai": (today + _DAY, today + _DAY),
        "sang mai": (today + _DAY, today + _DAY), "toi nay": (today, today),
        "trua nay": (today, today), "chieu nay": (today, today), "dem nay": (today, today),
        "mot": (today + 2 * _DAY, today + 2 * _DAY), "ngay kia": (today + 2 * _DAY, today + 2 * _DAY),
        "tuan": (monday - _DAY, monday - _DAY), "tuan nay": (monday - _DAY, monday - _DAY),
        "tuan sau": (monday, monday + 6 * _DAY), "tuan toi": (monday, monday + 6 * _DAY),
        "dau tuan": (monday, monday), "dau tuan sau": (monday, monday),
        "thang": _month(today), "thang nay": _month(today), "thang sau": _month(_month(today)[1] + _DAY),
        "dau thang sau": (_month(today)[1] + _DAY,) * 2,
    }  # fmt: skip
    return named.get(plain) or _month_ahead(plain, today) or _date(plain, today) or _weekday(plain, today)


def _month_ahead(plain: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    found = _MONTH_OF_YEAR.fullmatch(plain)
    if found is None:
        return None
    month = int(found["month"])
    return _month(dt.date(today.year + (month < today.month), month, 1))


def _month(day: dt.date) -> tuple[dt.date, dt.date]:
    first = day.replace(day=1)
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _date(plain: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    try:
        if found := _DATE.fullmatch(plain):
            month, day = int(found["month"]), int(found["day"])
            year = int(found["year"] or today.year + ((month, day) < (today.month, today.day)))
            read = dt.date(year, month, day)
        elif found := _DATE_OF_MONTH.fullmatch(plain):
            day = int(found["day"])
            start = today if day > today.day else _month(today)[1] + _DAY
            read = start.replace(day=day)
        else:
            return None
    except ValueError:  # the 31st of February
        return None
    return read, read


def _weekday(plain: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    try:
        days = parse_days(_NEXT.sub("", plain).removesuffix(" nay"))
    except TypedTimeError:
        return None
    if len(days) != 1:
        return None
    (day,) = days
    ahead = (day - today.weekday() - 1) % 7 + 1
    if _NEXT.search(plain) and ahead <= 6 - today.weekday():
        ahead += 7  # "thứ sáu tuần sau", said on a Monday
    return today + ahead * _DAY, today + ahead * _DAY
