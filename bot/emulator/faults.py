"""Faults on order: answers that Telegram, or the network before it, gives on a bad day.

A fault is declared over the control interface and used up call by call; `server` acts it out.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from bot.emulator.refusals import (
    OTHER_POLLER,
    Refusal,
    bad_request,
    conflict,
    forbidden,
    too_many_requests,
    unauthorized,
)

FaultKind = Literal[
    "429", "500", "403", "400", "401", "409", "cut_before", "cut_after", "hang", "slow", "drip", "html_502",
    "odd_answer",
]  # fmt: skip
WEBHOOK = "webhook"  # in place of a method: the calls that the emulator makes


@dataclass(slots=True)
class Fault:
    """The next `times` calls of `method` (any, when empty) to `chat_id` (any, when 0) fail like `kind`.

    `seconds` is how long `hang` holds the connection, how late `slow` answers, and how long `drip` takes over
    its answer. `odd_answer` does as asked and answers with fields that clients do not expect.
    """

    kind: FaultKind
    times: int = 1
    method: str = ""
    chat_id: int = 0
    retry_after: int = 1
    description: str = ""
    seconds: float = 60.0

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Tell whether a call of `method`, in any case of letters, to `chat_id` is meant."""
        is_any = not self.method and method != WEBHOOK
        is_method = is_any or self.method.lower() == method.lower()
        return self.times > 0 and is_method and (not self.chat_id or self.chat_id == chat_id)

    def refusal(self) -> Refusal | None:
        """Return the answer of Telegram's that this fault stands for, or None for one of the network."""
        match self.kind:
            case "429":
                return too_many_requests(self.retry_after)
            case "403":
                return forbidden(self.description or "bot was blocked by the user")
            case "400":
                return bad_request(self.description or "chat not found")
            case "401":
                return unauthorized()
            case "409":
                return conflict(self.description or OTHER_POLLER)
            case "500":
                return Refusal(500, self.description or "Internal Server Error")
            case _:
                return None


@dataclass(slots=True)
class Faults:
    """The faults that wait for their calls, first declared first used, and counts of those that happened."""

    waiting: list[Fault] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Use up one turn of the first fault that matches, and return it."""
        for fault in self.waiting:
            if fault.matches(method, chat_id):
                fault.times -= 1
                self.happened[fault.kind] += 1
                self.waiting = [other for other in self.waiting if other.times > 0]
                return fault
        return None
