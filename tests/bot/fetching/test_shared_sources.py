"""Processes on one PostgreSQL database share the polled sources and the inboxes."""

import asyncio
import datetime as dt
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.fetching.fetcher import Fetcher
from bot.jobs.intake.intake import Intake, poll_sources
from bot.jobs.intake.sharing import Claims
from bot.jobs.sources.source_polling import WebPolling
from bot.news.newsroom import Source
from bot.news.services import Services
from bot.times.clock import Clock
from storage.engine import Database
from storage.tables import articles, leases
from tests.bot.fetching.polls import LEAD, Reply, item, rss, source

COUNT = 12


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """On SQLite one process takes in."""
    return postgres_database


@pytest.fixture
def services(database: Database, fast_clock: Clock, make_newsroom: Any) -> Services:
    """Services whose waits out of politeness are short."""
    return Services(database, fast_clock, make_newsroom())


@pytest.fixture
async def process(services: Services, admin_chat: Any) -> AsyncIterator[Callable[[str], WebPolling]]:
    """Return a function that polls as another process would."""
    made = []

    def named(owner: str) -> WebPolling:
        def fetcher(clock: Clock, contact: str | None) -> Fetcher:
            return Fetcher(clock, contact=contact, deadline_seconds=2.0)

        made.append(WebPolling(services, admin_chat, owner=owner, make_fetcher=fetcher))
        return made[-1]

    yield named
    for one in made:
        await one.close()


async def test_each_due_source_is_polled_once_by_one_of_several_processes(
    services: Services, make_newsroom: Any, make_site: Any, reply: Reply, process: Any
) -> None:
    site = await make_site()
    sources = []
    for number in range(COUNT):
        site.pages[f"/{number}"] = reply(rss(item(f"Chuyện số {number}", guid=f"{number}")))
        sources.append(source(site, f"/{number}", name=f"bao-{number}", every=dt.timedelta(days=9)))
    services.newsroom = make_newsroom(sources=tuple(sources))
    processes = [process(f"tiến trình {number}") for number in range(3)]
    await asyncio.gather(*(one.poll_due() for one in processes))
    await asyncio.gather(*(one.until_idle() for one in processes))
    await asyncio.gather(*(one.poll_due() for one in processes))
    assert sorted(site.paths()) == sorted(f"/{number}" for number in range(COUNT))
    async with services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(articles))).scalar_one() == COUNT


async def test_a_source_in_the_hands_of_a_process_that_died_is_polled_again_when_its_claim_ends(
    services: Services, make_newsroom: Any, make_site: Any, reply: Reply, process: Any
) -> None:
    site = await make_site()
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại")))
    services.newsroom = make_newsroom(sources=(source(site),))
    assert await Claims(services.database, "chết").take(["bao"]) == {"bao"}
    living = process("sống")
    await living.poll_due()
    assert not living._running
    async with services.database.write() as connection:
        await connection.execute(update(leases).values(expires_at=func.now()))
    await living.poll_due()
    await living.until_idle()
    assert site.paths() == ["/rss"]


async def test_who_lost_a_source_while_it_polled_writes_nothing_down(
    services: Services, make_newsroom: Any, make_site: Any, reply: Reply, process: Any
) -> None:
    site, may_go = await make_site(), asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await may_go.wait()
        writer.write(reply(rss(item("Bến phà mở lại"))))

    site.pages["/rss"] = late
    services.newsroom = make_newsroom(sources=(source(site),))
    slow = process("chậm")
    await slow.poll_due()
    async with services.database.write() as connection:
        await connection.execute(update(leases).values(owner="kẻ khác"))
    may_go.set()
    await slow.until_idle()
    async with services.database.read() as connection:
        assert (await connection.execute(select(leases.c.owner))).scalar_one() == "kẻ khác"
    slow._states = None
    assert await slow._known_states() == {}


def inbox(folder: Path) -> Source:
    """Declare an inbox in a folder."""
    return Source("bao-bien", "Báo Biển", "inbox", folder, "Asia/Ho_Chi_Minh", None, "full")


def put(folder: Path) -> None:
    """Put an article into an inbox."""
    folder.mkdir(exist_ok=True)
    row = {"id": "một", "title": "Bến phà mở lại", "body": f"{LEAD} {LEAD}"}
    (folder / "tin.jsonl").write_text(json.dumps(row), encoding="utf-8")
    os.utime(folder / "tin.jsonl", (1_700_000_000, 1_700_000_000))


async def test_an_inbox_belongs_to_the_machine_that_has_its_folder(
    services: Services, make_newsroom: Any, admin_chat: Any, tmp_path: Path
) -> None:
    """The other machine's folder is not there: no error while a process has the inbox, one if none has."""
    put(tmp_path / "day")
    here, there = Claims(services.database, "đây"), Claims(services.database, "đó")
    services.newsroom = make_newsroom(sources=(inbox(tmp_path / "day"),))
    assert (await poll_sources(services, admin_chat, claims=here)).tally.new == 1
    services.newsroom = make_newsroom(sources=(inbox(tmp_path / "khong-co"),))
    assert await poll_sources(services, admin_chat, claims=there) == Intake()
    assert admin_chat == []
    async with services.database.write() as connection:
        await connection.execute(leases.delete())
    await poll_sources(services, admin_chat, claims=there)
    assert len(admin_chat) == 1


async def test_two_processes_on_one_machine_read_an_inbox_in_turns_only(
    services: Services, make_newsroom: Any, admin_chat: Any, tmp_path: Path
) -> None:
    put(tmp_path / "day")
    services.newsroom = make_newsroom(sources=(inbox(tmp_path / "day"),))
    both = [Claims(services.database, name) for name in ("một", "hai")]
    taken = await asyncio.gather(*(poll_sources(services, admin_chat, claims=one) for one in both))
    assert sorted(one.tally.new for one in taken) == [0, 1]
    assert sorted(one.tally.duplicate for one in taken) == [0, 0]
