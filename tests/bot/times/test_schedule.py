"""Slots and quiet hours against one plain oracle: walk the minutes and look at the wall clock."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.times.schedule import (
    MAX_LOOKBACK,
    QuietHours,
    Schedule,
    held_times,
    joined,
    local_moment,
    next_weekly,
    to_five_minutes,
)

ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo")
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)

# Days on which the clocks of one of the zones change, so that chance does not have to find them.
CHANGES = [
    dt.date(2017, 10, 15),  # São Paulo, midnight is skipped
    dt.date(2018, 2, 17),  # São Paulo, 23:00 comes twice
    dt.date(2026, 3, 8),  # New York, forward
    dt.date(2026, 11, 1),  # New York, back
    dt.date(2026, 3, 29),  # Berlin, forward
    dt.date(2026, 10, 25),  # Berlin, back
    dt.date(2026, 4, 5),  # Lord Howe, back by half an hour
    dt.date(2026, 10, 4),  # Lord Howe, forward by half an hour
]
zones = st.sampled_from(ZONES)
days = st.sampled_from(CHANGES) | st.dates(dt.date(2017, 1, 1), dt.date(2026, 12, 31))
minutes = st.integers(0, 24 * 60 - 1)
times = minutes.map(lambda minute: dt.time(*divmod(minute, 60)))
schedules = st.builds(
    Schedule,
    st.lists(times, min_size=1, max_size=4).map(tuple),
    st.frozensets(st.integers(0, 6), min_size=1),
    zones,
)


@st.composite
def moments(draw: st.DrawFn) -> dt.datetime:
    """Draw whole minutes in UTC, often close to a change of clocks."""
    midnight = dt.datetime.combine(draw(days), dt.time(), dt.UTC)
    return midnight + draw(st.integers(-24 * 60, 48 * 60)) * MINUTE


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def first_minute_at_or_after(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """Walk the minutes until the wall clock has reached `time` of `day`."""
    wanted = dt.datetime.combine(day, time)
    moment = wanted.replace(tzinfo=dt.UTC) - dt.timedelta(hours=15)
    while moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
        moment += MINUTE
    return moment


@given(days, times, zones)
@example(dt.date(2026, 3, 29), dt.time(2, 30), "Europe/Berlin")
@example(dt.date(2026, 10, 25), dt.time(2, 30), "Europe/Berlin")
@example(dt.date(2017, 10, 15), dt.time(0, 0), "America/Sao_Paulo")
@example(dt.date(2026, 10, 4), dt.time(2, 15), "Australia/Lord_Howe")
def test_a_local_time_is_the_first_minute_whose_wall_clock_has_reached_it(
    day: dt.date, time: dt.time, zone: str
) -> None:
    assert local_moment(day, time, ZoneInfo(zone)) == first_minute_at_or_after(day, time, zone)


def test_a_skipped_time_moves_to_the_end_of_the_gap_and_one_that_comes_twice_counts_once() -> None:
    schedule = Schedule((dt.time(2, 30),), zone="Europe/Berlin")
    assert schedule.slots_between(utc("2026-03-28T12:00"), utc("2026-03-29T12:00")) == [
        utc("2026-03-29T01:00")
    ]
    assert schedule.slots_between(utc("2026-10-24T12:00"), utc("2026-10-25T12:00")) == [
        utc("2026-10-25T00:30")
    ]


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize("seconds", [0, 0.000_005, 1, 1_800, 3_599])
def test_every_skipped_moment_moves_to_the_same_end_of_the_gap(seconds: float, fold: int) -> None:
    time = (utc("2026-03-29T02:00") + dt.timedelta(seconds=seconds)).time()
    day, zone = dt.date(2026, 3, 29), ZoneInfo("Europe/Berlin")
    assert local_moment(day, time, zone, fold=fold) == utc("2026-03-29T01:00")


def test_two_times_in_one_gap_are_one_slot() -> None:
    schedule = Schedule((dt.time(2, 15), dt.time(2, 45), dt.time(3, 0)), zone="Europe/Berlin")
    slots = schedule.slots_between(utc("2026-03-28T12:00"), utc("2026-03-29T12:00"))
    assert slots == [utc("2026-03-29T01:00")]
    assert schedule.next_after(slots[0]) == utc("2026-03-30T00:15")


def test_the_slots_of_a_day_that_was_skipped_whole_fall_on_its_end() -> None:
    """Samoa went from 29 to 31 December 2011."""
    fridays = Schedule((dt.time(6, 30), dt.time(18, 0)), frozenset({4}), "Pacific/Apia")
    end_of_gap = utc("2011-12-30T10:00")
    assert fridays.next_after(utc("2011-12-29T12:00")) == end_of_gap
    assert fridays.next_after(end_of_gap - MINUTE) == end_of_gap
    assert fridays.slots_between(utc("2011-12-28T00:00"), utc("2012-01-02T00:00")) == [end_of_gap]


@given(schedules, moments(), st.integers(0, 40), st.integers(0, 40 * 24 * 60))
def test_every_local_day_and_time_has_its_slot_and_no_other_is_made(
    schedule: Schedule, after: dt.datetime, length_days: int, extra_minutes: int
) -> None:
    until = after + length_days * DAY + extra_minutes * MINUTE
    first = (after - 3 * DAY).date()
    wanted = {
        local_moment(day, time, ZoneInfo(schedule.zone))
        for day in (first + step * DAY for step in range((until - after).days + 8))
        if day.weekday() in schedule.days
        for time in schedule.times
    }
    assert schedule.slots_between(after, until) == sorted(slot for slot in wanted if after < slot <= until)


@given(schedules, st.lists(moments(), min_size=3, max_size=3).map(sorted))
def test_no_split_of_a_stretch_loses_or_doubles_a_slot(schedule: Schedule, bounds: list[dt.datetime]) -> None:
    start = bounds[0]
    middle, end = (start + (bound - start) % MAX_LOOKBACK for bound in bounds[1:])
    middle, end = min(middle, end), max(middle, end)
    whole = schedule.slots_between(start, end)
    assert whole == schedule.slots_between(start, middle) + schedule.slots_between(middle, end)
    assert all(earlier < later for earlier, later in pairwise(whole))


@given(schedules, moments())
def test_the_next_slot_is_the_first_of_those_to_come(schedule: Schedule, moment: dt.datetime) -> None:
    assert schedule.next_after(moment) == schedule.slots_between(moment, moment + 10 * DAY)[0]


def test_a_slot_belongs_to_the_stretch_it_ends_and_not_to_the_one_it_begins() -> None:
    schedule = Schedule((dt.time(6, 30),))
    slot = utc("2026-01-05T23:30")
    assert schedule.slots_between(slot - MINUTE, slot) == [slot]
    assert schedule.slots_between(slot, slot + MINUTE) == []
    assert schedule.slots_between(slot, slot - DAY) == []


def test_a_clock_wrong_by_decades_gives_a_year_of_slots() -> None:
    schedule = Schedule((dt.time(6, 30),))
    until = utc("2026-01-05T12:00")
    slots = schedule.slots_between(utc("1970-01-01T00:00"), until)
    assert len(slots) == 366
    assert min(slots) > until - MAX_LOOKBACK


def test_schedules_that_mean_the_same_are_equal() -> None:
    assert Schedule((dt.time(18), dt.time(6), dt.time(18))) == Schedule((dt.time(6), dt.time(18)))


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "Asia/Tokyo"])
def test_joined_schedules_keep_their_own_days_and_the_first_ones_zone(zone: str) -> None:
    monday = dt.datetime(2026, 3, 2, tzinfo=ZoneInfo(zone))
    daily, workdays = Schedule((dt.time(6),), zone=zone), Schedule((dt.time(18),), frozenset(range(5)))
    for pair in ((daily, workdays), (replace(workdays, zone=zone), replace(daily, zone="Europe/Berlin"))):
        slots = joined(pair).slots_between(monday, monday + 7 * DAY)
        expected = [monday + day * DAY + dt.timedelta(hours=6) for day in range(7)]
        assert slots == sorted(expected + [slot + dt.timedelta(hours=12) for slot in expected[:5]])


def test_joined_schedules_of_the_same_days_are_a_plain_one() -> None:
    morning, evening = (Schedule((dt.time(hour),), frozenset([5, 6])) for hour in (6, 18))
    assert joined([evening, morning]) == Schedule((dt.time(6), dt.time(18)), frozenset([5, 6]))
    assert morning.days is not evening.days


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-03-02T05:00", "2026-03-08T12:00"),  # a Monday; Sunday at 19:00 in Hanoi
        ("2026-03-08T11:59", "2026-03-08T12:00"),
        ("2026-03-08T12:00", "2026-03-15T12:00"),
    ],
)
def test_the_recap_of_a_week_comes_on_sunday_evening(after: str, due: str) -> None:
    assert next_weekly(utc(after), "Asia/Ho_Chi_Minh") == utc(due)


def test_the_times_of_a_schedule_that_are_quiet_are_named() -> None:
    schedule = Schedule((dt.time(6, 29), dt.time(6, 30), dt.time(21, 59), dt.time(22), dt.time(0)))
    assert held_times(schedule, QuietHours()) == [dt.time(0), dt.time(6, 29), dt.time(22)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"times": ()},
        {"times": (dt.time(6, tzinfo=dt.UTC),)},
        {"times": (dt.time(6),), "days": frozenset()},
        {"times": (dt.time(6),), "days": frozenset({7})},
        {"times": (dt.time(6),), "zone": "Mars/X"},
        {"times": (dt.time(6),), "zone": "../etc/passwd"},
        {"times": (dt.time(6),), "zone": "Asia"},
    ],
)
def test_an_impossible_schedule_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"schedule|zone"):
        Schedule(**arguments)  # type: ignore[arg-type]  # the wrong values are the point


@example(dt.time(23, 57))
@example(dt.time(23, 58))
@example(dt.time(23, 41))  # within the last half hour, but not within the last five minutes
@given(times)
def test_personal_times_are_rounded_to_the_nearest_five_minutes_of_their_day(time: dt.time) -> None:
    rounded, changed = to_five_minutes(time)
    moved = (rounded.hour * 60 + rounded.minute) - (time.hour * 60 + time.minute)
    assert rounded.minute % 5 == 0
    assert changed == (moved != 0)
    assert abs(moved) <= 2 or (time >= dt.time(23, 58) and rounded == dt.time(23, 55))


@pytest.mark.parametrize(
    ("due", "released"),
    [
        ("2026-01-05T14:59", "2026-01-05T14:59"),  # 21:59 in Hanoi
        ("2026-01-05T15:00", "2026-01-05T23:30"),  # 22:00 waits until 6:30
        ("2026-01-05T17:30", "2026-01-05T23:30"),  # past midnight
        ("2026-01-05T23:29", "2026-01-05T23:30"),
        ("2026-01-05T23:30", "2026-01-05T23:30"),
    ],
)
def test_what_falls_into_the_usual_quiet_hours_waits_until_their_end(due: str, released: str) -> None:
    assert QuietHours().release(utc(due), "Asia/Ho_Chi_Minh") == utc(released)


def test_equal_ends_mean_never_quiet() -> None:
    assert not QuietHours(600, 600).covers(utc("2026-01-05T03:00"), "Asia/Ho_Chi_Minh")


def test_quiet_hours_are_minutes_of_a_day() -> None:
    for start, end in [(1440, 0), (1441, 0), (-1, 0), (0, 1440), (0, 1441), (0, -1)]:
        with pytest.raises(ValueError, match="minutes of a day"):
            QuietHours(start, end)
    assert QuietHours(1439, 0).covers(utc("2026-01-05T16:59"), "Asia/Ho_Chi_Minh")
    assert not QuietHours(0, 1439).covers(utc("2026-01-05T16:59"), "Asia/Ho_Chi_Minh")


@given(minutes, minutes, moments(), zones)
@example(22 * 60, 2 * 60 + 30, utc("2026-03-29T00:59"), "Europe/Berlin")  # the end is skipped
@example(60, 90, utc("2026-10-25T00:10"), "Europe/Berlin")
@example(2 * 60, 2 * 60 + 30, utc("2026-10-25T00:10"), "Europe/Berlin")  # in the first 2:10
@example(2 * 60, 2 * 60 + 30, utc("2026-10-25T01:10"), "Europe/Berlin")  # in the second 2:10
@example(23 * 60 + 30, 23 * 60, utc("2018-02-18T01:45"), "America/Sao_Paulo")  # 23:00 comes again
@example(3 * 60, 2 * 60 + 30, utc("2026-03-29T00:10"), "Europe/Berlin")  # the only loud half hour is skipped
@example(3 * 60, 2 * 60 + 30, utc("2026-03-28T20:00"), "Europe/Berlin")  # the same on the day before
def test_quiet_ends_at_the_first_minute_that_is_not_quiet(
    start: int, end: int, moment: dt.datetime, zone: str
) -> None:
    quiet = QuietHours(start, end)
    expected = moment
    while quiet.covers(expected, zone):
        expected += MINUTE
    assert quiet.release(moment, zone) == expected
