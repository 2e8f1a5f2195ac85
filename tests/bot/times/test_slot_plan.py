"""Which of the slots that have come is made, and why the others are not. Pure."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from bot.times.schedule import EDITION_PAUSED, OVERTAKEN, TOO_LATE, Schedule, plan_slots

TWICE_A_DAY = Schedule((dt.time(6), dt.time(18)), zone="UTC")
MORNING = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_a_slot_in_its_minute_is_made_and_the_next_is_due_then() -> None:
    plan = plan_slots(TWICE_A_DAY, MORNING, now=MORNING, late_window=2 * HOUR)
    assert (plan.make, plan.skipped, plan.next_due_at) == (MORNING, (), MORNING + 12 * HOUR)


def test_a_slot_is_made_up_to_the_end_of_the_window_and_not_a_second_later() -> None:
    just = plan_slots(TWICE_A_DAY, MORNING, now=MORNING + 2 * HOUR, late_window=2 * HOUR)
    late = plan_slots(
        TWICE_A_DAY, MORNING, now=MORNING + 2 * HOUR + dt.timedelta(seconds=1), late_window=2 * HOUR
    )
    assert (just.make, just.skipped) == (MORNING, ())
    assert (late.make, late.skipped) == (None, ((MORNING, TOO_LATE),))


def test_after_a_downtime_only_the_latest_slot_is_made() -> None:
    plan = plan_slots(TWICE_A_DAY, MORNING, now=MORNING + 25 * HOUR, late_window=2 * HOUR)
    assert plan.make == MORNING + 24 * HOUR
    assert plan.skipped == ((MORNING, OVERTAKEN), (MORNING + 12 * HOUR, OVERTAKEN))


def test_a_slot_before_an_issue_sent_by_hand_is_overtaken() -> None:
    plan = plan_slots(
        TWICE_A_DAY, MORNING, now=MORNING + HOUR, late_window=2 * HOUR, covered_until=MORNING + HOUR / 2
    )
    assert (plan.make, plan.skipped) == (None, ((MORNING, OVERTAKEN),))


def test_a_slot_at_the_very_moment_of_an_issue_sent_by_hand_is_overtaken_too() -> None:
    plan = plan_slots(TWICE_A_DAY, MORNING, now=MORNING, late_window=2 * HOUR, covered_until=MORNING)
    assert (plan.make, plan.skipped) == (None, ((MORNING, OVERTAKEN),))


@given(
    st.lists(st.integers(0, 287), min_size=1, max_size=4),
    st.lists(st.integers(0, 3_000), min_size=1, max_size=30),
    st.integers(0, 300),
)
def test_however_the_ticks_fall_each_slot_is_told_about_once(
    fives: list[int], pauses: list[int], window: int
) -> None:
    """Walk any pauses between ticks: made and skipped slots together are the schedule's, each once."""
    schedule = Schedule(tuple(dt.time(*divmod(5 * five, 60)) for five in fives), zone="UTC")
    first = due = schedule.next_after(MORNING)
    now, seen = MORNING, []
    for pause in pauses:
        now += dt.timedelta(minutes=pause)
        if due <= now:
            plan = plan_slots(schedule, due, now=now, late_window=dt.timedelta(minutes=window))
            seen += [slot for slot, _ in plan.skipped] + ([plan.make] if plan.make else [])
            due = plan.next_due_at
    expected = [first, *schedule.slots_between(first, now)] if first <= now else []
    assert seen == expected
    assert due > now or not seen


def test_a_paused_edition_skips_its_slots_and_keeps_its_times() -> None:
    plan = plan_slots(TWICE_A_DAY, MORNING, now=MORNING, late_window=2 * HOUR, is_paused=True)
    assert plan.make is None
    assert plan.skipped == ((MORNING, EDITION_PAUSED),)
    assert plan.next_due_at == TWICE_A_DAY.next_after(MORNING)


def test_profiles_of_one_schedule_share_one_plan() -> None:
    one, other = (plan_slots(TWICE_A_DAY, MORNING, now=MORNING, late_window=HOUR) for _ in range(2))
    assert one is other
