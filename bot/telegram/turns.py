"""Which update is handled next: chats take turns, and a chat that floods waits for itself alone.

A chat has one update in work at a time. Chats with few updates come first; among each kind, the one that had
the fewest turns since it last had nothing waiting. Chats that flood share some of the places: answers that
wait for a group's pace cannot hold all of them. While more updates wait at Telegram, whose senders are not
known yet, floods have one place, so that those updates come in soon.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from itertools import count

PLACES = 32
PLACES_OF_FLOODS = 8
MOST_OF_CALM = 5  # a chat with more updates since it last had nothing waiting floods

Turn = asyncio.Future[None]
_Line = list[tuple[int, int, int]]  # a heap: turns had, order, chat


class Turns:
    """Gives out turns. `is_behind` tells whether more updates wait at Telegram. Belongs to one event loop."""

    def __init__(self, is_behind: Callable[[], bool]) -> None:
        self._is_behind = is_behind
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
            if self._is_flood(chat):
                self._line_up(chat, self._floods)
            else:
                self._begin(chat, is_flood=False)
        most = 1 if self._is_behind() else PLACES_OF_FLOODS
        while self._floods and len(self._in_work) < PLACES and sum(self._in_work.values()) < most:
            self._begin(heapq.heappop(self._floods)[2], is_flood=True)

    def _is_flood(self, chat: int) -> bool:
        return self._had.get(chat, 0) + len(self._waiting[chat]) > MOST_OF_CALM

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
            self._had.pop(chat, None)
