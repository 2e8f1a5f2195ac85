"""Keep Telegram's limits, so that it need not refuse: 30 messages a second, one a second in a chat, 20 a
minute in a group.

A bucket spreads messages, but cannot promise the rate: messages that leave evenly may arrive together. So a
message holds one of 30 slots until one second after its reply. Telegram then never sees 31 within any second.
Where several processes send, each has a share of the slots (`bot.telegram.shares`), and an operator who pays
Telegram for it has more than 30. python-telegram-bot's limiter has the overall and the group bucket; the
slots and the pause per chat are added here. Edits share the overall bucket. Calls that are no message (a
button's answer, "typing…", a question about a chat) do not wait. If Telegram refuses all the same, only that
chat waits. A short wait happens here, unless the caller says `AT_ONCE`. A longer wait is reported to the
caller; until it is over, no message goes to that chat.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bot.telegram.departures import Departures
from bot.telegram.places import Places
from bot.telegram.transport import NotSentError, may_leave

_LONGEST_RETRY_SECONDS, _SHORTEST_RETRY_SECONDS = 5.0, 1.0
_CHAT_PAUSE_SECONDS = 1.02
PLACES = 30
_RATE_A_PLACE = 29 / 30  # messages a second: a little less than places admit, so that few have to wait there
_FEWEST_AT_ONCE, _BURST_SECONDS = 4, 1 / 8
_CHATS_REMEMBERED = 300
_SMOOTHING = 1 / 8  # of how long a message takes
_PACED = frozenset({"sendMessage", "sendDocument", "sendPhoto"})
_OVERALL_ONLY = {"chat_id": 0}  # to the library a private chat, which has no bucket of its own

AT_ONCE = 1  # as `rate_limit_args`: raise at the first refusal, however short the wait
_HOLDS_REMEMBERED = 10_000

_Call = Callable[..., Coroutine[Any, Any, Any]]


@dataclass(slots=True)
class _Turn:
    """A chat's turn: locked while a message goes out; the next may go at `free_at` (seconds, loop time)."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0

    def is_busy(self, now: float) -> bool:
        """Tell whether a message would have to wait."""
        return self.lock.locked() or self.free_at > now


class TelegramPace(AIORateLimiter):
    """At most `places` messages within any second; in a group 15 a minute, in bursts of 5.

    With 30 places, 29 go out in a second, in bursts of 4.
    """

    def __init__(self, places: int = PLACES) -> None:
        super().__init__(group_max_rate=5, group_time_period=20)
        self._turns: OrderedDict[object, _Turn] = OrderedDict()
        self.share = Places(places)
        self._seconds_a_message = 0.0
        self._held: dict[int, float] = {}  # until when, in seconds of the loop's time
        self._new_holds: dict[int, float] = {}  # of these, those that `take_new_holds` has not returned
        self.may_deliver: Callable[[], bool] = lambda: True  # asked before and when a delivery leaves
        self.departures = Departures()
        self.take_turn_in_group: Callable[[int], Awaitable[float]] | None = None  # among several processes
        self._spread()

    def _spread(self) -> None:
        """Let messages leave as evenly as the places admit."""
        burst = max(_FEWEST_AT_ONCE, round(self.places * _BURST_SECONDS))
        self._base_limiter = AsyncLimiter(burst, burst / self._rate)

    @property
    def _rate(self) -> float:
        return max(1, self.places) * _RATE_A_PLACE

    def in_flight_and(self, seconds_beside: float) -> int:
        """Return how many messages are on their way at once at the full rate (Little's law).

        Each takes the sender `seconds_beside` more than Telegram needs.
        """
        seconds = self._seconds_a_message
        rate = min(self._rate, self.share.most_a_second(seconds))
        return math.ceil(rate * (seconds + seconds_beside))

    @property
    def places(self) -> int:
        """Return how many places this process has."""
        return self.share.count

    def grow(self, places: int) -> None:
        self.share.grow(places)
        self._spread()

    async def shrink(self, places: int) -> int:
        left = await self.share.shrink(places)
        self._spread()
        return left

    def busy_chats(self) -> list[int]:
        """Return the chats whose next message would have to wait, whatever the rate."""
        now = asyncio.get_running_loop().time()
        return [chat for chat, turn in self._turns.items() if isinstance(chat, int) and turn.is_busy(now)]

    def hold(self, chat_id: int, seconds: float) -> None:
        """Send nothing to a chat for so many seconds."""
        now = asyncio.get_running_loop().time()
        if len(self._held) >= _HOLDS_REMEMBERED:
            self._held = {chat: until for chat, until in self._held.items() if until > now}
        self._held[chat_id] = now + seconds

    def take_new_holds(self) -> dict[int, float]:
        """Return the chats that Telegram made wait since the last call, with the seconds that are left."""
        now = asyncio.get_running_loop().time()
        taken, self._new_holds = self._new_holds, {}
        return {chat: until - now for chat, until in taken.items() if until > now}

    async def process_request(
        self,
        callback: _Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Wait until the chat and the buckets are free, then send.

        Raises:
            RetryAfter: Telegram wants a longer wait, or refused too often, or this chat's wait is not over.
            NotSentError: another process may deliver now, or this delivery was recalled.
        """
        if endpoint not in _PACED and not endpoint.startswith("editMessage"):
            return await _retry(partial(callback, *args, **kwargs))
        chat_id = data.get("chat_id")
        if isinstance(chat_id, int) and chat_id in self._held:
            left = self._held[chat_id] - asyncio.get_running_loop().time()
            if left > 0:
                raise RetryAfter(math.ceil(left))
            del self._held[chat_id]
        try:
            if rate_limit_args != AT_ONCE:
                return await self._paced(callback, args, kwargs, endpoint, data, _LONGEST_RETRY_SECONDS)
            async with self.departures.waiting() as leave:
                deliver = partial(self._deliver, callback, leave)
                return await self._paced(deliver, args, kwargs, endpoint, data, 0)
        except RetryAfter as error:
            if isinstance(chat_id, int):
                self.hold(chat_id, seconds_to_wait(error))
                self._new_holds[chat_id] = self._held[chat_id]
            raise

    async def _paced(
        self,
        callback: _Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        longest_retry_seconds: float,
    ) -> Any:
        if endpoint.startswith("editMessage"):
            edit = partial(super().process_request, callback, args, kwargs, endpoint)
            return await _retry(partial(edit, _OVERALL_ONLY, None), longest_retry_seconds)
        placed = partial(self._in_a_place, callback)
        unpaid = {**data, "allow_paid_broadcast": None}  # else the library would use a rate of its own
        send = partial(super().process_request, placed, args, kwargs, endpoint, unpaid, None)
        chat_id = data.get("chat_id")
        turn = self._turn_of(chat_id)
        async with turn.lock:  # held while the buckets make us wait: the pause counts from message to message
            if self.take_turn_in_group is not None and isinstance(chat_id, int) and chat_id < 0:
                await asyncio.sleep(await self.take_turn_in_group(chat_id))
            await asyncio.sleep(turn.free_at - asyncio.get_running_loop().time())
            try:
                return await _retry(send, longest_retry_seconds)
            finally:
                turn.free_at = asyncio.get_running_loop().time() + _CHAT_PAUSE_SECONDS

    async def _deliver(self, callback: _Call, leave: Callable[[], None], *args: Any, **kwargs: Any) -> Any:
        leave()
        if not self.may_deliver():
            raise NotSentError("another process may have taken the sending over")
        asked = may_leave.set(self.may_deliver)
        try:
            return await callback(*args, **kwargs)
        finally:
            may_leave.reset(asked)

    async def _in_a_place(self, callback: _Call, *args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()
        async with self.share.one():
            began = loop.time()
            result = await callback(*args, **kwargs)
        self._seconds_a_message += (loop.time() - began - self._seconds_a_message) * _SMOOTHING
        return result

    def _turn_of(self, chat_id: object) -> _Turn:
        turn = self._turns.setdefault(chat_id, _Turn())
        self._turns.move_to_end(chat_id)
        oldest, its_turn = next(iter(self._turns.items()))
        now = asyncio.get_running_loop().time()
        if len(self._turns) > _CHATS_REMEMBERED and not its_turn.is_busy(now):
            del self._turns[oldest]
        return turn


async def _retry(send: _Call, longest_seconds: float = _LONGEST_RETRY_SECONDS) -> Any:
    """Send, and again after each wait that Telegram asks for, together at most `longest_seconds`."""
    waited = 0.0
    while True:
        try:
            return await send()
        except RetryAfter as error:
            wait = seconds_to_wait(error)
            waited += max(wait, _SHORTEST_RETRY_SECONDS)
            if waited > longest_seconds:
                raise
        await asyncio.sleep(wait)


def seconds_to_wait(error: RetryAfter) -> float:
    """Return how long Telegram wants us to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()
