"""Times, days and zones as people type them: the cases are in `typed_times.json`, refusals too."""

import contextlib
import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.times.typed_times import TypedTimeError, parse_days, parse_local_time, parse_zone

CASES = json.loads(Path(__file__).with_name("typed_times.json").read_text(encoding="utf-8"))
PARSERS = (parse_local_time, parse_days, parse_zone)


@pytest.mark.parametrize(("typed", "time"), CASES["times"].items())
def test_a_time_is_read(typed: str, time: str) -> None:
    assert parse_local_time(typed) == dt.time.fromisoformat(time)


@pytest.mark.parametrize(("typed", "reason"), CASES["not_times"].items())
def test_what_is_no_time_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(TypedTimeError) as refusal:
        parse_local_time(typed)
    assert (refusal.value.text, refusal.value.reason) == (typed, reason)


@pytest.mark.parametrize(("typed", "days"), CASES["days"].items())
def test_days_are_read(typed: str, days: list[int]) -> None:
    assert parse_days(typed) == frozenset(days)


@pytest.mark.parametrize("typed", CASES["not_days"])
def test_what_is_no_days_is_refused(typed: str) -> None:
    with pytest.raises(TypedTimeError):
        parse_days(typed)


@pytest.mark.parametrize(("typed", "zone"), CASES["zones"].items())
def test_a_place_is_read_as_its_zone(typed: str, zone: str) -> None:
    assert ZoneInfo(parse_zone(typed)).key == zone


@pytest.mark.parametrize(("typed", "told"), CASES["not_zones"].items())
def test_what_is_no_place_is_refused_with_what_may_be_meant(typed: str, told: list[str]) -> None:
    with pytest.raises(TypedTimeError) as refusal:
        parse_zone(typed)
    assert [refusal.value.reason, *refusal.value.suggestions[:1]] == told


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["{}:{:02}", "{}h{:02}", "{} giờ {} phút"]))
def test_every_minute_of_the_day_can_be_typed(hour: int, minute: int, form: str) -> None:
    assert parse_local_time(form.format(hour, minute)) == dt.time(hour, minute)


@given(st.text(max_size=80) | st.text("0123456789 :hgtcn-+,/thứđến", max_size=20))
@example("t2" + ", t2" * 1000)
@example("7" * 4096)
@example("thứ " * 1000)
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    """A parser of chat text raises no other error."""
    for parse in PARSERS:
        with contextlib.suppress(TypedTimeError):
            parse(typed)
