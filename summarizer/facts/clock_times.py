"""At what time of day something happened, where papers tell it differently.

Only times that two papers put on one day compare, and of what came later ("đến 15h", "sau 2 giờ") none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from summarizer.facts.claims import names
from summarizer.facts.fact import Fact, Found, search, where
from summarizer.model import Document

_TIME = re.compile(
    r"(?P<hour>\d(?<![\w.,:/].)\d?)\s?(?:h|g|giờ)(?:\s?(?P<minute>[0-5]\d)(?!\d|[/.-]\d))?(?:\s?(?:phút|['’′]))?(?!\w)"
    r"(?P<part>\s(?:sáng|trưa|chiều|tối|đêm|khuya))?"
)
_AFTER_NOON = frozenset({"chiều", "tối"})
_DAY = re.compile(r"(?<![\w/.-])(\d{1,2})[/.-](\d{1,2})(?!\d)|(?<!\w)(?:hôm|sáng|trưa|chiều|tối) (nay)(?!\w)")
_TODAY = ("", "", "nay")  # as `_DAY` finds it
_SAYS_WHEN = re.compile(r"(?:lúc|hồi|vào|khoảng|chừng|tầm|gần|hơn)(?:\s(?:lúc|hồi))?\s+\Z", re.IGNORECASE)
_LATER = re.compile(r"(?:đến|tới|sau|từ|trong|suốt|mất|trước)(?:\s\w+)?\s+\Z|\w\s?[-–]\s?\Z", re.IGNORECASE)
_DATED = re.compile(r",?\s(?:\w+\s)?(?:ngày|cùng ngày|hôm)(?!\w)")
_BEFORE = 20  # characters that say whether a number of hours is a time
_LAST_HOUR = 23
_HALF_DAY = 12 * 60
_SLACK, _MOST_APART = 20, 180  # minutes
_LEAST_LIKE = 0.4
_LEAST_LIKE_OF_FIRST = 0.2  # where it is the first time that each paper tells, and they name one place
_FEWEST_NAMES = 3  # words written like names that say that they do


@dataclass(frozen=True, slots=True)
class ClockTime(Fact):
    """A time in minutes of the day, with the days (as `_DAY` finds them) and names of its sentence."""

    minutes: int
    days: frozenset[tuple[str, ...]]
    names: frozenset[str]
    is_first: bool  # of its article

    @property
    def what(self) -> str:
        """Name the kind."""
        return "giờ xảy ra"

    def contradicts(self, other: Self) -> float:
        """Rate two times of one day told in like sentences."""
        apart = abs(self.minutes - other.minutes)
        if not _SLACK < apart <= _MOST_APART or not self._is_on_the_day_of(other):
            return 0.0
        likeness = self.likeness(other)
        begins = self.is_first and other.is_first and len(self.names & other.names) >= _FEWEST_NAMES
        return likeness if likeness >= (_LEAST_LIKE_OF_FIRST if begins else _LEAST_LIKE) else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both are about one time; "3 giờ" may be in the afternoon."""
        apart = abs(self.minutes - other.minutes) % _HALF_DAY
        return min(apart, _HALF_DAY - apart) <= _SLACK

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
            yield ClockTime(*where(found), minutes=minutes, days=days, names=known, is_first=is_first)
            is_first = False


def _is_moment(found: Found) -> bool:
    """Tell a time from a span of hours, and the event's time from that of what came after."""
    match = found.match
    if int(match["hour"]) > _LAST_HOUR:
        return False
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if _LATER.search(before):
        return False
    is_dated = _DATED.match(match.string, match.end())
    return bool(match["minute"] or match["part"] or is_dated or _SAYS_WHEN.search(before))


def _minutes(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    if hour < 12 and (match["part"] or "").strip().lower() in _AFTER_NOON:
        hour += 12
    return hour * 60 + int(match["minute"] or 0)
