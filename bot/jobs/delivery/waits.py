"""What the sender waits for: a chat that Telegram holds, a bot that Telegram limits, a server that fails.

Waits of Telegram's are kept in the database as well, so that a restart does not send into them.
"""

import asyncio
import datetime as dt
import random
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

# Whether Telegram's "Too Many Requests" concerns one chat or the whole bot. Counts only; asks nobody.
#
# Telegram does not say which. A refused chat is held by itself; then one delivery to another chat, the
# probe, finds out about the rest. Only when the probe is refused too does the whole bot rest, as long as
# Telegram asks but for a bounded time, after which the next probe finds out.

FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 60.0, 900.0


class FloodWatch:
    """What is known since the last delivery that Telegram did not refuse in this way."""

    def __init__(self) -> None:
        self._waits: dict[int, float] = {}  # by refused chat, in seconds
        self._probes: set[int] = set()  # chats
        self._rests = 0

    @property
    def is_probing(self) -> bool:
        """Tell whether only one delivery at a time may be taken up, to find out."""
        return bool(self._waits) or self._rests > 0

    def has_probe(self, in_flight: Collection[int]) -> bool:
        """Tell whether the delivery that finds out is among those to the chats `in_flight`."""
        return not self._probes.isdisjoint(in_flight)

    def resume(self) -> None:
        """Go on as an earlier process would: the whole bot rests, and then a probe finds out."""
        self._rests = max(1, self._rests)

    def begin(self, chat_id: int) -> None:
        """Note that a delivery to `chat_id` sets out; while probing it is the probe."""
        if self.is_probing:
            self._probes.add(chat_id)

    def refuse(self, chat_id: int, seconds: float) -> float:
        """Note that `chat_id` has to wait for `seconds`; return for how many seconds everybody has to."""
        is_proof = chat_id in self._probes and chat_id not in self._waits
        self._probes.discard(chat_id)
        self._waits[chat_id] = seconds
        if not is_proof:
            return 0.0
        self._rests += 1
        bound = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0 ** min(self._rests - 1, 10))
        return min(bound, *self._waits.values())

    def end(self, chat_id: int) -> None:
        """Note that a delivery ended without any word about too many requests or their absence."""
        self._probes.discard(chat_id)

    def accept(self) -> bool:
        """Note that Telegram took a message: the bot as a whole may send. Return whether it rested before."""
        rested = self._rests > 0
        self._waits.clear()
        self._probes.clear()
        self._rests = 0
        return rested


_log = structlog.get_logger(__name__)


class Waits:
    """Rests are real seconds whatever the clock's rate: Telegram and the network know only those."""

    def __init__(self, clock: Clock, pace: TelegramPace | None) -> None:
        self._clock = clock
        self._pace = pace
        self._flood = FloodWatch()
        self._unnamed: dict[int, int] = {}  # by chat: refusals in a row for which Telegram named no time
        self._rest_until = 0.0  # of the server's failures
        self._limited_until = 0.0  # of refusals to everybody
        self._failures = 0  # in a row; while there are any, one delivery at a time finds out about the server

    def capacity(self, most: int, in_flight: Collection[int]) -> int:
        """Return how many of `most` deliveries may be taken up while `in_flight` chats are being sent to."""
        if asyncio.get_running_loop().time() < self._rest_until:
            return 0
        most = 1 if self._failures else most
        return self.capacity_at_telegram(max(0, most - len(in_flight)), in_flight)

    def capacity_at_telegram(self, most: int, in_flight: Collection[int] = ()) -> int:
        """Return the same as far as Telegram's refusals matter, whether or not its server fails."""
        if asyncio.get_running_loop().time() < self._limited_until:
            return 0
        if self._flood.is_probing:
            return 0 if self._flood.has_probe(in_flight) else 1
        return most

    async def recover(self, connection: AsyncConnection) -> None:
        """Take up the waits that an earlier process met."""
        now = self._clock.now()
        if self._pace is not None:
            for chat_id, until in await find_held_chats(connection, now=now):
                self._pace.hold(chat_id, self._real_seconds(until - now))
        if limit := await find_limit(connection):
            seconds = min(LONGEST_REST_SECONDS, self._real_seconds(limit - now))
            self._limited_until = asyncio.get_running_loop().time() + seconds
            self._flood.resume()

    def begin(self, one: Claimed) -> None:
        """Note that a delivery sets out."""
        self._flood.begin(one.chat_id)

    async def note_sent(self, connection: AsyncConnection, sent: Sequence[Claimed]) -> None:
        """Note that Telegram took messages: neither their chats nor the bot have to wait any more."""
        if released := [one.chat_id for one in sent if one.was_held]:
            await release_chats(connection, released)
        for one in sent:
            self._unnamed.pop(one.chat_id, None)
        if sent and self._flood.accept():
            await lift_limit(connection)

    def note_answer(self) -> None:
        """Note that the server answers."""
        self._failures = 0

    def note_end(self, one: Claimed) -> None:
        """Note that a delivery ended with no word about too many requests."""
        self._flood.end(one.chat_id)

    async def note_replies(self, connection: AsyncConnection) -> None:
        """Write down the waits that replies in chat met."""
        for chat_id, seconds in self._pace.take_new_holds().items() if self._pace else ():
            await hold_chat(connection, chat_id, self._moment_after(seconds))

    async def hold(self, connection: AsyncConnection, one: Claimed, hold: Hold) -> None:
        """Let the chat wait, and everybody only where a delivery to another chat was refused too."""
        now = self._clock.now()
        if not hold.is_named:
            self._unnamed[one.chat_id] = self._unnamed.get(one.chat_id, 0) + 1
        seconds = seconds_of_hold(hold, self._unnamed.get(one.chat_id, 1))
        await put_back(connection, one, not_before=now, counts=False, reason=hold.reason, now=now)
        await hold_chat(connection, one.chat_id, self._moment_after(seconds))
        if rest := self._flood.refuse(one.chat_id, seconds):
            _log.error("Telegram refuses messages to everybody", seconds=rest, reason=hold.reason)
            self._limited_until = asyncio.get_running_loop().time() + rest
            await limit_bot(connection, self._moment_after(rest), now=now)

    async def wait(self, connection: AsyncConnection, one: Claimed, wait: Wait) -> None:
        """Rest, and try the delivery again unless it may have arrived twice by now."""
        now, time = self._clock.now(), asyncio.get_running_loop().time()
        self._failures += time >= self._rest_until  # what fails together fails once
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
