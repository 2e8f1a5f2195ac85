"""Publication times as sources write them, and implausible ones."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.intake.dates import parse_date_line, parse_published, published_in_path
from storage.times import Published

_ZONE = "Asia/Ho_Chi_Minh"
_NOW = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
_CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "dates.tsv").read_text().splitlines()
    if not line.startswith("#")
]
_FIRST = dt.datetime(1990, 1, 2, tzinfo=ZoneInfo(_ZONE))
_moments = st.integers(0, 16_000_000).map(lambda minutes: _FIRST + dt.timedelta(minutes=minutes))


@pytest.mark.parametrize(("text", "expected"), _CASES)
def test_a_time_is_read_with_its_precision(text: str, expected: str) -> None:
    published = parse_published(text, _ZONE, _NOW)
    if expected == "-":
        assert published is None
    else:
        moment, precision = expected.split()
        assert published == Published(dt.datetime.fromisoformat(moment).astimezone(dt.UTC), precision)


@settings(deadline=None)
@given(
    _moments,
    st.sampled_from(
        [
            "%d/%m/%Y %H:%M",
            "%H:%M %d-%m-%Y",
            "ngày %d.%m.%Y, %Hh%M",
            "%Y-%m-%dT%H:%M%z",
            "%d %b %Y %H:%M:%S %z",
        ]
    ),
)
def test_what_is_written_is_what_is_read(moment: dt.datetime, form: str) -> None:
    assert parse_published(moment.strftime(form), _ZONE, _NOW) == Published(moment.astimezone(dt.UTC))


@settings(deadline=None)
@given(
    st.text(max_size=50)
    | st.from_regex(r"\d{1,4}[/.-]\d{1,4}[/.-]\d{1,4} \d{1,2}:\d\d( [+-]\d{4})?", fullmatch=True)
)
def test_no_text_raises_and_what_is_read_is_past_and_utc(text: str) -> None:
    published = parse_published(text, _ZONE, _NOW)
    if published is not None:
        assert published.at.tzinfo is dt.UTC
        assert dt.datetime(1990, 1, 1, tzinfo=dt.UTC) <= published.at <= _NOW


def test_a_time_without_a_zone_is_in_the_zone_of_the_source() -> None:
    published = parse_published("6/11/2013 11:45", "Asia/Tokyo", _NOW)
    assert published == Published(dt.datetime(2013, 11, 6, 2, 45, tzinfo=dt.UTC))


def test_a_time_less_than_a_day_ahead_becomes_now() -> None:
    """A wrong zone puts the freshest articles a few hours into the future."""
    assert parse_published("2022-01-01T12:00:00Z", _ZONE, _NOW) == Published(_NOW)
    assert parse_published("2022-01-02T00:00:01Z", _ZONE, _NOW) is None


def test_a_day_ahead_becomes_the_first_moment_of_today() -> None:
    published = parse_published("2/1/2022", _ZONE, _NOW)
    assert published == Published(dt.datetime(2021, 12, 31, 17, tzinfo=dt.UTC), "day")


@pytest.mark.parametrize(
    "line", ["Thứ Tư, 06/11/2013 11:45", "06/11/2013", "Cập nhật: 06/11/2013 11:45 GMT+7"]
)
def test_a_line_of_a_date_is_a_date_line(line: str) -> None:
    assert parse_date_line(line, _ZONE, _NOW) is not None


@pytest.mark.parametrize(
    "line",
    ["11/2013", "Ngày 06/11/2013, mưa lớn gây ngập ở nhiều nơi.", "2013", " " * 100 + "06/11/2013", ""],
)
def test_a_line_that_says_more_or_less_is_none(line: str) -> None:
    assert parse_date_line(line, _ZONE, _NOW) is None


@pytest.mark.parametrize(
    ("path", "local", "precision"),
    [
        ("/chinh-tri/201909/tin-2454567/", "2019-09-01", "month"),
        ("/2019/09/tin.html", "2019-09-01", "month"),
        ("/2019/09/15/tin.html", "2019-09-15", "day"),
        ("/2019/9/5/tin.html", "2019-09-05", "day"),
        ("/2019-09-15/tin.html", "2019-09-15", "day"),
        ("/tin-20190915.htm", "2019-09-15", "day"),
        ("/tin-20190915165341212.htm", "2019-09-15", "day"),
    ],
)
def test_a_date_in_a_path_is_found(path: str, local: str, precision: str) -> None:
    published = published_in_path(f"https://bao.example{path}", _ZONE, _NOW)
    assert published is not None
    assert published.at.astimezone(ZoneInfo(_ZONE)).isoformat() == f"{local}T00:00:00+07:00"
    assert published.precision == precision


@pytest.mark.parametrize(
    "path",
    [
        "/tin-3670446.html",
        "/tin-20191346.html",
        "/209901/tin/",
        "/2019/13/tin",
        "/tin?ngay=20190915",
        "/201909",
    ],
)
def test_digits_in_a_path_that_are_no_date_are_left_alone(path: str) -> None:
    assert published_in_path(f"https://bao.example{path}", _ZONE, _NOW) is None
