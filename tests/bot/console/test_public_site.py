"""Each edition outside Telegram: the same news as a page and an Atom feed, corrected and taken back alike."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.console.public_site import PublicSite
from bot.jobs.digests.composing import publish_copies
from bot.jobs.digests.gate import prepare_early
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Approval
from bot.news.reader_notices import send_correction
from bot.news.services import Services
from storage.delivery.corrections import draft_correction
from storage.delivery.gates import GateAnswer, answer_gate, drop_story, find_open_gates
from storage.delivery.mailings import find_mailings, retract
from tests.manual_clock import ManualClock

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "https://tin.example.vn/tin"
TO_SLOT = 105 * 60
HOSTILE = "</div>]]><script>alert(1)</script> \u202e\u0007 & «Lũ»"
Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]


@pytest.fixture
def services(services: Services) -> Services:
    """Services of a newsroom whose editions are copied."""
    services.newsroom = replace(services.newsroom, feeds_address=ADDRESS)
    return services


@pytest.fixture
async def browser(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """Anybody's browser; nothing is kept between two requests."""
    monkeypatch.setattr("bot.console.public_site._CACHED_SECONDS", -1.0)
    application = web.Application()
    application.add_subapp("/tin", PublicSite(services).application())
    async with TestClient(TestServer(application)) as client:
        yield client


async def read(browser: Any, path: str, status: int = 200) -> str:
    """Return what stands under a path."""
    async with browser.get(path) as response:
        assert response.status == status
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Set-Cookie" not in response.headers
        return str(await response.text())


async def entries(browser: Any) -> list[Any]:
    """Return the entries of the feed."""
    return ElementTree.fromstring(await read(browser, "/tin/sang.atom")).findall(f"{ATOM}entry")  # noqa: S314 - our own


def said(entry: Any, name: str) -> str:
    """Return what an entry says under a name."""
    return str(entry.findtext(f"{ATOM}{name}"))


async def test_an_edition_without_readers_has_its_page_and_feed(
    services: Services, clock: ManualClock, story: Story, browser: Any
) -> None:
    assert "Chưa có số nào." in await read(browser, "/tin/sang")
    assert await entries(browser) == []
    await story("Hội làng Đông")
    await clock.advance(TO_SLOT - 60)
    assert await publish_copies(services) == 0
    await clock.advance(60)
    assert await publish_copies(services) == 1
    assert await publish_copies(services) == 0
    [entry] = await entries(browser)
    place = f"{ADDRESS}/sang/20260301T2345Z"
    assert said(entry, "id") == place
    assert said(entry, "updated") == said(entry, "published") == "2026-03-01T23:45:00Z"
    assert said(entry, "title") == "Bản tin sang, 06:45 ngày 2/3/2026"
    assert "Hội làng Đông" in said(entry, "content")
    for path in ("/tin/sang", "/tin/sang/20260301T2345Z"):
        assert "Hội làng Đông" in await read(browser, path)
    assert 'href="/tin/sang"' in await read(browser, "/tin/")
    await clock.advance(24 * 3600)
    assert await publish_copies(services) == 0  # nothing new is told again


async def test_a_feed_is_valid_whatever_a_paper_writes(
    services: Services, clock: ManualClock, story: Story, browser: Any
) -> None:
    await story(HOSTILE, sapo="Nước suối dâng cao <b>trong đêm</b> & cuốn trôi hai ngôi nhà sàn ở bản Sơn.")
    await clock.advance(TO_SLOT)
    assert await publish_copies(services) == 1
    [entry] = await entries(browser)
    assert "<script" not in said(entry, "content")
    assert "&lt;script&gt;" in said(entry, "content")
    for path in ("/tin/sang", "/tin/sang/20260301T2345Z"):
        text = await read(browser, path)
        assert "<script" not in text
        assert "\u202e" not in text


async def test_corrections_and_retractions_reach_the_public_page_and_feed(
    services: Services, clock: ManualClock, story: Story, reader: Reader, admin_chat: Any, browser: Any
) -> None:
    await reader(1)
    number = await story("Hội làng Đông")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await publish_copies(services)
    await clock.advance(3_600)
    async with services.database.write() as connection:
        correction = await draft_correction(connection, number, "Hội dời sang tuần sau.", now=clock.now())
    await send_correction(services, correction.id)
    [entry] = await entries(browser)
    assert "Hội dời sang tuần sau." in said(entry, "content")
    assert said(entry, "updated") == "2026-03-02T00:45:00Z"
    assert said(entry, "published") == "2026-03-01T23:45:00Z"
    async with services.database.write() as connection:
        found = await find_mailings(connection, since=clock.now() - dt.timedelta(days=1), limit=9)
        [batch] = [one for one in found if not one.is_correction]
        assert await retract(connection, batch, "sai", now=clock.now()) == 1
    assert await entries(browser) == []
    assert "Số này đã được thu hồi." in await read(browser, "/tin/sang/20260301T2345Z", 410)


async def test_an_issue_that_waits_for_approval_is_not_public(
    services: Services, clock: ManualClock, story: Story, reader: Reader, admin_chat: Any, browser: Any
) -> None:
    edition = replace(services.newsroom.editions[0], approval=Approval(dt.timedelta(minutes=20), True))
    services.newsroom = replace(services.newsroom, editions=(edition,))
    await reader(1)
    await story("Hội làng Đông")
    bad = await story("Cháy lớn ở chợ Kho", sapo="Lửa bùng lên lúc nửa đêm, ba ki ốt bán vải bị thiêu rụi.")
    await clock.advance(TO_SLOT - 1_200)
    await prepare_early(services)
    await clock.advance(1_500)
    await run_due_slots(services, admin_chat)
    assert await publish_copies(services) == 0
    async with services.database.write() as connection:
        [gate] = await find_open_gates(connection)
        await drop_story(connection, gate.id, bad, 900, now=clock.now())
        await answer_gate(connection, gate.id, GateAnswer.SEND, 900)
    await run_due_slots(services, admin_chat)
    assert await publish_copies(services) == 1
    text = await read(browser, "/tin/sang")
    assert "Hội làng Đông" in text
    assert "Cháy lớn" not in text


async def test_without_the_switch_there_is_no_public_page(
    services: Services, clock: ManualClock, browser: Any
) -> None:
    services.newsroom = replace(services.newsroom, feeds_address=None)
    await clock.advance(TO_SLOT)
    assert await publish_copies(services) == 0
    for path in ("/tin/", "/tin/sang", "/tin/sang.atom", "/tin/sang/20260301T2345Z"):
        await read(browser, path, 404)


async def test_wrong_addresses_are_not_found(services: Services, browser: Any) -> None:
    wrong = (
        "khac",
        "khac.atom",
        "sang/20269901T2345Z",
        "sang/20260301T2345Z",
        "sang/ZZZZZZZZZZZZZZ",
        "..%2f",
    )
    for path in wrong:
        await read(browser, f"/tin/{path}", 404)
    async with browser.post("/tin/sang") as response:
        assert response.status == 405


async def test_an_unchanged_page_is_not_sent_again(services: Services, browser: Any) -> None:
    async with browser.get("/tin/sang.atom") as response:
        tag = response.headers["ETag"]
    async with browser.get("/tin/sang.atom", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
