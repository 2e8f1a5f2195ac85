"""The transport tells a request that cannot have reached Telegram from one that may have."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.test_utils import TestServer
from telegram import Bot, InputFile, Message
from telegram.error import InvalidToken, NetworkError, TimedOut
from telegram.ext import ExtBot
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.telegram.outcomes import Wait, outcome_of
from bot.telegram.transport import AiohttpRequest, NotSentError, explain, may_leave

TOKEN = "42:emulated"  # noqa: S105 - the emulator takes any


@asynccontextmanager
async def opened(connections: int = 2, read_timeout: float = 5) -> AsyncIterator[AiohttpRequest]:
    """Open a transport."""
    request = AiohttpRequest(connections, read_timeout=read_timeout)
    await request.initialize()
    yield request
    await request.shutdown()


async def test_before_it_is_open_nothing_is_sent() -> None:
    with pytest.raises(NotSentError):
        await AiohttpRequest(1).do_request("http://127.0.0.1:9/", "POST")


async def test_where_nobody_listens_nothing_was_sent(unused_tcp_port: int) -> None:
    async with opened() as request:
        with pytest.raises(NotSentError):
            await request.do_request(f"http://127.0.0.1:{unused_tcp_port}/", "POST")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 407, 413, 429])
async def test_a_gateways_page_says_nothing_of_token_or_chat(status: int) -> None:
    """As while a Bot API server behind it is exchanged: readers stay, and the bot goes on once it is back."""

    async def refuse(request: web.Request) -> web.Response:
        page = "<html>Máy chủ đang bảo trì</html>"
        return web.Response(status=status, text=page, headers={"Location": "/", "Content-Type": "text/html"})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", refuse)
    transport = AiohttpRequest(1)
    async with TestServer(application) as gateway:
        bot: ExtBot[None] = ExtBot(TOKEN, base_url=f"{gateway.make_url('/bot')}", request=transport)
        with pytest.raises(NotSentError) as caught:
            await bot.initialize()
        await bot.shutdown()
    assert not transport.unauthorized.is_set()
    outcome = outcome_of(caught.value)
    assert isinstance(outcome, Wait)
    assert not outcome.counts


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
async def test_a_cut_connection_may_have_delivered(
    telegram: ExtBot[None], users: Control, fault: str
) -> None:
    an = await users.user(started=True)
    await users.post("fault", kind=fault, method="sendMessage")
    with pytest.raises(NetworkError) as caught:
        await telegram.send_message(an, "Tin")
    assert not isinstance(caught.value, NotSentError | TimedOut)


async def test_a_late_answer_may_have_delivered(telegram: ExtBot[None], users: Control) -> None:
    an = await users.user(started=True)
    await users.post("fault", kind="slow", seconds=1, method="sendMessage")
    with pytest.raises(TimedOut):
        await telegram.send_message(an, "Tin", read_timeout=0.1)


async def test_only_a_401_says_that_the_token_is_refused(emulator: Emulator, users: Control) -> None:
    async with opened() as request:

        async def call(method: str) -> int:
            status, _ = await request.do_request(f"{emulator.url}/bot{TOKEN}/{method}", "POST")
            return status

        assert await call("getNothing") == 404
        assert not request.unauthorized.is_set()
        await users.post("token", token=TOKEN)
        assert await call("getMe") == 401
        assert request.unauthorized.is_set()


async def test_it_tells_how_long_ago_telegram_did_as_asked(emulator: Emulator, users: Control) -> None:
    async with opened() as request:
        await asyncio.sleep(0.2)
        before = request.seconds_since_ok
        await users.post("fault", kind="500")
        url = f"{emulator.url}/bot{TOKEN}/getMe"
        await request.do_request(url, "POST")
        assert request.seconds_since_ok >= before
        await request.do_request(url, "POST")
        assert request.seconds_since_ok < before


async def test_files_are_carried_whole(telegram: ExtBot[None], users: Control) -> None:
    an = await users.user(started=True)
    content = '{"câu hỏi": "giá xăng"}'.encode()
    message = await telegram.send_document(an, InputFile(content, filename="dữ liệu.json"), caption="Của bạn")
    assert message.document is not None
    assert message.document.file_name == "dữ liệu.json"
    file = await telegram.get_file(message.document.file_id)
    assert bytes(await file.download_as_bytearray()) == content


async def test_errors_do_not_carry_the_token(unused_tcp_port: int) -> None:
    bot = Bot("42:secret", base_url=f"http://127.0.0.1:{unused_tcp_port}/bot", request=AiohttpRequest(1))
    with pytest.raises(NetworkError) as caught:
        await bot.initialize()
    assert "secret" not in str(caught.value)
    await bot.shutdown()


async def test_a_refused_token_is_told_by_the_library(telegram: ExtBot[None], users: Control) -> None:
    await users.post("token", token=telegram.token)
    with pytest.raises(InvalidToken):
        await telegram.get_me()


PLACE = ConnectionKey("api.telegram.org", 443, True, True, None, None, None)
CAUSES = [
    (aiohttp.ClientConnectorDNSError(PLACE, OSError("no such name")), "không phân giải được tên miền"),
    (aiohttp.ClientProxyConnectionError(PLACE, OSError("refused")), "proxy không nối được"),
    (aiohttp.ClientConnectorSSLError(PLACE, OSError("bad")), "chứng chỉ TLS không dùng được"),
    (aiohttp.ClientConnectorError(PLACE, ConnectionRefusedError("refused")), "từ chối kết nối"),
    (aiohttp.ConnectionTimeoutError(), "quá hạn chờ"),
    (TimeoutError(), "quá hạn chờ"),
    (aiohttp.ServerDisconnectedError(), "kết nối bị ngắt"),
]


@pytest.mark.parametrize(("error", "cause"), CAUSES)
def test_what_keeps_telegram_from_answering_is_named_with_host_and_cause_and_no_token(
    error: Exception, cause: str
) -> None:
    words = explain(error, "https://api.telegram.org/bot42:bi-mat/getMe")
    assert words.startswith(f"Telegram không trả lời (api.telegram.org: {cause}); hãy xem ")
    assert "bi-mat" not in words


async def test_a_message_that_was_accepted_counts_though_the_answer_cannot_be_read(
    telegram: ExtBot[None], users: Control
) -> None:
    await users.user("An", id=1, started=True)
    await users.post("fault", kind="odd_answer", times=2)
    message = await telegram.send_message(1, "Tin sáng")
    edited = await telegram.edit_message_text("Tin trưa", 1, message.message_id)
    [seen] = await users.wait(1)
    assert isinstance(edited, Message)
    assert message.message_id == edited.message_id == seen["message_id"]


async def test_an_answer_without_a_number_is_none_that_was_accepted(telegram: ExtBot[None]) -> None:
    assert AiohttpRequest.parse_json_payload(b'{"ok": true, "result": {"message_id": "x"}}') == {
        "ok": True,
        "result": {"message_id": "x"},
    }


async def test_a_request_that_may_leave_no_more_writes_nothing_though_it_is_connected() -> None:
    """The process stood still meanwhile, and another one may have sent the same message."""
    received = asyncio.Queue[bytes]()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.put_nowait(await reader.read())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    fields = RequestData([RequestParameter("text", "Chào", None)])
    async with server, opened() as request, asyncio.timeout(10):
        asked = may_leave.set(lambda: False)
        with pytest.raises(NotSentError):
            await request.do_request(url, "POST", fields)
        may_leave.reset(asked)
        assert await received.get() == b""
        with pytest.raises(TimedOut):
            await request.do_request(url, "POST", fields, read_timeout=0.2)
        assert (await received.get()).endswith(b"text=Ch%C3%A0o")
