"""Who may ask for what, and how often: rights for each button, and limits for each asker. Pure."""

import datetime as dt
from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from bot.chat.buttons.choice_intents import DropTaste, DropWord, SetLength, SetPaper, SetSilent
from bot.chat.buttons.intents import (
    AskAgain,
    AskToRetract,
    AskToSend,
    Button,
    Confirm,
    Intent,
    PauseFor,
    Preview,
    Retract,
    RunWatch,
    SendCorrection,
    SendNow,
    SetDays,
    SetEdition,
    SetQuiet,
    SetTimes,
    SetTopic,
    ShowCorrection,
    ShowIssue,
    ShowView,
    StopWatching,
    TurnPage,
    Undo,
    WatchAgain,
    WatchQuestion,
)
from bot.chat.buttons.story_intents import (
    AskWhy,
    FollowAgain,
    FollowStory,
    KeepSaved,
    OpenCard,
    ReadSaved,
    SaveStory,
    ShowMore,
    ShowSaved,
    Teach,
    TurnMore,
    Unfollow,
)

# Whose buttons are whose: for each intent, who may have it done. Pure.
#
# Every intent has its line here: a test fails for one that has none. What an intent names by number (a
# question, a watch, an earlier profile) is looked up together with the chat's own number, in `storage`.


class Access(Enum):
    """Who may press a button: any reader of the chat, its administrators, or the operators."""

    READERS = "readers"
    SETTERS = "setters"  # oneself in a private chat; in a group, channel or forum its administrators
    OPERATORS = "operators"


ACCESS: dict[type[Intent] | Button, Access] = {
    TurnPage: Access.READERS,
    ShowView: Access.READERS,
    AskAgain: Access.READERS,
    RunWatch: Access.READERS,
    OpenCard: Access.READERS,
    ShowMore: Access.READERS,
    TurnMore: Access.READERS,
    AskWhy: Access.READERS,
    SetTimes: Access.SETTERS,
    SetDays: Access.SETTERS,
    SetQuiet: Access.SETTERS,
    SetEdition: Access.SETTERS,
    SetTopic: Access.SETTERS,
    SetLength: Access.SETTERS,
    SetSilent: Access.SETTERS,
    DropWord: Access.SETTERS,
    DropTaste: Access.SETTERS,
    SetPaper: Access.SETTERS,
    Button.SHOW_WORDS: Access.SETTERS,
    Button.SHOW_PAPERS: Access.SETTERS,
    Undo: Access.SETTERS,
    WatchQuestion: Access.SETTERS,
    StopWatching: Access.SETTERS,
    WatchAgain: Access.SETTERS,
    SaveStory: Access.SETTERS,
    FollowStory: Access.SETTERS,
    Unfollow: Access.SETTERS,
    FollowAgain: Access.SETTERS,
    Teach: Access.SETTERS,
    ShowSaved: Access.SETTERS,
    ReadSaved: Access.SETTERS,
    KeepSaved: Access.SETTERS,
    PauseFor: Access.SETTERS,
    Confirm: Access.SETTERS,
    Button.SHOW_SCHEDULE: Access.SETTERS,
    Button.SHOW_DAYS: Access.SETTERS,
    Button.SHOW_QUIET: Access.SETTERS,
    Button.SHOW_EDITIONS: Access.SETTERS,
    Button.SHOW_TOPICS: Access.SETTERS,
    Button.CLOSE: Access.SETTERS,
    Button.USE_DEFAULTS: Access.SETTERS,
    Button.ALL_TOPICS: Access.SETTERS,
    Button.PAUSE: Access.SETTERS,
    Button.RESUME: Access.SETTERS,
    Button.DELETE_ALL: Access.SETTERS,
    Button.KEEP_ALL: Access.SETTERS,
    Button.SHOW_STATE: Access.OPERATORS,
    Button.SHOW_HISTORY: Access.OPERATORS,
    Button.STOP_SENDING: Access.OPERATORS,
    Button.START_SENDING: Access.OPERATORS,
    Button.OPEN_CONSOLE: Access.OPERATORS,
    Preview: Access.OPERATORS,
    AskToSend: Access.OPERATORS,
    SendNow: Access.OPERATORS,
    ShowIssue: Access.OPERATORS,
    ShowCorrection: Access.OPERATORS,
    AskToRetract: Access.OPERATORS,
    Retract: Access.OPERATORS,
    SendCorrection: Access.OPERATORS,
}


def access_to(intent: Intent) -> Access:
    """Return who may have `intent` done."""
    return ACCESS[intent if isinstance(intent, Button) else type(intent)]


# How much one asker may ask in a while. Pure: the moments come in, the memory is bounded.

MOST_ASKERS = 10_000  # the asker that has been silent longest is forgotten first
_BURST_GAP = dt.timedelta(minutes=1)  # without a message for so long, a burst is over


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `window`."""

    count: int
    window: dt.timedelta


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to answer. `wait`, how long until asking helps, is set once a burst: then it is told."""

    is_admitted: bool
    wait: dt.timedelta | None = None


@dataclass(slots=True)
class _Memory:
    moments: deque[dt.datetime] = field(default_factory=deque)  # of what was admitted, oldest first
    refused_at: dt.datetime | None = None  # the last refusal; None once something was admitted again


class Guard:
    """Counts what each asker was admitted with; what was refused does not count.

    An asker is whatever has a share of its own: a chat, or a person in a group.
    """

    def __init__(self, most_askers: int = MOST_ASKERS) -> None:
        self._most_askers = most_askers
        self._askers: OrderedDict[Hashable, _Memory] = OrderedDict()

    def __len__(self) -> int:
        return len(self._askers)

    def admit(self, asker: Hashable, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
        """Decide whether `asker` may ask at `now`, under all `limits`."""
        memory = self._remember(asker)
        _forget(memory.moments, now, max(limit.window for limit in limits))
        free_at = max(_free_at(memory.moments, limit, now) for limit in limits)
        if free_at <= now:
            memory.moments.append(now)
            memory.refused_at = None
            return Verdict(is_admitted=True)
        before, memory.refused_at = memory.refused_at, now
        is_same_burst = before is not None and before <= now < before + _BURST_GAP
        return Verdict(is_admitted=False, wait=None if is_same_burst else free_at - now)

    def _remember(self, asker: Hashable) -> _Memory:
        memory = self._askers.setdefault(asker, _Memory())
        self._askers.move_to_end(asker)
        if len(self._askers) > self._most_askers:
            self._askers.popitem(last=False)
        return memory


def _forget(moments: deque[dt.datetime], now: dt.datetime, window: dt.timedelta) -> None:
    while moments and moments[-1] > now:  # the machine's clock was set back
        moments.pop()
    while moments and moments[0] <= now - window:
        moments.popleft()


def _free_at(moments: deque[dt.datetime], limit: Limit, now: dt.datetime) -> dt.datetime:
    """Return the first moment from `now` on at which one more keeps within `limit`."""
    if len(moments) < limit.count:
        return now
    return max(now, moments[-limit.count] + limit.window)
