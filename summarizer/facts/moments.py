"""When something happened, where papers differ: the day, the time of day, the minute of a match."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from summarizer.facts.claims import names
from summarizer.facts.fact import Fact, PatternMatch, fact_fields, search
from summarizer.model import Document
from summarizer.text.syllables import canonical, syllables

# The time of day at which something happened.
#
# Two times compare only if both papers put them on the same day. Times of something later ("đến 15h",
# "sau 2 giờ") do not count.

_TIME = re.compile(
    r"(?P<hour>\d(?<![\w.,:/].)\d?)\s?(?:h|g|giờ)(?:\s?(?P<minute>[0-5]\d)(?!\d|[/.-]\d))?(?:\s?(?:phút|['’′]))?(?!\w)"
    r"(?P<part>\s(?:sáng|trưa|chiều|tối|đêm|khuya))?"
)
_DAY = re.compile(r"(?<![\w/.-])(\d{1,2})[/.-](\d{1,2})(?!\d)|(?<!\w)(?:hôm|sáng|trưa|chiều|tối) (nay)(?!\w)")
_TODAY = ("", "", "nay")  # as `_DAY` finds it
_SAYS_WHEN = re.compile(r"(?:lúc|hồi|vào|khoảng|chừng|tầm|gần|hơn)(?:\s(?:lúc|hồi))?\s+\Z", re.IGNORECASE)
_LATER = re.compile(r"(?:đến|tới|sau|từ|trong|suốt|mất|trước)(?:\s\w+)?\s+\Z|\w\s?[-–]\s?\Z", re.IGNORECASE)
_DATED = re.compile(r",?\s(?:\w+\s)?(?:ngày|cùng ngày|hôm)(?!\w)")
_BEFORE = 20  # characters before a number that decide whether it is a time or a day
_HALF_DAY = 12 * 60
_SLACK_MINUTES, _MOST_APART_MINUTES = 20, 180  # minutes
_LEAST_LIKE_TIMES = 0.4
_LEAST_LIKE_OF_FIRST_TIMES = 0.2  # if it is the first time in each article and both name one place
_FEWEST_NAMES = 3  # capitalised words in common that show that they do


@dataclass(frozen=True, slots=True)
class ClockTime(Fact):
    """A time in minutes of the day, with the days (as `_DAY` finds them) and names of its sentence."""

    minutes: int
    days: frozenset[tuple[str, ...]]
    names: frozenset[str]
    is_first: bool  # of its article
    what: ClassVar[str] = "giờ xảy ra"

    def contradicts(self, other: Self) -> float:
        """Rate two times of one day in similar sentences."""
        apart = abs(self.minutes - other.minutes)
        if not _SLACK_MINUTES < apart <= _MOST_APART_MINUTES or not self._is_on_the_day_of(other):
            return 0.0
        begins = self.is_first and other.is_first and len(self.names & other.names) >= _FEWEST_NAMES
        return self.similarity_from(other, _LEAST_LIKE_OF_FIRST_TIMES if begins else _LEAST_LIKE_TIMES)

    def supports(self, other: Self) -> bool:
        """Tell whether both are about one time; "3 giờ" may be in the afternoon."""
        apart = abs(self.minutes - other.minutes) % _HALF_DAY
        return min(apart, _HALF_DAY - apart) <= _SLACK_MINUTES

    def _is_on_the_day_of(self, other: Self) -> bool:
        if self.days - {_TODAY} and other.days - {_TODAY}:
            return bool(self.days & other.days - {_TODAY})
        return bool(self.days and other.days)  # "chiều nay" of papers of one day


def find_clock_times(document: Document) -> Iterator[ClockTime]:
    """Yield the times of day at which an article says that something happened."""
    is_first = True
    for found in search(document, _TIME):
        if _is_moment(found):
            text, place = found.match.string, found.place
            days = frozenset(_DAY.findall(text, place.start, place.end))
            known = frozenset(names(text, place.start, place.start, place.end))
            minutes = _minutes(found.match)
            yield ClockTime(*fact_fields(found), minutes=minutes, days=days, names=known, is_first=is_first)
            is_first = False


def _is_moment(found: PatternMatch) -> bool:
    """Tell whether a match is a time of the event, not a span of hours or the time of something later."""
    match = found.match
    if int(match["hour"]) > 23:
        return False
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if _LATER.search(before):
        return False
    is_dated = _DATED.match(match.string, match.end())
    return bool(match["minute"] or match["part"] or is_dated or _SAYS_WHEN.search(before))


def _minutes(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    if hour < 12 and (match["part"] or "").strip().lower() in ("chiều", "tối"):
        hour += 12
    return hour * 60 + int(match["minute"] or 0)


# The day on which something happened.
#
# Most dates of a story are of statements, so both papers must report the event in nearly the same words.

_DATE = re.compile(r"(?P<day>\d(?<!\w.)\d?)\s?[/.-]\s?(?P<month>\d{1,2})(?:[/.-]20\d\d)?(?![\d/])")
_SAYS_DAY = re.compile(r"(?<!\w)(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|từ)\s\Z", re.IGNORECASE)
_LIMIT = re.compile(r"(?i:trước|đến|tới|hết|sau|và|\w[-–]|\d)\s*(?:ngày|sáng|trưa|chiều|tối|đêm|hôm)\s\Z")
_STATEMENT = re.compile(
    r"(?<!\w)(?:cho biết|cho hay|tuyên bố|khẳng định|trao đổi|công bố|thông báo|phát biểu|họp|sẽ|phát sóng"
    r"|tập|khai mạc|bế mạc|xét xử|khởi tố|phiên)(?!\w)"
)
_MOST_APART_DAYS = 2  # more are two events
_LEAST_LIKE_DATES = 0.65
_LEAST_LIKE_DATES_BESIDE = 0.4  # if the words right before both dates are the same: "bắt giữ hôm"
_BESIDE = 2


@dataclass(frozen=True, slots=True)
class EventDate(Fact):
    """A day of a month, and the two words before the one that says that it is a day."""

    month: int
    day: int
    before: tuple[str, ...]
    what: ClassVar[str] = "ngày xảy ra"

    def contradicts(self, other: Self) -> float:
        """Rate two near days in very similar sentences."""
        apart = abs((self.month - other.month) * 30 + self.day - other.day)
        if not 0 < apart <= _MOST_APART_DAYS:
            return 0.0
        beside = len(self.before) == _BESIDE and self.before == other.before
        return self.similarity_from(other, _LEAST_LIKE_DATES_BESIDE if beside else _LEAST_LIKE_DATES)

    def supports(self, other: Self) -> bool:
        return (self.month, self.day) == (other.month, other.day)


def find_event_dates(document: Document) -> Iterator[EventDate]:
    """Yield the days on which an article says that something happened."""
    for found in search(document, _DATE):
        match, place = found
        day, month = int(match["day"]), int(match["month"])
        if 0 < day <= 31 and 0 < month <= 12 and _is_of_event(found):
            before = tuple(syllables(match.string[place.start : match.start()])[-_BESIDE - 1 : -1])
            yield EventDate(*fact_fields(found), month=month, day=day, before=before)


def _is_of_event(found: PatternMatch) -> bool:
    """Tell the day of an event from a limit, and from that of a statement or a session."""
    match, place = found
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if not _SAYS_DAY.search(before) or _LIMIT.search(before):
        return False
    return not _STATEMENT.search(match.string, place.start, place.end)


# The minute of a match in which something happened.

_MINUTE = re.compile(r"hút(?<=(?<!\w)[Pp]hút)(?:\sthứ)?\s(?P<minute>\d{1,3})(?!\w|[.,:]\d)")
_MOST_APART_IN_A_MATCH = 8  # minutes: more are two scenes
_LEAST_LIKE_SCENES = 0.35


@dataclass(frozen=True, slots=True)
class MatchMinute(Fact):
    """A minute of a match, and the names in its sentence."""

    minute: int
    names: frozenset[str]
    what: ClassVar[str] = "phút diễn ra tình huống"

    def contradicts(self, other: Self) -> float:
        """Rate two near minutes of a scene with the same players; one apart is how a minute is counted."""
        if not 1 < abs(self.minute - other.minute) <= _MOST_APART_IN_A_MATCH or not self.names & other.names:
            return 0.0
        return self.similarity_from(other, _LEAST_LIKE_SCENES)

    def supports(self, other: Self) -> bool:
        return abs(self.minute - other.minute) <= 1


def find_match_minutes(document: Document) -> Iterator[MatchMinute]:
    """Yield the minutes of a match that an article names."""
    for found in search(document, _MINUTE):
        match, place = found
        known = map(canonical, names(match.string, place.start, place.start, place.end))
        yield MatchMinute(*fact_fields(found, "minute"), minute=int(match["minute"]), names=frozenset(known))
