"""When and how Telegram refuses a call: refusals in Telegram's words, sending limits, declared faults.

Code that finds a broken rule raises a refusal; `api` turns it into an HTTP answer.
"""

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


class Refusal(Exception):  # noqa: N818 - an answer of Telegram, not a failure of the emulator
    """An answer with `ok: false`: `code` is both the HTTP status and the `error_code`."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> Refusal:
    """Make a 400 whose description is `reason` behind Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """Make a 403: the bot may not write there, now or later."""
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    """Make a 409: another poller or a webhook has the updates."""
    return Refusal(409, f"Conflict: {reason}")


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


def not_found(reason: str = "") -> Refusal:
    """Make the 404 of a malformed token or an unknown method."""
    return Refusal(404, f"Not Found: {reason}" if reason else "Not Found")


def too_many_requests(seconds: int) -> Refusal:
    """Make a 429 that asks for a pause of `seconds`; with 0 it names no time."""
    if not seconds:
        return Refusal(429, "Too Many Requests")
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def upgraded(new_chat_id: int) -> Refusal:
    """Make the 400 of a group that has become the supergroup `new_chat_id`."""
    return Refusal(
        400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": new_chat_id}
    )


# Telegram publishes the numbers but not the rule, and lets short bursts pass. Strict mode does not, so a bot
# that keeps these limits keeps Telegram's. A refused message does not count in the windows.
@dataclass(slots=True)
class Rates:
    """How many messages may be sent, and whether the limits are enforced; the numbers are Telegram's."""

    strict: bool = False
    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20


@dataclass(slots=True)
class RateLimits:
    """Counts messages in sliding windows. `clock` returns monotonic seconds."""

    clock: Callable[[], float]
    rates: Rates = field(default_factory=Rates)
    refused: Counter[str] = field(default_factory=Counter)
    busiest_second: int = 0
    _sent: dict[tuple[str, int], deque[float]] = field(default_factory=dict)

    def admit(self, chat_id: int) -> None:
        """Count one message to a chat; groups and channels have negative ids.

        In strict mode, raises Refusal (429 with the seconds to wait) if a window is full.
        """
        now = self.clock()
        windows = [("per_second", 0, 1.0, self.rates.per_second)]
        windows.append(("per_chat_second", chat_id, 1.0, self.rates.per_chat_second))
        if chat_id < 0:
            windows.append(("per_group_minute", chat_id, 60.0, self.rates.per_group_minute))
        rows = [
            (name, self._window(name, counted, span, now), span, most)
            for name, counted, span, most in windows
        ]
        if self.rates.strict:
            for name, row, span, most in rows:
                if len(row) >= most:
                    self.refused[name] += 1
                    raise too_many_requests(max(1, math.ceil(row[-most] + span - now)))
        for _, row, _, _ in rows:
            row.append(now)
        self.busiest_second = max(self.busiest_second, len(rows[0][1]))

    def _window(self, name: str, chat_id: int, span: float, now: float) -> deque[float]:
        """Return the moments of the last `span` seconds, oldest first."""
        row = self._sent.setdefault((name, chat_id), deque())
        while row and row[0] <= now - span:
            row.popleft()
        return row


# Faults of Telegram or of the network, declared over the control interface and used up call by call; `api`
# carries them out.

FaultKind = Literal[
    "429", "500", "403", "400", "401", "409", "cut_before", "cut_after", "hang", "slow", "drip", "html_502",
    "odd_answer",
]  # fmt: skip
WEBHOOK = "webhook"  # in place of a method: the emulator's calls to the webhook


@dataclass(slots=True)
class Fault:
    """The next `times` calls of `method` (any if empty) to `chat_id` (any if 0) fail like `kind`.

    `seconds` is how long `hang` holds the connection, how late `slow` answers, and how long `drip` takes for
    its answer. `odd_answer` does what was asked and answers with fields that clients do not expect.
    """

    kind: FaultKind
    times: int = 1
    method: str = ""
    chat_id: int = 0
    retry_after: int = 1
    description: str = ""
    seconds: float = 60.0

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Tell whether the fault is for a call of `method`, in upper or lower case, to `chat_id`."""
        is_any = not self.method and method != WEBHOOK
        is_method = is_any or self.method.lower() == method.lower()
        return self.times > 0 and is_method and (not self.chat_id or self.chat_id == chat_id)

    def refusal(self) -> Refusal | None:
        """Return Telegram's answer for this fault, or None for a fault of the network."""
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
    """The declared faults, used in this order, and counts of those that happened."""

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
