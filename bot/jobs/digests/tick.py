"""The tick of slots: take in and process new articles, then make due issues.

It runs every minute, and at once when an operator answers at a gate.

If other processes take in or process, a slot waits until they have caught up. After a downtime (a stop, a
suspended machine, a database that was gone) the late issue has the articles of that time.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

from bot.jobs.digests.composing import publish_copies
from bot.jobs.digests.gate import prepare_early
from bot.jobs.digests.slots import run_due_slots
from bot.jobs.intake.intake import poll_sources
from bot.jobs.intake.processing import Processor
from bot.jobs.recapping import resume_rested
from bot.jobs.sources.source_polling import WebPolling
from bot.news.services import NotifyAdmins, Services
from bot.process.metrics import log_errors

_FRESH = dt.timedelta(minutes=10)
_MOST_SECONDS = 120.0  # real seconds that a slot waits for the arrivals of a downtime
_MOST_WEB_SECONDS = 60.0  # of these, for the polled sources


class Arrivals:
    """Takes in and processes articles, one round at a time; calls `follow` after each round.

    Without `web` it takes nothing in, without `processor` it processes nothing; both may be set later.
    `elsewhere` waits for the processes that do these parts instead.
    """

    def __init__(
        self,
        services: Services,
        notify_admins: NotifyAdmins,
        *,
        follow: Callable[[], Awaitable[None]],
        web: WebPolling | None = None,
        processor: Processor | None = None,
        elsewhere: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.web = web
        self.processor = processor
        self._services = services
        self._notify_admins = notify_admins
        self._follow = follow
        self._elsewhere = elsewhere
        self._lock = asyncio.Lock()
        self._taken_in_at: dt.datetime | None = None
        self._catching_up: asyncio.Task[None] | None = None

    async def take_in(self) -> int:
        """Take in new files and process waiting articles, a bounded number; return the number."""
        async with self._lock:
            began = self._services.clock.now()
            if self.web is not None:
                await poll_sources(self._services, self._notify_admins, claims=self.web.claims)
            done = await self._process()
            self._taken_in_at = began
            return done

    async def process(self) -> int:
        """Process waiting articles, a bounded number; return the number."""
        async with self._lock:
            return await self._process()

    async def _process(self) -> int:
        newsroom, done = self._services.newsroom, 0
        if self.processor is not None:
            done = await self.processor.run(ranker=newsroom.ranker, rules=newsroom.topic_rules)
        await self._follow()
        return done

    async def catch_up(self, *, most_seconds: float = _MOST_SECONDS) -> None:
        """Take everything in if that was not done lately; return after `most_seconds` at the latest.

        Unfinished work continues in the background.
        """
        if self._catching_up is None:
            if self._is_fresh():
                return
            self._catching_up = asyncio.create_task(self._take_everything_in(), name="catch up")
        await asyncio.wait([self._catching_up], timeout=most_seconds)
        if self._catching_up.done():
            self._catching_up = None

    async def close(self) -> None:
        if self._catching_up is not None:
            self._catching_up.cancel()
            await asyncio.wait([self._catching_up])

    def _is_fresh(self) -> bool:
        if self._taken_in_at is None or self.web is None or self.processor is None:
            return False
        return abs(self._services.clock.now() - self._taken_in_at) <= _FRESH

    async def _take_everything_in(self) -> None:
        with log_errors("catch_up"):
            if self.web is not None:
                await self.web.poll_due()
            while await self.take_in():
                pass
            if self.web is not None:
                polls = asyncio.create_task(self.web.until_idle())
                await asyncio.wait([polls], timeout=_MOST_WEB_SECONDS)
                polls.cancel()
            while await self.take_in():
                pass
            if self._elsewhere is not None:
                await self._elsewhere()


class SlotTick:
    """Makes due issues, one run at a time. `wake` wakes the sender."""

    def __init__(
        self,
        services: Services,
        notify_admins: NotifyAdmins,
        arrivals: Arrivals,
        is_time_right: Callable[[], Awaitable[bool]],
        wake: Callable[[], None],
        send_gate_notices: Callable[[], Awaitable[None]],
    ) -> None:
        self._services = services
        self._notify_admins = notify_admins
        self._arrivals = arrivals
        self._is_time_right = is_time_right
        self._wake = wake
        self._send_gate_notices = send_gate_notices
        self._running, self._noticing = asyncio.Lock(), asyncio.Lock()

    async def run(self) -> None:
        """Take in waiting articles, then make every due issue; do nothing while the clock is wrong."""
        if not await self._is_time_right():
            return
        await resume_rested(self._services)
        await self._arrivals.catch_up()
        await self._run_slots()

    async def act_on_gates(self) -> None:
        """Compose issues anew that changed at a gate, send those that may go, and show them to operators."""
        await self._run_slots()
        await self.send_gate_notices()

    async def send_gate_notices(self) -> None:
        """Show operators the issues that wait for their approval, as they are now."""
        async with self._noticing:
            await self._send_gate_notices()

    async def _run_slots(self) -> None:
        async with self._running:
            if not await self._is_time_right():
                return
            await prepare_early(self._services)
            if await run_due_slots(self._services, self._notify_admins):
                self._wake()
            await publish_copies(self._services)
