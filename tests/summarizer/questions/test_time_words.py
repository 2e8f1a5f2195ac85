import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.questions.filters import find_times
from summarizer.questions.query import parse_query

TODAY = dt.date(2026, 11, 22)  # a Sunday


def span(typed: str) -> tuple[str | None, str | None]:
    """Return the first and last day that are read out of a text."""
    times = find_times(typed, TODAY)
    return tuple(day.isoformat() if day else None for day in (times.since, times.until))  # type: ignore[return-value]  # two of them


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("lũ hôm nay", "2026-11-22", "2026-11-22"),
        ("lũ HÔM QUA", "2026-11-21", "2026-11-21"),
        ("lu hom qua", "2026-11-21", "2026-11-21"),
        ("hom kia lu", "2026-11-20", "2026-11-20"),
        ("lũ sáng nay", "2026-11-22", "2026-11-22"),
        ("lũ tối qua ở huế", "2026-11-21", "2026-11-21"),
        ("lũ tuần này", "2026-11-16", "2026-11-22"),
        ("lu tuan truoc", "2026-11-09", "2026-11-15"),
        ("lũ tuần qua", "2026-11-15", "2026-11-22"),
        ("lũ tháng này", "2026-11-01", "2026-11-22"),
        ("lũ tháng trước", "2026-10-01", "2026-10-31"),
        ("lũ 7 ngày qua", "2026-11-16", "2026-11-22"),
        ("lũ tháng 9", "2026-09-01", "2026-09-30"),
        ("lũ tháng 12", "2025-12-01", "2025-12-31"),
        ("lũ tháng 2/2024", "2024-02-01", "2024-02-29"),
        ("lu thang 9 nam 2025", "2025-09-01", "2025-09-30"),
        ("lũ năm 2025", "2025-01-01", "2025-12-31"),
        ("lũ trong năm nay", "2026-01-01", "2026-12-31"),
        ("lũ năm ngoái", "2025-01-01", "2025-12-31"),
        ("lũ từ 1/11", "2026-11-01", None),
        ("lũ đến 5/11", None, "2026-11-05"),
        ("lu tu 1/11 den 5/11", "2026-11-01", "2026-11-05"),
        ("lũ từ tháng 9 đến tháng 10", "2026-09-01", "2026-10-31"),
        ("lũ ngày 3/11", "2026-11-03", "2026-11-03"),
        ("lũ ngày 3/12", "2025-12-03", "2025-12-03"),
        ("lũ ngày 03/11/2024", "2024-11-03", "2024-11-03"),
    ],
)
def test_a_time_is_read(typed: str, since: str | None, until: str | None) -> None:
    assert span(typed) == (since, until)


@pytest.mark.parametrize(
    "typed",
    [
        "vụ 11/9",
        "quốc khánh 2/9",
        "thắng 9",
        "ngày 31/2",
        "ngày 29/2/2025",
        "tháng 13",
        "năm 20255",
        "hôm quả",
        "tuấn nay",
        "tháng 9-0",
        '"hôm qua" lũ',
        "năm học 2025",
        "từ nay",
        "xhôm qua",
    ],
)
def test_what_only_looks_like_a_time_is_none(typed: str) -> None:
    assert span(typed) == (None, None)


def test_two_times_span_both_and_a_bound_that_leaves_nothing_is_not_taken() -> None:
    assert span("so sánh giá vàng hôm qua và hôm nay") == ("2026-11-21", "2026-11-22")
    assert span("lũ tháng 9 và tháng 11") == ("2026-09-01", "2026-11-30")
    assert span("lũ hôm qua đến 1/11") == ("2026-11-21", "2026-11-21")
    assert span("lũ hôm qua tuần trước") == ("2026-11-09", "2026-11-21")


def test_before_the_news_are_out_today_reaches_back_a_day() -> None:
    times = find_times("hom nay vàng bao nhiêu", TODAY, is_early=True)
    assert (times.since, times.until) == (dt.date(2026, 11, 21), TODAY)
    assert find_times("vàng hôm kia", TODAY, is_early=True).since == dt.date(2026, 11, 20)


def test_time_words_leave_the_words_of_a_question() -> None:
    query = parse_query("giá vàng hôm qua", today=TODAY)
    assert query.words == ("giá", "vàng")
    assert [time.phrase for time in query.times] == [("hôm", "qua")]
    assert query.since == query.until == dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    "typed",
    [
        "hôm qua",
        "tin hôm qua",
        "hom qua co gi moi",
        "Tin tức nóng hôm qua",
        "-vàng hôm qua",
        "tin hôm qua -vàng",
    ],
)
def test_a_time_without_words_to_find_asks_for_the_news_of_that_time(typed: str) -> None:
    query = parse_query(typed, today=TODAY)
    assert query.since == query.until == dt.date(2026, 11, 21)
    assert (query.terms, query.is_empty) == ((), False)


@pytest.mark.parametrize("typed", ['"hôm qua"', '"giá vàng" "hôm qua"'])
def test_time_words_in_quotes_stay_words(typed: str) -> None:
    query = parse_query(typed, today=TODAY)
    assert query.since is None
    assert query.words[-1] == "qua"


@pytest.mark.parametrize("typed", ["tin bão hôm qua", "tin học hôm qua", "trường mới hôm qua"])
def test_what_the_news_should_be_about_is_looked_for(typed: str) -> None:
    assert parse_query(typed, today=TODAY).terms


def test_without_a_date_time_words_are_words() -> None:
    assert parse_query("lũ hôm qua").words == ("lũ", "hôm", "qua")


def test_a_source_and_a_time_are_a_question_without_words() -> None:
    query = parse_query("nguon:baobien hôm qua", today=TODAY)
    assert (query.terms, query.sources, query.is_empty) == ((), ("baobien",), False)


@given(st.text(st.sampled_from('0123456789/ hômquangàytừđếnthángnăm"'), max_size=60), st.dates())
def test_any_text_has_times_in_order(typed: str, today: dt.date) -> None:
    times = find_times(" ".join(typed.split()), today)
    assert times.since is None or times.until is None or times.since <= times.until
    assert all(start < end for start, end in times.places)
