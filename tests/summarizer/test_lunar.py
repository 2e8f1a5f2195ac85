"""The Vietnamese lunar calendar, by known days and by its own laws."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.lunar import LunarDate, lunar_date

DAYS = st.dates(dt.date(1968, 1, 1), dt.date(2150, 12, 31))


@pytest.mark.parametrize(
    "tet",
    [
        dt.date(1968, 1, 29),  # a day before China's
        dt.date(1985, 1, 21),  # China's was on 20 February
        dt.date(2007, 2, 17),  # a day before China's
        dt.date(2023, 1, 22),
        dt.date(2024, 2, 10),
        dt.date(2025, 1, 29),
        dt.date(2026, 2, 17),
        dt.date(2030, 2, 2),  # a day before China's
    ],
)
def test_tet_is_the_first_day_of_the_lunar_year(tet: dt.date) -> None:
    assert lunar_date(tet) == LunarDate(tet.year, 1, 1)
    eve = lunar_date(tet - dt.timedelta(days=1))
    assert (eve.year, eve.month, eve.day in (29, 30)) == (tet.year - 1, 12, True)


@pytest.mark.parametrize(
    ("first_day", "year", "month"),
    [
        (dt.date(2014, 10, 24), 2014, 9),
        (dt.date(2017, 7, 23), 2017, 6),
        (dt.date(2020, 5, 23), 2020, 4),
        (dt.date(2023, 3, 22), 2023, 2),
        (dt.date(2025, 7, 25), 2025, 6),
        (
            dt.date(2033, 12, 22),
            2033,
            11,
        ),  # a month without a new sector comes before it, and is not the leap one
    ],
)
def test_a_leap_month_bears_the_number_of_the_month_before(first_day: dt.date, year: int, month: int) -> None:
    assert lunar_date(first_day) == LunarDate(year, month, 1, is_leap_month=True)
    before = lunar_date(first_day - dt.timedelta(days=1))
    assert (before.month, before.is_leap_month) == (month, False)


@pytest.mark.parametrize("year", [2022, 2024, 2026])
def test_a_common_year_has_no_leap_month(year: int) -> None:
    days = (dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365))
    assert not any(lunar_date(day).is_leap_month for day in days)


@given(DAYS)
def test_the_next_day_is_the_next_lunar_day_or_the_first_of_the_next_month(day: dt.date) -> None:
    today, tomorrow = lunar_date(day), lunar_date(day + dt.timedelta(days=1))
    if tomorrow.day > 1:
        assert tomorrow == LunarDate(today.year, today.month, today.day + 1, today.is_leap_month)
    elif tomorrow.is_leap_month:
        assert (tomorrow.year, tomorrow.month) == (today.year, today.month)
        assert not today.is_leap_month
    else:
        assert (tomorrow.year, tomorrow.month) == (today.year + today.month // 12, today.month % 12 + 1)
    assert today.day <= 30


@given(DAYS)
def test_a_month_has_29_or_30_days(day: dt.date) -> None:
    today = lunar_date(day)
    later = [lunar_date(day + dt.timedelta(days=n)).day for n in (29, 30)]
    assert today.day in later or today.day == 30
