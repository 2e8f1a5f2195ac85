"""Telegram's sending limits as sliding windows: 30 a second, 1 a second per chat, 20 a minute per group.

Telegram publishes the numbers but not the rule, and lets short bursts pass; strict mode does not, so that a
bot which holds here holds there. A refused message does not count against the windows.
"""

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.emulator.chats.people import Chat
from bot.emulator.refusals import too_many_requests


@dataclass(slots=True)
class Rates:
    """How many messages may be sent, and whether that is held; the numbers are Telegram's."""

    strict: bool = False
    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20


@dataclass(slots=True)
class RateLimits:
    """Counts messages in sliding windows. `clock` gives seconds that never run backwards."""

    clock: Callable[[], float]
    rates: Rates = field(default_factory=Rates)
    refused: Counter[str] = field(default_factory=Counter)
    busiest_second: int = 0
    _sent: dict[tuple[str, int], deque[float]] = field(default_factory=dict)

    def admit(self, chat: Chat) -> None:
        """Count one message to `chat`.

        Raises:
            Refusal: in strict mode, a window is full (429 with the seconds until it is not).
        """
        now = self.clock()
        windows = [("per_second", 0, 1.0, self.rates.per_second)]
        windows.append(("per_chat_second", chat.id, 1.0, self.rates.per_chat_second))
        if not chat.is_private:
            windows.append(("per_group_minute", chat.id, 60.0, self.rates.per_group_minute))
        rows = [
            (name, self._window(name, chat_id, span, now), span, most)
            for name, chat_id, span, most in windows
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
