"""Forum topics: opened by people, written into by people and the bot, closed and deleted."""

from dataclasses import dataclass

import pytest
from telegram import Bot, ReplyParameters, Update
from telegram.error import BadRequest

from bot.emulator.client import Control, ControlError


@dataclass
class Forum:
    """A group with one topic, and the person who opened it."""

    id: int
    chi: int
    topic: int


@pytest.fixture
async def forum(users: Control, bot: Bot) -> Forum:
    """A forum whose beginnings the bot has read."""
    chi = await users.user("Chi")
    group = await users.group("Tổ 5", administrators=[chi], forum=True)
    opened = await users.post("topic", **{"chat": group, "from": chi, "name": "Điểm báo"})
    await bot.get_updates(offset=opened["update_id"] + 1)
    return Forum(group, chi, opened["thread"])


async def last(bot: Bot) -> Update:
    """The newest update."""
    return (await bot.get_updates(offset=-1))[0]


async def test_a_topic_is_opened_and_told(bot: Bot, users: Control, forum: Forum) -> None:
    opened = await users.post("topic", **{"chat": forum.id, "from": forum.chi, "name": "Thể thao"})
    message = (await last(bot)).message
    assert message is not None
    assert message.forum_topic_created is not None
    assert (message.forum_topic_created.name, message.message_thread_id) == ("Thể thao", opened["thread"])
    assert message.chat.is_forum
    assert (await bot.get_chat(forum.id)).is_forum
    topics = (await users.chat(forum.id))["topics"]
    assert [(row["name"], row["closed"]) for row in topics] == [("Điểm báo", False), ("Thể thao", False)]


async def test_a_command_in_a_topic_says_where_it_stands(bot: Bot, users: Control, forum: Forum) -> None:
    """What replies to nothing else is a reply to the topic's first message, as far as a bot can see."""
    await users.say(forum.id, "/tin", sender=forum.chi, thread=forum.topic)
    message = (await last(bot)).message
    assert message is not None
    assert (message.message_thread_id, message.is_topic_message) == (forum.topic, True)
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None


async def test_the_bot_writes_into_a_topic_and_answers_stay_there(
    bot: Bot, users: Control, forum: Forum
) -> None:
    said = await users.say(forum.id, "/tin", sender=forum.chi, thread=forum.topic)
    sent = await bot.send_message(forum.id, "Bản tin sáng", message_thread_id=forum.topic)
    reply = await bot.send_message(forum.id, "Bản tin", reply_parameters=ReplyParameters(said["message_id"]))
    outside = await bot.send_message(forum.id, "Cho cả nhóm")
    assert [row.is_topic_message for row in (sent, reply, outside)] == [True, True, None]
    shown = await users.wait(forum.id, count=3)
    assert [row.get("thread_id") for row in shown] == [forum.topic, forum.topic, None]


async def test_a_topic_that_is_not_there_is_refused(bot: Bot, users: Control, forum: Forum, an: int) -> None:
    """The general topic too: its number 1 is never written."""
    for chat, thread in ((forum.id, 1), (forum.id, 99), (an, forum.topic)):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(chat, "Tin", message_thread_id=thread)
    await users.post("topic", chat=forum.id, thread=forum.topic, action="delete")
    assert (await users.chat(forum.id))["topics"] == []
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "Tin", message_thread_id=forum.topic)


async def test_a_closed_topic_is_for_administrators(bot: Bot, users: Control, forum: Forum) -> None:
    how = {"chat": forum.id, "from": forum.chi, "thread": forum.topic}
    await users.post("topic", **how, action="close")
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "Tin", message_thread_id=forum.topic)
    with pytest.raises(ControlError, match=r"^thread: "):
        await users.say(forum.id, "/tin", sender=forum.chi, thread=forum.topic)
    await users.post("topic", **how, action="reopen")
    reopened = (await last(bot)).message
    assert reopened is not None
    assert reopened.forum_topic_reopened is not None
    assert await bot.send_message(forum.id, "Tin", message_thread_id=forum.topic)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"name": "x"}, "from"),
        ({"thread": 99, "action": "close"}, "thread"),
        ({"name": ""}, "name"),
        ({"thread": 5}, "name"),
        ({"name": "x", "chat": 1}, "chat"),
    ],
)
async def test_wrong_input_names_its_key(
    users: Control, forum: Forum, body: dict[str, object], key: str
) -> None:
    with pytest.raises(ControlError, match=rf"^{key}: "):
        await users.post("topic", **({"chat": forum.id} | body))


async def test_only_a_supergroup_made_so_is_a_forum(users: Control) -> None:
    chi = await users.user("Chi")
    group = await users.group("Tổ 5", administrators=[chi])
    with pytest.raises(ControlError, match=r"^chat: "):
        await users.post("topic", **{"chat": group, "from": chi, "name": "x"})
    with pytest.raises(ControlError, match=r"^forum: "):
        await users.group("Kênh", type="channel", forum=True)
