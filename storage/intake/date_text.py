"""The text of a publication time → its numbers. A field is read whole or not at all.

A field holds one date, at most one time of day, at most one offset, and otherwise only a weekday, labels and
punctuation. `storage.intake.date_style` decides whether `5/8/2026` starts with the day.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from storage.times import Precision

MAX_CHARACTERS = 100
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_WORDS = (
    *("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"),
    *("giêng", "", "", "bốn"),
)  # the last four: other words for months 1 and 4; "chạp" is a month of the lunar year
_WEEKDAYS = {
    **{name: at for at, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    **{name: at for at, name in enumerate(("hai", "ba", "tư", "năm", "sáu", "bảy"))},
    **{str(at + 2): at for at in range(6)},
}
# Source: RFC 822, section 5.1, and Vietnam's ICT.
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "ict": 7, "est": -5, "edt": -4, "cst": -6, "cdt": -5}
_ZONES |= {"mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_PM = frozenset(("pm", "p.m.", "ch", "chiều", "tối"))

_FLAGS = re.ASCII | re.IGNORECASE
_EPOCH = re.compile(r"([12]\d{9})(?:\d{3}|\d{6}|\.\d{1,9})?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:[t\s]?(\d\d)(\d\d)(\d\d)?)?", _FLAGS)
_MONTH_ALONE = re.compile(r"(\d{1,2})[/-](\d{4})|(\d{4})-(\d{2})", re.ASCII)
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR_FIRST = re.compile(r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", re.ASCII)
_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d:])", re.ASCII)
_DAY_NAME = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[\s-]{_NAME}(?:,\s?|[\s-])(\d{{4}}|\d{{2}})(?!\d)", _FLAGS
)
_NAME_DAY = re.compile(rf"\b{_NAME}\s(\d{{1,2}})(?:st|nd|rd|th)?(?:,\s?|\s)(\d{{4}})(?!\d)", _FLAGS)
_WORDS = "|".join(sorted(filter(None, _MONTH_WORDS), key=len, reverse=True))
_DAY_WORD = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s(?:tháng|thg|th)\.?\s?(\d{{1,2}}|{_WORDS})(?:,\s?|\s)(?:năm\s)?(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_WORD_DAY = re.compile(rf"\btháng\s({_WORDS})\s(\d{{1,2}})(?:,\s?|\s)(\d{{4}})(?!\d)", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\d.:])(?:(?<=\s)t)?(\d{1,2})\s?(?:(?::|h|g|giờ)\s?(\d{2})(?!\d)(?:\s?(?::|phút)\s?(\d{2})(?!\d)"
    r"(?:[.,]\d{1,9})?)?|(?:h|giờ)(?!\s?\d))'?\s?(?:phút|giây)?\s?(am|pm|a\.m\.|p\.m\.|sa|ch|sáng|chiều|tối)?(?=z\b|\W|$)",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"\(?(?:\b(?:gmt|utc)\s?)?(?:(?<!\d)|(?<=\d\s))([+-])\s?(\d{1,2})(?::?(\d{2}))?(?![\d:])\)?", _FLAGS
)
_ZONE = re.compile(rf"\(?(?<![a-z])({'|'.join(_ZONES)})(?![a-z])\)?", _FLAGS)
_VIETNAMESE_WEEKDAY = re.compile(
    r"\b(?:(?:thứ|th)\s?(hai|ba|tư|năm|sáu|bảy|[2-7])|t([2-7])|(chủ\s?nhật|cn))\b", re.IGNORECASE
)
_ENGLISH_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\b\.?", _FLAGS)
_LABEL = re.compile(
    r"\b(?:cập nhật|xuất bản|đăng(?: tải)?|phát hành|ngày|lúc|vào|published|updated|posted|on|at)\b",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\s,:;|•()–—-]*")


class DateOrder(StrEnum):
    """Which number of `5/8/2026` is the day."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, slots=True)
class DateText:
    """A date as it is written: `first` and `second` are day and month in the given `order`.

    `order` is None if the text leaves both orders open, `offset` is None if none is written. `weekday` counts
    from Monday = 0. `has_half`: AM or PM is written, in either language. `is_us_clock`: it is English and
    follows seconds, as programs with American settings write it.
    """

    year: int
    first: int
    second: int
    order: DateOrder | None
    precision: Precision = "day"
    hour: int = 0
    minute: int = 0
    seconds: float = 0
    offset: dt.timedelta | None = None
    weekday: int | None = None
    is_us_clock: bool = False
    has_half: bool = False

    def moment(self, order: DateOrder) -> dt.datetime | None:
        """Return the moment, read in `order`, None if it is no date; aware if an offset is written."""
        day, month = (self.first, self.second) if order is DateOrder.DAY_FIRST else (self.second, self.first)
        zone = None if self.offset is None else dt.timezone(self.offset)
        try:
            return dt.datetime(self.year, month, day, self.hour, self.minute, int(self.seconds), tzinfo=zone)
        except (ValueError, OverflowError):
            return None

    @property
    def possible_orders(self) -> tuple[DateOrder, ...]:
        """Return the orders in which this is a date; if a weekday is written, preferably those with it."""
        orders = (self.order,) if self.order else tuple(DateOrder)
        dates = {order: moment for order in orders if (moment := self.moment(order))}
        named = tuple(order for order, moment in dates.items() if moment.weekday() == self.weekday)
        return named or tuple(dates)


def read_date_text(text: str) -> DateText | None:
    """Return the numbers of the date that `text` is, or None if it holds anything else.

    >>> read_date_text("Thứ năm, 20/8/2026, 15:47 (GMT+7)").moment(DateOrder.DAY_FIRST).isoformat()
    '2026-08-20T15:47:00+07:00'
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_CHARACTERS:
        return None
    try:
        return _epoch(text) or _compact(text) or _month_alone(text) or _dated(text)
    except (ValueError, OverflowError):  # digits that are no date, or one at the end of time
        return None


def _epoch(text: str) -> DateText | None:
    found = _EPOCH.fullmatch(text)
    if found is None:
        return None
    at = dt.datetime.fromtimestamp(int(found[1]), dt.UTC)
    return DateText(
        at.year, at.day, at.month, DateOrder.DAY_FIRST, "minute", at.hour, at.minute, at.second,
        dt.timedelta(),
    )  # fmt: skip


def _compact(text: str) -> DateText | None:
    found = _COMPACT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    precision: Precision = "minute" if found[4] else "day"
    return DateText(year, day, month, DateOrder.DAY_FIRST, precision, hour, minute, second)


def _month_alone(text: str) -> DateText | None:
    found = _MONTH_ALONE.fullmatch(text)
    if found is None:
        return None
    month, year, iso_year, iso_month = found.groups()
    return DateText(int(year or iso_year), 1, int(month or iso_month), DateOrder.DAY_FIRST, "month")


def _dated(text: str) -> DateText | None:
    date, rest = _take_date(text)
    time, rest = _take(_TIME, rest)
    offset, rest = _take_offset(rest) if time else (None, rest)
    if date is None:  # "Aug 20 15:47:00 ICT 2026": the year stands behind the time
        date, rest = _take_date(" ".join(rest.split()))
    weekday, rest = _take_weekday(rest)
    if date is None or not _PUNCTUATION.fullmatch(_LABEL.sub("", rest)):
        return None
    year, first, second, order = date
    if time is None:
        return DateText(year, first, second, order, weekday=weekday)
    half = (time[4] or "").lower()
    return DateText(
        year, first, second, order, "minute", _hour(int(time[1]), half), int(time[2] or 0), int(time[3] or 0),
        offset, weekday, is_us_clock=bool(time[3]) and half in ("am", "pm"), has_half=bool(half),
    )  # fmt: skip


def _take_date(text: str) -> tuple[tuple[int, int, int, DateOrder | None] | None, str]:
    """Return (year, first number, second number, order) and the text without them."""
    day_first = DateOrder.DAY_FIRST
    for pattern in (_YEAR_FIRST, _NUMBERS, _DAY_NAME, _NAME_DAY, _DAY_WORD, _WORD_DAY):
        found, rest = _take(pattern, text)
        if found is None:
            continue
        if pattern is _YEAR_FIRST:
            return (int(found[1]), int(found[4]), int(found[3]), day_first), rest
        if pattern is _NUMBERS:
            return (_year(found[4]), int(found[1]), int(found[3]), None), rest
        day, month = (found[1], found[2]) if pattern in (_DAY_NAME, _DAY_WORD) else (found[2], found[1])
        return (_year(found[3]), int(day), _month(month.lower()), day_first), rest
    return None, text


def _year(digits: str) -> int:
    """Return the year; two digits are a year since 1970.

    >>> _year("21"), _year("98"), _year("2013")
    (2021, 1998, 2013)
    """
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    if name[:3] in _MONTH_NAMES:
        return _MONTH_NAMES.index(name[:3]) + 1
    return {12: 1, 15: 4}.get(at := _MONTH_WORDS.index(name), at + 1)


def _hour(hour: int, half: str) -> int:
    if half and hour <= 12:  # 12 am is midnight, 12 pm is noon; some write "13:05 CH"
        return hour % 12 + (12 if half in _PM else 0)
    return hour


def _take(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    found = pattern.search(text)
    return (found, f"{text[: found.start()]} {text[found.end() :]}") if found else (None, text)


def _take_offset(text: str) -> tuple[dt.timedelta | None, str]:
    """Return the written offset, and the text without it. Raises ValueError for an impossible offset."""
    found, rest = _take(_OFFSET, text)
    if found is not None:
        offset = dt.timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if offset > dt.timedelta(hours=14):
            raise ValueError("no such offset")
        return (-offset if found[1] == "-" else offset), rest
    named, rest = _take(_ZONE, text)
    return (dt.timedelta(hours=_ZONES[named[1].lower()]), rest) if named else (None, text)


def _take_weekday(text: str) -> tuple[int | None, str]:
    vietnamese, rest = _take(_VIETNAMESE_WEEKDAY, text)
    if vietnamese is not None:
        name = vietnamese[1] or vietnamese[2]
        return (_WEEKDAYS[name.lower()] if name else 6), rest
    english, rest = _take(_ENGLISH_WEEKDAY, text)
    return (_WEEKDAYS[english[1].lower()], rest) if english else (None, text)
