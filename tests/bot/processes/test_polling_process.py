"""`diemtin run` with polled sources: from a paper's server to an asker, and what its operator hears."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.emulator.client import Control
from tests.bot.processes.conftest import ADMIN, NEWSROOM, Start, is_polling, until

FEED = (
    '<rss version="2.0"><channel><item><title>Cầu mới ở Bến Lở thông xe sáng nay</title>'
    "<description>Cây cầu dài hai trăm mét nối hai bờ sông, bà con không còn phải đi đò.</description>"
    "</item></channel></rss>"
).encode()
SOURCE = (
    '[[sources]]\nname = "{0}"\ntitle = "Báo {0}"\nfeed = "http://127.0.0.1:{1}/{0}"\nallow_private = {2}\n'
)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve a feed, a path that hangs until the caller has gone, and nothing else."""
    try:
        request = await reader.readuntil(b"\r\n\r\n")
        if b"GET /treo " in request:
            await reader.read()
            return
        body = FEED if b"GET /mang " in request else b""
        status = b"200 OK" if body else b"404 Not Found"
        writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))
        await writer.drain()
    finally:
        writer.close()


@pytest.fixture
async def papers() -> AsyncIterator[tuple[int, int]]:
    """Two papers' servers, by port."""
    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(2)]
    first, second = (server.sockets[0].getsockname()[1] for server in servers)
    yield first, second
    for server in servers:
        server.close()
    await asyncio.sleep(0.1)  # for the connections of a bot that has gone


async def test_a_polled_feed_is_found_a_forbidden_one_is_told_and_a_hanging_one_delays_no_stop(
    start: Start, server: str, hands: Control, papers: tuple[int, int]
) -> None:
    an, admin = await hands.user("An"), await hands.user("Chủ", id=ADMIN, started=True)
    declared = (("mang", papers[0], "true"), ("kin", papers[0], "false"), ("treo", papers[1], "true"))
    newsroom = "\n".join([*(SOURCE.format(*source) for source in declared), NEWSROOM])
    async with start(server, newsroom=newsroom, DIEMTIN_CLOCK_RATE="10") as run:
        await until(lambda: is_polling(hands))

        async def is_found() -> bool:
            [answer] = await hands.ask(an, "ben lo")
            await asyncio.sleep(0.3)
            return "Cầu mới ở Bến Lở" in answer["text"]

        await until(is_found, within=60)

        async def is_told() -> bool:
            return any("Báo kin" in message["text"] for message in (await hands.chat(admin))["messages"])

        await until(is_told)
        code, log = await run.stop()
    assert code == 0, log
    assert "Traceback" not in log
