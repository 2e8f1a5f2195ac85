"""An honest paper, a hostile feed and hostile chats: what `test_hostile_day.py` runs the bot against."""

import asyncio
import datetime as dt
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from xml.sax.saxutils import escape

from sqlalchemy import select

from bot.emulator.client import Control
from bot.times.clock import Clock
from storage.tables import articles, issue_stories, issues
from tests.bot.fetching.conftest import Script, Site, reply
from tests.bot.fetching.polls import HOSTILE, item, rss
from tests.faults.conftest import Ledger
from tests.faults.simulated_month import unlike_texts
from tests.hostile.texts import generic

ALREADY_THERE = 6  # of the honest paper's reports, when the day begins
HONEST = "bao-that"  # the honest paper among the sources
INVENTED = "Báo thật bịa rằng mọi ngân hàng đóng cửa từ ngày mai, ai nấy phải rút hết tiền trong đêm nay."
_PIN = {"pinned_message": {"message_id": 1, "date": 0}}  # as Telegram's own server writes it
_FORGED = ("hoantac:schedule:1", "gio:9999", "trang:1", "lich\n", "x" * 64, "hoantac:topics:2", "xoa:1")
_HEAVY = "từ"  # what the hostile articles say a hundred thousand times


@cache
def honest_reports() -> tuple[list[str], ...]:
    """Return what the honest paper reports, a title and four sentences each: no two tell the same event."""
    chance = random.Random(5)
    return tuple(unlike_texts(chance) for _ in range(64))


def honest_page(site: Site, now: Callable[[], dt.datetime], start: dt.datetime, gap: dt.timedelta) -> Script:
    """Return a feed that has one more article each `gap`; six are there at `start`."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        items = []
        for number, (title, *sentences) in enumerate(honest_reports()):
            published = start + (number - ALREADY_THERE) * gap
            if published > now():
                break
            link, dated = f"{site.url}/tin-{number}.html", format_datetime(published)
            items.append(item(title, " ".join(sentences), link=link, pubDate=dated))
        writer.write(reply(rss(*items)))
        await writer.drain()

    return answer


def hostile_page(site: Site, honest: Site) -> Script:
    """Return a feed that tries something else with each poll, and never the same text twice."""
    polls = itertools.count()
    lines = itertools.cycle([make(60_000) for _, make in generic()])

    def many(poll: int) -> str:
        one = f"<item><title>Rác {poll} {{0}}</title><link>{site.url}/{poll}/{{0}}</link></item>"
        return rss(*(one.format(n) for n in range(45_000)))

    def long_leads(poll: int) -> str:
        texts = (f"{_HEAVY} " * 66_000, "a" * 199_000, f"{_HEAVY} một hai. " * 15_000, f"w{poll} " * 50_000)
        return rss(*(item(f"Dài {poll} {_HEAVY} {n}", text[:199_000]) for n, text in enumerate(texts)))

    def slow_lines(poll: int) -> str:
        cleaned = (
            escape("".join(c for c in next(lines) if c.isprintable() or c in "\n\t")) for _ in range(20)
        )
        return rss(*(item(f"Dòng {poll} {n}", f"{poll} {text}") for n, text in enumerate(cleaned)))

    def stolen(poll: int) -> str:
        links = (f"{honest.url}/tin-{n}.html" for n in range(30))
        return rss(*(item(f"Tin thật {n}", f"{INVENTED} {poll}", link=link) for n, link in enumerate(links)))

    def broken(poll: int) -> str:
        return list(HOSTILE.values())[poll // len(kinds) % len(HOSTILE)]

    kinds = (slow_lines, many, stolen, long_leads, broken)

    async def answer(writer: asyncio.StreamWriter) -> None:
        poll = next(polls)
        body = await asyncio.to_thread(kinds[poll % len(kinds)], poll)
        writer.write(reply(body))
        await writer.drain()

    return answer


@asynccontextmanager
async def sites(count: int) -> AsyncIterator[list[Site]]:
    """Serve empty sites on free ports."""
    made, servers = [Site(Clock()) for _ in range(count)], []
    for site in made:
        server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
        site.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    try:
        yield made
    finally:
        for server in servers:
            server.close()
        tasks = [task for site in made for task in site.open_tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class HostileChats:
    """Readers who try to stop the bot as long as `goes_on` says so.

    Seconds are real ones: Telegram's rates hold in real time, while a chat's share of questions is filled up
    again by the simulated clock. More than this would test nothing but the length of their own queues.
    """

    def __init__(self, hands: Control, goes_on: Callable[[], bool], *, first: int = 50_000) -> None:
        self._hands = hands
        self._goes_on = goes_on
        self._first = first
        self._chance = random.Random(6)
        self._texts = self._hostile_texts()

    async def run(self) -> None:
        """Try everything, all at once."""
        chats = [await self._hands.user("Lạ", id=self._first + n, started=True) for n in range(9)]
        group = await self._hands.group("Nhóm", members=chats[:3])
        async with asyncio.TaskGroup() as all_at_once:
            for work in (
                self._every(5, lambda: self._pin(chats[0])),
                self._every(15, lambda: self._burst(chats[1])),
                self._every(1, lambda: self._forge(chats[2])),
                self._every(60, lambda: self._flood(group, chats[:3])),
                self._every(2, lambda: self._ask(chats[3:])),
            ):
                all_at_once.create_task(work)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while self._goes_on():
            await work()
            await asyncio.sleep(seconds)

    async def _pin(self, chat: int) -> None:
        there = {"id": chat, "type": "private", "first_name": "Lạ"}
        pinned = {"message_id": 7, "date": 1_700_000_000, "chat": there}
        pinned |= {"pinned_message": _PIN["pinned_message"] | {"chat": there}}
        await self._hands.post("update", update={"message": pinned})
        await self._hands.post(
            "update", update={"message": {"message_id": 8, "chat": there, "text": "/start"}}
        )

    async def _burst(self, chat: int) -> None:
        for text in itertools.islice(self._texts, 12):
            await self._hands.say(chat, text)

    async def _forge(self, chat: int) -> None:
        await self._hands.tap(chat, data=self._chance.choice(_FORGED), message_id=1, forge=True)

    async def _flood(self, group: int, members: list[int]) -> None:
        for number in range(20):
            text = f"/tim@diemtin_bot {_HEAVY} {number}"
            await self._hands.say(group, text, sender=members[number % len(members)])

    async def _ask(self, chats: list[int]) -> None:
        await self._hands.say(self._chance.choice(chats), f"{_HEAVY} một hai")

    @staticmethod
    def _hostile_texts() -> Iterator[str]:
        for _, make in itertools.cycle(list(generic())):
            yield make(4_000)[:4_000].replace("\0", " ").encode(errors="replace").decode().strip() or "?"


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as the database has it: which honest articles it could tell, and how many it told."""

    at: dt.datetime
    status: str
    could_tell: int
    told: int


async def slots_of(ledger: Ledger, since: dt.datetime) -> list[Slot]:
    """Return the slots: each could tell what became ready since the last issue, the first from `since` on."""
    a, i, told = articles.c, issues.c, issue_stories.c
    async with ledger.database.read() as connection:
        found = (await connection.execute(select(i).order_by(i.slot_at))).all()
        ready = select(a.story_id, a.ready_at).where(a.source == HONEST, a.ready_at.is_not(None))
        honest = {row.story_id: row.ready_at for row in await connection.execute(ready.order_by(a.id.desc()))}
        stories = Counter[int]()
        for row in await connection.execute(select(told.issue_id, told.story_id)):
            stories[row.issue_id] += row.story_id in honest
    slots, covered = list[Slot](), since
    for row in found:
        until = max(row.slot_at, row.made_at) if row.status != "skipped" else covered
        could_tell = sum(covered < moment <= row.slot_at for moment in honest.values())
        slots.append(Slot(row.slot_at, row.status, could_tell, stories[row.id]))
        covered = until
    return slots
