"""Tapping buttons: real ones, forged ones, stale ones, and what the bot may answer."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest

from bot.emulator.client import Control, ControlError

PAGES = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("‹", callback_data="p:1"), InlineKeyboardButton("›", callback_data="p:3")],
        [InlineKeyboardButton("Đọc", url="https://tin.example/a")],
    ]
)


async def next_update(bot: Bot) -> Update:
    """The one update that waits."""
    (update,) = await bot.get_updates(timeout=5)
    await bot.get_updates(offset=update.update_id + 1)
    return update


@pytest.mark.parametrize("how", [{"button": "›"}, {"button": [0, 1]}, {"data": "p:3"}])
async def test_a_tap_brings_its_data_and_message(
    bot: Bot, users: Control, an: int, how: dict[str, object]
) -> None:
    sent = await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    await users.tap(an, **how)
    query = (await next_update(bot)).callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("p:3", an)
    assert isinstance(query.message, Message)
    assert query.message.message_id == sent.message_id


async def test_the_answer_comes_back_to_the_one_who_waits(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    tap = asyncio.create_task(users.tap(an, "›", wait_seconds=10))
    query = (await next_update(bot)).callback_query
    assert query is not None
    await query.answer("Hết trang", show_alert=True)
    assert (await tap)["answer"] == {"text": "Hết trang", "show_alert": True, "url": ""}
    (answer,) = (await users.chat(an))["callback_answers"]
    assert (answer["callback_query_id"], answer["text"]) == (query.id, "Hết trang")


async def test_a_tap_nobody_answers_says_so(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    assert (await users.tap(an, "›"))["answer"] is None


async def test_a_button_with_an_address_asks_the_bot_nothing(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    tapped = await users.tap(an, "Đọc")
    assert (tapped["button"]["url"], tapped["update_id"]) == ("https://tin.example/a", None)


async def test_the_newest_message_with_the_button_is_meant(bot: Bot, users: Control, an: int) -> None:
    for text in ("cũ", "mới"):
        await bot.send_message(an, text, reply_markup=PAGES)
    await bot.send_message(an, "không nút")
    await users.tap(an, "›")
    message = (await next_update(bot)).effective_message
    assert message is not None
    assert message.text == "mới"


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ({"button": "không có"}, "button"),
        ({"button": [5, 0]}, "button"),
        ({"button": [0, -1]}, "button"),
        ({"data": "p:99", "message_id": 1}, "data"),
        ({"button": "›", "message_id": 99}, "message_id"),
        ({}, "button"),
        ({"button": "›", "data": "p:3"}, "button"),
    ],
)
async def test_only_buttons_that_are_there_can_be_tapped(
    bot: Bot, users: Control, an: int, how: dict[str, object], key: str
) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    with pytest.raises(ControlError, match=f"^{key}: "):
        await users.tap(an, **how)


async def test_forged_data_reaches_the_bot_all_the_same(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    await users.tap(an, data="p:-1" * 40, forge=True)
    query = (await next_update(bot)).callback_query
    assert query is not None
    assert query.data == "p:-1" * 40


async def test_a_tap_on_a_deleted_message_names_it_only(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    await bot.delete_message(an, sent.message_id)
    with pytest.raises(ControlError):
        await users.tap(an, "›", message_id=sent.message_id)
    await users.tap(an, data="p:3", message_id=sent.message_id, forge=True)
    query = (await next_update(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.message.is_accessible, query.message.message_id) == (False, sent.message_id)


async def test_a_query_is_answered_once(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    query_id = (await users.tap(an, "›"))["callback_query_id"]
    await bot.answer_callback_query(query_id)
    with pytest.raises(
        BadRequest, match="Query is too old and response timeout expired or query id is invalid"
    ):
        await bot.answer_callback_query(query_id)


async def test_a_query_grows_old(bot: Bot, users: Control, an: int) -> None:
    await users.post("limits", callback_seconds=0)
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    query_id = (await users.tap(an, "›"))["callback_query_id"]
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query_id)


async def test_an_answer_has_a_length(bot: Bot, users: Control, an: int) -> None:
    await bot.send_message(an, "Trang 2", reply_markup=PAGES)
    query_id = (await users.tap(an, "›"))["callback_query_id"]
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query_id, "x" * 201)
    assert await bot.answer_callback_query(query_id, "x" * 200)


async def test_a_button_s_style_is_shown_and_an_unknown_one_refused(
    bot: Bot, users: Control, an: int
) -> None:
    def styled(style: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton("Xóa", callback_data="x", style=style)]])

    await bot.send_message(an, "Xóa hết?", reply_markup=styled("danger"))
    (message,) = (await users.chat(an))["messages"]
    assert message["buttons"][0][0] == {"text": "Xóa", "data": "x", "style": "danger"}
    with pytest.raises(BadRequest, match="style"):
        await bot.send_message(an, "Xóa hết?", reply_markup=styled("pink"))
