"""The Vietnamese lunar date of a day, reckoned at UTC+7.

China reckons at UTC+8, so now and then a month begins a day apart there; in 1985 that moved Tết by a month.
Source: Hồ Ngọc Đức, "Thuật toán tính âm lịch"; series for Moon and Sun: Jean Meeus, Astronomical Algorithms.
"""

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache

_UTC7 = 7 / 24  # days
_DAY_0 = 1_721_425  # Julian day number of the day before ordinal 1
_MONTH = 29.53058868  # mean, in days
_NEW_MOON_0 = 2_415_020.75933  # Julian date of mean new moon number 0, in January 1900
_MONTH_OF_SOLSTICE = 11
_SECTOR_OF_SOLSTICE = 9  # 270 degrees


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A day of the Vietnamese lunar calendar; a leap month bears the number of the month before it."""

    year: int
    month: int
    day: int
    is_leap_month: bool = False


def lunar_date(day: dt.date) -> LunarDate:
    """Return the lunar date of a day in Vietnam (exact for 1968 to 2199, when UTC+7 is the law's zone).

    >>> lunar_date(dt.date(2026, 2, 17))
    LunarDate(year=2026, month=1, day=1, is_leap_month=False)
    """
    ordinal = day.toordinal()
    moon = _moon_of(ordinal)
    year = day.year if moon >= _solstice_moon(day.year) else day.year - 1
    first = _solstice_moon(year)
    leap = _leap_position(first, _solstice_moon(year + 1))
    position = moon - first  # 0: the month of the solstice, the eleventh
    number = position - (leap is not None and position >= leap)
    month = (number + _MONTH_OF_SOLSTICE - 1) % 12 + 1
    return LunarDate(
        year=year if month >= _MONTH_OF_SOLSTICE else year + 1,
        month=month,
        day=ordinal - _first_day(moon) + 1,
        is_leap_month=position == leap,
    )


def _moon_of(ordinal: int) -> int:
    """Return the number of the new moon that began the month of a day."""
    moon = math.floor((ordinal + _DAY_0 - _NEW_MOON_0) / _MONTH) + 1
    while _first_day(moon) > ordinal:
        moon -= 1
    return moon


@lru_cache(maxsize=64)
def _solstice_moon(year: int) -> int:
    """Return the new moon that began the month in which the winter solstice of `year` falls."""
    moon = _moon_of(dt.date(year, 12, 31).toordinal())
    return moon - 1 if _sector(_first_day(moon)) >= _SECTOR_OF_SOLSTICE else moon


@lru_cache(maxsize=64)
def _leap_position(first: int, next_first: int) -> int | None:
    """Return which month after the solstice's is the leap one: the first without a new sector of the Sun."""
    if next_first - first == 12:
        return None
    sectors = [_sector(_first_day(moon)) for moon in range(first, next_first + 1)]
    return next(i for i in range(1, 13) if sectors[i] == sectors[i + 1])


@lru_cache(maxsize=256)
def _first_day(moon: int) -> int:
    """Return the ordinal of the day, in Vietnam, of a new moon."""
    return math.floor(_new_moon(moon) + 0.5 + _UTC7) - _DAY_0


def _new_moon(moon: int) -> float:
    """Return the Julian date (UTC) of a new moon."""
    t = moon / 1236.85  # Julian centuries since 1900
    sun = math.radians(359.2242 + 29.10535608 * moon - (0.0000333 + 0.00000347 * t) * t * t)
    anomaly = math.radians(306.0253 + 385.81691806 * moon + (0.0107306 + 0.00001236 * t) * t * t)
    latitude = math.radians(21.2964 + 390.67050646 * moon - (0.0016528 + 0.00000239 * t) * t * t)
    mean = _NEW_MOON_0 + _MONTH * moon + (0.0001178 - 0.000000155 * t) * t * t
    mean += 0.00033 * math.sin(math.radians(166.56 + 132.87 * t - 0.009173 * t * t))
    terms = (
        (0.1734 - 0.000393 * t, sun),
        (0.0021, 2 * sun),
        (-0.4068, anomaly),
        (0.0161, 2 * anomaly),
        (-0.0004, 3 * anomaly),
        (0.0104, 2 * latitude),
        (-0.0051, sun + anomaly),
        (-0.0074, sun - anomaly),
        (0.0004, 2 * latitude + sun),
        (-0.0004, 2 * latitude - sun),
        (-0.0006, 2 * latitude + anomaly),
        (0.0010, 2 * latitude - anomaly),
        (0.0005, 2 * anomaly + sun),
    )
    earth_lag = -0.000278 + 0.000265 * t + 0.000262 * t * t  # dynamical less universal time
    return mean + sum(size * math.sin(angle) for size, angle in terms) - earth_lag


def _sector(ordinal: int) -> int:
    """Return in which twelfth of its way, 0 to 11 from the March equinox, the Sun is as a day begins."""
    t = (ordinal + _DAY_0 - 0.5 - _UTC7 - 2_451_545.0) / 36_525  # Julian centuries since 2000
    anomaly = math.radians(357.52910 + (35_999.05030 - 0.0001559 * t) * t)
    longitude = 280.46645 + (36_000.76983 + 0.0003032 * t) * t
    longitude += (1.914600 - 0.004817 * t) * math.sin(anomaly)
    longitude += (0.019993 - 0.000101 * t) * math.sin(2 * anomaly) + 0.000290 * math.sin(3 * anomaly)
    return int(longitude % 360 // 30)
