"""The chat page in a real browser: people type, tap and read, with mouse, keyboard and screen reader."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Message,
    ReplyParameters,
)
from telegram import Update as Told

from bot.emulator.client import Control
from bot.emulator.emulation import Emulator

CHROMIUM = Path("/usr/bin/chromium")
DIGEST = """<b>Tin 24 giờ qua</b>
<u>THỜI SỰ</u>
<a href="https://bao.example/1">Cầu mới thông xe</a>
<blockquote expandable>Một dòng.
Hai dòng.
Ba dòng.
Bốn dòng, chỉ thấy khi mở.</blockquote>
<blockquote expandable>Ngắn.</blockquote>"""

# In pixels below the upper edge of the list.
_TOP_OF_ANSWER = """() => Math.round(document.querySelector(".other").getBoundingClientRect().top
    - document.querySelector("#messages").getBoundingClientRect().top)"""
_FROM_END = """() => { const list = document.querySelector("#messages");
    return Math.round(list.scrollHeight - list.scrollTop - list.clientHeight); }"""

expect.set_options(timeout=20_000)  # the machine may be busy with other tests

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")

Say = Callable[..., Awaitable[Message]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser, emulator: Emulator) -> AsyncIterator[Page]:
    """The open page; an error on its console fails the test."""
    opened = await browser.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    await opened.goto(emulator.url)
    yield opened
    assert errors == []


@pytest.fixture
async def chat(page: Page, bot: Bot) -> int:
    """The chat of a person who pressed the button to begin."""
    await page.get_by_role("button", name="Bắt đầu").click()
    (start,) = await told(bot)
    assert start.effective_chat is not None
    await expect(page.locator(".own .body")).to_have_text("/start")
    return start.effective_chat.id


@pytest.fixture
def say(bot: Bot, chat: int) -> Say:
    """Let the bot write HTML into that chat."""

    async def write(text: str, **how: object) -> Message:
        return await bot.send_message(chat, text, parse_mode="HTML", **how)  # type: ignore[arg-type] # passed on

    return write


async def told(bot: Bot) -> tuple[Told, ...]:
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


async def test_a_new_chat_says_what_the_bot_can_do_and_how_to_begin(page: Page, bot: Bot) -> None:
    await bot.set_my_description("Đọc báo giúp bạn.", language_code="vi")
    await expect(page.locator(".card")).to_contain_text("Bot này làm được gì?Đọc báo giúp bạn.")
    await page.get_by_role("button", name="Bắt đầu").click()
    (start,) = await told(bot)
    assert start.message is not None
    assert start.message.text == "/start"
    await expect(page.locator("#start")).to_be_hidden()
    await expect(page.locator(".day")).to_have_text("Hôm nay")


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
    (tapped,) = await told(bot)
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
    (tapped,) = await told(bot)
    assert tapped.callback_query is not None
    await tapped.callback_query.answer("Không lấy lại được đâu.", show_alert=True)
    await expect(page.get_by_role("alertdialog")).to_contain_text("Không lấy lại được đâu.")
    await expect(page.get_by_role("button", name="Đã hiểu")).to_be_focused()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("alertdialog")).to_be_hidden()


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
    (said,) = await told(bot)
    assert said.message is not None
    assert said.message.text == "mưa\nlũ"
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("")


async def test_what_could_not_be_sent_is_not_lost(page: Page, chat: int) -> None:
    await page.route("**/_control/message", lambda route: route.fulfill(status=200, body="{"))
    await page.get_by_label("Tin nhắn", exact=True).fill("mưa lũ")
    await page.keyboard.press("Enter")
    await expect(page.locator("#toast")).to_contain_text("Không gửi được")
    await expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value("mưa lũ")


async def test_a_busy_bot_shows_and_its_long_answer_is_read_from_its_beginning(
    page: Page, bot: Bot, say: Say, chat: int
) -> None:
    await bot.send_chat_action(chat, "typing")
    await expect(page.locator("#status")).to_have_text("đang soạn tin…")
    await say("Đầu tin\n" + "một dòng\n" * 100 + "Cuối tin")
    await expect(page.locator("#status")).to_have_text("bot")
    assert await page.evaluate(_TOP_OF_ANSWER) in range(60)


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
    browser: Browser, emulator: Emulator, bot: Bot, users: Control
) -> None:
    """Later ones find the end."""
    an = await users.user("An", started=True)
    await users.say(an, "/start")
    for number in range(40):
        await bot.send_message(an, f"Tin {number}")
    page = await browser.new_page()
    await page.goto(emulator.url)
    await expect(page.locator(".other")).to_have_count(40)
    assert await page.evaluate(_TOP_OF_ANSWER.replace(".other", ".own")) in range(60)
    await page.reload()
    await expect(page.locator(".other")).to_have_count(40)
    assert await page.evaluate(_FROM_END) <= 1


async def test_words_behind_the_bots_name_offer_what_it_finds(page: Page, bot: Bot, chat: int) -> None:
    field = page.get_by_label("Tin nhắn", exact=True)
    await field.fill(f"@{bot.username} giá vàng")
    (asked,) = await told(bot)
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
    await told(bot)
    await page.get_by_label("Tin nhắn", exact=True).fill(f"@{bot.username} cờ tướng")
    (asked,) = await told(bot)
    assert asked.inline_query is not None
    button = InlineQueryResultsButton("Hỏi Điểm Tin", start_parameter="co-tuong")
    await asked.inline_query.answer([], button=button)
    await page.get_by_role("option", name="Hỏi Điểm Tin").click()
    await expect(page.locator("#name")).to_have_text("Điểm Tin")
    await expect(page.locator(".own .body").last).to_have_text("/start co-tuong")


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
    said = (await told(bot))[-1].message
    assert said is not None
    assert (said.chat.title, said.is_topic_message) == ("Tổ dân phố 5", True)
    answer = await said.reply_text("Bản tin", do_quote=True)
    assert answer.is_topic_message
    await expect(page.locator(".other .sender")).to_have_text("Điểm Tin")


async def test_a_blocked_bot_is_called_back(page: Page, bot: Bot, chat: int) -> None:
    await page.get_by_role("button", name="Tùy chọn").click()
    await page.get_by_role("button", name="Chặn bot").click()
    await expect(page.locator("#status")).to_have_text("bạn đã chặn bot")
    await page.get_by_role("button", name="Khởi động lại").click()
    await expect(page.locator("#status")).to_have_text("bot")
    assert [update.my_chat_member is not None for update in await told(bot)] == [True, True, False]


async def test_a_link_to_the_bot_begins_with_what_it_carries(page: Page, bot: Bot, say: Say) -> None:
    await say('<a href="https://t.me/diemtin_bot?start=tim-lu">Hỏi tiếp</a>')
    await page.get_by_role("link", name="Hỏi tiếp").click()
    (said,) = await told(bot)
    assert said.message is not None
    assert said.message.text == "/start tim-lu"


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


async def test_after_a_reset_the_page_goes_on(browser: Browser, emulator: Emulator, users: Control) -> None:
    """It may ask for the chat that is gone, which the browser's console notes."""
    page = await browser.new_page()
    await page.goto(emulator.url)
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.locator("#start")).to_be_hidden()
    await users.post("reset")
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await expect(page.locator("#chats button")).to_have_count(1)


async def test_the_page_says_when_it_lost_the_emulator(page: Page, chat: int) -> None:
    await page.route("**/_control/chats*", lambda route: route.fulfill(status=200, body="{"))
    await page.get_by_role("button", name="Menu").click()
    await page.evaluate("fetch('/_control/user', {method: 'POST', body: '{}'})")
    await expect(page.locator("#status")).to_have_text("mất kết nối, đang thử lại…")
    await page.unroute("**/_control/chats*")
    await expect(page.locator("#status")).to_have_text("bot")


def test_the_page_is_small() -> None:
    """All of it together, as it goes over the line."""
    files = resources.files("bot.emulator").joinpath("page").iterdir()
    assert sum(len(file.read_bytes()) for file in files) < 60_000
