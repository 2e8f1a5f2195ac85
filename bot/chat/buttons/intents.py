"""Intents: what a tap or a typed line asks for, parsed and checked."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from bot.chat.buttons.operator_intents import OperatorIntent
from bot.chat.buttons.reader_intents import (
    ChangePapers,
    ChangeWords,
    ChooseFigure,
    DigestChoice,
    DropTaste,
    SetFigure,
    StoryIntent,
)

MOST_TIMES = 4  # a day for one chat
Panel = Literal["schedule", "topics", "words", "papers"]


class Button(Enum):
    """A button whose intent has no values; its value here is its callback data."""

    SHOW_SCHEDULE = "lich"
    SHOW_DAYS = "ngay"
    SHOW_QUIET = "yentinh"
    SHOW_EDITIONS = "bantin"
    SHOW_TOPICS = "chude"
    SHOW_WORDS = "tu"
    SHOW_PAPERS = "nguon"
    CLOSE = "xong"
    NO_BREAKING = "nong"
    USE_DEFAULTS = "macdinh"
    ALL_TOPICS = "chude:*"
    PAUSE = "tamdung"
    RESUME = "tieptuc"
    DELETE_ALL = "xoa:het"
    KEEP_ALL = "xoa:khong"
    SHOW_STATE = "quantri"
    SHOW_HISTORY = "quantri:30ngay"
    STOP_SENDING = "quantri:dung"
    START_SENDING = "quantri:chay"
    OPEN_CONSOLE = "quantri:bang"
    SHOW_SLOTS = "quantri:lich"
    EXAMINE = "quantri:kham"
    UNDO_FILE = "quantri:hoantac"


@dataclass(frozen=True, slots=True)
class SetTimes:
    """Set own times, "HH:MM" in order, on multiples of five minutes; none: the edition's."""

    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetDays:
    """Set own days, 0 (Monday) to 6 in order; none: the edition's."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetZone:
    """Set an own time zone, an IANA key."""

    zone: str


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Set quiet hours, in minutes after local midnight; equal ends: none."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SetEdition:
    """Get this edition alone, at its own times and on its own days."""

    edition: str


@dataclass(frozen=True, slots=True)
class TakeEdition:
    """Add an edition or remove it; each has its own times and days."""

    edition: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class SetTopic:
    """Choose a topic or leave it out. It says which, so that a second tap changes nothing."""

    topic: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """Return to the profile before this chat's last change, and to the panel of that change."""

    profile_id: int
    panel: Panel


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Show another page, counted from 0, of a question's articles."""

    question_id: int
    page: int


AnswerView = Literal["details", "sources", "days"]
Rewording = Literal[
    "suggested", "any_time", "any_source", "any_topic", "first_half", "second_half", "as_typed"
]


@dataclass(frozen=True, slots=True)
class ShowView:
    """Show another view of an answer: its articles in detail, their papers, or articles by day."""

    question_id: int
    view: AnswerView


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ask a question in other words: as suggested, without a filter, or half of it."""

    question_id: int
    rewording: Rewording


@dataclass(frozen=True, slots=True)
class WatchQuestion:
    """Watch a question that was asked in this chat."""

    question_id: int


@dataclass(frozen=True, slots=True)
class SetWatch:
    """End a watch, or undo that. Tapped in the list, or under an alert, which keeps its text."""

    watch_id: int
    is_in_list: bool
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class RunWatch:
    """Ask a watch's question now."""

    watch_id: int


@dataclass(frozen=True, slots=True)
class PauseFor:
    """Pause for this many days from the tap on."""

    days: int


@dataclass(frozen=True, slots=True)
class Confirm:
    """Fulfil the wish of a message of this chat; the message is stored like a question."""

    question_id: int


_Choice = Button | SetTimes | SetDays | SetQuiet | SetEdition | TakeEdition | SetTopic | DigestChoice
Change = _Choice | SetZone | ChangeWords | ChooseFigure | ChangePapers
_OfQuestions = TurnPage | ShowView | AskAgain | WatchQuestion | SetWatch | RunWatch | Confirm
Intent = _Choice | DropTaste | SetFigure | Undo | PauseFor | _OfQuestions | StoryIntent | OperatorIntent
