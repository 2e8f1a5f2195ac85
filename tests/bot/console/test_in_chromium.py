"""The console in Debian's Chromium: on a phone and on a desk, light and dark, for everybody, by keyboard."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from bot.commands.newsroom_writing import newsroom_file
from bot.console.public_site import PublicSite
from bot.jobs.digests.composing import publish_copies
from bot.news.services import Services
from tests.bot.console.conftest import Served
from tests.bot.console.stocked import stock
from tests.manual_clock import ManualClock

CHROMIUM = Path("/usr/bin/chromium")
AXE = Axe().axe_script
VIOLATIONS = "rules => axe.run({resultTypes: ['violations'], ...rules}).then(found => found.violations)"
WIDTHS = (360, 1440)
SCHEMES = {"light": {}, "dark": {"runOnly": ["cat.color"]}}  # in the dark only the colours are others
PATHS = (
    "",
    "/nguon",
    "/lich",
    "/lich/sua?ban=sang",
    "/lich/sua?viec=chung",
    "/lich/sua?viec=nguon&feed=https%3A%2F%2Fbao.example%2Frss",
    "/lich/thu",
    "/so",
    "/so/1",
    "/so/dinh-chinh?tin=1",
    "/nguoi-nhan?so=1&bai=1",
    "/thong-bao",
    "/tim?q=lũ",
    "/cach-ly",
    "/nhat-ky",
)

expect.set_options(timeout=20_000)  # the machine may be busy with other tests


@pytest.fixture
def database(sqlite_database: Any) -> Any:
    """SQLite is enough: the pages have tests on both engines."""
    return sqlite_database


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        await started.close()


async def faults(page: Page) -> list[str]:
    """What axe finds, of any weight, in light and in dark colours."""
    found: list[str] = []
    await page.evaluate(AXE)
    for scheme, rules in SCHEMES.items():
        await page.emulate_media(color_scheme=scheme)
        violations = await page.evaluate(VIOLATIONS, rules)
        found += [f"{scheme} {row['id']}: {row['nodes'][0]['html']}" for row in violations]
    return found


@pytest.mark.lasts(seconds=15)
@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_is_for_everybody(
    chromium: Browser,
    served: Served,
    services: Services,
    make_newsroom: Any,
    tmp_path: Path,
    width: int,
) -> None:
    await stock(services, make_newsroom, tmp_path)
    services.file = newsroom_file(tmp_path / "diemtin.toml", AsyncMock())
    served.problems = ["Telegram không trả lời"]
    size: ViewportSize = {"width": width, "height": 800}
    context = await chromium.new_context(viewport=size, bypass_csp=False)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    await page.goto(await served.invite())
    assert await faults(page) == []
    await page.get_by_role("button", name="Vào").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")
    found: dict[str, list[str]] = {}
    for path in PATHS:
        await page.goto(f"{served.url}{path}")
        inner = await page.evaluate("document.documentElement.scrollWidth")
        wider = [f"{inner} pixels wide"] if inner > width else []
        found[path] = [*await faults(page), *wider]
    await page.goto(f"{served.url}/lich/sua?ban=sang")
    await page.get_by_label("Giờ phát").fill("06:45, 21:30")
    await page.get_by_role("button", name="Xem trước").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước khi ghi")
    found["preview"] = await faults(page)
    await page.goto(f"{served.url}/thong-bao")
    await page.get_by_label("Báo cho người nhận").fill("Mai bot nghỉ một giờ.\nHẹn gặp lại!")
    await page.get_by_role("button", name="Xem trước").click()
    await expect(page.get_by_role("button", name="Gửi cho 2 người")).to_be_visible()
    found["announcement"] = await faults(page)
    await page.goto(f"{served.url}/so/dinh-chinh?tin=1")
    await page.get_by_label("Lời đính chính").fill("Nước rút chậm.")
    await page.get_by_role("button", name="Xem trước").click()
    await page.get_by_role("button", name="Gửi đính chính").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Đính chính đã gửi")
    found["correction"] = await faults(page)
    await page.goto(f"{served.url}/lich/sua?ban=sang")
    await page.get_by_role("button", name="Thử trên ngày đã qua").click()
    await expect(page.get_by_role("heading", name="Lẽ ra đã gửi")).to_be_visible()
    found["simulator"] = await faults(page)
    await page.goto(f"{served.url}/nguon")
    await page.get_by_role("button", name="Đọc thử Báo Biển").click()
    await expect(page.get_by_role("heading", name="Đọc được gì")).to_be_visible()
    found["trial"] = await faults(page)
    await page.goto(f"{served.url}/tim?q=lũ")
    await page.get_by_text("Vì sao đứng thứ 1").click()
    found["ranking"] = await faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert errors == []
    await context.close()


async def test_a_gate_is_answered_by_everybody(chromium: Browser, served: Served, gate: str) -> None:
    for width in WIDTHS:
        size: ViewportSize = {"width": width, "height": 800}
        page = await chromium.new_page(viewport=size)
        await page.goto(await served.invite())
        await page.get_by_role("button", name="Vào").click()
        await page.goto(f"{served.url}{gate}")
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.close()


async def test_an_issue_is_taken_back_by_keyboard_alone(
    chromium: Browser, served: Served, services: Services, make_newsroom: Any, tmp_path: Path
) -> None:
    issue = await stock(services, make_newsroom, tmp_path)
    page = await chromium.new_page()
    await page.goto(await served.invite())
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Đến nội dung")).to_be_focused()
    await page.goto(f"{served.url}/so/{issue}")
    await page.get_by_role("button", name="Thu hồi số này").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Thu hồi số này")).to_have_count(0)


async def test_the_copy_outside_telegram_is_for_everybody(
    chromium: Browser, services: Services, clock: ManualClock, story: Any
) -> None:
    services.newsroom = replace(services.newsroom, feeds_address="https://tin.example.vn/tin")
    await story(
        "Hội làng Đông " + "rất dài " * 8, sapo="Trống hội vang " + "x" * 120 + " <b>sáng</b> & chiều."
    )
    await clock.advance(105 * 60)
    assert await publish_copies(services) == 1
    application = web.Application()
    application.add_subapp("/tin", PublicSite(services).application())
    async with TestServer(application) as server:
        for width in WIDTHS:
            size: ViewportSize = {"width": width, "height": 800}
            page = await chromium.new_page(viewport=size)
            for path in ("/tin/", "/tin/sang", "/tin/sang/20260301T2345Z"):
                await page.goto(str(server.make_url(path)))
                assert await faults(page) == []
                assert await page.evaluate("document.documentElement.scrollWidth") <= width
            await page.close()
