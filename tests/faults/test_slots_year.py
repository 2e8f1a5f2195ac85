"""A year of minutes in four zones, with cuts, restarts and clocks set forward and back: every slot once."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.jobs.digests.slots import reschedule_profiles, run_due_slots
from bot.news.services import Services
from bot.times.schedule import Schedule, plan_slots
from storage.tables import issues
from tests.manual_clock import ManualClock

MINUTE = dt.timedelta(minutes=1)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
YEAR = 365 * 24 * 60
LATE_WINDOW = dt.timedelta(hours=2)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
TIMES = tuple(map(dt.time.fromisoformat, ("01:30", "02:15", "06:45", "23:55")))  # two of them meet gaps

Cut = tuple[int, int]  # at this minute of the year, for so many minutes
Step = tuple[int, int, int]  # at this minute, by so many minutes, put right after so many
cuts = st.lists(st.tuples(st.integers(0, YEAR), st.sampled_from([1, 7, 60, 200, 3 * 24 * 60])), max_size=12)
steps = st.lists(
    st.tuples(
        st.integers(0, YEAR), st.sampled_from([-1_500, -60, -2, 3, 61, 1_440]), st.sampled_from([1, 30, 700])
    ),
    max_size=6,
)


def wall_slots(zone: str) -> set[dt.datetime]:
    """Return the slots of the year found by looking at the wall clock of every minute: the first that has
    reached a local time on its day, and once a day."""
    reached: dict[tuple[dt.date, dt.time], dt.datetime] = {}
    place = ZoneInfo(zone)
    for number in range(-2 * 24 * 60, YEAR + 1):
        moment = START + number * MINUTE
        local = moment.astimezone(place)
        for time in TIMES:
            if local.time() >= time:
                reached.setdefault((local.date(), time), moment)
    return {moment for moment in reached.values() if START < moment <= START + YEAR * MINUTE}


def scheduler(cuts: list[Cut], steps: list[Step]) -> Iterator[int]:
    """Yield what the machine's clock shows, in minutes of the year, at each minute in which the bot runs."""
    runs = bytearray(b"\1" * (YEAR + 1))
    for begin, length in cuts:
        runs[begin : begin + length] = bytes(len(runs[begin : begin + length]))
    off = [0] * (YEAR + 1)
    for begin, by, length in steps:
        for minute in range(begin, min(YEAR + 1, begin + length)):
            off[minute] += by
    return (minute + off[minute] for minute in range(YEAR + 1) if runs[minute])


@pytest.mark.faults
@pytest.mark.parametrize("zone", ZONES)
def test_the_slots_of_a_year_are_those_that_the_wall_clock_shows(zone: str) -> None:
    schedule = Schedule(TIMES, zone=zone)
    found = schedule.slots_between(START, START + YEAR * MINUTE)
    assert set(found) == wall_slots(zone)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=3, deadline=None)
@given(cuts=cuts, steps=steps)
def test_through_a_year_of_cuts_and_clock_steps_every_slot_is_made_or_skipped_once(
    zone: str, cuts: list[Cut], steps: list[Step]
) -> None:
    schedule = Schedule(TIMES, zone=zone)
    due, last, shown = schedule.next_after(START), START, 0
    due_minute = (due - START) // MINUTE
    told: Counter[dt.datetime] = Counter()
    for minute in scheduler(cuts, steps):
        shown = max(shown, minute)
        if minute < due_minute:
            continue
        now = START + minute * MINUTE
        plan = plan_slots(schedule, due, now=now, late_window=LATE_WINDOW, covered_until=last)
        told.update(slot for slot, _ in plan.skipped)
        if plan.make is not None:
            told[plan.make] += 1
            last = plan.make
        due = plan.next_due_at
        due_minute = (due - START) // MINUTE
    assert set(told) == set(schedule.slots_between(START, START + shown * MINUTE))
    assert set(told.values()) <= {1}


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("zone", ZONES)
async def test_a_year_through_the_database_with_restarts_and_a_clock_set_back_makes_every_slot_once(
    services: Services, reader: Any, admin_chat: Any, zone: str
) -> None:
    schedule = Schedule(TIMES, zone=zone)
    clock = ManualClock(START)
    services.clock = clock
    await reader(1, times=tuple(f"{time:%H:%M}" for time in TIMES), zone=zone)
    slots = [slot for slot in schedule.slots_between(START, START + YEAR * MINUTE) if slot > START]
    for number, slot in enumerate(slots):
        if number % 9 == 4:
            continue  # down at this one
        services.clock = ManualClock(slot)
        if number % 5 == 0:
            await reschedule_profiles(services)  # as every start does
        await run_due_slots(services, admin_chat)
        if number % 7 == 6:
            services.clock = ManualClock(slot - dt.timedelta(hours=3))
            await reschedule_profiles(services)
            await run_due_slots(services, admin_chat)
    services.clock = ManualClock(slots[-1] + MINUTE)
    await run_due_slots(services, admin_chat)
    async with services.database.read() as connection:
        recorded = (await connection.execute(select(issues.c.slot_at))).scalars().all()
    assert sorted(recorded) == slots
