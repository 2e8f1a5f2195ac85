"""A listener cannot be held by connections that say nothing, or too slowly."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.process import listening
from bot.process.listening import GuardedSite

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> AsyncIterator[int]:
    """A guarded listener that is quick to lose patience and takes three connections."""
    monkeypatch.setattr(listening, "HEADER_SECONDS", 1.0)
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 3)

    async def handle(_: web.Request) -> web.Response:
        await asyncio.sleep(1.5)
        return web.Response(text="chao")

    application = web.Application()
    application.router.add_get("/", handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await GuardedSite(runner, "127.0.0.1", unused_tcp_port).start()
    yield unused_tcp_port
    await runner.cleanup()


async def said(port: int, *pieces: bytes) -> bytes:
    """Say `pieces` slowly and return what is answered until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.2)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_connection_whose_headers_do_not_come_is_cut(port: int) -> None:
    assert await said(port) == b""
    assert await said(port, b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 8) == b""


async def test_whole_headers_end_the_wait_even_in_pieces(port: int) -> None:
    assert (await said(port, REQUEST[:20], REQUEST[20:-2], REQUEST[-2:])).endswith(b"chao")


async def test_more_connections_than_the_most_are_refused_and_later_ones_taken(port: int) -> None:
    answers = await asyncio.gather(*[said(port, REQUEST) for _ in range(6)])
    assert sum(answer.endswith(b"chao") for answer in answers) == 3
    assert (await said(port, REQUEST)).endswith(b"chao")
