"""A server that stands for five hundred papers, many at fault."""

import asyncio
import datetime as dt
import gzip
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

from aiohttp import web

from bot.times.clock import Clock

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
HOURS = 10
FAULTS = {
    "hang": 20,
    "drip": 10,
    "reset": 10,
    "flaky": 20,
    "missing": 10,
    "busy": 10,
    "forbidden": 10,
    "slow_robots": 10,
    "html": 5,
    "cut": 10,
    "moved": 10,
    "loop": 10,
    "bomb": 5,
    "endless": 5,
    "author": 2,
}
FEEDS = 500
LEAD = "Sau ba tháng sửa chữa, bến phà đón chuyến khách đầu tiên vào sáng nay."
BOMB = cache(lambda: gzip.compress(bytes(50_000_000)))  # made when it is asked for


@dataclass
class Host:
    """One paper: when it publishes, and how it was asked."""

    name: str
    fault: str
    published: list[dt.datetime]
    asked: list[tuple[str, dt.datetime, dt.datetime]] = field(default_factory=list)
    open: int = 0
    most_at_once: int = 0
    resting_until: dt.datetime = START
    trespasses: int = 0

    def titles(self, until: dt.datetime) -> list[str]:
        """Return the titles of what is out by then."""
        return [f"Chuyện số {n} của {self.name}" for n, at in enumerate(self.published) if at <= until]

    def feed(self, now: dt.datetime) -> str:
        """Return the feed as it stands, the newest first."""
        out = [(n, at) for n, at in enumerate(self.published) if at <= now]
        items = "".join(
            f"<item><title>Chuyện số {n} của {self.name}</title><guid>{self.name}-{n}</guid>"
            f"<description>{LEAD}</description><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for n, at in reversed(out)
        )
        return f'<rss version="2.0"><channel><title>{self.name}</title>{items}</channel></rss>'


class Papers:
    """A server that stands for every host, told apart by name."""

    def __init__(self, clock: Clock) -> None:
        chance = random.Random(6)
        faults = [fault for fault, count in FAULTS.items() for _ in range(count)]
        self.clock = clock
        self.hosts: dict[str, Host] = {}
        for number in range(FEEDS):
            hours = sorted(chance.uniform(-3, HOURS) for _ in range(4))
            fault = faults[number] if number < len(faults) else ""
            name = f"f{number}.example"
            self.hosts[name] = Host(name, fault, [START + dt.timedelta(hours=hour) for hour in hours])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, and write down when it came and went."""
        host = self.hosts[request.host.partition(":")[0]]
        began = self.clock.now()
        host.trespasses += began < host.resting_until
        host.open += 1
        host.most_at_once = max(host.most_at_once, host.open)
        try:
            if request.path == "/robots.txt":
                return self._robots(host)
            faulty = getattr(self, f"_{host.fault}", None)
            return await (faulty or self._good)(host, request)
        finally:
            host.open -= 1
            host.asked.append((request.path, began, self.clock.now()))

    def _robots(self, host: Host) -> web.Response:
        rules = {
            "forbidden": "User-agent: *\nDisallow: /\n",
            "slow_robots": "User-agent: *\nCrawl-delay: 40\n",
        }
        return web.Response(text=rules[host.fault]) if host.fault in rules else web.Response(status=404)

    async def _good(self, host: Host, request: web.Request) -> web.Response:
        now = self.clock.now()
        tag = f'"{len(host.titles(now))}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(text=host.feed(now), headers={"ETag": tag}, content_type="text/xml")

    async def _hang(self, _: Host, __: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async def _drip(self, _: Host, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, b" ", 0.05)

    async def _endless(self, _: Host, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, bytes(65_536), 0)

    async def _stream(self, request: web.Request, piece: bytes, pause: float) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(piece)
                await asyncio.sleep(pause)
        return response

    async def _reset(self, _: Host, request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _flaky(self, host: Host, request: web.Request) -> web.Response:
        feeds = [path for path, _, _ in host.asked if path == "/rss"]
        return web.Response(status=502) if len(feeds) % 2 else await self._good(host, request)

    async def _missing(self, _: Host, __: web.Request) -> web.Response:
        return web.Response(status=404)

    async def _busy(self, host: Host, _: web.Request) -> web.Response:
        host.resting_until = self.clock.now() + dt.timedelta(hours=1)
        return web.Response(status=429, headers={"Retry-After": "3600"})

    async def _html(self, _: Host, __: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><p>Trang", content_type="text/html")

    async def _cut(self, host: Host, _: web.Request) -> web.Response:
        return web.Response(text=host.feed(self.clock.now())[:-30], content_type="text/xml")

    async def _moved(self, host: Host, request: web.Request) -> web.Response:
        if request.path == "/rss":
            return web.Response(status=301, headers={"Location": "/moi"})
        return await self._good(host, request)

    async def _loop(self, _: Host, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.path})

    async def _bomb(self, _: Host, __: web.Request) -> web.Response:
        return web.Response(body=BOMB(), headers={"Content-Encoding": "gzip"})

    async def _author(self, _: Host, __: web.Request) -> web.Response:
        author = "a@" * 20_000
        return web.Response(
            text=f"<rss><channel><item><title>a</title><author>{author}</author></item></channel></rss>"
        )


@asynccontextmanager
async def served(papers: Papers) -> AsyncIterator[int]:
    """Serve the papers and yield their port."""
    application = web.Application()
    application.router.add_get("/{path:.*}", papers.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()
