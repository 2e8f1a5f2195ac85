"""Pinned messages: where a bot may pin, its updates, and what the chat shows."""

import pytest
from telegram import Bot
from telegram.error import BadRequest

from bot.emulator.client import Control


async def test_a_pin_is_shown_and_told(bot: Bot, users: Control, an: int) -> None:
    first = await bot.send_message(an, "Bản tin sáng")
    second = await bot.send_message(an, "Bản tin tối")
    assert await bot.pin_chat_message(an, first.message_id)
    assert await bot.pin_chat_message(an, second.message_id)
    told = await bot.get_updates()
    pinned = [update.message.pinned_message for update in told if update.message]
    assert [message.message_id for message in pinned if message] == [first.message_id, second.message_id]
    assert (await users.chat(an))["pinned"] == [first.message_id, second.message_id]
    shown = (await bot.get_chat(an)).pinned_message
    assert shown is not None
    assert shown.message_id == second.message_id


async def test_a_pin_twice_is_one(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Bản tin sáng")
    for _ in range(2):
        assert await bot.pin_chat_message(an, sent.message_id)
    assert (await users.chat(an))["pinned"] == [sent.message_id]
    assert len(await bot.get_updates()) == 1


async def test_pins_are_taken_off_one_by_one_the_latest_first_or_all(
    bot: Bot, users: Control, an: int
) -> None:
    ids = [(await bot.send_message(an, f"Tin {number}")).message_id for number in range(4)]
    for message_id in ids:
        await bot.pin_chat_message(an, message_id)
    await bot.unpin_chat_message(an)
    await bot.unpin_chat_message(an, ids[0])
    assert (await users.chat(an))["pinned"] == ids[1:3]
    await bot.delete_message(an, ids[1])
    assert (await users.chat(an))["pinned"] == [ids[2]]
    await bot.unpin_all_chat_messages(an)
    assert (await users.chat(an))["pinned"] == []
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(an)
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await bot.pin_chat_message(an, 99)


async def test_a_group_lets_only_administrators_pin(bot: Bot, users: Control) -> None:
    chi = await users.user("Chi")
    group = await users.group("Tổ 5", administrators=[chi])
    sent = await bot.send_message(group, "Bản tin sáng")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(group, sent.message_id)
    await users.post("member", chat=group, action="promote")
    assert await bot.pin_chat_message(group, sent.message_id)


async def test_a_pin_in_a_channel_is_told_as_a_post(bot: Bot, users: Control) -> None:
    channel = await users.group("Kênh", type="channel")
    sent = await bot.send_message(channel, "Bản tin sáng")
    await bot.pin_chat_message(channel, sent.message_id)
    (_, told) = await bot.get_updates()
    assert told.channel_post is not None
    assert told.channel_post.pinned_message is not None
    assert told.channel_post.from_user is None
