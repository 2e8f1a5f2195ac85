"""What a tap or a typed line asks for, as data: nothing here is a string from outside any more."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from bot.chat.buttons.operator_intents import OperatorIntent
from bot.chat.buttons.reader_intents import (
    ChangePapers,
    ChangeWords,
    ChooseFigure,
    DropTaste,
    DropWord,
    SetBreaking,
    SetFigure,
    SetLength,
    SetPaper,
    SetSilent,
    SetWeekly,
    StoryIntent,
)

MOST_TIMES = 4  # a day for one chat
Panel = Literal["schedule", "topics", "words", "papers"]


class Button(Enum):
    """A button that says everything by itself; the value is its callback data."""

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
    """Own times, "HH:MM" in order, on multiples of five minutes; none: as the edition has it."""

    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetDays:
    """Own days, 0 (Monday) to 6 in order; none: as the edition has it."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetZone:
    """Own time zone, an IANA key."""

    zone: str


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Quiet hours, minutes after local midnight; equal ends: none."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SetEdition:
    """Another edition, with its own times and days."""

    edition: str


@dataclass(frozen=True, slots=True)
class TakeEdition:
    """One edition more, or one less, each at its own times and on its own days."""

    edition: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class SetTopic:
    """A topic to have or not to have. It says which, so that the same tap twice changes nothing."""

    topic: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """Back to the profile that this chat's last change left, and to the panel from which it was left."""

    profile_id: int
    panel: Panel


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Another page, counted from 0, of what a question found."""

    question_id: int
    page: int


AnswerView = Literal["details", "sources", "days"]
Rewording = Literal[
    "suggested", "any_time", "any_source", "any_topic", "first_half", "second_half", "as_typed"
]


@dataclass(frozen=True, slots=True)
class ShowView:
    """Another look at an answer: its articles at length, their papers, or how many came out each day."""

    question_id: int
    view: AnswerView


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A question in other words: as suggested, without a filter, or half of it."""

    question_id: int
    rewording: Rewording


@dataclass(frozen=True, slots=True)
class WatchQuestion:
    """A question that was asked here, to be watched from now on."""

    question_id: int


@dataclass(frozen=True, slots=True)
class StopWatching:
    """No more alerts of a watch; tapped in the list, or under an alert, which keeps its text."""

    watch_id: int
    is_in_list: bool


@dataclass(frozen=True, slots=True)
class WatchAgain:
    """That taken back, in the same place."""

    watch_id: int
    is_in_list: bool


@dataclass(frozen=True, slots=True)
class RunWatch:
    """What a watch asks, asked now."""

    watch_id: int


@dataclass(frozen=True, slots=True)
class PauseFor:
    """No digests for so many days from the tap on."""

    days: int


@dataclass(frozen=True, slots=True)
class Confirm:
    """What a message of this chat wants from the bot, confirmed; it is kept like a question."""

    question_id: int


@dataclass(frozen=True, slots=True)
class Preview:
    """An operator's look at an edition."""

    edition: str


@dataclass(frozen=True, slots=True)
class AskToSend:
    """An operator's wish to send an edition now."""

    edition: str


@dataclass(frozen=True, slots=True)
class SendNow:
    """That wish, confirmed."""

    edition: str


@dataclass(frozen=True, slots=True)
class ShowIssue:
    """An operator's look at an issue, those of all profiles together; `issue_id` is one of them."""

    issue_id: int


@dataclass(frozen=True, slots=True)
class ShowCorrection:
    """An operator's look at a correction that was sent."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class AskToRetract:
    """An operator's wish to take an issue back."""

    issue_id: int


@dataclass(frozen=True, slots=True)
class Retract:
    """That wish, confirmed."""

    issue_id: int


@dataclass(frozen=True, slots=True)
class SendCorrection:
    """A correction that was shown first, confirmed."""

    correction_id: int


Change = (
    Button
    | SetTimes
    | SetDays
    | SetZone
    | SetQuiet
    | SetEdition
    | TakeEdition
    | SetTopic
    | SetLength
    | SetSilent
    | SetBreaking
    | SetWeekly
    | ChangeWords
    | ChooseFigure
    | DropWord
    | ChangePapers
    | SetPaper
)
Intent = (
    Button
    | SetTimes
    | SetDays
    | SetQuiet
    | SetEdition
    | TakeEdition
    | SetTopic
    | SetLength
    | SetSilent
    | SetBreaking
    | SetWeekly
    | DropWord
    | DropTaste
    | SetFigure
    | SetPaper
    | Undo
    | TurnPage
    | ShowView
    | AskAgain
    | WatchQuestion
    | StopWatching
    | WatchAgain
    | RunWatch
    | StoryIntent
    | OperatorIntent
    | PauseFor
    | Confirm
    | Preview
    | AskToSend
    | SendNow
    | ShowIssue
    | ShowCorrection
    | AskToRetract
    | Retract
    | SendCorrection
)
