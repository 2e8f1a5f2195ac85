"""Sending, editing and deleting through the real library: what Telegram lets pass and what it refuses."""

import io

import aiohttp
import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.emulator.methods import send_media
from bot.emulator.server import MAX_BODY_BYTES


def buttons(*texts: str, data: str = "x") -> InlineKeyboardMarkup:
    """One row of buttons."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data) for text in texts]])


async def test_a_message_arrives_as_it_was_meant(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(
        an,
        "<b>Tin 📰</b> sáng: <a href='https://tin.example/a'>lũ</a>",
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=buttons("Xem", data="tin:1"),
    )
    assert sent.text == "Tin 📰 sáng: lũ"
    assert sent.parse_entities() == dict(zip(sent.entities, ["Tin 📰", "lũ"], strict=True))
    assert sent.from_user is not None
    assert sent.from_user.id == bot.id == 42
    (seen,) = await users.wait(an)
    assert seen["html"] == '<b>Tin 📰</b> sáng: <a href="https://tin.example/a">lũ</a>'
    assert seen["buttons"] == [[{"text": "Xem", "data": "tin:1"}]]
    assert seen["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Message text is empty"),
        ("<b></b>", "Text must be non-empty"),
        (" \n ", "Text must be non-empty"),
        ("a" * 4097, "Message is too long"),
        ("📰" * 2049, "Message is too long"),
        ("<p>a</p>", 'Can\'t parse entities: unsupported start tag "p" at byte offset 0'),
    ],
)
async def test_a_wrong_text_is_refused(bot: Bot, an: int, text: str, reason: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await bot.send_message(an, text, parse_mode=ParseMode.HTML)
    assert caught.value.message == reason


async def test_length_counts_after_parsing_in_utf16_units(bot: Bot, an: int) -> None:
    sent = await bot.send_message(
        an, f"<b>{'📰' * 2048}</b>&amp;"[: -len("&amp;")], parse_mode=ParseMode.HTML
    )
    assert len(sent.text or "") == 2048


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (buttons("a", data="x" * 65), "Button_data_invalid"),
        (buttons("a", data="ạ" * 22), "Button_data_invalid"),
        (buttons(*"abcdefghi"), "Reply markup is too long"),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="x")]] * 101),
            "Reply markup is too long",
        ),
        (InlineKeyboardMarkup([[InlineKeyboardButton("a", url="localhost")]]), "wrong http url"),
        (InlineKeyboardMarkup([[InlineKeyboardButton(" ", callback_data="x")]]), "text must be non-empty"),
    ],
)
async def test_wrong_buttons_are_refused(
    bot: Bot, an: int, markup: InlineKeyboardMarkup, reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_message(an, "Tin", reply_markup=markup)


async def test_the_largest_keyboard_passes(bot: Bot, an: int) -> None:
    row = [InlineKeyboardButton("a", callback_data="x" * 64)] * 8
    markup = InlineKeyboardMarkup([row] * 12 + [row[:4]])
    sent = await bot.send_message(an, "Tin", reply_markup=markup)
    assert sent.reply_markup == markup


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("{", "can't parse reply markup JSON object"),
        ("[]", "object expected as reply markup"),
        ('{"inline_keyboard": [{}]}', 'field "inline_keyboard" must be of type Array of Arrays'),
        (
            '{"inline_keyboard": [[{"text": "a"}]]}',
            "can't parse inline keyboard button: Text buttons are unallowed",
        ),
        (
            '{"inline_keyboard": [[{"callback_data": "a"}]]}',
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ('{"inline_keyboard": [[5]]}', "can't parse inline keyboard button: expected an Object"),
        ('{"buttons": []}', "can't parse reply keyboard markup JSON object"),
    ],
)
async def test_malformed_reply_markup_is_refused(
    emulator: Emulator, an: int, markup: str, reason: str
) -> None:
    """The library cannot write these; another client can."""
    async with aiohttp.ClientSession(emulator.url) as session:
        form = {"chat_id": str(an), "text": "Tin", "reply_markup": markup}
        async with session.post("/bot42:x/sendMessage", data=form) as response:
            body = await response.json()
    assert response.status == 400
    assert body["description"].startswith(f"Bad Request: {reason}")


async def test_other_keyboards_pass_and_are_shown(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Hỏi gì?", reply_markup=ForceReply())
    await bot.send_message(an, "Chọn", reply_markup=ReplyKeyboardMarkup([["a"]]))
    force, keyboard = await users.wait(an, count=2)
    assert force["reply_markup"]["force_reply"] is True
    assert keyboard["reply_markup"]["keyboard"] == [[{"text": "a"}]]


async def test_a_reply_names_its_message(bot: Bot, users: Control, an: int) -> None:
    said = await users.say(an, "/start")
    sent = await bot.send_message(an, "Chào", reply_parameters=ReplyParameters(said["message_id"]))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "/start"


async def test_a_reply_to_nothing_is_refused_unless_allowed(bot: Bot, an: int) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(an, "Chào", reply_parameters=ReplyParameters(99))
    lenient = ReplyParameters(99, allow_sending_without_reply=True)
    assert (await bot.send_message(an, "Chào", reply_parameters=lenient)).reply_to_message is None


async def test_chats_that_are_not_there_are_refused(bot: Bot, users: Control) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "Tin")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message("@khong_co", "Tin")
    with pytest.raises(BadRequest, match="Chat_id is empty"):
        await bot.send_message("", "Tin")
    stranger = await users.user("Bình")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger, "Tin")


@pytest.mark.parametrize(
    ("action", "reason"), [("block", "bot was blocked by the user"), ("deactivate", "user is deactivated")]
)
async def test_users_who_are_gone_cannot_be_written_to(
    bot: Bot, users: Control, an: int, action: str, reason: str
) -> None:
    await users.post("member", chat=an, action=action)
    with pytest.raises(Forbidden, match=reason):
        await bot.send_message(an, "Tin")


async def test_a_text_can_be_edited_in_place(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Trang 1", reply_markup=buttons("Sau"))
    edited = await bot.edit_message_text("<b>Trang 2</b>", an, sent.message_id, parse_mode=ParseMode.HTML)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    (seen,) = await users.wait(an)
    assert (seen["text"], seen["buttons"], seen["edited"]) == ("Trang 2", [], True)
    assert [(row["text"], len(row["buttons"])) for row in seen["edits"]] == [("Trang 1", 1)]


async def test_buttons_can_be_edited_alone(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Tin", reply_markup=buttons("a"))
    await bot.edit_message_reply_markup(an, sent.message_id, reply_markup=buttons("b"))
    (seen,) = await users.wait(an)
    assert (seen["text"], seen["buttons"][0][0]["text"]) == ("Tin", "b")


async def test_edits_that_cannot_be_are_refused(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "<b>Tin</b>", parse_mode=ParseMode.HTML, reply_markup=buttons("a"))
    said = await users.say(an, "chào")
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await bot.edit_message_text(
            "<b>Tin</b>", an, sent.message_id, parse_mode=ParseMode.HTML, reply_markup=buttons("a")
        )
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(an, sent.message_id, reply_markup=buttons("a"))
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", an, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", an, said["message_id"])
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.edit_message_text("x" * 4097, an, sent.message_id)


async def test_messages_can_be_deleted_once(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Tin")
    assert await bot.delete_message(an, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(an, sent.message_id)
    assert (await users.chat(an))["messages"][0]["deleted"] is True


async def test_old_messages_cannot_be_deleted(bot: Bot, emulator: Emulator, an: int) -> None:
    sent = await bot.send_message(an, "Tin")
    three_days_on = emulator.world.now + 3 * 86400
    emulator.world.clock = lambda: three_days_on
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(an, sent.message_id)


async def test_a_document_can_be_sent_fetched_and_sent_again(
    bot: Bot, emulator: Emulator, users: Control, an: int
) -> None:
    content = '{"chủ đề": ["thời tiết"]}'.encode()
    sent = await bot.send_document(
        an, io.BytesIO(content), filename="dữ liệu.json", caption="<b>Của bạn</b>", parse_mode=ParseMode.HTML
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == (
        "dữ liệu.json",
        len(content),
        "Của bạn",
    )
    assert await (await bot.get_file(sent.document.file_id)).download_as_bytearray() == content
    again = await bot.send_document(an, sent.document.file_id)
    assert again.document == sent.document
    seen = (await users.wait(an))[0]
    assert seen["document"]["file_name"] == "dữ liệu.json"
    async with (
        aiohttp.ClientSession(emulator.url) as session,
        session.get(f"/_control/files/{seen['document']['file_id']}") as response,
    ):
        assert await response.read() == content


async def test_documents_that_cannot_be_are_refused(bot: Bot, an: int) -> None:
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(an, "khong-co")
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(an, io.BytesIO(b""), filename="a.json")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(an, io.BytesIO(b"{}"), caption="x" * 1025)
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("khong-co")


async def test_a_file_past_the_bound_is_refused(
    emulator: Emulator, an: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_media, "MAX_FILE_BYTES", 1000)
    async with aiohttp.ClientSession(emulator.url) as session:
        for size in (1001, MAX_BODY_BYTES + 1):
            form = aiohttp.FormData({"chat_id": str(an)})
            form.add_field("document", io.BytesIO(bytes(size)), filename="a.bin")
            async with session.post("/bot42:x/sendDocument", data=form) as response:
                body = await response.json()
            assert (response.status, body["error_code"], body["ok"]) == (413, 413, False)


async def test_a_document_has_no_text_to_edit(bot: Bot, an: int) -> None:
    sent = await bot.send_document(an, io.BytesIO(b"{}"), filename="a.json")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", an, sent.message_id)


async def test_chat_actions_are_noted(bot: Bot, users: Control, an: int) -> None:
    await bot.send_chat_action(an, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(an, "ngủ")
    assert (await users.chat(an))["actions"] == ["typing"]
