"""Exact counts of what was called, how it was answered, and what each chat was sent."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Stats:
    """Counts since the start or the last reset; a status is a code, or `cut` for a connection cut."""

    statuses: Counter[str] = field(default_factory=Counter)
    by_method: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_chat: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    accepted: Counter[int] = field(default_factory=Counter)

    def count(self, method: str, status: str, chat_id: int | None) -> None:
        """Count one call of `method`, written as in the documentation, and its answer."""
        self.statuses[status] += 1
        self.by_method[method][status] += 1
        if chat_id is not None:
            self.by_chat[chat_id][status] += 1

    def as_json(self) -> dict[str, Any]:
        """Return all counts; `accepted` are messages that stand in a chat, told of or not."""
        return {
            "calls": sum(self.statuses.values()),
            "statuses": dict(self.statuses),
            "methods": {
                name: {"calls": sum(row.values()), "statuses": dict(row)}
                for name, row in self.by_method.items()
            },
            "chats": {
                str(chat_id): {"accepted": self.accepted[chat_id], "statuses": dict(self.by_chat[chat_id])}
                for chat_id in sorted(self.by_chat.keys() | self.accepted.keys())
            },
            "accepted": sum(self.accepted.values()),
        }
