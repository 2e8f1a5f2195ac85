"""The chat page in Debian's Chromium, and a chat in it.

One tab of one Chromium serves all tests of a process. It belongs to one event loop, so the tests and their
fixtures run in that loop too.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright, expect
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from tests.bot.emulator.conftest import bot_at, control_of, running_emulator

CHROMIUM = Path("/usr/bin/chromium")
IN_CHROMIUM = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]

DIGEST = """<b>Tin 24 giờ qua</b>
<u>THỜI SỰ</u>
<a href="https://bao.example/1">Cầu mới thông xe</a>
<blockquote expandable>Một dòng.
Hai dòng.
Ba dòng.
Bốn dòng, chỉ thấy khi mở.</blockquote>
<blockquote expandable>Ngắn.</blockquote>"""

expect.set_options(timeout=20_000)  # the machine may be busy with other tests

Say = Callable[..., Awaitable[Message]]


in_one_loop = partial(pytest_asyncio.fixture, loop_scope="session")

# The loop of a fixture is noted at its function, so these are functions of their own.


@in_one_loop()
async def emulator() -> AsyncIterator[Emulator]:
    """An emulator on a free port."""
    async for running in running_emulator():
        yield running


@in_one_loop()
async def users(emulator: Emulator) -> AsyncIterator[Control]:
    """The control interface."""
    async for hands in control_of(emulator):
        yield hands


@in_one_loop()
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    """The real library, signed in."""
    async for signed_in in bot_at(emulator):
        yield signed_in


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _tab(browser: Browser) -> AsyncIterator[Page]:
    """The tab of all tests of a process: a new one costs a second of processor time."""
    opened = await browser.new_page()
    yield opened
    await opened.close()


@in_one_loop()
async def tab(_tab: Page, emulator: Emulator) -> AsyncIterator[Page]:
    """A tab as it is when it is new, with nothing kept from another page at the emulator's address."""
    browsing = await _tab.context.new_cdp_session(_tab)
    await browsing.send("Storage.clearDataForOrigin", {"origin": emulator.url, "storageTypes": "all"})
    await browsing.detach()
    await _tab.set_viewport_size({"width": 1280, "height": 720})
    await _tab.emulate_media(color_scheme="light")
    await _tab.mouse.move(0, 0)
    yield _tab
    await _tab.unroute_all(behavior="ignoreErrors")
    await _tab.goto("about:blank")


@in_one_loop()
async def page(tab: Page, emulator: Emulator) -> AsyncIterator[Page]:
    """The open page; an error on its console fails the test."""
    errors: list[str] = []

    def note_error(error: Error) -> None:
        errors.append(str(error))

    def note_line(line: ConsoleMessage) -> None:
        if line.type == "error":
            errors.append(line.text)

    tab.on("pageerror", note_error)
    tab.on("console", note_line)
    await tab.goto(emulator.url)
    yield tab
    tab.remove_listener("pageerror", note_error)
    tab.remove_listener("console", note_line)
    assert errors == []


@in_one_loop()
async def chat(page: Page, bot: Bot) -> int:
    """The chat of a person who pressed the button to begin."""
    await page.get_by_role("button", name="Bắt đầu").click()
    (start,) = await confirmed_updates(bot)
    assert start.effective_chat is not None
    await expect(page.locator(".own .body")).to_have_text("/start")
    return start.effective_chat.id


@pytest.fixture
def say(bot: Bot, chat: int) -> Say:
    """Let the bot write HTML into that chat."""

    async def write(text: str, **how: object) -> Message:
        return await bot.send_message(chat, text, parse_mode="HTML", **how)  # type: ignore[arg-type] # passed on

    return write


async def confirmed_updates(bot: Bot) -> tuple[Update, ...]:
    """The updates that wait, confirmed."""
    updates = await bot.get_updates(timeout=10)
    await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


def keys(*labels: str) -> InlineKeyboardMarkup:
    """One row of buttons that send their own label."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in labels]])


async def faults(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{row['id']}: {row['nodes'][0]['html']}" for row in found if row["impact"] in ("serious", "critical")
    ]
