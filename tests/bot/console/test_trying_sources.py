"""A source is read once from the console: shown as it would be taken; nothing is stored."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.news.newsroom import WebSource
from bot.news.services import Services
from bot.times.clock import Clock
from storage.tables import articles
from tests.bot.console.conftest import Browser
from tests.bot.console.stocked import ZONE
from tests.bot.fetching.polls import item, rss

EVIL = "Chợ <script>alert(1)</script>\u202e<img src=x onerror=alert(2)>"


@dataclass
class Paper:
    """A paper's server; it answers when `may_answer` is set."""

    port: int
    asked: list[str] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer with a feed of three items, one of them hostile and one without a title."""
        self.asked.append(request.path)
        if request.path != "/rss":
            raise web.HTTPNotFound
        self.is_asked.set()
        await self.may_answer.wait()
        evil = EVIL.replace("<", "&lt;").replace(">", "&gt;")
        feed = rss(
            item("Bến phà mở lại", pubDate="Mon, 02 Mar 2026 04:00:00 +0700"),
            item(evil, evil),
            item("", ""),
        )
        return web.Response(text=feed, content_type="application/rss+xml")


@pytest.fixture
async def paper(unused_tcp_port_factory: Any, services: Services, make_newsroom: Any) -> AsyncIterator[Paper]:
    """A paper on loopback, declared as the source "gan"; requests need no pauses."""
    paper = Paper(unused_tcp_port_factory())
    paper.may_answer.set()
    application = web.Application()
    application.add_routes([web.get("/{path:.*}", paper.answer)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", paper.port).start()
    url = f"http://127.0.0.1:{paper.port}/rss"
    source = WebSource("gan", "Báo Gần", "feed", url, ZONE, None, "full", allows_private=True)
    services.newsroom = make_newsroom(sources=(source,))
    services.clock = Clock(services.clock.now(), rate=1_000)
    yield paper
    await runner.cleanup()


async def stored(services: Services) -> int:
    async with services.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(articles))).scalar_one()


async def test_a_source_is_shown_as_it_would_be_taken_and_nothing_is_stored(
    operator: Browser, services: Services, paper: Paper
) -> None:
    assert 'value="gan"' in (await operator.get("/nguon")).text
    page = (await operator.post("/nguon/thu", csrf=await operator.csrf(), **{"dia-chi": "gan"})).text
    assert "<h3><bdi>Bến phà mở lại</bdi></h3>" in page
    assert "báo ghi «<bdi>Mon, 02 Mar 2026 04:00:00 +0700</bdi>»" in page
    assert "<bdi>2 bài: " in page
    assert f"http://127.0.0.1:{paper.port}/rss#3" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "Chỉ đọc thử: chưa lưu gì." in page
    assert await stored(services) == 0


INSIDE = (
    "http://127.0.0.1:{port}/rss",
    "127.0.0.1:{port}/rss",
    "http://localhost:{port}/rss",
    "http://[::ffff:127.0.0.1]:{port}/rss",
    "http://2130706433:{port}/rss",
    "http://0x7f.1:{port}/rss",
    "http://ten:khoa@127.0.0.1:{port}/rss",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/rss",
    "https://",
    "http://[",
    "http://a b/",
    "x" * 4_000 + ".vn",
    f"https://{EVIL}",
    EVIL,
    "",
    "khong-co",
)


async def test_nothing_inside_is_asked_and_hostile_addresses_are_reported(
    operator: Browser, paper: Paper
) -> None:
    csrf = await operator.csrf()
    for inside in INSIDE:
        typed = {"dia-chi": inside.format(port=paper.port)}
        answer = await operator.post("/nguon/thu", csrf=csrf, **typed)
        assert answer.status == 200, inside
        assert "Chưa đọc được" in answer.text, inside
        assert "<script" not in answer.text
    assert paper.asked == []


async def test_one_source_is_tried_at_a_time_and_other_pages_go_on(operator: Browser, paper: Paper) -> None:
    paper.may_answer.clear()
    csrf = await operator.csrf()
    first = asyncio.create_task(operator.post("/nguon/thu", csrf=csrf, **{"dia-chi": "gan"}))
    await paper.is_asked.wait()
    assert (await operator.post("/nguon/thu", csrf=csrf, **{"dia-chi": "gan"})).status == 503
    assert (await operator.get("/nguon")).status == 200
    paper.may_answer.set()
    assert "Bến phà mở lại" in (await first).text


async def test_a_source_that_never_ends_is_given_up(
    operator: Browser, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.console.source_pages.TRIAL_SECONDS", 0.2)
    paper.may_answer.clear()
    page = (await operator.post("/nguon/thu", csrf=await operator.csrf(), **{"dia-chi": "gan"})).text
    assert "chưa đọc xong nên thôi" in page
    paper.may_answer.set()
    monkeypatch.undo()
    page = (await operator.post("/nguon/thu", csrf=await operator.csrf(), **{"dia-chi": "gan"})).text
    assert "Bến phà mở lại" in page


async def test_a_source_of_figures_and_one_of_files_are_tried_too(
    operator: Browser, services: Services, paper: Paper, make_newsroom: Any, tmp_path: Any, source: Any
) -> None:
    file = tmp_path / "gia.json"
    row = {"name": "Vàng <b>", "value": 152.5, "unit": "triệu", "time": "2026-03-02T04:00:00+07:00"}
    file.write_text(json.dumps([row, row | {"name": "Đô la", "value": "cao"}]), encoding="utf-8")
    figures = replace(source("so-lieu"), kind="figures", path=file)
    services.newsroom = make_newsroom(sources=(figures, source("bao-bien")))
    csrf = await operator.csrf()
    page = (await operator.post("/nguon/thu", csrf=csrf, **{"dia-chi": "so-lieu"})).text
    assert "Vàng &lt;b&gt;: 152,5 triệu" in page
    assert "gia.json#2" in page
    page = (await operator.post("/nguon/thu", csrf=csrf, **{"dia-chi": "bao-bien"})).text
    assert "Không có bài nào dùng được." in page
