"""The chat page in a real browser: a person types, taps and reads."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup

from bot.emulator.client import Control
from bot.emulator.emulation import Emulator

CHROMIUM = Path("/usr/bin/chromium")

# In pixels below the upper edge of the list.
_TOP_OF_ANSWER = """() => Math.round(document.querySelector(".bot").getBoundingClientRect().top
    - document.querySelector("#messages").getBoundingClientRect().top)"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


@pytest.fixture
async def page(emulator: Emulator) -> AsyncIterator[Page]:
    """The open page; an error on its console fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = await browser.new_page()
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await opened.goto(emulator.url)
        yield opened
        await browser.close()
        assert errors == []


async def test_a_person_talks_to_the_bot(page: Page, bot: Bot, users: Control) -> None:
    await page.click("text=/start >> nth=-1")
    (start,) = await bot.get_updates(timeout=10)
    assert start.effective_chat is not None
    chat = start.effective_chat.id
    button = InlineKeyboardMarkup([[InlineKeyboardButton("Đặt giờ", callback_data="gio")]])
    await bot.send_message(
        chat,
        "<b>Chào</b> <script>".replace("<script>", "&lt;script&gt;"),
        parse_mode="HTML",
        reply_markup=button,
    )
    await expect(page.locator(".bot b")).to_have_text("Chào")
    await expect(page.locator(".bot .body")).to_have_text("Chào <script>")

    await page.click("text=Đặt giờ")
    (tapped,) = await bot.get_updates(offset=start.update_id + 1, timeout=10)
    assert tapped.callback_query is not None
    await tapped.callback_query.answer("Đã nhận")
    await tapped.callback_query.edit_message_text(
        "<blockquote expandable>6 giờ</blockquote>", parse_mode="HTML"
    )
    await expect(page.locator("#toast")).to_have_text("Đã nhận")
    await page.click("blockquote")
    await expect(page.locator("blockquote.open")).to_have_text("6 giờ")

    await page.fill("#text", "mưa lũ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".user .body").last).to_have_text("mưa lũ")


async def test_a_busy_bot_shows_and_its_long_answer_is_read_from_its_beginning(page: Page, bot: Bot) -> None:
    await page.click("text=/start >> nth=-1")
    (start,) = await bot.get_updates(timeout=10)
    assert start.effective_chat is not None
    await expect(page.locator(".user .body")).to_have_text("/start")
    await bot.send_chat_action(start.effective_chat.id, "typing")
    await expect(page.locator("#status")).to_have_text("đang soạn tin…")
    await bot.send_message(start.effective_chat.id, "Đầu tin\n" + "một dòng\n" * 100 + "Cuối tin")
    await expect(page.locator("#status")).to_have_text("bot")
    assert await page.evaluate(_TOP_OF_ANSWER) in range(60)


async def test_a_second_person_has_a_chat_of_their_own(page: Page, bot: Bot, users: Control) -> None:
    await page.click("#new-user")
    await page.fill("#user-name", "Chị Lan")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chats option:checked")).to_have_text("Chị Lan")
    await bot.set_my_commands([BotCommand("tin", "Bản tin ngay")])
    await page.click("#menu")
    await page.click("#commands >> text=Bản tin ngay")
    await expect(page.locator(".user .body")).to_have_text("/tin")
    await page.select_option("#chats", label="An")
    await expect(page.locator(".empty")).to_be_visible()
