"""Days and times as readers see them."""

import datetime as dt

import pytest

from bot.messages.spoken import date_line, lunar_text, publication_label
from storage.times import Precision, Published
from summarizer.lunar import LunarDate

ZONE = "Asia/Ho_Chi_Minh"
NOW = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)  # 06:45 on Sunday the 22nd in Vietnam


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.timezone(dt.timedelta(hours=7))).astimezone(dt.UTC)  # type: ignore[misc,arg-type]  # year to minute


@pytest.mark.parametrize(
    ("at", "precision", "label"),
    [
        (local(2026, 11, 22, 6, 30), "minute", "06:30 hôm nay"),
        (local(2026, 11, 22, 0, 0), "minute", "00:00 hôm nay"),
        (local(2026, 11, 21, 23, 59), "minute", "23:59 hôm qua"),
        (local(2026, 11, 20, 8, 5), "minute", "08:05 20/11"),
        (local(2025, 11, 20, 8, 5), "minute", "08:05 20/11/2025"),
        (local(2026, 11, 23, 8, 5), "minute", "08:05 23/11"),
        (local(2026, 11, 22), "day", "hôm nay"),
        (local(2026, 11, 21), "day", "hôm qua"),
        (local(2026, 9, 1), "day", "01/09"),
        (local(2019, 9, 1), "month", "09/2019"),
        (local(2026, 11, 1), "month", "11/2026"),
    ],
)
def test_a_publication_time_is_shown_no_finer_than_it_is_known(
    at: dt.datetime, precision: Precision, label: str
) -> None:
    assert publication_label(Published(at, precision), now=NOW, zone=ZONE) == label


def test_an_unknown_publication_time_shows_nothing() -> None:
    assert publication_label(None, now=NOW, zone=ZONE) == ""


def test_today_is_the_readers_day() -> None:
    """At 06:45 in Vietnam it is still the evening before in Berlin."""
    article = Published(local(2026, 11, 22, 6, 30))
    assert publication_label(article, now=NOW, zone="Europe/Berlin") == "00:30 hôm nay"
    assert publication_label(article, now=NOW, zone="America/New_York") == "18:30 hôm nay"


@pytest.mark.parametrize(
    ("day", "line"),
    [
        (dt.date(2026, 11, 22), "Chủ nhật, 22/11/2026 · 14 tháng Mười âm lịch"),
        (dt.date(2026, 11, 23), "Thứ Hai, 23/11/2026 · rằm tháng Mười âm lịch"),
        (dt.date(2026, 2, 17), "Thứ Ba, 17/02/2026 · mùng 1 tháng Giêng âm lịch"),
        (dt.date(2026, 2, 16), "Thứ Hai, 16/02/2026 · 29 tháng Chạp âm lịch"),
        (dt.date(2025, 7, 25), "Thứ Sáu, 25/07/2025 · mùng 1 tháng Sáu nhuận âm lịch"),
    ],
)
def test_a_day_is_written_in_both_calendars(day: dt.date, line: str) -> None:
    assert date_line(day) == line


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (LunarDate(2026, 1, 10), "mùng 10 tháng Giêng"),
        (LunarDate(2026, 8, 15), "rằm tháng Tám"),
        (LunarDate(2026, 11, 21), "21 tháng Mười một"),
        (LunarDate(2026, 12, 23), "23 tháng Chạp"),
    ],
)
def test_lunar_days_have_their_names(date: LunarDate, text: str) -> None:
    assert lunar_text(date) == text
