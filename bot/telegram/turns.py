"""Which update is handled next, and how many updates of one sender may wait."""

import asyncio
import heapq
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

# Chats take turns; a chat has one update in work at a time. Chats with few updates come first; among equals,
# the one with the fewest turns since it last had nothing waiting. Chats that flood share some of the places,
# so that answers that wait for a group's rate cannot hold all of them. While more updates wait at Telegram,
# from senders not known yet, floods have one place, so that those updates come in soon.

PLACES = 32
PLACES_OF_FLOODS = 8
MOST_OF_CALM = 5  # a chat with more updates since it last had nothing waiting floods

Turn = asyncio.Future[None]
_Line = list[tuple[int, int, int]]  # a heap: turns had, order, chat


class Turns:
    """Gives out turns. Belongs to one event loop.

    `is_behind` tells whether more updates wait at Telegram, `waiting_of` how many of a chat wait elsewhere
    than here.
    """

    def __init__(self, is_behind: Callable[[], bool], waiting_of: Callable[[int], int] = lambda _: 0) -> None:
        self._is_behind = is_behind
        self._waiting_of = waiting_of
        self._waiting: dict[int, deque[Turn]] = {}  # of chats that have something waiting or in work
        self._had: dict[int, int] = {}  # turns of a chat since it last had nothing waiting
        self._in_work: dict[int, bool] = {}  # by chat: whether it floods
        self._calm: _Line = []
        self._floods: _Line = []
        self._order = count()

    def ask(self, chat: int) -> Turn:
        """Return a future that is done when the chat's turn comes; give it back in any case."""
        turn: Turn = asyncio.get_running_loop().create_future()
        if chat in self._waiting:
            self._waiting[chat].append(turn)
        else:
            self._waiting[chat] = deque([turn])
            self._line_up(chat, self._calm)
        self._go_on()
        return turn

    def give_back(self, chat: int, turn: Turn) -> None:
        """End a turn, or give up one that has not come."""
        if not turn.done():
            turn.cancel()
            return
        del self._in_work[chat]
        self._line_up(chat, self._calm)
        self._go_on()

    def _line_up(self, chat: int, line: _Line) -> None:
        heapq.heappush(line, (self._had.get(chat, 0), next(self._order), chat))

    def _go_on(self) -> None:
        """Give out the turns for which there are places."""
        while self._calm and len(self._in_work) < PLACES:
            _, _, chat = heapq.heappop(self._calm)
            waiting = len(self._waiting[chat]) + self._waiting_of(chat)
            if self._had.get(chat, 0) + waiting > MOST_OF_CALM:
                self._line_up(chat, self._floods)
            else:
                self._begin(chat, is_flood=False)
        most = 1 if self._is_behind() else PLACES_OF_FLOODS
        while self._floods and len(self._in_work) < PLACES and sum(self._in_work.values()) < most:
            self._begin(heapq.heappop(self._floods)[2], is_flood=True)

    def _begin(self, chat: int, *, is_flood: bool) -> None:
        """Give the chat its turn, or forget a chat that has nothing waiting."""
        waiting = self._waiting[chat]
        while waiting and waiting[0].cancelled():
            waiting.popleft()
        if waiting:
            self._had[chat] = self._had.get(chat, 0) + 1
            self._in_work[chat] = is_flood
            waiting.popleft().set_result(None)
        else:
            del self._waiting[chat]
            if not self._waiting_of(chat):
                self._had.pop(chat, None)


# How many updates of one sender may wait; more are not handled. These numbers are far above the limits of a
# chat, so a user who loses an update has been asked to slow down.

OF_A_PERSON = 30
OF_A_CHAT = 120  # of all the people in a group
CROWDED = 4_000  # with so many waiting in all, the shares are smaller
OF_A_PERSON_IN_A_CROWD = 5
OF_A_CHAT_IN_A_CROWD = 20
# Without these updates the stored state of a chat would be wrong.
_STATES = ("my_chat_member", "migrate_to_chat_id", "migrate_from_chat_id")


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
        sender, in_all = sender_of(raw), len(self._senders)
        return may_wait(raw, self._of_person[sender], self._of_chat[sender.chat], in_all)

    def add(self, raw: dict[str, Any]) -> None:
        """Count an update; one that is counted already stays so."""
        number, sender = raw["update_id"], sender_of(raw)
        if number not in self._senders:
            self._senders[number] = sender
            self._of_person[sender] += 1
            self._of_chat[sender.chat] += 1

    def remove(self, number: int) -> None:
        sender = self._senders.pop(number, None)
        if sender is not None:
            _decrease(self._of_person, sender)
            _decrease(self._of_chat, sender.chat)


def may_wait(raw: dict[str, Any], of_person: int, of_chat: int, in_all: int) -> bool:
    """Tell whether an update may wait beside others: of the same person in the chat, of the chat, in all."""
    most_of_person, most_of_chat = OF_A_PERSON, OF_A_CHAT
    if in_all >= CROWDED:
        most_of_person, most_of_chat = OF_A_PERSON_IN_A_CROWD, OF_A_CHAT_IN_A_CROWD
    is_within = of_person < most_of_person and of_chat < most_of_chat
    return is_within or any(name in raw or name in _content(raw) for name in _STATES)


def sender_of(raw: dict[str, Any]) -> Sender:
    """Return who sent a raw update; a number that is missing or malformed is 0."""
    content = _content(raw)
    message = content.get("message")
    place = content if "chat" in content or not isinstance(message, dict) else message
    person = _id(content.get("sender_chat")) or _id(content.get("from"))
    return Sender(_id(place.get("chat")) or person, person)


def _content(raw: dict[str, Any]) -> dict[str, Any]:
    return next((each for each in raw.values() if isinstance(each, dict)), {})


def _id(whose: object) -> int:
    number = whose.get("id") if isinstance(whose, dict) else None
    return number if isinstance(number, int) else 0


def _decrease(counts: Counter[Any], key: Any) -> None:
    counts[key] -= 1
    if counts[key] <= 0:
        del counts[key]
