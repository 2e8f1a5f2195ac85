"""Times, days, zones and waits in Vietnamese words, in the solar and the lunar calendar. Pure."""

import datetime as dt
import math
import re
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from bot.times.schedule import EVERY_DAY, QuietHours, Schedule
from storage.times import Published
from summarizer.lunar import LunarDate, lunar_date

_HOME = "Asia/Ho_Chi_Minh"
_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_LUNAR_MONTHS = "Giêng, Hai, Ba, Tư, Năm, Sáu, Bảy, Tám, Chín, Mười, Mười một, Chạp"
_PARTS_OF_DAY = ((4, "rạng sáng"), (11, "sáng"), (13, "trưa"), (18, "chiều"), (22, "tối"), (24, "đêm"))
_NAMES_ITS_HOUR = re.compile(
    r"(?<=\btin )(?:sáng|trưa|chiều|tối|đêm)\b(?! (?:tạo|kiến|chế|tác|kỵ|giản))", re.IGNORECASE
)


def date_line(day: dt.date) -> str:
    """Return a day in both calendars.

    >>> date_line(dt.date(2026, 11, 22))
    'Chủ nhật, 22/11/2026 · 14 tháng Mười âm lịch'
    """
    name = _DAYS[day.weekday()]
    return f"{name[0].upper()}{name[1:]}, {day:%d/%m/%Y} · {lunar_text(lunar_date(day))} âm lịch"


def lunar_text(date: LunarDate) -> str:
    """Return a lunar day as it is called: the first ten days "mùng", the fifteenth "rằm".

    >>> lunar_text(LunarDate(2025, 6, 15, is_leap_month=True))
    'rằm tháng Sáu nhuận'
    """
    day = "rằm" if date.day == 15 else f"mùng {date.day}" if date.day <= 10 else str(date.day)
    month = _LUNAR_MONTHS.split(", ")[date.month - 1]
    return f"{day} tháng {month}" + (" nhuận" if date.is_leap_month else "")


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


def titled_at(title: str, time: dt.time) -> str:
    """Return an edition's title as it fits another time of day than the edition's own.

    >>> titled_at("Bản tin sáng", dt.time(19)), titled_at("Bản tin kinh tế", dt.time(19))
    ('Bản tin tối', 'Bản tin kinh tế')
    """
    return _NAMES_ITS_HOUR.sub(_part_of_day(time.hour), title)


def _part_of_day(hour: int) -> str:
    return next(name for end, name in _PARTS_OF_DAY if hour < end)


def say_list(words: Sequence[str], before_last: str = "và") -> str:
    """Join words as a sentence does; with "hoặc", one of them is enough.

    >>> say_list(["06:30", "12:00", "18:30"]), say_list(["bão", "lũ", "động đất"], "hoặc")
    ('06:30, 12:00 và 18:30', 'bão, lũ hoặc động đất')
    """
    return f" {before_last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def say_number(number: int) -> str:
    """Write a number as Vietnamese does.

    >>> say_number(10000)
    '10.000'
    """
    return f"{number:,}".replace(",", ".")


def say_times(times: Collection[dt.time]) -> str:
    """Say local times, in order."""
    return say_list([f"{time:%H:%M}" for time in sorted(times)])


def say_days(days: Collection[int]) -> str:
    """Say days of the week, 0 = Monday.

    >>> say_days({0, 1, 2, 3, 4}), say_days({5, 6}), say_days({0, 2, 6})
    ('từ thứ Hai đến thứ Sáu', 'cuối tuần', 'thứ Hai, thứ Tư và Chủ nhật')
    """
    ordered = sorted(days)
    if frozenset(ordered) == EVERY_DAY:
        return "hằng ngày"
    if ordered == [5, 6]:
        return "cuối tuần"
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"từ {_DAYS[ordered[0]]} đến {_DAYS[ordered[-1]]}"
    return say_list([_DAYS[day] for day in ordered])


def say_schedule(schedule: Schedule) -> str:
    """Say when digests come: the times and the days.

    >>> say_schedule(Schedule((dt.time(6, 45), dt.time(18, 30)), frozenset({5, 6})))
    '06:45 và 18:30, cuối tuần'
    """
    parts = schedule.parts or ((schedule.times, schedule.days),)
    return "; ".join(f"{say_times(times)}, {say_days(days)}" for times, days in parts)


def say_zone(zone: str) -> str:
    """Say a time zone.

    >>> say_zone("Asia/Ho_Chi_Minh"), say_zone("America/New_York")
    ('giờ Việt Nam', 'giờ New York (America/New_York)')
    """
    if zone == _HOME:
        return "giờ Việt Nam"
    city = say_place(zone)
    return f"giờ {city} ({zone})" if city != zone else f"giờ {zone}"


def say_place(zone: str) -> str:
    """Name the city of a time zone as one would type it.

    >>> say_place("Asia/Ho_Chi_Minh"), say_place("America/New_York")
    ('Hà Nội', 'New York')
    """
    return "Hà Nội" if zone == _HOME else zone.rpartition("/")[2].replace("_", " ")


def say_quiet(quiet: QuietHours) -> str:
    """Say the quiet hours.

    >>> say_quiet(QuietHours()), say_quiet(QuietHours(0, 0))
    ('22:00–06:30', 'đang tắt')
    """
    if quiet.start_minute == quiet.end_minute:
        return "đang tắt"
    return f"{say_minute(quiet.start_minute)}–{say_minute(quiet.end_minute)}"


def say_moment(moment: dt.datetime, zone: str, *, now: dt.datetime) -> str:
    """Say a moment to come, as someone in `zone` would at `now`.

    >>> now = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
    >>> say_moment(dt.datetime(2026, 11, 22, 23, 45, tzinfo=dt.UTC), "Asia/Ho_Chi_Minh", now=now)
    '06:45 sáng mai'
    """
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    ahead = (local.date() - today).days
    day = {0: "nay", 1: "mai"}.get(ahead, f"{_DAYS[local.weekday()]}, {local.day}/{local.month}")
    return f"{local:%H:%M} {_part_of_day(local.hour)} {day}"


def say_wait(wait: dt.timedelta) -> str:
    """Say how long to wait, rounded up.

    >>> say_wait(dt.timedelta(seconds=7.2)), say_wait(dt.timedelta(minutes=41, seconds=3))
    ('8 giây', '42 phút')
    """
    seconds = max(1, math.ceil(wait.total_seconds()))
    return f"{seconds} giây" if seconds < 90 else f"{math.ceil(seconds / 60)} phút"


def say_minute(minute: int) -> str:
    """Say a time of day, given in minutes after midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"


def say_at(moment: dt.datetime, zone: str, now: dt.datetime) -> str:
    """Write a moment for an operator: the hour, and the day if it is another one.

    >>> noon = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
    >>> say_at(noon, "Asia/Ho_Chi_Minh", noon), say_at(noon, "Asia/Ho_Chi_Minh", noon + dt.timedelta(days=1))
    ('12:00', '12:00 20/11')
    """
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%H:%M %d/%m}" if local.year == today.year else f"{local:%H:%M %d/%m/%Y}"


def say_length(length: dt.timedelta) -> str:
    """Write a duration, to the minute below a day.

    >>> say_length(dt.timedelta(minutes=47)), say_length(dt.timedelta(minutes=125))
    ('47 phút', '2 giờ 5 phút')
    """
    minutes = round(length / dt.timedelta(minutes=1))
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} ngày"
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} phút"
    return f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"
