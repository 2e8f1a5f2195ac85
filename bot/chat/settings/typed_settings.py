"""Read text typed after /lich and /chude as changes. Diacritics are optional. Pure."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.chat.buttons.intents import (
    MOST_TIMES,
    Button,
    Change,
    SetDays,
    SetQuiet,
    SetTimes,
    SetTopic,
    SetZone,
)
from bot.news.narrowing import find_topics
from bot.news.newsroom import Newsroom
from bot.times.schedule import to_five_minutes
from bot.times.typed_times import TypedTimeError, parse_days, parse_local_time, parse_zone
from summarizer.text.syllables import folded

# Text after /lich. `bot.times.typed_times` reads single times, days and zones; this part reads a whole line.

_LONGEST = 80  # no meaningful line is longer
_BLANKS = r"(?:(?<!\s)\s++)?+"  # all or none, so that a run of them is looked at once
_BETWEEN_TIMES = re.compile(rf"{_BLANKS}(?:[,;&+]|\bva\b)\s*+")
_BETWEEN_HOURS = re.compile(rf"{_BLANKS}(?:[-–—]|\bden\b)\s*+")
_EDGES = " ,;:"


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """The changes in a line; `is_rounded`: a time was moved to a multiple of five minutes."""

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
        return TypedSchedule((Button.USE_DEFAULTS,))
    if (rest := _rest_after(plain, "mui gio")) is not None:
        return TypedSchedule((_zone(rest),))
    if (rest := _rest_after(plain, "yen tinh")) is not None:
        return TypedSchedule((_quiet(rest),))
    return _times_and_days(plain)


def _rest_after(text: str, opening: str) -> str | None:
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
    """Return the reason why the line cannot be read, by preference an impossible time."""
    for word in text.split():
        try:
            parse_local_time(word.strip(_EDGES))
        except TypedTimeError as error:
            if error.reason == "impossible":
                return error
    return TypedTimeError(text)


# Text after /chude: topics to choose alone, to add, or to remove.
#
# Bare names mean "only these", whatever was chosen before. "thêm" or a plus adds, "bỏ" or a minus leaves
# out.

How = Literal["only", "add", "drop"]

# Blanks are taken all at once and from their first one on, so that a run of them is looked at once.
_BETWEEN = re.compile(r"(?:(?<!\s)\s++)?+[,;+]\s*+|(?<!\s)\s++(?:và|va)\s++", re.IGNORECASE)
_ALL = ("tat ca", "tat ca chu de")
_OPENINGS: dict[str, How] = {
    "chi": "only", "chi lay": "only", "chi nhan": "only",
    "them": "add", "nhan them": "add", "bat": "add", "+": "add",
    "bo": "drop", "bo bot": "drop", "tru": "drop", "khong": "drop", "tat": "drop", "bot": "drop",
    "xoa": "drop",
    "khong nhan": "drop", "-": "drop", "−": "drop", "–": "drop",
}  # fmt: skip
_SIGNS = "+-−–"


class UnknownTopicError(ValueError):
    """The line names an unknown topic; `name` is its text as typed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NoTopicLeftError(ValueError):
    """The line would remove all topics, which would mean all of them."""


@dataclass(frozen=True, slots=True)
class TypedTopics:
    """The changes in a line, and the kind of change: `how` is None for all topics or several kinds."""

    changes: tuple[Change, ...]
    how: How | None = None
    topics: tuple[str, ...] = ()


def parse_topics(text: str, chosen: Sequence[str], newsroom: Newsroom) -> TypedTopics:
    """Read a line as changes of `chosen`; no topics means all.

    Raises:
        UnknownTopicError: a name is unknown; then no part of the line counts.
        NoTopicLeftError: see there.
    """
    if " ".join(folded(text).split()) in _ALL:
        return TypedTopics((Button.ALL_TOPICS,))
    has_signs = any(word[0] in _SIGNS for word in text.split())
    if not has_signs and (names := find_topics([text], newsroom)[0]):
        # A topic's own name may begin with "bỏ", or have an "và".
        return TypedTopics(topic_changes("only", names, chosen, newsroom), "only", names)
    changes: list[Change] = []
    segments = [(how, _split(said, newsroom)) for how, said in _segments(text)]
    left = list(chosen)
    for how, names in segments:
        changes += topic_changes(how, names, left, newsroom)
        left = _after_change(how, names, left, newsroom)
    how, names = segments[0]
    return TypedTopics(tuple(changes), *((how, names) if len(segments) == 1 else (None, ())))


def topic_changes(
    how: How, topics: Sequence[str], chosen: Sequence[str], newsroom: Newsroom
) -> tuple[Change, ...]:
    """Return the changes that make `topics` the only ones, add or drop them; no `chosen` means all.

    Raises:
        NoTopicLeftError: see there.
    """
    if how == "add" and not chosen:
        return ()
    left = _after_change(how, topics, chosen, newsroom)
    if not left:
        raise NoTopicLeftError
    return (Button.ALL_TOPICS, *(SetTopic(name, True) for name in left))


def _after_change(how: How, topics: Sequence[str], chosen: Sequence[str], newsroom: Newsroom) -> list[str]:
    before = [name for name in newsroom.topics if name in chosen] or list(newsroom.topics)
    match how:
        case "only":
            return list(topics)
        case "add":
            return [name for name in newsroom.topics if name in topics or name in before]
        case "drop":
            return [name for name in before if name not in topics]


def _segments(text: str) -> Iterator[tuple[How, str]]:
    """Cut a line before each sign, and remove the word that names the kind of change."""
    said: list[list[str]] = [[]]
    for word in text.split():
        if word[0] in _SIGNS and (len(word) > 1 or word in _SIGNS):
            said.append([word[0]])
            word = word[1:]
        if word:
            said[-1].append(word)
    for words in filter(None, said):
        opening = next((n for n in (2, 1) if " ".join(folded(" ".join(words[:n])).split()) in _OPENINGS), 0)
        how = _OPENINGS[" ".join(folded(" ".join(words[:opening])).split())] if opening else "only"
        yield how, " ".join(words[opening:])


def _split(text: str, newsroom: Newsroom) -> tuple[str, ...]:
    names, unknown = find_topics([name for name in _BETWEEN.split(text) if name.strip(" ,;")], newsroom)
    if unknown or not names:
        raise UnknownTopicError(", ".join(unknown) or text)
    return names
