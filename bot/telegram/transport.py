"""HTTP for python-telegram-bot by aiohttp, which needs a third of the CPU of the default transport.

Of a sent message it keeps only the plain fields: if the library failed on another field, a message that
arrived would look like one that did not. It also reports whether a failed request can have reached Telegram
(`NotSentError`: it cannot), whether Telegram revoked the token (`unauthorized`), the time since the last
success (`seconds_since_ok`) and why the last request was not answered (`trouble`). Servers that do not know
dates in texts are remembered (`supported_html`).
"""

import asyncio
import contextlib
import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from telegram import Bot
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.messages.markup import without_dates
from bot.operators import notices

_CAUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], tuple[str, str]], ...] = (
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), notices.PROXY),
    (aiohttp.ClientConnectorDNSError, notices.DNS),
    ((aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError), notices.TLS),
    (TimeoutError, notices.TIMEOUT),
)


def explain(error: Exception, url: str) -> str:
    """Return why `url` did not answer, in Vietnamese for operators: host, cause, next step; never the token.

    >>> explain(TimeoutError(), "https://api.telegram.org/bot42:secret/getMe")
    'Telegram không trả lời (api.telegram.org: quá hạn chờ); hãy xem mạng và tường lửa của máy này'
    """
    address = urlsplit(url)
    host = address.hostname or ""
    if address.port is not None:
        host = f"{host}:{address.port}"
    os_error = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    other = notices.REFUSED if isinstance(os_error, ConnectionRefusedError) else notices.CUT
    cause = next((words for kind, words in _CAUSES if isinstance(error, kind)), other)
    return notices.telegram_unreachable(host, *cause)


_CONNECT_SECONDS = 5.0
_READ_SECONDS = 20.0
_FILE_FIELDS = ("file_id", "file_unique_id", "file_name")
_DATE_SECONDS = 120.0  # how long a Date header is used: longer than a poll


class NotSentError(NetworkError):
    """The request reached no Bot API server: none listens there, or a gateway did not let it through."""


# Asked for each request when its bytes are written; if it answers no, nothing is.
may_leave: ContextVar[Callable[[], bool]] = ContextVar("may_leave", default=lambda: True)


class AiohttpRequest(BaseRequest):
    """A pool of at most `connections` connections to one Bot API server."""

    def __init__(self, connections: int, *, read_timeout: float = _READ_SECONDS) -> None:
        self.unauthorized = asyncio.Event()
        self.trouble: str | None = None  # why the last request was not answered, in words for operators
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None
        self._last_ok = time.monotonic()
        self._dated: tuple[dt.datetime, float] | None = None

    @property
    def seconds_since_ok(self) -> float:
        """Return the seconds since the last success, or since the start if there was none."""
        return time.monotonic() - self._last_ok

    @property
    def server_time(self) -> dt.datetime | None:
        """Return the server's time by the Date header of a recent answer; None without one."""
        if self._dated is None:
            return None
        date, at = self._dated
        age = time.monotonic() - at
        return date + dt.timedelta(seconds=age) if age < _DATE_SECONDS else None

    @property
    def read_timeout(self) -> float:
        """Return how long an answer may take, in seconds, where the call names no time of its own."""
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(
                connector=connector, headers={"User-Agent": self.USER_AGENT}, trust_env=True
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Parse an answer; of a message keep only the fields that every version of Telegram writes.

        The sender needs the message's number. If the library failed on another field, the message would be
        sent again.
        """
        answer = BaseRequest.parse_json_payload(payload)
        result = answer.get("result") if isinstance(answer, dict) else None
        if isinstance(result, dict) and isinstance(result.get("message_id"), int):
            answer["result"] = _plain_message(result)
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request and return status and body. Of the times only `read_timeout` counts.

        Raises:
            NotSentError: it cannot have reached the server.
            TimedOut: no whole answer in time; the server may have acted on it.
            NetworkError: anything else on the way; the server may have acted on it.
        """
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        return await self.exchange(url, method, request_data, seconds)

    async def exchange(
        self, url: str, method: str, request_data: RequestData | None, read_seconds: float
    ) -> tuple[int, bytes]:
        """Do what `do_request` does, with a time for the answer."""
        if self._session is None:
            raise NotSentError("the transport is not open")
        limits = aiohttp.ClientTimeout(
            total=read_seconds + _CONNECT_SECONDS,
            connect=_CONNECT_SECONDS,
            sock_connect=_CONNECT_SECONDS,
            sock_read=read_seconds,
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=limits, allow_redirects=False
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            self.trouble = explain(error, url)
            raise NotSentError(f"{type(error).__name__}: {self.trouble}") from error
        except TimeoutError as error:
            self.trouble = explain(error, url)
            raise TimedOut from error
        except aiohttp.ClientError as error:
            if isinstance(error.__cause__, NotSentError):
                raise error.__cause__ from None
            self.trouble = explain(error, url)
            raise NetworkError(f"{type(error).__name__}: {self.trouble}") from error
        self.trouble = None
        self._note_answer(answer, body)
        return answer.status, body

    def _note_answer(self, answer: aiohttp.ClientResponse, body: bytes) -> None:
        """Note what an answer says about the connection and the token."""
        if 300 <= answer.status < 500 and not _is_a_bot_api_answer(body):
            # A gateway's page. The library would take its status for a bad token or a blocked chat.
            raise NotSentError(f"{answer.status}, not from a Bot API server")
        with contextlib.suppress(ValueError, OverflowError):
            date = parsedate_to_datetime(answer.headers.get("Date", ""))
            if date.tzinfo is not None:
                self._dated = date, time.monotonic()
        if answer.status == 401:
            self.unauthorized.set()
        elif answer.status == 200:
            self._last_ok = time.monotonic()


def _plain_message(result: JSONDict) -> JSONDict:
    """Return number, date, chat and text of a message, each only if its type is right."""
    chat, date, text = result.get("chat"), result.get("date"), result.get("text")
    known = chat if isinstance(chat, dict) else {}
    number, kind = known.get("id"), known.get("type")
    plain: JSONDict = {
        "message_id": result["message_id"],
        "date": date if isinstance(date, int) else 0,
        "chat": {
            "id": number if isinstance(number, int) else 0,
            "type": kind if isinstance(kind, str) else "private",
        },
    }
    if isinstance(text, str):
        plain["text"] = text
    document = result.get("document")
    if isinstance(document, dict) and all(isinstance(document.get(name), str) for name in _FILE_FIELDS):
        plain["document"] = {name: document[name] for name in _FILE_FIELDS}
    return plain


def _is_a_bot_api_answer(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and "ok" in answer


class _Fields(aiohttp.BytesPayload):
    """The fields of a request. They leave together with its head.

    A process may stand still while it connects or waits for its turn to write. Its request must not leave
    after that, because another process may have sent the same message meanwhile.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")
        self._may_leave = may_leave.get()

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write the fields. Raises NotSentError, before any byte is written, if they may not leave."""
        if not self._may_leave():
            raise NotSentError("another process may have taken the sending over")
        await super().write_with_length(writer, content_length)


def _body(request_data: RequestData | None) -> Any:
    if request_data is None:
        return None
    if not request_data.multipart_data:
        return _Fields(request_data.json_parameters) if request_data.json_parameters else None
    form = aiohttp.FormData(quote_fields=False)  # Telegram shows names as they come: no percent signs
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


# Servers before Bot API 9.5 refuse a text with dates (`tg-time`). The first refusal is remembered until the
# process ends, so that not every message is sent twice.

_UNKNOWN_TAG = 'unsupported start tag "tg-time"'
_servers_without_dates: set[str] = set()  # their addresses, with the token: never logged


def supported_html(bot: Bot, html: str) -> str:
    """Return a text without dates if the server of `bot` does not know them."""
    return without_dates(html) if bot.base_url in _servers_without_dates else html


def note_refusal(bot: Bot, error: TelegramError) -> None:
    """Remember a server whose refusal says that it does not know dates."""
    if _UNKNOWN_TAG in error.message.lower():
        _servers_without_dates.add(bot.base_url)
