"""Wishes: the parsed meaning of messages to the bot itself; a message without one is a question. Pure."""

import datetime as dt
import functools
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal

from bot.chat.buttons.intents import Change
from bot.chat.settings.typed_settings import How
from summarizer.questions.query import parse_query
from summarizer.questions.question_terms import subject_of
from summarizer.text.syllables import folded


class SimpleWish(Enum):
    """A wish without a value."""

    LEAVE = "leave"
    PAUSE = "pause"
    RESUME = "resume"
    SCHEDULE = "panel schedule"
    QUIET = "panel quiet"
    TOPICS = "panel topics"
    LENGTH = "panel length"
    WATCHES = "watches"
    THANKS = "thanks"
    FINE = "fine"
    BLAME = "blame"
    GREETING = "greeting"
    WHO = "who"
    HELP = "help"
    MORE = "more"
    DIGEST = "digest"
    DATA = "data"
    DELETE = "delete"


SIMPLE_WISHES = {wish.name.lower(): wish for wish in SimpleWish}  # as rules and examples call them


@dataclass(frozen=True, slots=True)
class PauseUntil:
    """No digests until a moment, in UTC."""

    until: dt.datetime


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """Other times or days."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class SetTopics:
    """Only these topics, these too, or not these."""

    how: How
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchWords:
    """An alert on these words."""

    words: str


@dataclass(frozen=True, slots=True)
class UnwatchWords:
    """No more alerts on these words."""

    words: str


LAST = -1  # the number of the last article, or page


@dataclass(frozen=True, slots=True)
class ShowItem:
    """An article of the last list, counted from 1, or `LAST`."""

    number: int


@dataclass(frozen=True, slots=True)
class ShowPage:
    """A page of the last list, counted from 1, or `LAST`."""

    number: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that leaves out the subject of the last one.

    `words` are used "instead" of the name in the last question, or "also", beside all of it.
    """

    how: Literal["instead", "also"]
    words: str


@dataclass(frozen=True, slots=True)
class ShowAddress:
    """The article at an address; `words` are the other words of the message, "" if only fillers."""

    url: str
    words: str = ""


Proposable = PauseUntil | SetSchedule | SetTopics  # changes of settings
Wish = SimpleWish | Proposable | WatchWords | UnwatchWords | ShowItem | ShowPage | FollowUp | ShowAddress


# Completing a follow-up question with the subject of the last one.

_FILE = Path(__file__).with_name("places.txt")
_AT = re.compile(r"^(?:ở|tại|o|tai)\s+(?=\S)", re.IGNORECASE)
_LONGEST = 200  # characters of a question


def completed(last: str, follow_up: FollowUp, today: dt.date) -> str:
    """Return `follow_up` as a complete question, after the question `last`.

    >>> completed("lũ Quảng Bình hôm qua", FollowUp("instead", "Nghệ An"), dt.date(2026, 11, 22))
    'lũ Nghệ An hôm qua'
    >>> completed("lũ Quảng Bình", FollowUp("also", "thiệt hại bao nhiêu"), dt.date(2026, 11, 22))
    'lũ Quảng Bình thiệt hại bao nhiêu'
    >>> completed("lũ Quảng Bình hôm nay", FollowUp("instead", "hôm qua"), dt.date(2026, 11, 22))
    'lũ Quảng Bình hôm qua'
    >>> completed("mưa lớn ở Hạ Long", FollowUp("instead", "Vinh"), dt.date(2026, 11, 22))
    'mưa lớn ở Vinh'
    """
    last = last[:_LONGEST]
    subject = subject_of(last, today)
    words = _AT.sub("", follow_up.words)
    if follow_up.how == "also":
        return f"{subject} {words}"
    if (place := _place_in(last)) and _place_in(words):
        return f"{last[: place[0]]}{words}{last[place[1] :]}"
    if folded(words).split()[:1] == folded(subject).split()[:1]:  # "giá vàng", "còn giá bạc thì sao"
        return words
    if _place_in(words) or is_time(words, today):
        return f"{subject} {words}"
    return f"{subject.partition(' ')[0]} {words}"  # "giá" of "giá vàng" stays, its name is replaced


def is_place(words: str) -> bool:
    """Tell whether `words` are only the name of a place.

    >>> is_place("ở Thanh Hóa"), is_place("Hà Nội bao nhiêu quận")
    (True, False)
    """
    named = _AT.sub("", words)
    return _place_in(named) == (0, len(named))


def is_time(words: str, today: dt.date) -> bool:
    """Tell whether `words` are only a time, as in a question.

    >>> is_time("hôm qua", dt.date(2026, 11, 22)), is_time("giá bạc", dt.date(2026, 11, 22))
    (True, False)
    """
    query = parse_query(words, today=today)
    return not query.without(query.time_places)


@functools.cache
def _places() -> tuple[str, ...]:
    lines = _FILE.read_text("utf-8").splitlines()
    return tuple(sorted((folded(line) for line in lines if line and line[0] != "#"), key=len, reverse=True))


def _place_in(text: str) -> tuple[int, int] | None:
    """Return the span of the first place name in `text`, the longest that begins there."""
    plain = f" {folded(text)} "
    if len(plain) != len(text) + 2:  # folding changed the length, so spans would be wrong
        return None
    found = ((plain.find(f" {place} "), -len(place)) for place in _places())
    start, length = min((each for each in found if each[0] >= 0), default=(-1, 0))
    return (start, start - length) if start >= 0 else None
