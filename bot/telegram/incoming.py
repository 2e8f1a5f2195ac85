"""How updates come in: the poller's transport, or a webhook. Each is kept before Telegram may forget it."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from telegram import Update
from telegram.error import NetworkError
from telegram.ext import ExtBot
from telegram.request import RequestData

from bot.operators import notices
from bot.process.listening import GuardedSite
from bot.telegram.stored_updates import UpdateQueue, parse_update
from bot.telegram.transport import AiohttpRequest

# The library reads all updates of a poll together. If it cannot read one, it handles none and asks for the
# same ones again, for ever. So `keep` writes them down first, and leaves only the number of one that cannot
# be read. That number is confirmed, and no handler gets it. When polling ends, the library confirms once
# more. That request may fail: an update that comes again is known by its number.

UPDATE_KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "guest_message",
    "my_chat_member",
    "channel_post",
]
Keep = Callable[[Iterable[object]], Awaitable[list[dict[str, Any]]]]
_NO_UPDATES = b'{"ok": true, "result": []}'


class PollingRequest(AiohttpRequest):
    """An `AiohttpRequest` for getUpdates alone; once `is_ending`, failures are ignored.

    `keep` writes updates down before the library reads them, and returns what it is to read.
    """

    is_ending = False

    def __init__(self, connections: int, keep: Keep) -> None:
        super().__init__(connections)
        self._keep = keep

    async def exchange(
        self, url: str, method: str, request_data: RequestData | None, read_seconds: float
    ) -> tuple[int, bytes]:
        """Send one request and return status and body, all updates in it readable."""
        is_last, last_ok = self.is_ending, self._last_ok
        try:
            status, body = await super().exchange(url, method, request_data, read_seconds)
        except NetworkError:
            if not self.is_ending:
                raise
            is_last = True  # even a request from before: the library has stopped waiting for its error
        if is_last:
            return 200, _NO_UPDATES
        found = _updates_of(body) if status == 200 else None
        if found is None:
            return status, body
        try:
            readable = await self._keep(found)
        except NetworkError:
            self.trouble = notices.UPDATES_NOT_KEPT
            self._last_ok = last_ok
            raise
        return status, json.dumps({"ok": True, "result": readable}).encode()


def _updates_of(body: bytes) -> list[object] | None:
    """Return the updates in an answer; None if there are none, which the library handles."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return None
    except RecursionError as error:
        raise NetworkError("an answer to getUpdates nests too deeply to be read") from error
    found = answer.get("result") if isinstance(answer, dict) else None
    return found if isinstance(found, list) and found else None


# Webhook: Telegram calls the bot with each update, and gets 200 only once the update is in the database.
#
# The proxy in front does TLS. A call without the secret is refused unread, and a body that is no update is
# refused too. An update that the library cannot read is accepted and set aside, as in polling: otherwise
# Telegram would send it again for ever.

MOST_CONNECTIONS = 8  # Telegram keeps the updates of one chat in order whatever the number
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_MOST_BYTES = 1_000_000  # an update is a message: a few dozen kilobytes at the most
_MOST_WAITING = 10_000
_BODY_SECONDS = 10.0
_PATIENCE_SECONDS = 2.0
_log = structlog.get_logger(__name__)


class ListenError(Exception):
    """The webhook's port cannot be opened; the text is the system's reason."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The URL that Telegram calls, the address to listen on, and the secret that each call must carry."""

    url: str
    host: str
    port: int
    secret: str = field(repr=False)


class WebhookListener:
    """Listens for Telegram's calls and puts each update into `queue`."""

    def __init__(self, webhook: Webhook, queue: UpdateQueue, bot: ExtBot[Any]) -> None:
        self.webhook = webhook
        self._queue = queue
        self._bot = bot
        self._runner: web.AppRunner | None = None
        self._problem: str | None = None

    async def open(self) -> None:
        """Listen.

        Raises:
            ListenError: the port is taken, or not ours to take.
        """
        application = web.Application(client_max_size=_MOST_BYTES)
        application.router.add_post(urlsplit(self.webhook.url).path or "/", self._take)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_PATIENCE_SECONDS)
        await runner.setup()
        try:
            await GuardedSite(runner, self.webhook.host, self.webhook.port).start()
        except OSError as error:
            await runner.cleanup()
            raise ListenError(error.strerror or str(error)) from error
        self._runner = runner

    async def close(self) -> None:
        """Finish the calls under way and stop listening; Telegram keeps later updates."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def register(self) -> None:
        """Tell Telegram to call us."""
        url, secret = self.webhook.url, self.webhook.secret
        await self._bot.set_webhook(
            url, secret_token=secret, allowed_updates=UPDATE_KINDS, max_connections=MOST_CONNECTIONS
        )

    async def check_webhook(self) -> None:
        """Ask Telegram for the webhook's state, and register it again if its URL was changed."""
        info = await self._bot.get_webhook_info()
        self._problem = None
        if info.pending_update_count and info.last_error_message is not None:
            self._problem = notices.webhook_failing(info.pending_update_count, info.last_error_message)
        if info.url != self.webhook.url:
            _log.error("the webhook was changed by somebody else", url=info.url)
            await self.register()

    def find_problem(self) -> str | None:
        """Say to operators what is wrong, if anything is."""
        return self._problem if self._runner is not None else notices.NOT_LISTENING

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(_SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self.webhook.secret.encode()):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                raw = parse_update(await request.read())
        except TimeoutError:
            return web.Response(status=408)
        if raw is None:
            return web.Response(status=400)
        if self._queue.backlog >= _MOST_WAITING:
            return web.Response(status=503)
        try:
            for update in await self._queue.keep([raw]):
                await self._queue.put(Update.de_json(update, self._bot))
        except NetworkError as error:  # not in the database: Telegram sends it again
            _log.warning("update not taken", error=str(error))
            return web.Response(status=503)
        return web.Response()
