"""Polled sources on demand: what they say, and what came of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.fetching.fetcher import Fetcher
from bot.fetching.responses import FetchError
from bot.jobs.sources.source_polling import WebPolling
from bot.news.newsroom import Newsroom, WebSource
from bot.news.services import Services
from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.sources import SourceState, find_refusals, find_source_states
from tests.waiting import find_waiting

Reply = Callable[..., bytes]

LEAD = "Sau ba tháng sửa chữa, bến phà đón chuyến khách đầu tiên vào sáng nay."

BODY = (
    "<p>Chuyến phà đầu tiên rời bến lúc năm giờ sáng, chở theo hơn bốn mươi người dân sang chợ nổi.</p>"
    "<p>Ông Trần Văn Lúa, trưởng bến, cho biết phà mới chở được nhiều hơn phà cũ một nửa.</p>"
    "<p>Bà con hai bên bờ đã chờ ngày này từ trước Tết, khi chiếc phà cũ phải nằm bờ vì hỏng máy.</p>"
)

DEADLINE = 1.0


def item(title: str, lead: str = LEAD, **fields: str) -> str:
    """Return an RSS item."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in ({"title": title} | fields).items())
    return f"<item>{inner}<description>{lead}</description></item>"


def rss(*items: str, head: str = "") -> str:
    """Return a feed."""
    return f'{head}<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'


def page(title: str = "Bến phà mở lại") -> str:
    """Return a page with an article."""
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{BODY}</body></html>"
    )


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


async def code_of(fetch: Awaitable[object]) -> str:
    """Return why an address gave nothing."""
    with pytest.raises(FetchError) as refusal:
        await fetch
    return refusal.value.code


class Polls:
    """Services whose web sources are polled on demand."""

    def __init__(self, services: Services, admin_chat: Any, make_newsroom: Callable[..., Newsroom]) -> None:
        self.services = services
        self.admin_chat = admin_chat
        self.deadline_seconds = DEADLINE
        self._make_newsroom = make_newsroom
        self.polling = self._make()

    def _make(self) -> WebPolling:
        def fetcher(clock: Clock, contact: str | None) -> Fetcher:
            return Fetcher(clock, contact=contact, deadline_seconds=self.deadline_seconds)

        return WebPolling(self.services, self.admin_chat, make_fetcher=fetcher, chance=lambda: 0.5)

    def declare(self, *sources: WebSource) -> None:
        """Put these sources into the newsroom."""
        self.services.newsroom = self._make_newsroom(sources=sources)

    async def poll(self, *, times: int = 1) -> None:
        """Poll what is declared, each source `times` times whenever it is due."""
        for _ in range(times):
            states = await self.polling._known_states()
            for name, state in states.items():
                states[name] = replace(state, next_at=self.services.clock.now())
            await self.polling.poll_due()
            await self.polling.until_idle()
            await asyncio.sleep(0.07)  # more than the minute between two tellings, on this clock
            await self.polling._send_notices()

    async def restart(self) -> None:
        """Close, and begin with what the database knows."""
        await self.polling.close()
        self.polling = self._make()

    async def articles(self) -> list[StoredArticle]:
        """Return what is stored, by title."""
        async with self.services.database.read() as connection:
            return sorted(await find_waiting(connection, 1_000), key=lambda article: article.title)

    async def titles(self) -> list[str]:
        """Return the titles of what is stored."""
        return [article.title for article in await self.articles()]

    async def state(self, name: str = "bao") -> SourceState:
        """Return what the database knows of a source."""
        async with self.services.database.read() as connection:
            return (await find_source_states(connection))[name]

    async def refused(self) -> list[str]:
        """Return the places of what was refused."""
        async with self.services.database.read() as connection:
            return [path for _, path, *_ in await find_refusals(connection)]


def source(site: Any, path: str = "/rss", name: str = "bao", **given: Any) -> WebSource:
    """Declare a feed of a site."""
    declared = WebSource(name, f"Báo {name}", "feed", site.url + path, "Asia/Ho_Chi_Minh", None, "full")
    return replace(declared, **({"allows_private": True} | given))


LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    '<!ENTITY a{} "{}">'.format(n, f"&a{n - 1};" * 10) for n in range(1, 10)
)

HOSTILE = {
    "truncated": rss(item("Bến phà mở lại"), item("Chợ họp sớm"))[:-60],
    "control characters": rss(item("Bến phà mở lại", f"\0\x01{LEAD}\x1f")),
    "billion laughs": f"<!DOCTYPE l [{LAUGHS}]>" + rss(item("&a9;")),
    "quadratic entities": f'<!DOCTYPE l [<!ENTITY a "{"a" * 50_000}">]>' + rss(item("&a;" * 5_000)),
    "an external entity": '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss(item("&a;")),
    "an external DTD": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">' + rss(item("Bến phà mở lại")),
    "nested tags": "<rss><channel><item><title>a</title><description>" + "<b>" * 200_000,
    "a slow author": rss("<item><title>a</title><author>" + "a@" * 20_000 + "</author></item>"),
}
