"""When the sender has to wait: for one chat, for all chats of a limited bot, or for a server that fails.

Waits that Telegram asked for are in the database too, so that a restart keeps them.
"""

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Collection, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.telegram.limiter import TelegramPace
from bot.telegram.outcomes import Hold, Wait, seconds_of_hold, seconds_of_rest
from bot.times.clock import Clock
from storage.delivery.claiming import Claimed
from storage.delivery.deliveries import MOST_TRIES, mark_unknown, put_back
from storage.delivery.refusals import (
    find_held_chats,
    find_limit,
    hold_chat,
    lift_limit,
    limit_bot,
    release_chats,
)

FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 60.0, 900.0


class FloodWatch:
    """Decides whether Telegram's "Too Many Requests" concerns one chat or the whole bot. Pure.

    Telegram does not say which. A refused chat waits; then one delivery to another chat, the probe, finds out
    about the others. If the probe is refused too, the whole bot rests as long as Telegram asks, at most for a
    bounded time. Then the next probe finds out. State: since the last delivery that was not refused so.
    """

    def __init__(self) -> None:
        self._waits: dict[int, float] = {}  # by refused chat, in seconds
        self._probes: set[int] = set()  # chats
        self._rest = 0.0  # the longest that the whole bot may rest now, in seconds; 0: it need not

    @property
    def is_probing(self) -> bool:
        """Tell whether only one delivery at a time may be taken up, as the probe."""
        return bool(self._waits or self._rest)

    def has_probe(self, in_flight: Collection[int]) -> bool:
        """Tell whether the probe is among the deliveries to the chats `in_flight`."""
        return not self._probes.isdisjoint(in_flight)

    def resume(self) -> None:
        """Go on where an earlier process ended: the whole bot rests, and then a probe finds out."""
        self._rest = self._rest or FIRST_REST_SECONDS

    def begin(self, chat_id: int) -> None:
        """Note that a delivery to `chat_id` begins; while probing it is the probe."""
        if self.is_probing:
            self._probes.add(chat_id)

    def refuse(self, chat_id: int, seconds: float) -> float:
        """Note that `chat_id` has to wait for `seconds`; return for how many seconds all chats have to."""
        is_proof = chat_id in self._probes and chat_id not in self._waits
        self._probes.discard(chat_id)
        self._waits[chat_id] = seconds
        if not is_proof:
            return 0.0
        self._rest = min(LONGEST_REST_SECONDS, 2 * self._rest) or FIRST_REST_SECONDS
        return min(self._rest, *self._waits.values())

    def end(self, chat_id: int) -> None:
        """Note that a delivery ended in a way that says nothing about too many requests."""
        self._probes.discard(chat_id)

    def accept(self) -> bool:
        """Note that Telegram accepted a message: the bot may send. Return whether the bot rested before."""
        rested = bool(self._rest)
        self._waits.clear()
        self._probes.clear()
        self._rest = 0.0
        return rested


_log = structlog.get_logger(__name__)


class Waits:
    """The waits of a sender. Rests are real seconds, whatever the clock's rate."""

    def __init__(self, clock: Clock, pace: TelegramPace | None) -> None:
        self._clock = clock
        self._pace = pace
        self.flood = FloodWatch()
        self._unnamed = Counter[int]()  # by chat: refusals in a row for which Telegram named no time
        self._rest_until = 0.0  # after failures of the server
        self._limited_until = 0.0  # after Telegram refused all chats
        self._failures = 0  # in a row; if any, only one delivery at a time tries the server

    def capacity(self, most: int, in_flight: Collection[int]) -> int:
        """Return how many of `most` deliveries may be taken up while `in_flight` chats are being sent to."""
        if asyncio.get_running_loop().time() < self._rest_until:
            return 0
        most = 1 if self._failures else most
        return self.capacity_at_telegram(max(0, most - len(in_flight)), in_flight)

    def capacity_at_telegram(self, most: int, in_flight: Collection[int] = ()) -> int:
        """Return the same, without regard to failures of the server."""
        if asyncio.get_running_loop().time() < self._limited_until:
            return 0
        if self.flood.is_probing:
            return 0 if self.flood.has_probe(in_flight) else 1
        return most

    async def recover(self, connection: AsyncConnection) -> None:
        """Take up the waits of an earlier process."""
        now = self._clock.now()
        if self._pace is not None:
            for chat_id, until in await find_held_chats(connection, now=now):
                self._pace.hold(chat_id, self._real_seconds(until - now))
        if limit := await find_limit(connection):
            seconds = min(LONGEST_REST_SECONDS, self._real_seconds(limit - now))
            self._limited_until = asyncio.get_running_loop().time() + seconds
            self.flood.resume()

    async def note_sent(self, connection: AsyncConnection, sent: Sequence[Claimed]) -> None:
        """Note that Telegram accepted messages: their chats and the bot need not wait any more."""
        if released := [one.chat_id for one in sent if one.was_held]:
            await release_chats(connection, released)
        for one in sent:
            self._unnamed.pop(one.chat_id, None)
        if sent and self.flood.accept():
            await lift_limit(connection)

    def note_answer(self) -> None:
        """Note that the server answers."""
        self._failures = 0

    async def note_replies(self, connection: AsyncConnection) -> None:
        """Store the waits that replies in chat ran into."""
        for chat_id, seconds in self._pace.take_new_holds().items() if self._pace else ():
            await hold_chat(connection, chat_id, self._moment_after(seconds))

    async def hold(self, connection: AsyncConnection, one: Claimed, hold: Hold) -> None:
        """Let the chat wait, and all chats only if a delivery to another chat was refused too."""
        now = self._clock.now()
        if not hold.is_named:
            self._unnamed[one.chat_id] += 1
        seconds = seconds_of_hold(hold, self._unnamed[one.chat_id])
        await put_back(connection, one, not_before=now, counts=False, reason=hold.reason, now=now)
        await hold_chat(connection, one.chat_id, self._moment_after(seconds))
        if rest := self.flood.refuse(one.chat_id, seconds):
            _log.error("Telegram refuses messages to everybody", seconds=rest, reason=hold.reason)
            self._limited_until = asyncio.get_running_loop().time() + rest
            await limit_bot(connection, self._moment_after(rest), now=now)

    async def wait(self, connection: AsyncConnection, one: Claimed, wait: Wait) -> None:
        """Rest, and put the delivery back unless it may have arrived twice by now."""
        now, time = self._clock.now(), asyncio.get_running_loop().time()
        self._failures += time >= self._rest_until  # deliveries that fail together count once
        seconds = seconds_of_rest(wait, self._failures, random.random())  # noqa: S311 - spreads, hides nothing
        self._rest_until = max(self._rest_until, time + seconds)
        if wait.counts and one.tries >= MOST_TRIES:
            _log.error("delivery in doubt", delivery=one.id, reason=wait.reason)
            await mark_unknown(connection, one, wait.reason, now=now)
            return
        await put_back(connection, one, not_before=now, counts=wait.counts, reason=wait.reason, now=now)

    def _moment_after(self, real_seconds: float) -> dt.datetime:
        seconds = self._clock.simulated_seconds(real_seconds)
        return self._clock.now() + dt.timedelta(seconds=seconds)

    def _real_seconds(self, wait: dt.timedelta) -> float:
        return wait.total_seconds() / self._clock.simulated_seconds(1.0)
