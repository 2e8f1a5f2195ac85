"""What a message to the bot itself asks for, as data. A message that asks for none of these is a question."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from bot.chat.intents import Change


class Plain(Enum):
    """A wish that says everything by itself."""

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

    how: Literal["only", "add", "drop"]
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
    """A question that leaves out what the last one was about.

    `words` stand "instead" of what the last question named, or "also", beside all of it.
    """

    how: Literal["instead", "also"]
    words: str


@dataclass(frozen=True, slots=True)
class ShowAddress:
    """The article at an address; `words` are what stood beside the address, "" where only fillers did."""

    url: str
    words: str = ""


Wish = (
    Plain
    | PauseUntil
    | SetSchedule
    | SetTopics
    | WatchWords
    | UnwatchWords
    | ShowItem
    | ShowPage
    | FollowUp
    | ShowAddress
)
