"""The chat page around the messages, in a real browser: chats, themes, keyboard, screen reader."""

from importlib import resources

import pytest
from playwright.async_api import Page, expect
from telegram import Bot, ReplyParameters

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from tests.bot.emulator.page.conftest import DIGEST, IN_CHROMIUM, Say, confirmed_updates, faults, keys

pytestmark = IN_CHROMIUM


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
async def test_nobody_is_kept_out(
    page: Page, bot: Bot, say: Say, users: Control, width: int, theme: str
) -> None:
    """axe finds no serious fault, and nothing is wider than the screen."""
    await page.set_viewport_size({"width": width, "height": 700})
    await page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    await say(DIGEST + "\n<code>x</code> #tin @ai " + "dài" * 100, reply_markup=keys("🕒 Giờ nhận", "Chủ đề"))
    await say("Đây", reply_parameters=ReplyParameters(1))
    await expect(page.locator(".reply")).to_be_visible()
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert await page.evaluate("document.querySelector('#messages').scrollWidth") <= width
    await page.get_by_role("button", name="Tùy chọn").click()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    if width == 360:
        await page.get_by_role("button", name="Các cuộc trò chuyện").click()
    await page.get_by_role("button", name="Thêm người hoặc nhóm").click()
    assert await faults(page) == []


async def test_the_chosen_theme_stays(page: Page, emulator: Emulator, chat: int) -> None:
    await page.get_by_role("button", name="Tùy chọn").click()
    await page.get_by_label("Tối", exact=True).check()
    await page.reload()
    assert await page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


async def test_on_a_narrow_screen_the_chats_are_in_a_drawer(page: Page, users: Control, chat: int) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    await users.user("Chị Lan")
    await expect(page.locator("#chats [aria-current]")).to_have_count(1)  # the page has heard of the chats
    await page.get_by_role("button", name="Các cuộc trò chuyện").click()
    await expect(page.locator("#chats [aria-current]")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#side")).not_to_be_visible()
    await expect(page.get_by_role("button", name="Các cuộc trò chuyện")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Thêm người hoặc nhóm").click()
    await page.get_by_label("Tên", exact=True).fill("Anh Bảy")
    await page.keyboard.press("Enter")
    await expect(page.locator("#side")).not_to_be_visible()  # who is made is talked to
    await page.get_by_role("button", name="Các cuộc trò chuyện").click()
    await page.get_by_role("button", name="Chị Lan").click()
    await expect(page.locator("#side")).not_to_be_visible()
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()


async def test_the_first_tab_leads_to_the_field(page: Page, chat: int) -> None:
    await page.reload()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Đến ô nhắn tin")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_be_focused()


async def test_a_second_person_has_a_chat_of_their_own(page: Page, bot: Bot, chat: int) -> None:
    """What was begun in one chat waits there, and what comes meanwhile is counted."""
    await page.get_by_label("Tin nhắn", exact=True).fill("chưa xong")
    await page.get_by_role("button", name="Thêm người hoặc nhóm").click()
    await page.get_by_label("Tên", exact=True).fill("Chị Lan")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chats [aria-current]")).to_contain_text("Chị Lan")
    await expect(page.locator(".card")).to_be_visible()
    await bot.send_message(chat, "Tin cho An")
    await expect(page.locator(".badge")).to_have_text("1")
    await page.locator("#chats button").first.click()
    await expect(page.locator(".other .body")).to_have_text("Tin cho An")
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("chưa xong")
    await expect(page.locator(".badge")).to_have_count(0)


async def test_a_forum_is_made_and_written_into_as_one_of_its_people(page: Page, bot: Bot, chat: int) -> None:
    await page.get_by_role("button", name="Thêm người hoặc nhóm").click()
    await page.get_by_label("Nhóm có chủ đề").check()
    await page.get_by_label("Tên", exact=True).fill("Tổ dân phố 5")
    await page.keyboard.press("Enter")
    await expect(page.locator("#name")).to_have_text("Tổ dân phố 5")
    await page.get_by_role("button", name="Thêm người hoặc nhóm").click()
    await page.get_by_label("Chủ đề trong nhóm này").check()
    await page.get_by_label("Tên", exact=True).fill("Điểm báo")
    await page.keyboard.press("Enter")
    await expect(page.locator("#topics [aria-pressed=true]")).to_have_text("Điểm báo")
    await page.get_by_label("Tin nhắn", exact=True).fill("/tin")
    await page.keyboard.press("Enter")
    await expect(page.locator(".own .body")).to_have_text("/tin")
    said = (await confirmed_updates(bot))[-1].message
    assert said is not None
    assert (said.chat.title, said.is_topic_message) == ("Tổ dân phố 5", True)
    answer = await said.reply_text("Bản tin", do_quote=True)
    assert answer.is_topic_message
    await expect(page.locator(".other .sender")).to_have_text("Điểm Tin")


async def test_after_a_reset_the_page_goes_on(tab: Page, emulator: Emulator, users: Control) -> None:
    """It may ask for the chat that is gone, which the browser's console notes."""
    await tab.goto(emulator.url)
    await tab.get_by_role("button", name="Bắt đầu").click()
    await expect(tab.locator("#start")).to_be_hidden()
    await users.post("reset")
    await expect(tab.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await expect(tab.locator("#chats button")).to_have_count(1)


async def test_the_page_says_when_it_lost_the_emulator(page: Page, chat: int) -> None:
    await page.route("**/_control/chats*", lambda route: route.fulfill(status=200, body="{"))
    await page.get_by_role("button", name="Menu").click()
    await page.evaluate("fetch('/_control/user', {method: 'POST', body: '{}'})")
    await expect(page.locator("#status")).to_have_text("mất kết nối, đang thử lại…")
    await page.unroute("**/_control/chats*")
    await expect(page.locator("#status")).to_have_text("bot")


async def test_the_page_is_small() -> None:
    """All of it together, as it goes over the line, with pictures of pages and inline cards."""
    files = resources.files("bot.emulator").joinpath("page").iterdir()
    assert sum(len(file.read_bytes()) for file in files) < 60_000
