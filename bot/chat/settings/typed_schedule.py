"""What people type after /lich, read as changes. Accents never matter. Pure.

Single times, days and zones are read by `bot.times.typed_times`; here is what a whole line may hold.
"""

import datetime as dt
import re
from dataclasses import dataclass

from bot.chat.intents import MOST_TIMES, Change, Press, SetDays, SetQuiet, SetTimes, SetZone
from bot.times.schedule import to_five_minutes
from bot.times.typed_times import TypedTimeError, parse_days, parse_local_time, parse_zone
from summarizer.text.syllables import folded

_LONGEST = 80  # no line that means something is longer
_BLANKS = r"(?:(?<!\s)\s++)?+"  # all or none, so that a run of them is looked at once
_BETWEEN_TIMES = re.compile(rf"{_BLANKS}(?:[,;&+]|\bva\b)\s*+")
_BETWEEN_HOURS = re.compile(rf"{_BLANKS}(?:[-–—]|\bden\b)\s*+")
_EDGES = " ,;:"


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """The changes that a line asks for; `is_rounded`: a time was moved to a multiple of five minutes."""

    changes: tuple[Change, ...]
    is_rounded: bool = False


class TooManyTimesError(ValueError):
    """More times a day than one chat may have."""


class BadQuietError(ValueError):
    """The text after "yên tĩnh" gives no quiet hours."""


class BadZoneError(ValueError):
    """The text after "múi giờ" names no zone; `reading` says why."""

    def __init__(self, reading: TypedTimeError) -> None:
        super().__init__(str(reading))
        self.reading = reading


def parse_schedule(text: str) -> TypedSchedule:
    """Read a line as changes.

    Raises:
        TypedTimeError: no times and days, or impossible ones.
        TooManyTimesError, BadQuietError, BadZoneError: see there.

    >>> parse_schedule("7h và 19h T2-T6").changes
    (SetTimes(times=('07:00', '19:00')), SetDays(days=(0, 1, 2, 3, 4)))
    >>> parse_schedule("yên tĩnh tắt").changes
    (SetQuiet(start=0, end=0),)
    """
    if len(text) > _LONGEST:
        raise TypedTimeError(text)
    plain = " ".join(folded(text).split())
    if plain == "mac dinh":
        return TypedSchedule((Press.USE_DEFAULTS,))
    if (rest := _after(plain, "mui gio")) is not None:
        return TypedSchedule((_zone(rest),))
    if (rest := _after(plain, "yen tinh")) is not None:
        return TypedSchedule((_quiet(rest),))
    return _times_and_days(plain)


def _after(text: str, opening: str) -> str | None:
    return text.removeprefix(opening).strip(_EDGES) if text.startswith(opening) else None


def _zone(text: str) -> SetZone:
    try:
        return SetZone(parse_zone(text))
    except TypedTimeError as error:
        raise BadZoneError(error) from error


def _quiet(text: str) -> SetQuiet:
    if text in ("tat", "bo", "khong"):
        return SetQuiet(0, 0)
    hours = _BETWEEN_HOURS.split(text.removeprefix("tu ").strip())
    try:
        start, end = (parse_local_time(hour) for hour in hours)
    except ValueError as error:
        raise BadQuietError(text) from error
    return SetQuiet(_minutes(start), _minutes(end))


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _times_and_days(text: str) -> TypedSchedule:
    """Find the cut between times and days, whichever come first; either may be missing."""
    words = text.split()
    for cut in range(len(words), -1, -1):
        first, second = (" ".join(part).strip(_EDGES) for part in (words[:cut], words[cut:]))
        for times, days in ((first, second), (second, first)):
            if typed := _read(times, days):
                return typed
    raise _reason(text)


def _read(times: str, days: str) -> TypedSchedule | None:
    """Read a line cut in two, or return None when this is not where to cut it."""
    try:
        read = _times(times) if times else []
        chosen = parse_days(days) if days else frozenset[int]()
    except TypedTimeError:
        return None
    rounded = [to_five_minutes(time) for time in read]
    kept = sorted({time for time, _ in rounded})
    if len(kept) > MOST_TIMES:
        raise TooManyTimesError
    changes: list[Change] = []
    if kept:
        changes.append(SetTimes(tuple(f"{time:%H:%M}" for time in kept)))
    if chosen:
        changes.append(SetDays(tuple(sorted(chosen))))
    return TypedSchedule(tuple(changes), any(has_changed for _, has_changed in rounded))


def _times(text: str) -> list[dt.time]:
    times: list[dt.time] = []
    for part in _BETWEEN_TIMES.split(text):
        try:
            times.append(parse_local_time(part))
        except TypedTimeError:
            times += [parse_local_time(word) for word in part.split()] or [parse_local_time(part)]
    return times


def _reason(text: str) -> TypedTimeError:
    """Return why nothing could be read: an impossible time is worth naming."""
    for word in text.split():
        try:
            parse_local_time(word.strip(_EDGES))
        except TypedTimeError as error:
            if error.reason == "impossible":
                return error
    return TypedTimeError(text)
