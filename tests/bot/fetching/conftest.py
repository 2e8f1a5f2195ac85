"""A real server on loopback that answers byte for byte as told, and a fetcher with a fast clock."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.fetching.fetcher import Fetcher
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from bot.times.clock import Clock
from storage.engine import Database
from tests.bot.fetching.polls import Polls

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


def reply(body: bytes | str = b"", status: str = "200 OK", /, **headers: str) -> bytes:
    """Return an HTTP answer; underscores in header names stand for hyphens."""
    content = body.encode() if isinstance(body, str) else body
    named = {"Content_Length": str(len(content))} | headers
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + content


@dataclass
class Asked:
    """One request: its path, its headers by lowercase name, and when it came."""

    path: str
    headers: dict[str, str]
    at: dt.datetime


@dataclass
class Site:
    """A server. `pages` maps paths to whole answers, or to what writes one; others are 404."""

    clock: Clock
    pages: dict[str, bytes | Script] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    most_at_once: int = 0
    open_tasks: set[asyncio.Task[object]] = field(default_factory=set)
    _now: int = 0

    @property
    def url(self) -> str:
        """Return the site's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Return what was asked for, robots.txt left out."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, closed in the end whatever happens."""
        task = asyncio.current_task()
        assert task is not None
        self.open_tasks.add(task)
        try:
            await self._serve(reader, writer)
        finally:
            self.open_tasks.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            if first == b"\x16":  # TLS, which this is not
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
            request, *lines = head.strip().split("\r\n")
            path = request.split(" ")[1]
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            self.asked.append(Asked(path, headers, self.clock.now()))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            try:
                page = self.pages.get(path, reply("", "404 Not Found"))
                if isinstance(page, bytes):
                    writer.write(page)
                    await writer.drain()
                else:
                    await page(writer)
            finally:
                self._now -= 1


@pytest.fixture
def fast_clock() -> Clock:
    """A clock that runs a thousand times faster: what waits out of politeness does not hold a test up."""
    return Clock(START, rate=1000)


@pytest.fixture
async def make_site(fast_clock: Clock) -> AsyncIterator[Callable[[], Awaitable[Site]]]:
    """Return a function that starts a site on a free port."""
    servers: list[asyncio.Server] = []
    sites: list[Site] = []

    async def make() -> Site:
        site = Site(fast_clock)
        server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
        site.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        sites.append(site)
        return site

    yield make
    for server in servers:
        server.close()
    tasks = [task for site in sites for task in site.open_tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def site(make_site: Callable[[], Awaitable[Site]]) -> Site:
    """A site without pages."""
    return await make_site()


@pytest.fixture
async def make_fetcher(fast_clock: Clock) -> AsyncIterator[Callable[..., Fetcher]]:
    """Return a function that makes a fetcher, closed at the end."""
    made: list[Fetcher] = []

    def make(**given: object) -> Fetcher:
        made.append(Fetcher(fast_clock, **({"deadline_seconds": 5.0} | given)))  # type: ignore[arg-type] - its own
        return made[-1]

    yield make
    for fetcher in made:
        await fetcher.aclose()


@pytest.fixture(name="reply")
def _reply() -> Callable[..., bytes]:
    return reply


@pytest.fixture
async def polls(
    sqlite_database: Database, fast_clock: Clock, admin_chat: Any, make_newsroom: Callable[..., Newsroom]
) -> AsyncIterator[Polls]:
    """Polling without any source yet. SQLite is enough: the statements have tests on both engines."""
    polls = Polls(Services(sqlite_database, fast_clock, make_newsroom()), admin_chat, make_newsroom)
    yield polls
    await polls.polling.close()
