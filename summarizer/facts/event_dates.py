"""On which day something happened, where papers tell it differently.

A story has many dates, of statements most of all, so two papers must tell the event in nearly the same words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from summarizer.facts.fact import Fact, Found, search, where
from summarizer.model import Document
from summarizer.text.syllables import syllables

_DATE = re.compile(r"(?P<day>\d(?<!\w.)\d?)\s?[/.-]\s?(?P<month>\d{1,2})(?:[/.-]20\d\d)?(?![\d/])")
_SAYS_DAY = re.compile(r"(?<!\w)(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|từ)\s\Z", re.IGNORECASE)
_LIMIT = re.compile(r"(?i:trước|đến|tới|hết|sau|và|\w[-–]|\d)\s*(?:ngày|sáng|trưa|chiều|tối|đêm|hôm)\s\Z")
_STATEMENT = re.compile(
    r"(?<!\w)(?:cho biết|cho hay|tuyên bố|khẳng định|trao đổi|công bố|thông báo|phát biểu|họp|sẽ|phát sóng"
    r"|tập|khai mạc|bế mạc|xét xử|khởi tố|phiên)(?!\w)"
)
_LAST_DAY, _LAST_MONTH = 31, 12
_BEFORE = 20  # characters that say what kind of day it is
_MOST_APART_DAYS = 2  # more are two events
_LEAST_LIKE = 0.65
_LEAST_LIKE_BESIDE = 0.4  # where the words right before both dates are the same: "bắt giữ hôm"
_BESIDE = 2


@dataclass(frozen=True, slots=True)
class EventDate(Fact):
    """A day of a month, and the two words before the one that says that it is a day."""

    month: int
    day: int
    before: tuple[str, ...]

    @property
    def what(self) -> str:
        """Name the kind."""
        return "ngày xảy ra"

    def contradicts(self, other: Self) -> float:
        """Rate two near days of what is told in much the same words."""
        apart = abs((self.month - other.month) * 30 + self.day - other.day)
        if not 0 < apart <= _MOST_APART_DAYS:
            return 0.0
        likeness = self.likeness(other)
        beside = len(self.before) == _BESIDE and self.before == other.before
        return likeness if likeness >= (_LEAST_LIKE_BESIDE if beside else _LEAST_LIKE) else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both are one day."""
        return (self.month, self.day) == (other.month, other.day)


def find_event_dates(document: Document) -> Iterator[EventDate]:
    """Yield the days on which an article says that something happened."""
    for found in search(document, _DATE):
        match, place = found
        day, month = int(match["day"]), int(match["month"])
        if 0 < day <= _LAST_DAY and 0 < month <= _LAST_MONTH and _is_of_event(found):
            before = tuple(syllables(match.string[place.start : match.start()])[-_BESIDE - 1 : -1])
            yield EventDate(*where(found), month=month, day=day, before=before)


def _is_of_event(found: Found) -> bool:
    """Tell the day of an event from a limit, and from that of a statement or a session."""
    match, place = found
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if not _SAYS_DAY.search(before) or _LIMIT.search(before):
        return False
    return not _STATEMENT.search(match.string, place.start, place.end)
