"""Decide what to do with the slots that have come: which one is made, which are skipped and why. Pure."""

import datetime as dt
from dataclasses import dataclass

from bot.schedule import Schedule

TOO_LATE = "quá muộn"
OVERTAKEN = "đã có số mới hơn"


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """`make` is the slot to compose now, if any; `skipped` are recorded with their reasons."""

    make: dt.datetime | None
    skipped: tuple[tuple[dt.datetime, str], ...]
    next_due_at: dt.datetime


def plan_slots(
    schedule: Schedule, due_at: dt.datetime, *, now: dt.datetime, late_window: dt.timedelta
) -> SlotPlan:
    """Plan the slots from `due_at` to `now`: the latest is made when it is not later than `late_window`."""
    slots = [due_at, *schedule.slots_between(due_at, now)]
    *overtaken, latest = slots
    skipped = [(slot, OVERTAKEN) for slot in overtaken]
    make: dt.datetime | None = latest
    if now - latest > late_window:
        skipped = [(slot, TOO_LATE) for slot in slots]
        make = None
    return SlotPlan(make, tuple(skipped), schedule.next_after(now))
