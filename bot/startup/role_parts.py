"""The parts of each role and their ticks: how they start, and how they end.

Roles wake each other directly within a process, and by `storage.processes.signals` between processes.
"""

import asyncio
import contextlib
from functools import partial

import structlog

from bot.chat.operators.gate_messages import send_gate_notices
from bot.jobs.breaking_news import send_unscheduled
from bot.jobs.delivery.monitor import Monitor
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.tick import SlotTick
from bot.jobs.intake.processing import Processor
from bot.jobs.reload import take_over
from bot.jobs.sources.source_polling import WebPolling
from bot.jobs.upkeep_jobs import IndexFollowing, begin_month, end_impossible_waits, prune_if_night
from bot.jobs.watch_alerts import WatchMatcher
from bot.process.health import retry
from bot.startup.fleet import note_taken_in
from bot.startup.roles import Role
from bot.startup.shared import RoleParts, Shared
from bot.telegram.lease import Lease
from storage.processes.leases import LeaseKey
from storage.processes.signals import Signal

_PATIENCE_SECONDS = 4.0  # at the end, for the deliveries in flight
_MOST_WEB_SECONDS = 60.0  # to wait for the first round of polls
_log = structlog.get_logger(__name__)


class IntakeParts(RoleParts):
    """Files and polled sources become stored articles; any number of processes share the sources."""

    role = Role.INTAKE

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._web = WebPolling(shared.services, shared.notify_admins, owner=shared.owner)
        self._has_polled = False

    async def begin(self, stop: asyncio.Event) -> None:
        shared = self._shared
        add, at_right_time = shared.scheduler.add, shared.at_right_time
        shared.arrivals.web = self._web
        add("intake", at_right_time(self._take_in), every_seconds=20, allowed_seconds=1_800)
        add("web", at_right_time(self._web.poll_due), every_seconds=5)

    async def _take_in(self) -> None:
        """Take in, and note for the process that makes slots when this was done."""
        services, began = self._shared.services, self._shared.services.clock.now()
        await self._shared.arrivals.take_in()
        if not self._shared.is_fleet:
            return
        if not self._has_polled:
            polls = asyncio.create_task(self._web.until_idle())
            await asyncio.wait([polls], timeout=_MOST_WEB_SECONDS)
            polls.cancel()
            self._has_polled = True
        await note_taken_in(services.database, began)

    async def end(self) -> None:
        """Cancel the polls in progress."""
        await self._shared.ticks_ended.wait()
        await self._shared.arrivals.close()
        await self._web.close()


class ProcessParts(RoleParts):
    """Stored articles are summarised, classified and grouped; any number of processes share them."""

    role = Role.PROCESS

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        services = shared.services
        self._processor = Processor(
            services.database, services.clock, shared.texts, shared.set_aside.add, owner=shared.owner
        )

    async def begin(self, stop: asyncio.Event) -> None:
        """Process from now on. Where one process does everything, the tick of intake does this."""
        shared = self._shared
        shared.arrivals.processor = self._processor
        if shared.is_fleet:
            process = shared.at_right_time(shared.arrivals.process)
            shared.scheduler.add("process", process, every_seconds=20, allowed_seconds=1_800)

    async def end(self) -> None:
        """Cancel the work in progress; it is done again later."""
        await self._shared.ticks_ended.wait()
        await self._shared.arrivals.close()

    def hear(self, signal: Signal, detail: str) -> None:
        if signal is Signal.ARTICLES:
            self._shared.scheduler.wake("process")

    def find_problem(self) -> str | None:
        """Say if articles wait and none is processed."""
        return self._processor.find_problem()


class ScheduleParts(RoleParts):
    role = Role.SCHEDULE

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        services = shared.services
        self._watching = WatchMatcher(services)
        self._slots = SlotTick(
            services, shared.notify_admins, shared.arrivals, shared.clock_watch.is_right,
            lambda: shared.wake_sender(),
            partial(send_gate_notices, shared.connection.bot, services),
        )  # fmt: skip
        self.is_active = False

    async def begin(self, stop: asyncio.Event) -> None:
        """Give profiles their slots by the newsroom in use, then look for those that are due."""
        shared = self._shared
        add = shared.scheduler.add
        await retry(lambda: take_over(shared.services), stop)
        self.is_active = True
        add("slots", self._slots.run, every_seconds=60, on_the_minute=True, at_once=True, allowed_seconds=600)
        add("gates", self._slots.send_gate_notices, every_seconds=15, allowed_seconds=600)
        add("watching", self.alert, every_seconds=15)
        nightly = shared.at_right_time(self._prune)
        add("nightly", nightly, every_seconds=600, allowed_seconds=3_600)

    async def end(self) -> None:
        """Wait for the ticks, so that no second process makes slots meanwhile."""
        await self._shared.ticks_ended.wait()
        await self._shared.arrivals.close()

    def hear(self, signal: Signal, detail: str) -> None:
        """Alert on articles that were processed; send what was approved."""
        if signal is Signal.PROCESSED:
            self._shared.scheduler.wake("watching")
        elif signal is Signal.GATES and self.is_active:
            self._shared.start(self.act_on_gates(), "gates")

    async def act_on_gates(self) -> None:
        await self._slots.act_on_gates()

    async def alert(self) -> None:
        """Find articles for watches, and queue what is sent outside the slots."""
        if not self.is_active or not await self._shared.clock_watch.is_right():
            return
        await self._watching.run()
        if await send_unscheduled(self._shared.services):
            self._shared.wake_sender()

    async def _prune(self) -> None:
        await begin_month(self._shared.services)
        await end_impossible_waits(self._shared.services)
        await prune_if_night(self._shared.services, self._shared.notify_admins)


class SendParts(RoleParts):
    """Deliveries go out: by the process that holds the `lease`, or without one by all that have a share.

    `share` is this process's part of the pace; None where there can be no other process.
    """

    role = Role.SEND

    def __init__(self, shared: Shared, lease: Lease | None, share: LeaseKey | None) -> None:
        super().__init__(shared)
        self._is_shared = share is not None
        connection, key = shared.connection, lease.key if lease is not None else None
        self.sender = Sender(
            shared.services, connection.bot, lease=key, pace=connection.pace,
            is_shared=shared.is_fleet, share=share,
        )  # fmt: skip
        self._monitor = Monitor(
            shared.services, connection.bot, self.sender, shared.notify_admins, connection.find_problem,
            share=share if lease is None else None,
        )  # fmt: skip
        self._sending: asyncio.Task[None] | None = None
        self._patient_until = 0.0  # seconds of the loop's time
        shared.wake_sender = self.sender.wake
        connection.pace.may_deliver = lambda: (
            connection.pace.share.is_sure if lease is None else lease.is_sure
        )

    @property
    def is_well(self) -> bool:
        """Tell whether the sender runs: it ends early only by an unexpected error."""
        return self._sending is None or not self._sending.done()

    async def begin(self, stop: asyncio.Event) -> None:
        """Recover what an earlier process left, and send."""
        unknown = await retry(self.sender.recover, stop)
        if unknown:
            _log.error("deliveries ended as unknown after an interruption", count=unknown)
        self._sending = asyncio.create_task(self.sender.run())
        add = self._shared.scheduler.add
        add("monitor", self._monitor.show, every_seconds=10)
        add("risks", self._monitor.check_risks, every_seconds=60)
        add("outcomes", self._monitor.count_outcomes, every_seconds=600)
        if self._is_shared:
            add("left over", self._recover_of_others, every_seconds=2)

    async def _recover_of_others(self) -> None:
        if unknown := await self.sender.recover_of_others():
            _log.error("deliveries ended as unknown: their sender has ended", count=unknown)

    async def end(self) -> None:
        """Claim nothing more; drop what another process has taken over."""
        self._patient_until = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        if self._shared.lost.is_set():
            self.sender.abandon()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._patient_until):
                await self.sender.hand_over()

    async def finish(self) -> None:
        """Finish what was sent to Telegram; no other process sends it while this one has its share."""
        if self._sending is None:
            return
        left = self._patient_until - asyncio.get_running_loop().time()
        await asyncio.wait([self._sending], timeout=max(0.0, left))
        self._sending.cancel()  # rows still in flight are recovered at the next start
        await asyncio.wait([self._sending])

    def hear(self, signal: Signal, detail: str) -> None:
        """Send what was queued, stop or continue sending, and cancel what goes to a chat that left."""
        if signal is Signal.DELIVERIES:
            self.sender.wake()
        elif signal is Signal.SENDING:
            self.sender.check_stop()
        elif signal is Signal.CALLED_OFF and detail.lstrip("-").isdecimal():
            self._shared.start(self.sender.call_off(int(detail)), "call off")


class ChatParts(RoleParts):
    role = Role.CHAT

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.begun = asyncio.Event()

    async def begin(self, stop: asyncio.Event) -> None:
        self._shared.connection.want_updates()
        self.begun.set()
        self._shared.scheduler.add(
            "webhook", self._shared.connection.check_webhook, every_seconds=300, allowed_seconds=1_800
        )
        follow_index(self._shared)

    async def end(self) -> None:
        """Take no more updates and let the handlers finish."""
        await self._shared.connection.stop_answering()

    def find_problem(self) -> str | None:
        return self._shared.connection.find_problem_of_updates()


class ConsoleParts(RoleParts):
    """Pages for operators, and editions as pages and feeds; they are served where `/healthz` is."""

    role = Role.CONSOLE

    async def begin(self, stop: asyncio.Event) -> None:
        follow_index(self._shared)


def follow_index(shared: Shared) -> None:
    """Keep the search index up to date in a process that answers."""
    if not shared.scheduler.has("index"):
        follow = IndexFollowing(shared.services.database).run
        shared.scheduler.add("index", follow, every_seconds=2, allowed_seconds=1_800)
