"""Ten simulated hours of five hundred feeds, many at fault: all good items come in, once and in time."""

import asyncio
import datetime as dt
import gc
import gzip
import itertools
import json
import random
import resource
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.fetching.fetcher import Fetcher
from bot.jobs.sources.source_polling import WebPolling
from bot.news.newsroom import Newsroom, WebSource
from bot.news.services import Services
from bot.times.clock import Clock, ManualClock
from storage.engine import Database
from storage.sources import SourceState
from storage.tables import articles

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
HOURS = 10
EVERY = dt.timedelta(minutes=30)
TICK_SECONDS = 5
REAL_SECONDS_A_TICK = 0.03
MOST_WAITING = 4  # feeds to be parsed: on a slow machine the clock waits for them
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
ABANDONED = ("hang", "drip", "endless")
FEEDS = 500
LEAD = "Sau ba tháng sửa chữa, bến phà đón chuyến khách đầu tiên vào sáng nay."
BOMB = gzip.compress(bytes(50_000_000))


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
        return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})

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


def resident_mb() -> float:
    """Return what this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@pytest.mark.faults
@pytest.mark.timeout(3_000)
async def test_ten_hours_of_five_hundred_feeds(
    sqlite_database: Database,
    make_newsroom: Callable[..., Newsroom],
    admin_chat: Any,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    clock = ManualClock(START)
    papers = Papers(clock)
    turns, due = watch_turns(monkeypatch), watch_due(monkeypatch)
    memory: list[float] = []
    gc.collect()
    gc.freeze()  # the test's own objects are not what the loop is measured with
    end = START + dt.timedelta(hours=HOURS)
    async with served(papers) as port:
        sources = tuple(
            WebSource(
                host.name.partition(".")[0], host.name, "feed", f"http://{host.name}:{port}/rss",
                "Asia/Ho_Chi_Minh", None, "full", EVERY, allows_private=True,
            )
            for host in papers.hosts.values()
        )  # fmt: skip
        services = Services(sqlite_database, clock, make_newsroom(sources=sources))
        polling = WebPolling(
            services, admin_chat, make_fetcher=lambda clock, contact: Fetcher(
                clock, contact=contact, resolve=lambda _: ["127.0.0.1"], deadline_seconds=2.0
            ),
        )  # fmt: skip
        while clock.now() < end:
            await polling.poll_due()
            if len(memory) < (clock.now() - START) / dt.timedelta(minutes=10):
                memory.append(resident_mb())
            for _ in range(TICK_SECONDS):
                await clock.advance(1)
                await asyncio.sleep(REAL_SECONDS_A_TICK / TICK_SECONDS)
            await until_read(polling)
        await polling.close()
    stored = await stored_titles(sqlite_database)
    figures = {
        "requests": sum(len(host.asked) for host in papers.hosts.values()),
        "articles": len(stored),
        "late_seconds": lateness(papers, due),
        "memory_mb": [round(statistics_of(memory[6:12])), round(statistics_of(memory[-6:]))],
        "longest_turn_ms": round(max(turns) * 1000, 1),
        "told": len(admin_chat),
    }
    record_property("figures", json.dumps(figures))
    print(figures)
    wanted = {
        title for host in papers.hosts.values() if readable(host) for title in host.titles(end - 3 * EVERY)
    }
    assert len(stored) == len(set(stored))
    assert wanted - set(stored) == set()
    heard = [host for host in papers.hosts.values() if host.fault not in ABANDONED]
    assert max(host.most_at_once for host in heard) == 1
    assert [host.name for host in papers.hosts.values() if host.trespasses] == []
    assert min(pauses(papers)) >= 2.0
    assert min(pauses(papers, "slow_robots", "/rss")) >= 40.0
    assert figures["memory_mb"][1] <= 1.1 * figures["memory_mb"][0]


def readable(host: Host) -> bool:
    """Tell whether all that a host publishes can be had within a poll."""
    return host.fault in ("", "slow_robots", "moved")


def pauses(papers: Papers, fault: str | None = None, path: str = "") -> list[float]:
    """Return the simulated seconds between the end of a request and the next one to the same host.

    A server whose caller has given up does not know it: what it does after that is no request any more.
    """
    found = []
    for host in papers.hosts.values():
        is_meant = host.fault not in ABANDONED and fault in (None, host.fault)
        asked = [one for one in host.asked if one[0].startswith(path)] if is_meant else []
        found += [(after[1] - before[2]).total_seconds() for before, after in itertools.pairwise(asked)]
    return found


async def until_read(polling: WebPolling) -> None:
    """Wait while more feeds have come than could be parsed yet."""
    reader = polling._reader
    while reader is not None and reader._threads._work_queue.qsize() > MOST_WAITING:  # noqa: ASYNC110 - see below
        await asyncio.sleep(0.02)  # the queue of a pool of threads tells nobody


def watch_due(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dt.datetime]]:
    """Return what will hold the moments at which the polls of each source were due."""
    due: dict[str, list[dt.datetime]] = {}
    begin = WebPolling._begin

    def noted(polling: WebPolling, source: WebSource, state: SourceState) -> None:
        due.setdefault(source.title, []).append(state.next_at)
        begin(polling, source, state)

    monkeypatch.setattr(WebPolling, "_begin", noted)
    return due


def lateness(papers: Papers, due: dict[str, list[dt.datetime]]) -> dict[str, float]:
    """Return how many seconds after they were due requests reached sound hosts, the first left out."""
    late = sorted(
        (began - at).total_seconds()
        for host in papers.hosts.values()
        if not host.fault
        for at, began in list(zip(due[host.name], rss_moments(host), strict=False))[1:]
    )
    picked = {"median": late[len(late) // 2], "p99": late[len(late) * 99 // 100], "most": late[-1]}
    return {name: round(seconds, 2) for name, seconds in picked.items()}


def rss_moments(host: Host) -> list[dt.datetime]:
    """Return when a host's feed was asked for."""
    return [began for path, began, _ in host.asked if path == "/rss"]


async def stored_titles(database: Database) -> list[str]:
    """Return every stored title."""
    async with database.read() as connection:
        return [row.title for row in await connection.execute(select(articles.c.title))]


def statistics_of(samples: list[float]) -> float:
    """Return the middle of the samples."""
    return sorted(samples)[len(samples) // 2]


def watch_turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that will hold the longest turn of the loop so far, in seconds of CPU."""
    longest = [0.0]
    run = asyncio.events.Handle._run

    def timed(handle: asyncio.events.Handle) -> None:
        began = time.thread_time()
        run(handle)
        longest[0] = max(longest[0], time.thread_time() - began)

    monkeypatch.setattr(asyncio.events.Handle, "_run", timed)
    return longest
