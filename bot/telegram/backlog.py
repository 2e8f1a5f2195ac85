"""How many updates wait, and of whom: what is beyond a sender's share is not handled.

The shares are far above what a chat's limits admit, so a user who loses an update was told to slow down.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

OF_A_PERSON = 30
OF_A_CHAT = 120  # of all the people in a group
CROWDED = 4_000  # with so many waiting in all, the shares are smaller
OF_A_PERSON_IN_A_CROWD = 5
OF_A_CHAT_IN_A_CROWD = 20
_STATES = (
    "my_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)  # lost, they would leave a wrong state


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent an update, and in which chat."""

    chat: int
    person: int


class Backlog:
    """Counts the updates that are kept and not yet handled, by sender."""

    def __init__(self) -> None:
        self._senders: dict[int, Sender] = {}
        self._of_person: Counter[Sender] = Counter()
        self._of_chat: Counter[int] = Counter()

    def has_room(self, raw: dict[str, Any]) -> bool:
        """Tell whether this update may wait too."""
        sender = sender_of(raw)
        is_crowded = len(self._senders) >= CROWDED
        of_person, of_chat = (
            (OF_A_PERSON_IN_A_CROWD, OF_A_CHAT_IN_A_CROWD) if is_crowded else (OF_A_PERSON, OF_A_CHAT)
        )
        is_within = self._of_person[sender] < of_person and self._of_chat[sender.chat] < of_chat
        return is_within or _is_state(raw)

    def add(self, raw: dict[str, Any]) -> None:
        """Count an update; one that is counted already stays so."""
        number, sender = raw["update_id"], sender_of(raw)
        if number not in self._senders:
            self._senders[number] = sender
            self._of_person[sender] += 1
            self._of_chat[sender.chat] += 1

    def remove(self, number: int) -> None:
        """Count an update no more."""
        sender = self._senders.pop(number, None)
        if sender is not None:
            _decrease(self._of_person, sender)
            _decrease(self._of_chat, sender.chat)


def sender_of(raw: dict[str, Any]) -> Sender:
    """Return who sent an update as it came; of an odd one the numbers are 0."""
    content = _content(raw)
    message = content.get("message")
    place = content if "chat" in content or not isinstance(message, dict) else message
    person = _id(content.get("sender_chat")) or _id(content.get("from"))
    return Sender(_id(place.get("chat")) or person, person)


def _content(raw: dict[str, Any]) -> dict[str, Any]:
    found = [each for each in raw.values() if isinstance(each, dict)]
    return found[0] if found else {}


def _is_state(raw: dict[str, Any]) -> bool:
    return any(name in raw or name in _content(raw) for name in _STATES)


def _id(whose: object) -> int:
    number = whose.get("id") if isinstance(whose, dict) else None
    return number if isinstance(number, int) else 0


def _decrease(counts: Counter[Any], key: Any) -> None:
    counts[key] -= 1
    if counts[key] <= 0:
        del counts[key]
