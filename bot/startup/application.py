"""The running bot: opens everything, lets it tick, and closes it in the right order."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

import structlog

from bot.chat.commands import register_commands
from bot.chat.handlers import add_handlers
from bot.chat.operators.admin import AdminActions, tell_admins
from bot.chat.operators.gate_taps import tell_gates
from bot.console.guard import BASE
from bot.console.public_site import PUBLIC, PublicSite
from bot.console.site import Console
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.delivery.monitor import Monitor
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.arrivals import Arrivals
from bot.jobs.digests.slots import send_edition_now
from bot.jobs.digests.tick import SlotTick
from bot.jobs.intake.processing import Processor
from bot.jobs.intake.taking import SetAside, Taker
from bot.jobs.nightly import end_impossible_waits, prune_if_night
from bot.jobs.reload import NewsroomWatch, take_over
from bot.jobs.sources.source_polling import WebPolling
from bot.jobs.watches.alerts import send_unscheduled
from bot.jobs.watches.watch_matching import Watching
from bot.news.services import Services
from bot.operators import notices
from bot.process.health import Alerts, find_problems_of, identity_of, retry, until_ready
from bot.process.lifetime import end_process_within, notify, watched
from bot.process.metrics import Listen, log_errors, serve_health
from bot.process.scheduler import Job, Scheduler
from bot.telegram.connection import Address, Connection, TokenRefusedError
from bot.telegram.lease import Lease, LeaseLostError
from bot.text_work.worker import TextWorker
from storage.search.rebuild import keep_up

__all__ = ["Address", "Bot", "Listen", "TokenRefusedError"]

_PATIENCE_SECONDS = 4.0  # at the end, for the deliveries in flight
_MOST_SECONDS_TO_END = 9.5  # after a signal; what is not closed by then is taken up at the next start
_log = structlog.get_logger(__name__)


class Bot:
    """Everything that runs while the bot runs."""

    def __init__(
        self, services: Services, address: Address, *, watch: NewsroomWatch | None, listen: Listen | None
    ) -> None:
        self._services = services
        self._watch = watch
        self._listen = listen
        self._stop = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None
        self._waits_for: str | None = notices.database_awaited(services.database.place)
        self._port_problem: str | None = None
        self._identity = identity_of(address.token, services.database)
        self._lease = Lease(services.database, address.token)
        self._connection = Connection(services, address)
        self._tell = partial(tell_admins, self._connection.bot, services)
        self._sender = Sender(
            services, self._connection.bot, lease=self._lease.key, pace=self._connection.pace
        )
        self._web = WebPolling(services, self._tell)
        self._texts = TextWorker()
        self._set_aside = SetAside(services, self._tell)
        services.take = Taker(services.database, self._texts, self._set_aside.add).take
        self._processor = Processor(services.database, services.clock, self._texts, self._set_aside.add)
        self._watching = Watching(services)
        self._arrivals = Arrivals(
            services, self._tell, web=self._web, processor=self._processor, follow=self._follow
        )
        self._scheduler = Scheduler(services.clock)
        self._clock_watch = ClockWatch(services, self._tell, lambda: self._connection.server_time)
        self._monitor = Monitor(
            services, self._connection.bot, self._sender, self._tell, self._connection.find_problem
        )
        telling = partial(tell_gates, self._connection.bot, services)
        self._slots = SlotTick(
            services, self._tell, self._arrivals, self._clock_watch.is_right, self._sender.wake, telling
        )
        url = listen.console_url if listen else None
        self._console = Console(services, url, self._find_problems) if url and services.admins else None
        add_handlers(self._connection.telegram, services, self._actions())

    def _actions(self) -> AdminActions:
        """Return what operators can have done from the chat."""
        return AdminActions(
            self._send_now,
            self._sender.set_paused,
            lambda: self._sender.is_paused,
            self._sender.call_off,
            self._clock_watch.find_problem,
            self._console.invite if self._console else None,
            self._slots.look_at_gates,
        )

    def stop(self) -> None:
        """Ask the bot to finish what is in flight and end."""
        notify("STOPPING=1")
        self._stop.set()

    def _end(self) -> None:
        """Stop because of a signal, and leave what hangs behind."""
        self.stop()
        end_process_within(_MOST_SECONDS_TO_END)

    async def run(self) -> None:
        """Run until `stop`, SIGTERM or SIGINT.

        Raises:
            TokenRefusedError: Telegram refused the token, at the start or later.
            LeaseLostError: another process took over, having taken this one for dead.
            ListenError: the webhook's port is taken.
            StorageError: the database will not do, however long one waits.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        async with watched(self._is_well), AsyncExitStack() as stack:
            await self._listen_for_health(stack)
            stack.push_async_callback(self._connection.close)
            await stack.enter_async_context(self._alerting())
            if await self._may_begin():
                await stack.enter_async_context(self._lease.kept())
                stack.push_async_callback(self._connection.stop_answering)
                connecting = await stack.enter_async_context(self._connecting())
                await stack.enter_async_context(self._ticking())
                await self._until_stopped(connecting)
        if self._connection.is_refused:
            raise TokenRefusedError
        if self._lease.lost.is_set():
            raise LeaseLostError

    def _is_well(self) -> bool:
        """Tell whether the part that sends is there: it ends early only by an error that nobody foresaw."""
        return self._sending is None or not self._sending.done()

    async def _may_begin(self) -> bool:
        """Wait for the database and for the lease; False when asked to stop before that."""
        if not await until_ready(self._services.database, self._services.clock, self._stop):
            return False
        self._waits_for = notices.LEASE_TAKEN
        is_ours = await self._lease.until_taken(self._stop)
        self._waits_for = None
        return is_ours

    async def _until_stopped(self, connecting: asyncio.Task[None]) -> None:
        """Wait for an end: asked for, refused, taken over, or an error while connecting, which is raised."""
        ends = (self._stop.wait(), self._connection.until_refused(), self._lease.lost.wait())
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(one) for one in ends]
        while not any(wait.done() for wait in waits):
            if connecting.done() and connecting.exception() is not None:  # it may have failed before we wait
                break
            pending = [connecting] if not connecting.done() else []
            await asyncio.wait([*waits, *pending], return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if connecting.done():
            connecting.result()

    async def _listen_for_health(self, stack: AsyncExitStack) -> None:
        if self._listen is None:
            return
        host, port = self._listen.host, self._listen.port
        try:
            beside = {PUBLIC: PublicSite(self._services).application()}
            beside |= {BASE: self._console.application()} if self._console else {}
            runner = await serve_health(host, port, self._find_problems, self._who, beside)
        except OSError as error:  # readers get their news all the same
            self._port_problem = notices.health_port_taken(host, port)
            _log.error("health is not served", problem=self._port_problem, error=error.strerror)
        else:
            stack.push_async_callback(runner.cleanup)

    @asynccontextmanager
    async def _alerting(self) -> AsyncIterator[None]:
        """Tell the admins problems that last, apart from the ticks and the database: those may be stuck."""
        await self._connection.prepare()
        alerting = asyncio.create_task(Alerts(self._find_own_problems, self._tell).run())
        try:
            yield
        finally:
            alerting.cancel()
            await asyncio.wait([alerting])

    @asynccontextmanager
    async def _connecting(self) -> AsyncIterator[asyncio.Task[None]]:
        """Connect to Telegram meanwhile: one that cannot be reached must not keep the bot from its work."""
        connecting = asyncio.create_task(self._connect())
        try:
            yield connecting
        finally:
            connecting.cancel()
            await asyncio.wait([connecting])

    async def _connect(self) -> None:
        if await self._connection.open(self._stop):
            if self._port_problem is not None:  # nobody can ask for it: it is told
                await self._tell(notices.unhealthy(self._port_problem))
            with log_errors("register"):
                await register_commands(self._connection.bot, self._services.admins)

    @asynccontextmanager
    async def _ticking(self) -> AsyncIterator[None]:
        """Send and tick; at the end finish what is in flight."""
        unknown = await retry(self._sender.recover, self._stop)
        if unknown:
            _log.error("deliveries in doubt after an interruption", count=unknown)
        await retry(lambda: take_over(self._services), self._stop)
        self._sending = sending = asyncio.create_task(self._sender.run())
        self._add_ticks()
        self._scheduler.start()
        try:
            yield
        finally:
            if self._lease.lost.is_set():
                self._sender.abandon()
            else:
                self._sender.stop()
            await asyncio.gather(
                self._scheduler.stop(),
                self._connection.stop_answering(),
                asyncio.wait([sending], timeout=_PATIENCE_SECONDS),
            )
            await self._arrivals.close()
            await self._web.close()
            await self._texts.close()
            sending.cancel()  # a row that still waits for its answer is taken up at the next start
            await asyncio.wait([sending])

    def _add_ticks(self) -> None:
        add, at_right_time = self._scheduler.add, self._at_right_time
        add("slots", self._slots.run, every_seconds=60, on_the_minute=True, at_once=True, allowed_seconds=600)
        add("intake", at_right_time(self._arrivals.take_in), every_seconds=20, allowed_seconds=1_800)
        add("gates", self._slots.tell_gates, every_seconds=15, allowed_seconds=600)
        add("watching", self._alert, every_seconds=15)
        add("index", partial(keep_up, self._services.database), every_seconds=2, allowed_seconds=1_800)
        add("web", at_right_time(self._web.look), every_seconds=5)
        add("monitor", self._monitor.look, every_seconds=10)
        add("risks", self._monitor.look_for_risks, every_seconds=60)
        add("outcomes", self._monitor.count_outcomes, every_seconds=600)
        add("webhook", self._connection.look, every_seconds=300, allowed_seconds=1_800)
        add("nightly", at_right_time(self._prune), every_seconds=600, allowed_seconds=3_600)
        if self._watch is not None:
            add("newsroom", partial(self._watch.look, self._services, self._tell), every_seconds=5)

    def _at_right_time(self, job: Job) -> Job:
        """Return the job as one that does nothing while the clock is wrong."""

        async def run() -> None:
            if await self._clock_watch.is_right():
                await job()

        return run

    async def _prune(self) -> None:
        await end_impossible_waits(self._services)
        await prune_if_night(self._services, self._tell)

    async def _follow(self) -> None:
        await self._set_aside.tell()
        await self._alert()

    async def _alert(self) -> None:
        if not await self._clock_watch.is_right():
            return
        await self._watching.run()
        if await send_unscheduled(self._services):
            self._sender.wake()

    async def _send_now(self, edition: str) -> int:
        queued = await send_edition_now(self._services, edition)
        self._sender.wake()
        return queued

    async def _find_problems(self) -> list[str]:
        if self._waits_for is not None:
            return [self._waits_for]
        others = (self._connection.find_problem(), self._clock_watch.problem)  # told to the admins elsewhere
        return [*await self._find_own_problems(), *filter(None, others)]

    async def _find_own_problems(self) -> list[str]:
        """Return what the admins hear of here; while another process holds the lease, nothing."""
        if self._waits_for is not None:
            return [] if self._waits_for == notices.LEASE_TAKEN else [self._waits_for]
        late = [notices.tick_late(name, minutes) for name, minutes in self._scheduler.find_late()]
        stopped = [] if self._is_well() else [notices.NOT_SENDING]
        others = filter(None, (self._connection.find_problem_of_updates(), self._processor.find_problem()))
        return [*await find_problems_of(self._services.database), *late, *stopped, *others]

    def _who(self) -> dict[str, str]:
        return asdict(self._identity) | {"username": self._connection.username}
