"""Days and times as Vietnamese readers write them, in the solar and the lunar calendar."""

import datetime as dt
from zoneinfo import ZoneInfo

from storage.times import Published
from summarizer.lunar import LunarDate, lunar_date

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_LUNAR_MONTHS = (
    "Giêng",
    "Hai",
    "Ba",
    "Tư",
    "Năm",
    "Sáu",
    "Bảy",
    "Tám",
    "Chín",
    "Mười",
    "Mười một",
    "Chạp",
)


def date_line(day: dt.date) -> str:
    """Return a day in both calendars.

    >>> date_line(dt.date(2026, 11, 22))
    'Chủ nhật, 22/11/2026 · 14 tháng Mười âm lịch'
    """
    return f"{_WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y} · {lunar_text(lunar_date(day))} âm lịch"


def lunar_text(date: LunarDate) -> str:
    """Return a lunar day as it is called: the first ten days "mùng", the fifteenth "rằm".

    >>> lunar_text(LunarDate(2025, 6, 15, is_leap_month=True))
    'rằm tháng Sáu nhuận'
    """
    day = "rằm" if date.day == 15 else f"mùng {date.day}" if date.day <= 10 else str(date.day)
    return f"{day} tháng {_LUNAR_MONTHS[date.month - 1]}" + (" nhuận" if date.is_leap_month else "")


def publication_label(published: Published | None, *, now: dt.datetime, zone: str) -> str:
    """Return when an article came out, no finer than is known; empty when nothing is.

    >>> now = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
    >>> early = Published(dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC))
    >>> publication_label(early, now=now, zone="Asia/Ho_Chi_Minh")
    '06:30 hôm nay'
    """
    if published is None:
        return ""
    local = published.at.astimezone(ZoneInfo(zone))
    if published.precision == "month":
        return f"{local:%m/%Y}"
    day = day_label(local.date(), now.astimezone(ZoneInfo(zone)).date())
    return f"{local:%H:%M} {day}" if published.precision == "minute" else day


def publication_day(published: Published | None, *, now: dt.datetime, zone: str) -> str:
    """Return the day on which an article came out; empty when it is not known."""
    if published is None or published.precision == "month":
        return ""
    local = ZoneInfo(zone)
    return day_label(published.at.astimezone(local).date(), now.astimezone(local).date())


def day_label(day: dt.date, today: dt.date) -> str:
    """Return a day as one calls it today."""
    if day == today:
        return "hôm nay"
    if day == today - dt.timedelta(days=1):
        return "hôm qua"
    return f"{day:%d/%m}" if day.year == today.year else f"{day:%d/%m/%Y}"
