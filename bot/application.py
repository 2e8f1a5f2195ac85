"""The running bot: opens everything, lets it tick, and closes it in the right order."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot import notices
from bot.chat.admin import AdminActions, tell_admins
from bot.chat.commands import register_commands
from bot.chat.handlers import add_handlers
from bot.desk import Desk
from bot.jobs.delivery import Sender
from bot.jobs.intake import poll_sources
from bot.jobs.nightly import prune_if_night
from bot.jobs.reload import NewsroomWatch
from bot.jobs.send_now import send_edition_now
from bot.jobs.slots import reschedule_profiles, run_due_slots
from bot.jobs.work_up import WorkUp
from bot.limiter import TelegramPace
from bot.metrics import serve_health
from bot.ticks import Ticks
from bot.transport import AiohttpRequest
from bot.updates import DurableApplication, DurableQueue, OrderedByChat

_CONNECTIONS = 16
_LONGEST_WAIT_SECONDS = 30.0
_POLL_SECONDS = 20
_log = structlog.get_logger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not accept the token."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the Bot API is and who we are there. `base_url` has no slash at its end."""

    base_url: str
    token: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Where `/healthz` and `/metrics` listen."""

    host: str
    port: int


class Bot:
    """Everything that runs while the bot runs."""

    def __init__(
        self, desk: Desk, address: Address, *, watch: NewsroomWatch | None, listen: Listen | None
    ) -> None:
        self._desk = desk
        self._watch = watch
        self._listen = listen
        self._stop = asyncio.Event()
        self._request = AiohttpRequest(_CONNECTIONS)
        self._polling = AiohttpRequest(2)
        self._queue = DurableQueue(desk.database, desk.clock)
        self._telegram = self._build(address)
        self._sender = Sender(desk, self._telegram.bot)
        self._work_up = WorkUp(desk.database, desk.clock)
        self._ticks = Ticks(desk.clock)
        actions = AdminActions(self._send_now, self._set_paused, lambda: self._sender.is_paused)
        add_handlers(self._telegram, desk, actions)

    def _build(self, address: Address) -> Application[Any, Any, Any, Any, Any, Any]:
        return (
            ApplicationBuilder()
            .application_class(DurableApplication)
            .token(address.token)
            .base_url(f"{address.base_url}/bot")
            .base_file_url(f"{address.base_url}/file/bot")
            .request(self._request)
            .get_updates_request(self._polling)
            .rate_limiter(TelegramPace())
            .update_queue(self._queue)
            .concurrent_updates(OrderedByChat())
            .build()
        )

    def stop(self) -> None:
        """Ask the bot to finish what is in flight and end."""
        self._stop.set()

    async def run(self) -> None:
        """Run until `stop`, SIGTERM or SIGINT.

        Raises:
            TokenRefusedError: Telegram refused the token, at the start or later.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        async with contextlib.AsyncExitStack() as stack:
            await self._listen_for_health(stack)
            await stack.enter_async_context(self._connected())
            await stack.enter_async_context(self._ticking())
            await self._until_stopped()
        if self._is_refused:
            raise TokenRefusedError

    @property
    def _is_refused(self) -> bool:
        return self._request.unauthorized.is_set() or self._polling.unauthorized.is_set()

    async def _until_stopped(self) -> None:
        ends = (self._stop, self._request.unauthorized, self._polling.unauthorized)
        waits = [asyncio.ensure_future(event.wait()) for event in ends]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _listen_for_health(self, stack: contextlib.AsyncExitStack) -> None:
        if self._listen is not None:
            runner = await serve_health(self._listen.host, self._listen.port, self._find_problems)
            stack.push_async_callback(runner.cleanup)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[None]:
        """Connect, queue what an earlier process left, and poll; at the end let the handlers finish."""
        if not await self._initialize():
            yield
            return
        try:
            waiting = await self._queue.reload(self._telegram.bot)
            await self._telegram.start()
            updater = self._telegram.updater
            if updater is None:
                raise RuntimeError("the application was built without an updater")
            await updater.start_polling(
                timeout=_POLL_SECONDS, allowed_updates=_UPDATE_KINDS, error_callback=_on_polling_error
            )
            _log.info("polling", left_over=waiting)
            await register_commands(self._telegram.bot)
            yield
            await updater.stop()
            await self._telegram.stop()
        finally:
            await self._telegram.shutdown()

    async def _initialize(self) -> bool:
        """Ask Telegram who we are until it answers; False when asked to stop or refused before that."""
        wait = 1.0
        while not self._stop.is_set():
            try:
                await self._telegram.initialize()
            except InvalidToken as error:
                raise TokenRefusedError from error
            except TelegramError as error:
                _log.warning("Telegram does not answer", error=str(error), next_try_seconds=wait)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), wait)
                wait = min(_LONGEST_WAIT_SECONDS, wait * 2)
            else:
                return True
        return False

    @asynccontextmanager
    async def _ticking(self) -> AsyncIterator[None]:
        """Send and tick; at the end finish what is in flight."""
        unknown = await self._sender.recover()
        if unknown:
            _log.error("deliveries in doubt after an interruption", count=unknown)
        await reschedule_profiles(self._desk)
        sending = asyncio.create_task(self._sender.run())
        self._add_ticks()
        self._ticks.start()
        try:
            yield
        finally:
            self._ticks.stop()
            self._sender.stop()
            await sending

    def _add_ticks(self) -> None:
        self._ticks.add("slots", self._run_slots, every_seconds=60, on_the_minute=True)
        self._ticks.add("intake", self._take_in, every_seconds=20)
        self._ticks.add("nightly", lambda: prune_if_night(self._desk), every_seconds=600)
        if self._watch is not None:
            self._ticks.add("newsroom", self._look_at_newsroom, every_seconds=5)

    async def _run_slots(self) -> None:
        if await run_due_slots(self._desk, self._tell):
            self._sender.wake()

    async def _take_in(self) -> None:
        await poll_sources(self._desk)
        await self._work_up.run()

    async def _look_at_newsroom(self) -> None:
        if self._watch is not None:
            await self._watch.look(self._desk, self._tell)

    async def _tell(self, text: str) -> None:
        await tell_admins(self._telegram.bot, self._desk, text)

    async def _send_now(self, edition: str) -> int:
        queued = await send_edition_now(self._desk, edition)
        self._sender.wake()
        return queued

    async def _set_paused(self, is_paused: bool) -> None:
        self._sender.is_paused = is_paused
        self._sender.wake()

    async def _find_problems(self) -> list[str]:
        problems = []
        updater = self._telegram.updater
        if updater is None or not updater.running:
            problems.append("not polling")
        if self._sender.is_halted:
            problems.append("token refused")
        return problems


_UPDATE_KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "channel_post"]


def _on_polling_error(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        _log.error("conflict", problem=notices.other_poller())
    else:
        _log.warning("polling failed", error=str(error))
