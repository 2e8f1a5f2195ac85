"""Ten simulated hours of five hundred feeds, many at fault: all good items come in, once and in time."""

import asyncio
import datetime as dt
import gc
import itertools
import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.fetching.fetcher import Fetcher
from bot.jobs.sources.source_polling import WebPolling
from bot.news.newsroom import Newsroom, WebSource
from bot.news.services import Services
from storage.engine import Database
from storage.sources import SourceState
from storage.tables import articles
from tests.bot.fetching.papers import HOURS, START, Host, Papers, served
from tests.bot.fetching.polls import watch_turns
from tests.manual_clock import ManualClock

EVERY = dt.timedelta(minutes=30)
TICK_SECONDS = 5
REAL_SECONDS_A_TICK = 0.03
MOST_WAITING = 4  # feeds to be parsed: on a slow machine the clock waits for them
ABANDONED = ("hang", "drip", "endless")


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
