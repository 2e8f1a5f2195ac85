"""What people type into the chat page, in a real browser: words, commands, inline mode."""

from playwright.async_api import Page, expect
from telegram import (
    Bot,
    BotCommand,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)

from bot.emulator.client import Control
from tests.bot.emulator.page.conftest import IN_CHROMIUM, Say, confirmed_updates, faults

pytestmark = IN_CHROMIUM


async def test_a_new_chat_says_what_the_bot_can_do_and_how_to_begin(page: Page, bot: Bot) -> None:
    await bot.set_my_description("Đọc báo giúp bạn.", language_code="vi")
    await expect(page.locator(".card")).to_contain_text("Bot này làm được gì?Đọc báo giúp bạn.")
    await page.get_by_role("button", name="Bắt đầu").click()
    (start,) = await confirmed_updates(bot)
    assert start.message is not None
    assert start.message.text == "/start"
    await expect(page.locator("#start")).to_be_hidden()
    await expect(page.locator(".day")).to_have_text("Hôm nay")


async def test_typing_a_slash_narrows_the_commands(page: Page, bot: Bot, chat: int) -> None:
    names = {"tin": "Tin 24 giờ qua", "tim": "Tìm tin", "lich": "Giờ nhận"}
    await bot.set_my_commands([BotCommand(name, words) for name, words in names.items()])
    text = page.get_by_label("Tin nhắn", exact=True)
    await text.fill("/lị")
    await expect(page.get_by_role("option")).to_have_text(["/lichGiờ nhận"])
    await page.keyboard.press("Tab")
    await expect(text).to_have_value("/lich ")
    await text.fill("/ti")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("/tim")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await text.fill("")
    await page.get_by_role("button", name="Menu").press("Enter")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(page.locator(".own .body").last).to_have_text("/lich")


async def test_enter_sends_and_shift_enter_breaks_the_line(page: Page, bot: Bot, chat: int) -> None:
    await page.get_by_label("Tin nhắn", exact=True).focus()
    await page.keyboard.type("mưa")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("lũ")
    await page.keyboard.press("Enter")
    (said,) = await confirmed_updates(bot)
    assert said.message is not None
    assert said.message.text == "mưa\nlũ"
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("")


async def test_what_could_not_be_sent_is_not_lost(page: Page, chat: int) -> None:
    await page.route("**/_control/message", lambda route: route.fulfill(status=200, body="{"))
    await page.get_by_label("Tin nhắn", exact=True).fill("mưa lũ")
    await page.keyboard.press("Enter")
    await expect(page.locator("#toast")).to_contain_text("Không gửi được")
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("mưa lũ")


async def test_words_behind_the_bots_name_offer_what_it_finds(page: Page, bot: Bot, chat: int) -> None:
    field = page.get_by_label("Tin nhắn", exact=True)
    await field.fill(f"@{bot.username} giá vàng")
    (asked,) = await confirmed_updates(bot)
    assert asked.inline_query is not None
    assert (asked.inline_query.query, asked.inline_query.chat_type) == ("giá vàng", "sender")
    results = [
        InlineQueryResultArticle(
            str(n), f"Tin {n}", InputTextMessageContent(f"Giá vàng {n}"), description="Báo"
        )
        for n in range(2)
    ]
    await asked.inline_query.answer(results)
    await expect(page.get_by_role("option")).to_have_text(["Tin 0Báo", "Tin 1Báo"])
    await page.keyboard.press("ArrowDown")
    assert await faults(page) == []
    await page.keyboard.press("Enter")
    await expect(page.locator(".own .body").last).to_have_text("Giá vàng 1")
    await expect(page.locator(".own .forwarded")).to_have_text(f"qua @{bot.username}")
    await expect(field).to_have_value("")
    await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_where_the_bot_finds_nothing_its_button_leads_to_its_own_chat(
    page: Page, bot: Bot, users: Control, chat: int
) -> None:
    await users.group("Xóm", members=[chat])
    await page.get_by_role("button", name="Xóm").click()
    await confirmed_updates(bot)
    await page.get_by_label("Tin nhắn", exact=True).fill(f"@{bot.username} cờ tướng")
    (asked,) = await confirmed_updates(bot)
    assert asked.inline_query is not None
    button = InlineQueryResultsButton("Hỏi Điểm Tin", start_parameter="co-tuong")
    await asked.inline_query.answer([], button=button)
    await page.get_by_role("option", name="Hỏi Điểm Tin").click()
    await expect(page.locator("#name")).to_have_text("Điểm Tin")
    await expect(page.locator(".own .body").last).to_have_text("/start co-tuong")


async def test_a_blocked_bot_is_called_back(page: Page, bot: Bot, chat: int) -> None:
    await page.get_by_role("button", name="Tùy chọn").click()
    await page.get_by_role("button", name="Chặn bot").click()
    await expect(page.locator("#status")).to_have_text("bạn đã chặn bot")
    await page.get_by_role("button", name="Khởi động lại").click()
    await expect(page.locator("#status")).to_have_text("bot")
    assert [update.my_chat_member is not None for update in await confirmed_updates(bot)] == [
        True,
        True,
        False,
    ]


async def test_a_link_to_the_bot_begins_with_what_it_carries(page: Page, bot: Bot, say: Say) -> None:
    await say('<a href="https://t.me/diemtin_bot?start=tim-lu">Hỏi tiếp</a>')
    await page.get_by_role("link", name="Hỏi tiếp").click()
    (said,) = await confirmed_updates(bot)
    assert said.message is not None
    assert said.message.text == "/start tim-lu"
