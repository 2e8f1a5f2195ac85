"""Moments as JSON and the command line write them."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.times import Published, parse_moment, published_text, to_rfc3339

ZONE = "Asia/Ho_Chi_Minh"
SIX_PM = dt.datetime(2017, 11, 14, 11, tzinfo=dt.UTC)
_LOOKS_LIKE_ONE = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9](:[0-6][0-9][+-][0-9]{2}:[0-9]{2})?"
_ZONES = st.sampled_from([ZONE, "UTC", "America/St_Johns", "Pacific/Kiritimati"])


@pytest.mark.parametrize(
    "text",
    [
        "2017-11-14T18:00",
        "2017-11-14 18:00",
        "2017-11-14T18:00:00+07:00",
        "2017-11-14T11:00:00Z",
        "2017-11-14t11:00:00.000z",
        "2017-11-14T06:00:00-05:00",
    ],
)
def test_a_moment_is_read(text: str) -> None:
    assert parse_moment(text, ZONE) == SIX_PM


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2017-11-14",
        "18:00",
        "2017-11-14T18",
        "20171114T1800",
        "2017-W46-2T18:00",
        "2017-11-14T18:00+07:00",  # RFC 3339 has seconds
        "2017-11-14T18:00:00",  # neither form
        "2017-02-30T18:00",
        "2017-11-14T24:00",
        "2017-11-14T18:60",
        "2017-11-14T18:00:00+99:00",
        "٢٠١٧-11-14T18:00",
        "0001-01-01T00:00",
        "1969-12-31T23:59",
        "2100-01-01T00:00",
        " 2017-11-14T18:00",
        "2017-11-14T18:00\n",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_moment(text, ZONE)


@given(st.from_regex(_LOOKS_LIKE_ONE, fullmatch=True))
def test_what_looks_like_a_moment_is_one_or_is_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 1969 <= parse_moment(text, ZONE).year <= 2100


@given(st.integers(0, 4 * 10**9), _ZONES)
def test_what_is_written_is_read_again(seconds: int, zone: str) -> None:
    moment = dt.datetime(1970, 1, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    assert parse_moment(to_rfc3339(moment, zone), ZONE) == moment


@pytest.mark.parametrize(
    ("published", "text"),
    [
        (None, None),
        (Published(SIX_PM), "2017-11-14T18:00:00+07:00"),
        (Published(dt.datetime(2017, 11, 13, 17, tzinfo=dt.UTC), "day"), "2017-11-14"),
        (Published(dt.datetime(2019, 8, 31, 17, tzinfo=dt.UTC), "month"), "2019-09"),
    ],
)
def test_a_publication_time_is_no_finer_than_it_is_known(
    published: Published | None, text: str | None
) -> None:
    assert published_text(published, ZONE) == text
