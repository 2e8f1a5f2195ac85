"""Decide what to do with the slots that have come: which one is made, which are skipped and why. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.times.schedule import Schedule

TOO_LATE = "quá muộn"
OVERTAKEN = "đã có số mới hơn"


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """`make` is the slot to compose now, if any; `skipped` are recorded with their reasons."""

    make: dt.datetime | None
    skipped: tuple[tuple[dt.datetime, str], ...]
    next_due_at: dt.datetime


def plan_slots(
    schedule: Schedule,
    due_at: dt.datetime,
    *,
    now: dt.datetime,
    late_window: dt.timedelta,
    covered_until: dt.datetime | None = None,
) -> SlotPlan:
    """Plan the slots from `due_at` to `now`: the latest is made when it is not later than `late_window`.

    `covered_until` is up to when issues have covered the news; one sent by hand can be later than a slot.
    """
    slots = [due_at, *schedule.slots_between(due_at, now)]
    latest = slots[-1]
    next_due_at = schedule.next_after(now)
    if now - latest > late_window:
        return SlotPlan(None, _skip(slots, TOO_LATE), next_due_at)
    if covered_until is not None and covered_until >= latest:
        return SlotPlan(None, _skip(slots, OVERTAKEN), next_due_at)
    return SlotPlan(latest, _skip(slots[:-1], OVERTAKEN), next_due_at)


def _skip(slots: Sequence[dt.datetime], reason: str) -> tuple[tuple[dt.datetime, str], ...]:
    return tuple((slot, reason) for slot in slots)
