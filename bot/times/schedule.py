"""Schedule arithmetic: local times, days and a zone give due moments in UTC; plans of due slots. Pure."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, takewhile
from zoneinfo import ZoneInfo

# The rule for clock changes: each local (day, time) has exactly one moment. A time that the clocks skip
# moves to the first moment after the gap; of a time that comes twice the first counts. Tables hold which
# profiles are due; `typed_times` reads what people type.

EVERY_DAY = frozenset(range(7))
MAX_LOOKBACK = dt.timedelta(days=366)
_DAY, _SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
_LAST_FIVE = dt.time(23, 55)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Local `times` on `days` (0 = Monday) in the IANA zone `zone`. Times are kept sorted, each once.

    If there are `parts`, each holds times and the days on which they count; see `joined`.

    Raises:
        ValueError: no time, no day, a day outside 0-6, a time with a zone of its own, an unknown zone.
    """

    times: tuple[dt.time, ...]
    days: frozenset[int] = EVERY_DAY
    zone: str = "Asia/Ho_Chi_Minh"
    parts: tuple[tuple[tuple[dt.time, ...], frozenset[int]], ...] = ()

    def __post_init__(self) -> None:
        if not self.times or any(time.tzinfo for time in self.times):
            raise ValueError("a schedule needs local times")
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError("a schedule needs days from 0 (Monday) to 6")
        _zone(self.zone)
        object.__setattr__(self, "times", tuple(sorted(set(self.times))))

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        """Return the first slot later than `moment`, in UTC.

        >>> schedule = Schedule((dt.time(6, 30),))
        >>> schedule.next_after(dt.datetime(2026, 1, 4, 23, 30, tzinfo=dt.UTC)).isoformat()
        '2026-01-05T23:30:00+00:00'
        """
        return next(slot for slot in self._slots_around(moment) if slot > moment)

    def slots_between(self, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
        """Return the slots later than `after` and not later than `until`, in UTC, in order.

        Only the last `MAX_LOOKBACK` of a longer span is searched, so that a clock that is wrong by decades
        costs no more than one wrong by a year.
        """
        after = max(after, until - MAX_LOOKBACK)
        slots = takewhile(lambda slot: slot <= until, self._slots_around(after))
        # Two times inside one gap both move to its end: one moment, one slot.
        return [slot for slot, _ in groupby(slots) if slot > after]

    def _slots_around(self, moment: dt.datetime) -> Iterator[dt.datetime]:
        """Yield slots in order from the local day before `moment` on: a slot of a day that the clocks skip
        whole falls on the next."""
        zone = _zone(self.zone)
        day = moment.astimezone(zone).date() - _DAY
        while True:
            yield from (local_moment(day, time, zone) for time in self._times_on(day.weekday()))
            day += _DAY

    def _times_on(self, weekday: int) -> Sequence[dt.time]:
        if not self.parts:
            return self.times if weekday in self.days else ()
        return sorted({time for times, days in self.parts if weekday in days for time in times})


def joined(schedules: Sequence[Schedule]) -> Schedule:
    """Return one schedule with the slots of all of them, read in the zone of the first.

    >>> joined([Schedule((dt.time(6, 45),)), Schedule((dt.time(18),))]).times
    (datetime.time(6, 45), datetime.time(18, 0))
    """
    first = schedules[0]
    times = tuple(time for one in schedules for time in one.times)
    if all(one.days == first.days for one in schedules):
        return Schedule(times, first.days, first.zone)
    days = frozenset().union(*(one.days for one in schedules))
    return Schedule(times, days, first.zone, tuple((one.times, one.days) for one in schedules))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The local hours in which nothing is sent: from `start_minute` to `end_minute` of the day, the end not
    included, across midnight when the start is the later. Equal ends: never quiet."""

    start_minute: int = 22 * 60
    end_minute: int = 6 * 60 + 30

    def __post_init__(self) -> None:
        if not (0 <= self.start_minute < 24 * 60 and 0 <= self.end_minute < 24 * 60):
            raise ValueError("quiet hours are minutes of a day, 0 to 1439")

    def covers(self, moment: dt.datetime, zone: str) -> bool:
        """Tell whether `moment` is quiet for someone in `zone`."""
        return self.covers_time(moment.astimezone(_zone(zone)).time())

    def covers_time(self, time: dt.time) -> bool:
        """Tell whether a local time is quiet."""
        since_start = (time.hour * 60 + time.minute - self.start_minute) % (24 * 60)
        return since_start < (self.end_minute - self.start_minute) % (24 * 60)

    def release(self, moment: dt.datetime, zone: str) -> dt.datetime:
        """Return when a message due at `moment` may be sent, in UTC: then, or at the end of quiet hours.

        >>> due = dt.datetime(2026, 1, 5, 16, 0, tzinfo=dt.UTC)
        >>> QuietHours().release(due, "Asia/Ho_Chi_Minh").isoformat()
        '2026-01-05T23:30:00+00:00'
        """
        if not self.covers(moment, zone):
            return moment.astimezone(dt.UTC)
        end = dt.time(*divmod(self.end_minute, 60))
        today = moment.astimezone(_zone(zone)).date()
        # An end may be past, may come twice, or may be in a gap that skips the rest of the day.
        days = (today + step * _DAY for step in range(3))
        ends = (local_moment(day, end, _zone(zone), fold=fold) for day in days for fold in (0, 1))
        return next(each for each in ends if each > moment and not self.covers(each, zone))


def release_in(zone: str, now: dt.datetime) -> Callable[[int, int], dt.datetime]:
    """Return a function: quiet hours (start, end in minutes) → when a reader in `zone` may get a message.

    >>> now = dt.datetime(2026, 1, 5, 16, 0, tzinfo=dt.UTC)  # 23:00 in Việt Nam
    >>> release_in("Asia/Ho_Chi_Minh", now)(22 * 60, 6 * 60).isoformat()
    '2026-01-05T23:00:00+00:00'
    """
    return lambda start, end: QuietHours(start, end).release(now, zone)


def held_times(schedule: Schedule, quiet: QuietHours) -> list[dt.time]:
    """Return the times of a schedule that fall into quiet hours."""
    return [time for time in schedule.times if quiet.covers_time(time)]


_WEEKLY, _SUNDAY = dt.time(19), 6


def next_weekly(moment: dt.datetime, zone: str) -> dt.datetime:
    """Return when the first recap of a week after `moment` is due in `zone`: Sunday evening."""
    return Schedule((_WEEKLY,), frozenset({_SUNDAY}), zone).next_after(moment)


def local_moment(day: dt.date, time: dt.time, zone: dt.tzinfo, *, fold: int = 0) -> dt.datetime:
    """Return the UTC moment of a local day and time.

    A skipped time gives the first moment after the gap. If a time comes twice, `fold` chooses the first (0)
    or the second (1).
    """
    local = dt.datetime.combine(day, time, zone).replace(fold=fold)
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(
        local.replace(fold=1).astimezone(dt.UTC), local.replace(fold=0).astimezone(dt.UTC), zone
    )


def to_five_minutes(time: dt.time) -> tuple[dt.time, bool]:
    """Round a personal time to five minutes, so that subscribers share profiles, and tell whether it changed.

    It stays on its day: the last is 23:55.

    >>> to_five_minutes(dt.time(6, 33))
    (datetime.time(6, 35), True)
    """
    minutes = 5 * round((time.hour * 60 + time.minute) / 5)
    rounded = dt.time(*divmod(minutes, 60)) if minutes < 24 * 60 else _LAST_FIVE
    return rounded, rounded != time


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def _end_of_gap(before: dt.datetime, after: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Find, between a moment before and one after the clocks go forward, the first with the new offset."""
    offset = after.astimezone(zone).utcoffset()
    start = before.replace(microsecond=0)
    passed = bisect_left(  # clocks change at whole seconds
        range((after - before) // _SECOND),
        True,
        key=lambda seconds: (start + seconds * _SECOND).astimezone(zone).utcoffset() == offset,
    )
    return start + passed * _SECOND


TOO_LATE = "quá muộn"
OVERTAKEN = "đã có số mới hơn"
EDITION_PAUSED = "bản tin tạm ngừng"


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """`make` is the slot to compose now, if any; `skipped` are recorded with their reasons."""

    make: dt.datetime | None
    skipped: tuple[tuple[dt.datetime, str], ...]
    next_due_at: dt.datetime


@lru_cache(maxsize=256)  # the profiles of a slot have few schedules between them
def plan_slots(
    schedule: Schedule,
    due_at: dt.datetime,
    *,
    now: dt.datetime,
    late_window: dt.timedelta,
    covered_until: dt.datetime | None = None,
    is_paused: bool = False,
) -> SlotPlan:
    """Plan the slots from `due_at` to `now`: the latest is made when it is not later than `late_window`.

    If the edition `is_paused`, no slot is made. Issues have covered the news until `covered_until`; an issue
    sent by hand may be later than a slot.
    """
    slots = [due_at, *schedule.slots_between(due_at, now)]
    make, reason = None, OVERTAKEN
    if is_paused:
        reason = EDITION_PAUSED
    elif now - slots[-1] > late_window:
        reason = TOO_LATE
    elif covered_until is None or covered_until < slots[-1]:
        make = slots.pop()
    return SlotPlan(make, tuple((slot, reason) for slot in slots), schedule.next_after(now))
