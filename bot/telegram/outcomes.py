"""Decide by Telegram's error what happens to a delivery. Pure.

Order matters: python-telegram-bot's BadRequest and TimedOut are NetworkErrors too. A cut connection, a 500, a
502 and an answer that cannot be read say nothing about whether the message went out.
"""

import re
from dataclasses import dataclass

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.telegram.departures import RecalledError
from bot.telegram.limiter import seconds_to_wait
from bot.telegram.transport import NotSentError
from storage.delivery.refusals import LEFT, NO_RIGHTS


@dataclass(frozen=True, slots=True)
class Wait:
    """Send nothing to any chat for a while; `counts` tells whether Telegram may have delivered this try.

    `seconds` is the wait after the first of several failures in a row.
    """

    seconds: float
    counts: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """It has not left: this process ends."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Telegram got too many requests: this chat waits for `seconds`, which Telegram named if `is_named`."""

    seconds: float
    reason: str
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Retire:
    """The chat is lost: no more deliveries until it is back. `kind`: it left, or the bot lost its rights."""

    reason: str
    kind: str = LEFT

    @property
    def recorded(self) -> str:
        """Return what is kept as the reason: the kind and Telegram's words."""
        return f"{self.kind}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Move:
    """The group has a new id."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class SendPlain:
    """Telegram cannot read our markup: send the words without it, once."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """This message is refused for good; the chat stays."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halt:
    """Nothing can be sent at all: the token is not valid any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeaveTopic:
    """The forum topic is gone: the group's digests go to the group itself."""

    reason: str


Outcome = LeaveTopic | Wait | Recalled | Hold | Retire | Move | SendPlain | Refuse | Halt

_LONGEST_REST_SECONDS = 60.0
_LONGEST_HOLD_SECONDS = 2 * 86_400.0  # then one try finds out whether it still holds
_UNNAMED_SECONDS, _LONGEST_UNNAMED_SECONDS = 10.0, 900.0
_TOO_MANY = "too many requests"
_GONE = ("chat not found", "user is deactivated", "bot was kicked", "bot is not a member", "chat was deleted")
_WAIT_IN_WORDS = re.compile(r"(?:slowmode|flood)_wait_(\d{1,6})", re.IGNORECASE)
_TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_closed")
_MARKUP = ("can't parse", "can't find end", "unsupported start tag", "entity", "entities")
_OF_MEDIA = re.compile(r"rights to send (?!text|message|a message)")  # words may still be sent
_NO_RIGHTS = (
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "no write access",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_plain_forbidden",
)


def outcome_of(error: TelegramError) -> Outcome:
    """Decide what becomes of the delivery that ended in `error`."""
    text = error.message
    match error:
        case RetryAfter():
            return Hold(min(_LONGEST_HOLD_SECONDS, seconds_to_wait(error)), text)
        case _ if found := _WAIT_IN_WORDS.search(text):
            return Hold(min(_LONGEST_HOLD_SECONDS, float(found[1])), text)
        case BadRequest() | Forbidden() if _tells_of_lost_rights(text.lower()):
            return Retire(text, NO_RIGHTS)
        case Forbidden():
            return Retire(text)
        case ChatMigrated():
            return Move(error.new_chat_id)
        case InvalidToken():
            return Halt(text)
        case BadRequest():
            return _outcome_of_bad_request(text)
        case RecalledError():
            return Recalled()
        case NotSentError():
            return Wait(2.0, counts=False, reason=text)
        case _ if _TOO_MANY in text.lower():  # with no word of how long: to the library like any error
            return Hold(_UNNAMED_SECONDS, text, is_named=False)
        case _:
            return Wait(2.0, counts=True, reason=text)


def _tells_of_lost_rights(text: str) -> bool:
    return any(mark in text for mark in _NO_RIGHTS) and _OF_MEDIA.search(text) is None


def seconds_of_rest(wait: Wait, failures: int, chance: float) -> float:
    """Return for how many seconds to send nothing after `failures` (>= 1) in a row: doubled each time, 60 at
    most, and spread by `chance` (0 to 1) so that processes do not all retry at once.

    >>> [seconds_of_rest(Wait(2.0, True, "502"), n, 1.0) for n in (1, 2, 3, 10)]
    [2.0, 4.0, 8.0, 60.0]
    """
    return _doubled(wait.seconds, failures, _LONGEST_REST_SECONDS) * (1 + chance) / 2


def seconds_of_hold(hold: Hold, refusals: int) -> float:
    """Return how many seconds a chat waits after `refusals` (>= 1) in a row: as long as Telegram named, else
    doubled each time, 900 at most.

    >>> [seconds_of_hold(Hold(10.0, "429", is_named=False), n) for n in (1, 2, 3, 99)]
    [10.0, 20.0, 40.0, 900.0]
    """
    if hold.is_named:
        return hold.seconds
    return _doubled(hold.seconds, refusals, _LONGEST_UNNAMED_SECONDS)


def _doubled(seconds: float, failures: int, longest: float) -> float:
    """Return `seconds`, doubled with each failure after the first one, `longest` at most."""
    for _ in range(failures - 1):
        seconds *= 2
    return min(longest, seconds)


def _outcome_of_bad_request(text: str) -> Outcome:
    low = text.lower()
    if any(mark in low for mark in _GONE):
        return Retire(text)
    if any(mark in low for mark in _TOPIC_GONE):
        return LeaveTopic(text)
    if any(mark in low for mark in _MARKUP):
        return SendPlain(text)
    return Refuse(text)
