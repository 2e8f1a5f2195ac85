"""The sender: claims due deliveries a few at a time, sends them and records the result of each.

`sending` is committed before Telegram is called. No more are in flight than the pace needs: so replies to
people never queue behind a broadcast, and a crash leaves few rows uncertain, at most one of them a retry. The
result of a delivery is kept in memory until it is committed; before that nothing more is sent. One
transaction writes down what is done and claims what comes next.
"""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram.ext import ExtBot

from bot.jobs.delivery.sending import Sent, send, write_down
from bot.jobs.delivery.waits import Waits
from bot.news.services import Services
from bot.process.metrics import DELIVERIES, log_errors
from bot.telegram.limiter import TelegramPace
from bot.telegram.outcomes import Halt, Hold, Outcome, Recalled, Wait
from storage.delivery.claiming import Claimed, claim_deliveries
from storage.delivery.deliveries import free_unsent, mark_sent, recover_interrupted
from storage.delivery.refusals import find_stop
from storage.delivery.senders import take_turn
from storage.processes.leases import LeaseKey, holds_lease

FEWEST_IN_FLIGHT, MOST_IN_FLIGHT = 5, 32
_IDLE_SECONDS = 1.0
_SMOOTHING = 1 / 8  # of how long an exchange takes
_GATHER_SECONDS = 0.003  # a kill in this time repeats messages that arrived
_log = structlog.get_logger(__name__)


class Sender:
    """Sends what is due until it is stopped; without a `pace` as fast as it can.

    Where it `is_shared`, other processes may stop the sending: it looks every second whether one did.
    With a `share` other processes send too, and each claims in its turn.
    """

    def __init__(
        self,
        services: Services,
        bot: ExtBot[Any],
        *,
        lease: LeaseKey | None = None,
        pace: TelegramPace | None = None,
        is_shared: bool = False,
        share: LeaseKey | None = None,
    ) -> None:
        self._services = services
        self._bot = bot
        self._lease = lease
        self._is_shared = is_shared
        self._read_stop_at = float("-inf")  # when to read whether sending is stopped, in the loop's time
        self._share = share
        key = share or lease
        self._name = key.owner if key is not None else None
        self._pace = pace
        self._wake = asyncio.Event()
        self._stopping = False
        self._in_flight: dict[asyncio.Task[Sent | Outcome], Claimed] = {}
        self._unwritten: list[tuple[Claimed, Sent | Outcome]] = []
        self._may_have_lost_a_claim = False
        self._exchanging = asyncio.Lock()
        self._exchange_seconds = 0.0
        self.sent = 0  # messages, since the start of the program
        self.is_paused = False
        self.is_halted = False
        self._waits = Waits(services.clock, pace)

    def wake(self) -> None:
        """Look for due deliveries now rather than within a second."""
        self._wake.set()

    def stop(self) -> None:
        """Put back what has not left for Telegram, finish what has, and end."""
        self._stopping = True
        if self._pace is not None:
            self._pace.departures.recall()
        self._wake.set()

    async def hand_over(self) -> None:
        """Stop, and return as soon as this process claims nothing more: another one may send from then on."""
        self.stop()
        async with self._exchanging:
            pass

    def abandon(self) -> None:
        """End at once: another process has taken over the deliveries in flight."""
        self.stop()
        self._abandon()
        self._in_flight = {}

    async def _read_stop(self) -> None:
        """Read whether an operator has stopped sending: each second if other processes may write it."""
        now = asyncio.get_running_loop().time()
        if now < self._read_stop_at:
            return
        self._read_stop_at = again = now + _IDLE_SECONDS  # after a failure too
        async with self._services.database.read() as connection:
            self.is_paused = await find_stop(connection) is not None
        if not self._is_shared and self._read_stop_at == again:  # `check_stop` was not called meanwhile
            self._read_stop_at = float("inf")

    def check_stop(self) -> None:
        """Read now whether an operator has stopped sending."""
        self._read_stop_at = float("-inf")
        self.wake()

    async def call_off(self, chat_id: int) -> None:
        """Cancel deliveries in flight to a chat whose rows were deleted, unless Telegram has them already.

        Once this returns, nothing is sent there any more.
        """
        async with self._exchanging:  # a delivery claimed before the deletion is in flight by now
            theirs = [task for task, one in self._in_flight.items() if one.chat_id == chat_id]
            for task in theirs:
                del self._in_flight[task]
                task.cancel()
        if theirs:
            await asyncio.wait(theirs)

    async def recover(self) -> int:
        """Take up what an earlier process left: interrupted deliveries, a pause, Telegram's waits.

        Returns how many rows ended unknown.
        """
        async with self._services.database.write() as connection:
            self.is_paused = await find_stop(connection) is not None
            await self._waits.recover(connection)
            return await self._recover_rows(connection)

    async def recover_of_others(self) -> int:
        """Take up the deliveries of processes that have ended; return how many rows ended unknown."""
        async with self._services.database.write() as connection:
            return await self._recover_rows(connection)

    async def _recover_rows(self, connection: AsyncConnection) -> int:
        if self._share is not None:
            await take_turn(connection, self._share.name)
        now, together = self._services.clock.now(), self._share is not None
        return await recover_interrupted(connection, now=now, together=together, own=self._name)

    async def run(self) -> None:
        """Send until `stop`, then finish the deliveries in flight and write down their results."""
        try:
            while not self._stopping or self._in_flight or self._unwritten:
                self._wake.clear()
                with log_errors("delivery"):
                    await self._read_stop()
                    await self._exchange(self._capacity())
                await self._rest()
        finally:
            self._abandon()

    async def send_batch(self) -> int:
        """Send up to as many due deliveries as may be in flight; return how many were taken."""
        try:
            taken = await self._exchange(self._waits.capacity_at_telegram(self._most_in_flight()))
            if self._in_flight:
                await asyncio.wait(self._in_flight)
            await self._exchange(0)
        finally:
            self._abandon()
        return taken

    def _capacity(self) -> int:
        """Return how many more deliveries may be taken up now."""
        if self._stopping or self.is_paused or self.is_halted:
            return 0
        return self._waits.capacity(self._most_in_flight(), [one.chat_id for one in self._in_flight.values()])

    def _most_in_flight(self) -> int:
        if self._pace is None:
            return MOST_IN_FLIGHT
        # a message waits for one to be written down
        needed = self._pace.in_flight_and(self._exchange_seconds)
        return min(MOST_IN_FLIGHT, max(FEWEST_IN_FLIGHT, needed))

    async def _rest(self) -> None:
        """Wait until a delivery is done or `wake` is called, a second at most."""
        if self._stopping and not self._in_flight and not self._unwritten:
            return  # another process waits for the lease
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)

    def _abandon(self) -> None:
        # The next start takes up rows without a result.
        for task in self._in_flight:
            task.cancel()

    def _on_done(self) -> None:
        """Wake when half of the deliveries in flight are done, or 3 ms after the first: one commit writes
        several results."""
        done = sum(task.done() for task in self._in_flight)
        if 2 * done >= len(self._in_flight):
            self._wake.set()
        elif done == 1:
            asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._wake.set)

    async def _exchange(self, capacity: int) -> int:
        """In one transaction write down results and claim up to `capacity` deliveries; return how many."""
        async with self._exchanging:
            for task in [task for task in self._in_flight if task.done()]:
                self._unwritten.append((self._in_flight.pop(task), task.result()))
            if not capacity and not self._unwritten:
                return 0
            is_sure, self._may_have_lost_a_claim = not self._may_have_lost_a_claim, True
            began = (loop := asyncio.get_running_loop()).time()
            async with self._services.database.write() as connection:
                if self._share is not None:
                    await take_turn(connection, self._share.name)
                await self._write_results_down(connection)
                await self._waits.note_replies(connection)
                claimed = await self._claim(connection, capacity, is_sure=is_sure) if capacity else []
            self._exchange_seconds += (loop.time() - began - self._exchange_seconds) * _SMOOTHING
            self._may_have_lost_a_claim = not (is_sure or capacity)
            for _, result in self._unwritten:
                DELIVERIES.labels(type(result).__name__.lower()).inc()
                self.sent += isinstance(result, Sent)
            self._unwritten = []
            is_paying = self._services.newsroom.is_paying
            for one in claimed:
                task = asyncio.create_task(send(self._bot, replace(one, is_paid=is_paying)))
                task.add_done_callback(lambda _: self._on_done())
                self._in_flight[task] = one
                self._waits.flood.begin(one.chat_id)
            return len(claimed)

    async def _claim(self, connection: AsyncConnection, capacity: int, *, is_sure: bool) -> list[Claimed]:
        now, in_flight = self._services.clock.now(), list(self._in_flight.values())
        if not is_sure and (self._lease is None or await holds_lease(connection, self._lease)):
            await free_unsent(connection, in_flight=in_flight, now=now, sender=self._name)
        is_repeating = any(one.tries > 1 for one in in_flight)
        return await claim_deliveries(
            connection,
            now=now,
            limit=capacity,
            repeats=0 if is_repeating else 1,
            busy=self._pace.busy_chats() if self._pace else (),
            in_flight=[one.chat_id for one in in_flight],
            lease=self._lease,
            share=self._share,
        )

    async def _write_results_down(self, connection: AsyncConnection) -> None:
        now = self._services.clock.now()
        sent = [(one, result.message_id) for one, result in self._unwritten if isinstance(result, Sent)]
        await mark_sent(connection, sent, now=now)
        if any(not isinstance(result, Wait | Hold | Recalled) for _, result in self._unwritten):
            self._waits.note_answer()
        for one, result in self._unwritten:
            if not isinstance(result, Sent):
                self.is_halted = self.is_halted or isinstance(result, Halt)
                await write_down(connection, one, result, self._waits, now)
        await self._waits.note_sent(connection, [one for one, _ in sent])
