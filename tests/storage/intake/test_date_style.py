"""How a whole feed writes its times: decided from evidence; without evidence times are not read."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from storage.intake.date_style import ClockZone, DateSample, DateStyle, decide_style
from storage.intake.date_text import DateOrder
from storage.intake.dates import parse_published

_ZONE = "Asia/Ho_Chi_Minh"
_LOCAL = ZoneInfo(_ZONE)
_NOW = dt.datetime(2026, 3, 9, 20, 0, tzinfo=_LOCAL)
_MONTH_FIRST, _DAY_FIRST = DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST


def style_of(*items: str | tuple[str, str], is_feed: bool = True, **more: object) -> DateStyle:
    samples = [DateSample(item) if isinstance(item, str) else DateSample(*item) for item in items]
    return decide_style(samples, _ZONE, _NOW, is_feed=is_feed, **more)  # type: ignore[arg-type]


def read(text: str, style: DateStyle, url: str = "") -> str | None:
    published = parse_published(text, _ZONE, _NOW, url=url, style=style)
    return f"{published.at.astimezone(_LOCAL):%Y-%m-%d %H:%M}" if published else None


def test_a_number_over_twelve_anywhere_decides_for_the_whole_feed() -> None:
    style = style_of("3/9/2026 9:25:00 AM", "2/24/2026 11:00:00 PM")
    assert (style.order, style.is_proven) == (_MONTH_FIRST, True)
    assert read("3/9/2026 9:25:00 AM", style) == "2026-03-09 09:25"


def test_am_and_pm_do_not_outweigh_a_day_over_twelve() -> None:
    assert style_of("9/3/2026 9:25:00 AM", "24/2/2026 11:00:00 PM").order is _DAY_FIRST


def test_a_weekday_decides_like_a_number_over_twelve() -> None:
    assert style_of("Monday, 3/9/2026 09:25").order is _MONTH_FIRST
    assert style_of("Thứ hai, 9/3/2026 09:25").order is _DAY_FIRST


def test_the_articles_number_decides_where_every_number_is_low() -> None:
    made = ("3/8/2026 7:15:00 PM", "https://bao.example/mua-100260308184401771.htm")
    assert style_of(made, is_feed=False).order is _MONTH_FIRST


def test_nothing_comes_out_in_the_future() -> None:
    assert style_of("1/12/2026 09:00", is_feed=False).order is _MONTH_FIRST
    assert style_of("12/1/2026 09:00", is_feed=False).order is _DAY_FIRST
    assert style_of("1/12/2026 09:00", "12/1/2026 09:00", is_feed=False).order is None


def test_a_time_that_is_in_the_future_either_way_says_nothing() -> None:
    assert style_of("5/6/2099 09:00", "1/12/2026 09:00").order is _MONTH_FIRST


def test_a_feeds_newest_item_is_recent() -> None:
    assert style_of("3/8/2026 09:00", "3/7/2026 08:00").order is _MONTH_FIRST
    assert style_of("8/3/2026 09:00", "7/3/2026 08:00").order is _DAY_FIRST


def test_a_feeds_own_time_is_what_its_newest_item_is_measured_by() -> None:
    built = "Thu, 05 Feb 2026 10:00:00 +0700"
    assert style_of("2/5/2026 09:00", "2/4/2026 08:00", built=built).order is _MONTH_FIRST


def test_evidence_that_contradicts_itself_leaves_the_open_dates_unread() -> None:
    style = style_of("3/24/2025 9:25", "24/3/2025 9:25", "3/4/2025 9:25")
    assert style.order is None
    assert read("3/4/2025 9:25", style) is None
    assert read("24/3/2025 9:25", style) == "2025-03-24 09:25"


def test_what_was_decided_before_holds_where_nothing_new_tells() -> None:
    remembered = DateStyle(_MONTH_FIRST, is_proven=True)
    assert style_of("2/3/2024 09:25", is_feed=False, remembered=remembered).order is _MONTH_FIRST
    assert style_of("2/3/2024 09:25", is_feed=False).order is _DAY_FIRST


def test_new_evidence_outweighs_what_was_decided_before() -> None:
    remembered = DateStyle(_MONTH_FIRST, is_proven=True)
    assert style_of("24/2/2026 09:25", remembered=remembered).order is _DAY_FIRST


def test_a_printed_utc_that_lies_ahead_of_now_is_local_time() -> None:
    style = style_of("Mon, 09 Mar 2026 19:40:00 GMT", "Mon, 09 Mar 2026 11:00:00 GMT")
    assert style.clock_zone is ClockZone.LOCAL
    assert read("Mon, 09 Mar 2026 11:00:00 GMT", style) == "2026-03-09 11:00"


def test_a_printed_utc_that_is_one_stays_one() -> None:
    style = style_of("Mon, 09 Mar 2026 12:40:00 GMT", "Mon, 09 Mar 2026 11:00:00 GMT")
    assert read("Mon, 09 Mar 2026 11:00:00 GMT", style) == "2026-03-09 18:00"


@pytest.mark.parametrize(
    ("hours", "printed"), [((8, 14, 18), "{:02}:30"), ((8, 14, 18), "{:02}:30:00 +0700")]
)
def test_times_printed_hours_before_their_articles_were_made_are_utc(
    hours: tuple[int, ...], printed: str
) -> None:
    items = [
        (f"08/03/2026 {printed.format(hour - 7)}", f"https://bao.example/tin-100260308{hour:02}2000123.htm")
        for hour in hours
    ]
    style = style_of(*items)
    assert style.clock_zone is ClockZone.UTC
    assert read(items[1][0], style, items[1][1]) == "2026-03-08 14:30"


def test_a_twelve_hour_clock_without_its_half_is_completed_by_the_articles_numbers() -> None:
    items = [
        (f"08/03/2026 {hour % 12 or 12:02}:30", f"https://bao.example/tin-100260308{hour:02}2000123.htm")
        for hour in (8, 9, 14, 15, 18)
    ]
    style = style_of(*items)
    assert style.has_lost_half
    assert [read(text, style, url) for text, url in items] == [
        f"2026-03-08 {hour:02}:30" for hour in (8, 9, 14, 15, 18)
    ]
    assert read("08/03/2026 03:30", style) is None
