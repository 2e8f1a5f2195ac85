"""A digest's cards on the chat page, on a narrow phone: numbers, pictures, a button that shares."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from tests.bot.emulator.page.conftest import IN_CHROMIUM, Say

pytestmark = IN_CHROMIUM
NUMBERS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton(str(number), callback_data=f"tin:mo:{number}") for number in range(1, 9)],
        [InlineKeyboardButton("Xem thêm", callback_data="tin:them:1")],
    ]
)
ABOVE = LinkPreviewOptions(url="https://www.bao.example/1", prefer_large_media=True, show_above_text=True)
PREVIEW_IS_ABOVE = """() => {
    const preview = document.querySelector(".preview");
    const body = preview?.closest(".bubble")?.querySelector(".body");
    return body && preview.offsetHeight > 0
        && preview.getBoundingClientRect().y < body.getBoundingClientRect().y;
}"""


async def test_eight_numbers_stand_in_one_row_on_a_narrow_phone(page: Page, say: Say) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await say("1. <b>Cầu mới thông xe</b>", reply_markup=NUMBERS, link_preview_options=ABOVE)
    keys = page.locator(".key")
    await expect(keys).to_have_count(9)
    boxes = [await keys.nth(number).bounding_box() for number in range(8)]
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert all(box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def test_a_picture_stands_above_the_text_and_none_where_there_is_none(page: Page, say: Say) -> None:
    await say("Tin có ảnh", link_preview_options=ABOVE)
    await say("Tin không ảnh", link_preview_options=LinkPreviewOptions(is_disabled=True))
    preview = page.locator(".preview")
    await expect(preview).to_have_count(1)
    await expect(preview).to_have_attribute("href", "https://www.bao.example/1")
    await expect(preview).to_contain_text("Ảnh của bao.example")
    await page.wait_for_function(PREVIEW_IS_ABOVE)  # one look at both: a new message draws them anew


async def test_the_share_button_begins_an_inline_query(page: Page, say: Say, bot: Bot) -> None:
    share = InlineKeyboardButton("Chia sẻ", switch_inline_query="tin-31")
    await say("Một tin", reply_markup=InlineKeyboardMarkup([[share]]))
    await page.get_by_role("button", name="Chia sẻ").click()
    await expect(page.locator("#text")).to_have_value(f"@{bot.username} tin-31")
    (asked,) = await bot.get_updates(timeout=10)
    assert asked.inline_query is not None
    assert asked.inline_query.query == "tin-31"
    await bot.answer_inline_query(asked.inline_query.id, [])
