"""What the chat page shows of messages, in a real browser: digests, answers, pictures, hostile words."""

import asyncio
import io

import pytest
from PIL import Image
from playwright.async_api import Page, expect
from telegram import Bot, BotCommand, ReplyParameters

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from tests.bot.emulator.page.conftest import DIGEST, IN_CHROMIUM, Say, confirmed_updates, faults, keys

# In pixels below the upper edge of the list.
_TOP_OF_ANSWER = """() => Math.round(document.querySelector(".other").getBoundingClientRect().top
    - document.querySelector("#messages").getBoundingClientRect().top)"""

_FROM_END = """() => { const list = document.querySelector("#messages");
    return Math.round(list.scrollHeight - list.scrollTop - list.clientHeight); }"""

pytestmark = IN_CHROMIUM


async def test_a_digest_is_read_and_its_quotes_opened(page: Page, say: Say) -> None:
    await say(DIGEST)
    long, short = page.locator("blockquote").first, page.locator("blockquote").last
    height = await long.evaluate("quote => quote.offsetHeight")
    await long.click()
    assert await long.evaluate("quote => quote.offsetHeight") > height
    await page.get_by_role("button", name="Thu trích dẫn lại").press("Enter")
    assert await long.evaluate("quote => quote.offsetHeight") == height
    await expect(page.get_by_role("button", name="Mở cả trích dẫn")).to_have_count(1)
    await expect(short).to_have_text("Ngắn.")
    await expect(page.get_by_role("link", name="Cầu mới thông xe")).to_have_attribute(
        "rel", "noopener noreferrer"
    )


async def test_the_pages_of_an_answer_are_turned_by_keyboard(
    page: Page, bot: Bot, say: Say, chat: int
) -> None:
    """The message changes in place, and the keyboard stays on its button."""
    sent = await say("6 bài · trang 1/2", reply_markup=keys("Sau ›"))
    await page.get_by_role("button", name="Sau ›").focus()
    await page.keyboard.press("Enter")
    (tapped,) = await confirmed_updates(bot)
    assert tapped.callback_query is not None
    await expect(page.locator(".key")).to_have_attribute("aria-busy", "true")
    await bot.edit_message_text("6 bài · trang 2/2", chat, sent.message_id, reply_markup=keys("‹ Trước"))
    await tapped.callback_query.answer("Trang cuối")
    await expect(page.locator(".other .body")).to_have_text("6 bài · trang 2/2")
    await expect(page.locator(".other .meta")).to_contain_text("đã sửa")
    await expect(page.locator("#toast")).to_have_text("Trang cuối")
    await expect(page.get_by_role("button", name="‹ Trước")).to_be_focused()


async def test_an_alert_is_a_dialog(page: Page, bot: Bot, say: Say) -> None:
    await say("Xóa hết?", reply_markup=keys("Xóa"))
    await page.get_by_role("button", name="Xóa", exact=True).click()
    (tapped,) = await confirmed_updates(bot)
    assert tapped.callback_query is not None
    await tapped.callback_query.answer("Không lấy lại được đâu.", show_alert=True)
    await expect(page.get_by_role("alertdialog")).to_contain_text("Không lấy lại được đâu.")
    await expect(page.get_by_role("button", name="Đã hiểu")).to_be_focused()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("alertdialog")).to_be_hidden()


async def test_a_busy_bot_shows_and_its_long_answer_is_read_from_its_beginning(
    page: Page, bot: Bot, say: Say, chat: int
) -> None:
    await bot.send_chat_action(chat, "typing")
    await expect(page.locator("#status")).to_have_text("đang soạn tin…")
    await say("Đầu tin\n" + "một dòng\n" * 100 + "Cuối tin")
    await expect(page.locator("#status")).to_have_text("bot")
    assert await page.evaluate(_TOP_OF_ANSWER) in range(60)
    await page.reload()
    await expect(page.locator(".other")).to_have_count(1)
    assert await page.locator("#status").text_content() == "bot", "what it did before is over"


async def test_a_picture_has_its_place_before_it_is_there(page: Page, bot: Bot, chat: int) -> None:
    """So the end of the list stays the end, and the words under it are as wide as the picture."""
    await page.set_viewport_size({"width": 1100, "height": 700})
    await page.route("**/_control/files/*", lambda route: asyncio.sleep(0))  # it never comes
    file = io.BytesIO()
    Image.new("RGB", (1080, 720), "#1c6fb0").save(file, "PNG")
    for number in range(15):
        await bot.send_message(chat, f"Tin {number}")
    await expect(page.locator(".other")).to_have_count(15)
    await page.evaluate("() => { document.querySelector('#messages').scrollTop = 1e6 }")  # it is read
    await bot.send_photo(
        chat, file.getvalue(), caption="Số bài mỗi ngày trong 30 ngày qua, và nhiều chữ. " * 3
    )
    photo = page.locator(".photo")
    await expect(photo).to_be_visible()
    size = await photo.evaluate("photo => [photo.offsetWidth, photo.offsetHeight]")
    assert size == pytest.approx([560, 373], abs=2)
    assert await page.locator(".has-photo .bubble").evaluate("bubble => bubble.offsetWidth") == size[0]
    assert await page.evaluate(_FROM_END) <= 1


async def test_the_first_look_begins_with_what_was_said_last(
    tab: Page, emulator: Emulator, bot: Bot, users: Control
) -> None:
    """Later ones find the end."""
    an = await users.user("An", started=True)
    await users.say(an, "/start")
    for number in range(40):
        await bot.send_message(an, f"Tin {number}")
    await tab.goto(emulator.url)
    await expect(tab.locator(".other")).to_have_count(40)
    assert await tab.evaluate(_TOP_OF_ANSWER.replace(".other", ".own")) in range(60)
    await tab.reload()
    await expect(tab.locator(".other")).to_have_count(40)
    assert await tab.evaluate(_FROM_END) <= 1


async def test_who_scrolled_up_stays_there_and_is_told(page: Page, say: Say) -> None:
    for number in range(40):
        await say(f"Tin {number}")
    await page.reload()
    await expect(page.locator(".other")).to_have_count(40)
    await expect(page.locator("#jump")).to_be_hidden()
    await page.evaluate("document.querySelector('#messages').scrollTop = 100")
    await say("Tin mới")
    await page.get_by_role("button", name="Đến 1 tin mới").click()
    await expect(page.locator("#jump")).to_be_hidden()
    assert await page.evaluate(_FROM_END) <= 80
    assert await page.evaluate("document.activeElement.id") == "messages"


async def test_deleted_pinned_and_answered_messages(page: Page, bot: Bot, say: Say, chat: int) -> None:
    first = await say("<b>Bản tin</b> sáng")
    second = await say("Sẽ xóa")
    await say("Đây", reply_parameters=ReplyParameters(first.message_id))
    await bot.pin_chat_message(chat, first.message_id)
    await expect(page.locator("#pin")).to_contain_text("Bản tin sáng")
    await expect(page.locator(".note").last).to_have_text("Điểm Tin đã ghim «Bản tin sáng»")
    await page.get_by_role("button", name="Trả lời Điểm Tin: Bản tin sáng").click()
    await expect(page.locator(".lit")).to_contain_text("Bản tin sáng")
    await bot.delete_message(chat, second.message_id)
    await expect(page.get_by_text("Sẽ xóa")).to_have_count(0)
    await expect(page.locator("#announcer")).to_have_text("Một tin đã bị xóa.")
    await bot.unpin_all_chat_messages(chat)
    await expect(page.locator("#pin")).to_be_hidden()


async def test_photos_and_documents_are_shown(page: Page, bot: Bot, chat: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "#1c6fb0").save(file, "PNG")
    await bot.send_photo(chat, file.getvalue(), caption="Giá vàng 30 ngày")
    await bot.send_document(chat, b"{}" * 1024, filename="dữ liệu.json")
    picture = page.get_by_role("img", name="Ảnh: Giá vàng 30 ngày")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.complete && image.naturalWidth") == 300
    bubble = page.locator(".has-photo .bubble")
    assert await bubble.evaluate("bubble => bubble.offsetWidth") == 300
    async with page.expect_download() as download:
        await page.get_by_role("link", name="dữ liệu.json 2 kB").click()
    assert (await download.value).suggested_filename == "dữ liệu.json"


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "</div></article><h1>Bạn đã trúng thưởng</h1>",
        "&lt;b&gt;",
    ],
)
async def test_hostile_words_stay_words(page: Page, bot: Bot, users: Control, chat: int, text: str) -> None:
    """In messages, names, buttons, files, commands, pins and toasts alike."""
    await users.user(text[:64])
    group = await users.group(text, administrators=[chat])
    await users.say(group, f"{text}@diemtin_bot", sender=chat)
    await bot.set_my_commands([BotCommand("tin", text)])
    sent = await bot.send_message(chat, text, reply_markup=keys(text[:60]))
    await bot.send_document(chat, b"x", filename=text.translate({47: "_", 59: "_"}), caption=text)
    await bot.send_message(chat, text, reply_parameters=ReplyParameters(sent.message_id))
    await bot.pin_chat_message(chat, sent.message_id)
    await expect(page.locator("#pin-text")).to_have_text(text)
    await expect(page.locator(".other .body").first).to_have_text(text)
    await expect(page.locator("#chats b").last).to_have_text(text)
    await page.get_by_label("Tin nhắn", exact=True).fill("/")
    await expect(page.get_by_role("option")).to_have_text([f"/tin{text}"])
    await page.locator("#chats button").last.click()
    await expect(page.locator("#name")).to_have_text(text)
    assert await page.locator("#messages img, #messages script, #messages h1").count() == 0


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "tg://user?id=1"])
async def test_only_web_and_mail_addresses_open(page: Page, users: Control, chat: int, url: str) -> None:
    """The emulator lets no such link pass; the page does not rely on that."""
    link = {"type": "text_link", "offset": 0, "length": 3, "url": url}
    made = await page.evaluate(
        """async (entity) => { const { format } = await import("/formatting.js");
            return format("Tin", [entity])[0].outerHTML; }""",
        link,
    )
    assert made == '<span class="link">Tin</span>'


@pytest.mark.parametrize(
    ("entities", "html"),
    [
        ([("bold", 0, 5), ("italic", 3, 5)], "<b>📰 <i>ti</i></b><i>n s</i>áng"),
        ([("bold", 3, 3), ("italic", 3, 3)], "📰 <b><i>tin</i></b> sáng"),
        ([("bold", 0, 99)], "<b>📰 tin sáng</b>"),
        ([("bold", 50, 9), ("custom_emoji", 0, 2)], "<span>📰</span> tin sáng"),
    ],
)
async def test_formatting_that_overlaps_or_ends_outside(
    page: Page, chat: int, entities: list[tuple[str, int, int]], html: str
) -> None:
    rows = [{"type": kind, "offset": start, "length": length} for kind, start, length in entities]
    made = await page.evaluate(
        """async (rows) => { const { format } = await import("/formatting.js");
            const all = document.createElement("p"); all.append(...format("📰 tin sáng", rows));
            return all.innerHTML; }""",
        sorted(rows, key=lambda row: row["offset"]),
    )
    assert made == html
