"""The running bot: opens everything, lets its roles work, and closes it in the right order."""

import asyncio
import signal
import socket
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import partial
from typing import Any

import structlog

from bot.chat.commands import register_commands
from bot.chat.handlers import add_handlers
from bot.chat.operators.admin import notify_admins
from bot.console.guard import BASE, make_link
from bot.console.public_site import PUBLIC, PublicSite
from bot.console.site import Console
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.digests.tick import Arrivals
from bot.jobs.intake.taking import SetAside, Taker
from bot.jobs.reload import NewsroomWatch
from bot.news.services import Services
from bot.operators import notices
from bot.operators.fleet_notices import from_process
from bot.process.health import Alerts, find_problems_of, identity_of, retry, until_ready
from bot.process.lifetime import beside, end_process_within, notify, watched
from bot.process.metrics import Listen, log_errors, serve_health
from bot.process.scheduler import Scheduler
from bot.startup.fleet import follow_server_clock, until_caught_up, until_upgrade_is_safe
from bot.startup.role_runner import OperatorActions, RoleRunner
from bot.startup.roles import ALL, Role, in_order
from bot.startup.shared import Shared
from bot.telegram.connection import Address, Connection, TokenRefusedError
from bot.text_work.worker import TextWorker

_MOST_SECONDS_TO_END = 9.5  # after a signal; unfinished work is continued at the next start
_log = structlog.get_logger(__name__)


class Bot:
    """A process of the bot that has these `roles`; `RoleRunner` runs them."""

    def __init__(
        self,
        services: Services,
        address: Address,
        *,
        watch: NewsroomWatch,
        listen: Listen | None,
        roles: frozenset[Role] = ALL,
    ) -> None:
        self._services = services
        self._watch = watch
        self._listen = listen
        self._roles = roles
        self._is_fleet = services.database.is_postgres
        self._stop = asyncio.Event()
        self._waits_for: str | None = notices.database_awaited(services.database.place)
        self._port_problem: str | None = None
        self._identity = identity_of(address.token, services.database)
        self._connection = Connection(services, address)
        self._notify_admins = partial(notify_admins, self._connection.bot, services)
        self._scheduler = Scheduler(services.clock)
        machine = socket.gethostname() if self._is_fleet else ""
        self._clock_watch = ClockWatch(
            services, self._notify_admins, lambda: self._connection.server_time, machine
        )
        self._shared = self._make_shared()
        self._runner = RoleRunner(self._shared, roles, address.token, self._newsroom_in_place)
        actions = OperatorActions(self._shared, self._runner.send, self._runner.schedule)
        self._console_url = listen.console_url if listen and services.admins else None
        is_served = self._console_url is not None and Role.CONSOLE in roles
        act, url = actions.act_on_gates, self._console_url or ""
        self._console = Console(services, url, self._find_problems, act) if is_served else None
        has_console = self._console is not None or (self._is_fleet and self._console_url is not None)
        add_handlers(
            self._connection.telegram, services, actions.for_chat(self._invite if has_console else None)
        )

    def _make_shared(self) -> Shared:
        services, texts = self._services, TextWorker()
        set_aside = SetAside(services, self._notify_admins)
        services.take = Taker(services.database, texts, set_aside.add).take
        arrivals = Arrivals(
            services,
            self._notify_admins,
            follow=self._follow,
            elsewhere=(lambda: until_caught_up(services, self._runner.elsewhere)) if self._is_fleet else None,
        )
        return Shared(
            services, self._connection, self._scheduler, self._notify_admins, self._clock_watch,
            texts, set_aside, arrivals, self._is_fleet, asyncio.Event(),
        )  # fmt: skip

    async def _invite(self, admin: int) -> str:
        """Return a link to the console; any process that serves the console accepts it."""
        return await make_link(self._services.database, self._console_url or "", admin)

    def _newsroom_in_place(self) -> str:
        return self._watch.in_place[:16]

    def stop(self) -> None:
        """Ask the bot to finish what is in flight and end."""
        notify("STOPPING=1")
        self._stop.set()

    def _end(self) -> None:
        """Stop because of a signal, even if something hangs."""
        _log.info("asked to end")
        self.stop()
        end_process_within(_MOST_SECONDS_TO_END)

    async def run(self) -> None:
        """Run until `stop`, SIGTERM or SIGINT.

        Raises:
            TokenRefusedError: Telegram refused the token, at the start or later.
            LeaseLostError: another process took over because this one seemed dead.
            SchemaChangedError: the database was upgraded for another version.
            ListenError: the webhook's port is taken.
            StorageError: the database cannot be used, and waiting would not help.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        async with watched(self._is_well), AsyncExitStack() as stack:
            await self._listen_for_health(stack)
            stack.push_async_callback(self._connection.close)
            await self._connection.prepare()
            # a task that needs no tick and no database, because these may be stuck
            alerts = Alerts(self._find_reportable_problems, self._notify_from_here)
            await stack.enter_async_context(beside(alerts.run()))
            if await self._may_begin():
                await stack.enter_async_context(self._runner.joined(self._stop))
                stack.push_async_callback(self._connection.stop_answering)
                connecting = await stack.enter_async_context(beside(self._connect()))
                self._scheduler.add("newsroom", self._check_newsroom, every_seconds=5)
                acting = await stack.enter_async_context(self._runner.acting(self._stop))
                await self._until_stopped([connecting, *acting])
        if self._connection.is_refused:
            raise TokenRefusedError
        self._runner.raise_if_ended()

    def _is_well(self) -> bool:
        return self._runner.send is None or self._runner.send.is_well

    async def _may_begin(self) -> bool:
        """Wait for the database, and on SQLite for the lease; return False if asked to stop before that."""
        database = self._services.database
        if self._is_fleet and not await until_upgrade_is_safe(database, self._stop, self._wait_for):
            return False
        if not await until_ready(database, self._services.clock, self._stop):
            return False
        self._waits_for = None
        if self._is_fleet:
            return await self._follow_clock()
        self._waits_for = notices.LEASE_TAKEN
        is_ours = await self._runner.lease.until_taken(self._stop)
        self._waits_for = None
        return is_ours

    async def _follow_clock(self) -> bool:
        """Set the clock by the database server; return False if asked to stop before that."""
        follow = partial(follow_server_clock, self._services.database, self._services.clock)
        await retry(follow, self._stop)
        self._scheduler.add("clock", follow, every_seconds=30)
        return not self._stop.is_set()

    def _wait_for(self, problem: str) -> None:
        self._waits_for = problem

    async def _until_stopped(self, working: list[asyncio.Task[None]]) -> None:
        """Wait until the bot is stopped, refused or replaced; if `working` fails, raise its error."""
        ends = [self._stop.wait(), self._connection.until_refused(), *self._runner.ends()]
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(one) for one in ends]
        while not any(wait.done() for wait in waits):
            if any(one.done() and one.exception() is not None for one in working):  # perhaps before we wait
                break
            pending = [one for one in working if not one.done()]
            await asyncio.wait([*waits, *pending], return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        for one in working:
            if one.done():
                one.result()

    async def _listen_for_health(self, stack: AsyncExitStack) -> None:
        if self._listen is None:
            return
        host, port = self._listen.host, self._listen.port
        try:
            pages = {PUBLIC: PublicSite(self._services).application()} if Role.CONSOLE in self._roles else {}
            pages |= {BASE: self._console.application()} if self._console else {}
            runner = await serve_health(host, port, self._find_problems, self._who, pages)
        except OSError as error:  # readers get their news all the same
            self._port_problem = notices.health_port_taken(host, port)
            _log.error("health is not served", problem=self._port_problem, error=error.strerror)
        else:
            stack.push_async_callback(runner.cleanup)

    async def _connect(self) -> None:
        """Connect to Telegram in the background: if it cannot be reached, all other work goes on."""
        if not await self._connection.sign_in(self._stop):
            return
        if self._port_problem is not None:  # no health check can report it
            await self._notify_admins(notices.unhealthy(self._port_problem))
        if self._runner.chat is None:
            return
        await self._runner.chat.begun.wait()
        if await self._connection.open(self._stop):
            with log_errors("register"):
                await register_commands(self._connection.bot, self._services.admins)

    async def _check_newsroom(self) -> None:
        """Take a changed newsroom file over; the process that makes slots also moves profiles."""
        schedule = self._runner.schedule
        if schedule is not None and schedule.is_active:
            await self._watch.check(self._services, self._notify_admins)
        else:
            await self._watch.follow(self._services)

    async def _follow(self) -> None:
        await self._shared.set_aside.report()
        if self._runner.schedule is not None:
            await self._runner.schedule.alert()

    async def _find_problems(self) -> list[str]:
        if self._waits_for is not None:
            return [self._waits_for]
        others = (self._connection.find_problem(), self._clock_watch.problem)  # others alert
        return [*await self._find_own_problems(), *filter(None, others)]

    async def _find_reportable_problems(self) -> list[str]:
        missing = self._runner.missing_roles
        return [*await self._find_own_problems(), *([missing] if missing else [])]

    async def _notify_from_here(self, html: str) -> bool:
        """Notify the admins, and name the process if there are several."""
        if self._roles == ALL:
            return await self._notify_admins(html)
        return await self._notify_admins(
            from_process(html, ", ".join(in_order(self._roles)), socket.gethostname())
        )

    async def _find_own_problems(self) -> list[str]:
        """Return the problems that this process tells the admins; none while another one holds the lease."""
        if self._waits_for is not None:
            return [] if self._waits_for == notices.LEASE_TAKEN else [self._waits_for]
        late = [notices.tick_late(name, minutes) for name, minutes in self._scheduler.find_late()]
        stopped = [] if self._is_well() else [notices.NOT_SENDING]
        others = filter(None, (parts.find_problem() for parts in self._runner.begun))
        return [*await find_problems_of(self._services.database), *late, *stopped, *others]

    def _who(self) -> dict[str, str]:
        active, standby = ",".join(self._runner.active), ",".join(self._runner.standby)
        who = {"username": self._connection.username, "roles": active, "standby": standby}
        return asdict(self._identity) | who
