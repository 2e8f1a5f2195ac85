"""Permissions and rate limits: rights for each button, and limits for each asker. Pure."""

import datetime as dt
from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from bot.chat.buttons import intents
from bot.chat.buttons import operator_intents as operators
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.intents import Button, Intent

# The right that each intent needs.
#
# Every intent has a line here; a test fails for a missing one. If an intent names a row by number (a
# question, a watch, an earlier profile), `storage` looks it up together with the chat's own number.


class Access(Enum):
    """Who may press a button: any reader of the chat, its administrators, or the operators."""

    READERS = "readers"
    SETTERS = "setters"  # oneself in a private chat; in a group, channel or forum its administrators
    OPERATORS = "operators"


ACCESS: dict[type[Intent] | Button, Access] = {
    intents.TurnPage: Access.READERS,
    intents.ShowView: Access.READERS,
    intents.AskAgain: Access.READERS,
    intents.RunWatch: Access.READERS,
    readers.OpenCard: Access.READERS,
    readers.ShowMore: Access.READERS,
    readers.TurnMore: Access.READERS,
    readers.AskWhy: Access.READERS,
    intents.SetTimes: Access.SETTERS,
    intents.SetDays: Access.SETTERS,
    intents.SetQuiet: Access.SETTERS,
    intents.SetEdition: Access.SETTERS,
    intents.TakeEdition: Access.SETTERS,
    intents.SetTopic: Access.SETTERS,
    readers.SetLength: Access.SETTERS,
    readers.SetSilent: Access.SETTERS,
    readers.SetWeekly: Access.SETTERS,
    readers.SetBreaking: Access.SETTERS,
    Button.NO_BREAKING: Access.SETTERS,
    readers.SetFigure: Access.SETTERS,
    readers.DropWord: Access.SETTERS,
    readers.DropTaste: Access.SETTERS,
    readers.SetPaper: Access.SETTERS,
    Button.SHOW_WORDS: Access.SETTERS,
    Button.SHOW_PAPERS: Access.SETTERS,
    intents.Undo: Access.SETTERS,
    intents.WatchQuestion: Access.SETTERS,
    intents.StopWatching: Access.SETTERS,
    intents.WatchAgain: Access.SETTERS,
    readers.SaveStory: Access.SETTERS,
    readers.FollowStory: Access.SETTERS,
    readers.Unfollow: Access.SETTERS,
    readers.FollowAgain: Access.SETTERS,
    readers.OfferMute: Access.SETTERS,
    readers.MuteWord: Access.SETTERS,
    readers.Teach: Access.SETTERS,
    readers.ShowSaved: Access.SETTERS,
    readers.ReadSaved: Access.SETTERS,
    readers.KeepSaved: Access.SETTERS,
    intents.PauseFor: Access.SETTERS,
    intents.Confirm: Access.SETTERS,
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
    Button.EXAMINE: Access.OPERATORS,
    intents.Preview: Access.OPERATORS,
    intents.AskToSend: Access.OPERATORS,
    intents.SendNow: Access.OPERATORS,
    intents.ShowIssue: Access.OPERATORS,
    intents.ShowCorrection: Access.OPERATORS,
    intents.AskToRetract: Access.OPERATORS,
    intents.Retract: Access.OPERATORS,
    intents.SendCorrection: Access.OPERATORS,
    Button.SHOW_SLOTS: Access.OPERATORS,
    Button.UNDO_FILE: Access.OPERATORS,
    operators.ShowEdition: Access.OPERATORS,
    operators.ProposeChange: Access.OPERATORS,
    operators.WriteChange: Access.OPERATORS,
    operators.ChangeAnnouncement: Access.OPERATORS,
    operators.Announce: Access.OPERATORS,
    operators.CallOffAnnouncement: Access.OPERATORS,
    operators.ShowGate: Access.OPERATORS,
    operators.ReadGate: Access.OPERATORS,
    operators.ApproveIssue: Access.OPERATORS,
    operators.HoldIssue: Access.OPERATORS,
    operators.DropStory: Access.OPERATORS,
    operators.RestoreStory: Access.OPERATORS,
}


def access_to(intent: Intent) -> Access:
    """Return the right that `intent` needs."""
    return ACCESS[intent if isinstance(intent, Button) else type(intent)]


# Rate limits. Pure: moments are arguments, and the memory is bounded.

MOST_ASKERS = 10_000  # the asker that has been silent longest is forgotten first
_BURST_GAP = dt.timedelta(minutes=1)  # a pause of this length ends a burst


Asker = tuple[int, int | None]  # a chat, and a person (or a card) in it; None for all of the chat


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `window`."""

    count: int
    window: dt.timedelta


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to answer. `wait`, the time until the next question may come, is set once a burst."""

    is_admitted: bool
    wait: dt.timedelta | None = None


@dataclass(slots=True)
class Memory:
    """The admitted requests of an asker."""

    moments: deque[dt.datetime] = field(default_factory=deque)  # of admitted requests, oldest first
    refused_at: dt.datetime | None = None  # the last refusal; None after the next admission


class Guard:
    """Counts the admitted requests of each asker; refused ones do not count.

    An asker is a chat, or a person in a group.
    """

    def __init__(self, most_askers: int = MOST_ASKERS) -> None:
        self._most_askers = most_askers
        self._askers: OrderedDict[Hashable, Memory] = OrderedDict()

    def __len__(self) -> int:
        return len(self._askers)

    async def ask(self, asker: Asker, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
        """Decide as `admit` does."""
        return self.admit(asker, limits, now)

    def admit(self, asker: Hashable, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
        """Decide whether `asker` may ask at `now`, under all `limits`."""
        return judge(self._remember(asker), limits, now)

    def _remember(self, asker: Hashable) -> Memory:
        memory = self._askers.setdefault(asker, Memory())
        self._askers.move_to_end(asker)
        if len(self._askers) > self._most_askers:
            self._askers.popitem(last=False)
        return memory


def judge(memory: Memory, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
    """Decide whether an asker may ask at `now`, under all `limits`, and remember it."""
    _forget(memory.moments, now, max(limit.window for limit in limits))
    free_at = max(_free_at(memory.moments, limit, now) for limit in limits)
    if free_at <= now:
        memory.moments.append(now)
        memory.refused_at = None
        return Verdict(is_admitted=True)
    before, memory.refused_at = memory.refused_at, now
    is_same_burst = before is not None and before <= now < before + _BURST_GAP
    return Verdict(is_admitted=False, wait=None if is_same_burst else free_at - now)


def _forget(moments: deque[dt.datetime], now: dt.datetime, window: dt.timedelta) -> None:
    while moments and moments[-1] > now:  # the machine's clock was set back
        moments.pop()
    while moments and moments[0] <= now - window:
        moments.popleft()


def _free_at(moments: deque[dt.datetime], limit: Limit, now: dt.datetime) -> dt.datetime:
    """Return the moment from which one more request is within `limit`; not after `now` if it already is."""
    if len(moments) < limit.count:
        return now
    return moments[-limit.count] + limit.window
