"""The connection to Telegram: sign in, poll or listen, retry after errors, close.

The application adds what uses it: handlers, the sender and periodic jobs.
"""

import asyncio
import contextlib
import datetime as dt
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ExtBot

from bot.news.services import Services
from bot.operators import notices
from bot.process.health import retry
from bot.process.metrics import POLLER_RESTARTS, log_errors
from bot.telegram.incoming import UPDATE_KINDS, PollingRequest, Webhook, WebhookListener
from bot.telegram.limiter import TelegramPace
from bot.telegram.shared_updates import SharedQueue
from bot.telegram.stored_updates import UpdateQueue
from bot.telegram.transport import AiohttpRequest
from bot.telegram.updates import DurableApplication, DurableQueue, OrderedByChat

_CONNECTIONS = 16
_LONGEST_WAIT_SECONDS = 30.0
_POLL_SECONDS = 20
_DEAF_SECONDS = 90.0  # it is a problem if no poll succeeds for longer
_PATIENCE_SECONDS = 2.0  # the most for each step of closing
_STEPS_TO_READ_AN_ERROR = 5  # of the loop: the library reads the error of a poll that failed just before
_STUCK_SECONDS = 120.0  # with updates queued and none handled
_WATCH_SECONDS = 1.0
_RESTART_SHOWN_SECONDS = 300.0
_RIVAL_SECONDS = 180.0
_POLLER = "_Updater__polling_task"  # the library gives no public way to see whether its poller still runs
_log = structlog.get_logger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not accept the token."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of the Bot API and the bot's token. `base_url` has no slash at its end.

    With a `webhook` Telegram calls the bot; without one the bot polls.
    """

    base_url: str
    token: str
    webhook: Webhook | None = None


class Connection:
    """One bot's connection; `telegram` is the library's application, to which handlers are added; `pace` is
    its rate limiter."""

    def __init__(self, services: Services, address: Address) -> None:
        self._request = AiohttpRequest(_CONNECTIONS)
        make = SharedQueue if services.shares_chats else DurableQueue
        self._queue: UpdateQueue = make(services.database, services.clock)
        self._polling = PollingRequest(2, self._queue.keep)
        self._is_signed_in = False
        self._is_wanted = False  # whether this process is to take updates
        self._is_open = False
        self._conflicts: deque[float] = deque(maxlen=3)
        self._watching: asyncio.Task[None] | None = None
        self._queue_task: asyncio.Task[None] | None = None
        self._restarted_at = float("-inf")
        self._processor = OrderedByChat(lambda: self._queue.is_behind, self._queue.waiting_of)
        self.pace = TelegramPace(services.newsroom.messages_per_second)
        self.telegram = self._build(address)
        self._listener = (
            WebhookListener(address.webhook, self._queue, self.bot) if address.webhook is not None else None
        )

    def _build(self, address: Address) -> Application[Any, Any, Any, Any, Any, Any]:
        return (
            ApplicationBuilder()
            .application_class(DurableApplication)
            .token(address.token)
            .base_url(f"{address.base_url}/bot")
            .base_file_url(f"{address.base_url}/file/bot")
            .request(self._request)
            .get_updates_request(self._polling)
            .rate_limiter(self.pace)
            .update_queue(self._queue)
            .concurrent_updates(self._processor)
            .build()
        )

    @property
    def bot(self) -> ExtBot[Any]:
        bot: ExtBot[Any] = self.telegram.bot
        return bot

    @property
    def is_refused(self) -> bool:
        """Tell whether Telegram said that the token is not valid."""
        return self._request.unauthorized.is_set() or self._polling.unauthorized.is_set()

    async def until_refused(self) -> None:
        """Wait until Telegram says that the token is not valid."""
        waits = [asyncio.ensure_future(r.unauthorized.wait()) for r in (self._request, self._polling)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    @property
    def server_time(self) -> dt.datetime | None:
        """Return Telegram's time; None if it has not answered lately."""
        return self._polling.server_time or self._request.server_time

    def find_problem(self) -> str | None:
        """Say to operators what is wrong with the connection, if anything is."""
        if self.is_refused:
            return notices.UNAUTHORIZED
        trouble = self._polling.trouble or self._request.trouble
        if not self._is_wanted:
            return trouble
        if not self._is_open:
            return trouble or (notices.NOT_POLLING if self._listener is None else notices.NOT_LISTENING)
        if self._listener is not None:
            return self._listener.find_problem()
        if time.monotonic() - self._restarted_at < _RESTART_SHOWN_SECONDS:
            return notices.POLLER_RESTARTED
        is_often = len(self._conflicts) == self._conflicts.maxlen  # one or two refusals are a hand-over
        if is_often and time.monotonic() - self._conflicts[0] < _RIVAL_SECONDS:
            return notices.OTHER_POLLER
        is_deaf = self._polling.seconds_since_ok > _DEAF_SECONDS
        return (trouble or notices.TELEGRAM_SILENT) if is_deaf else None

    def find_problem_of_updates(self) -> str | None:
        """Say to operators that what readers wrote is not handled, if that is so."""
        return notices.UPDATES_STUCK if self._queue.seconds_stuck > _STUCK_SECONDS else None

    @property
    def username(self) -> str:
        """Return the bot's name at Telegram; empty before Telegram has answered."""
        return self.bot.username if self._is_signed_in else ""

    def want_updates(self) -> None:
        """Note that this process is to take updates: from now on `find_problem` says if it does not."""
        self._is_wanted = True

    async def prepare(self) -> None:
        """Make it possible to send before `open`, so that admins hear why the bot cannot start."""
        await self._request.initialize()

    async def sign_in(self, stop: asyncio.Event) -> bool:
        """Ask Telegram for the bot's account, so that it can send; False when `stop` came before the answer.

        Raises:
            TokenRefusedError: Telegram refused the token.
        """
        self._is_signed_in = await _until_answered(self.telegram.initialize, stop)
        return self._is_signed_in

    async def open(self, stop: asyncio.Event) -> bool:
        """Sign in, queue what an earlier process left, poll or listen; False when `stop` came before that.

        Raises:
            TokenRefusedError: Telegram refused the token.
            ListenError: the webhook's port is taken.
        """
        self.want_updates()
        if not self._is_signed_in and not await self.sign_in(stop):
            return False
        left_over = await retry(lambda: self._queue.reload(self.bot), stop)
        await self.telegram.start()
        if self._listener is not None:
            await self._listener.open()
        begin = self._poll if self._listener is None else self._listener.register
        is_open = await _until_answered(begin, stop)
        _log.info("polling" if self._listener is None else "webhook", left_over=left_over)
        self._is_open = is_open
        self._queue_task = asyncio.create_task(self._run_queue())
        if is_open and self._listener is None:
            self._watching = asyncio.create_task(self._watch_poller(stop))
        return is_open

    async def _run_queue(self) -> None:
        with log_errors("updates"):
            await self._queue.run(self.bot)

    async def _watch_poller(self, stop: asyncio.Event) -> None:
        """Begin to poll again if polling ever ends by itself: the library would not say so."""
        while not stop.is_set():
            await asyncio.sleep(_WATCH_SECONDS)
            poller = getattr(self.telegram.updater, _POLLER, None)
            if poller is None or not poller.done() or self.is_refused or self.telegram.updater is None:
                continue
            error = None if poller.cancelled() else poller.exception()
            _log.error("polling ended by itself and begins again", exc_info=error)
            POLLER_RESTARTS.inc()
            self._restarted_at = time.monotonic()
            setattr(self.telegram.updater, _POLLER, None)  # else `stop` raises its error and does not finish
            with log_errors("poller"):
                await _with_time_limit(self.telegram.updater.stop)
                await _until_answered(self._poll, stop)

    async def check_webhook(self) -> None:
        """Ask Telegram whether it reaches the webhook, if there is one."""
        if self._listener is not None and self._is_open:
            await self._listener.check_webhook()

    async def _poll(self) -> None:
        if self.telegram.updater is None:
            raise RuntimeError("the application was built without an updater")
        await self.telegram.updater.start_polling(
            timeout=_POLL_SECONDS, allowed_updates=UPDATE_KINDS, error_callback=self._on_polling_error
        )

    def _on_polling_error(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            self._conflicts.append(time.monotonic())
            _log.error("conflict", problem=notices.OTHER_POLLER)
        else:
            _log.warning("polling failed", error=str(error))

    async def stop_answering(self) -> None:
        """Take no more updates and let the handlers finish; those that take too long are cancelled.

        An update whose handler did not finish is on disk, and is handled at the next start.
        """
        for task in (self._watching, self._queue_task):
            if task is not None:
                task.cancel()
        self._queue.end()
        if self._listener is not None:
            await _with_time_limit(self._listener.close)
        self._polling.is_ending = True  # no poll fails any more
        for _ in range(_STEPS_TO_READ_AN_ERROR):
            await asyncio.sleep(0)
        if self.telegram.updater is not None and self.telegram.updater.running:
            await _with_time_limit(self.telegram.updater.stop)
        if self.telegram.running:
            await _with_time_limit(self.telegram.stop)
        await self._processor.end()  # a handler that goes on without a connection would lose its answer
        await _with_time_limit(self._queue.release)

    async def close(self) -> None:
        """Stop answering, if that is not done yet, and close the connections."""
        await self.stop_answering()
        await _with_time_limit(self.telegram.shutdown)
        await self._polling.shutdown()
        await self._request.shutdown()


async def _with_time_limit(close: Callable[[], Awaitable[None]]) -> None:
    # A poller that ended because the token was refused raises InvalidToken once more when it is stopped.
    with log_errors("disconnect"), contextlib.suppress(TimeoutError, InvalidToken):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await close()


async def _until_answered(ask: Callable[[], Awaitable[None]], stop: asyncio.Event) -> bool:
    """Ask Telegram until it answers; False when `stop` came before that."""
    wait = 1.0
    while not stop.is_set():
        try:
            await ask()
        except InvalidToken as error:
            raise TokenRefusedError from error
        except TelegramError as error:
            _log.warning("Telegram does not answer", error=str(error), next_try_seconds=wait)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(_LONGEST_WAIT_SECONDS, wait * 2)
        else:
            return True
    return False
