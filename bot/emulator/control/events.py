"""Routes for what users do: write, edit, forward, post to a channel, tap buttons; and updates as given."""

import re
from typing import Any

from pydantic import Field, model_validator

from bot.emulator.chats.messages import Keyboard, Message
from bot.emulator.chats.people import ADMINISTRATORS, ANONYMOUS_ADMINISTRATOR, Chat
from bot.emulator.chats.world import World
from bot.emulator.control.groups import known_topic, unblock
from bot.emulator.markup.entities import FormattedText, utf16_length
from bot.emulator.markup.formatting import detect
from bot.emulator.methods.text_messages import MAX_TEXT_UNITS
from bot.emulator.requests import (
    Body,
    InputError,
    Routes,
    WaitSeconds,
    acting_user,
    known_chat,
    known_message,
)


class MessageBody(Body):
    """A message of a user. The text reaches the bot as it is, with control characters."""

    chat: int
    sender: int | None = Field(default=None, alias="from")
    text: str = ""
    edit: int | None = None
    reply_to: int | None = None
    thread: int | None = None
    anonymous_admin: bool = False
    channel_post: bool = False
    forward: str = ""
    extra: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_something_to_say(self) -> "MessageBody":
        if not self.text and not self.extra:
            raise ValueError("text: there must be a text or extra")
        return self


class TapBody(Body):
    """A tap on a button; with `forge` the data need not be on any button, nor the message be there."""

    chat: int
    sender: int | None = Field(default=None, alias="from")
    message_id: int | None = None
    data: str | None = None
    button: str | tuple[int, int] | None = None
    forge: bool = False
    wait_seconds: WaitSeconds = 0

    @model_validator(mode="after")
    def _names_one_button(self) -> "TapBody":
        if (self.data is None) == (self.button is None):
            raise ValueError("button: give either data or button")
        return self


class UpdateBody(Body):
    """Any update; with its own `update_id` it can come twice."""

    update: dict[str, Any]


async def write_message(world: World, body: MessageBody) -> dict[str, Any]:
    """Put a user's message into its chat and queue the update, if the bot may see it."""
    chat = known_chat(world, body.chat)
    if utf16_length(body.text) > MAX_TEXT_UNITS:
        raise InputError("text", f"a message has at most {MAX_TEXT_UNITS} UTF-16 units")
    content = FormattedText(body.text, tuple(detect(FormattedText(body.text))))
    if body.edit is not None:
        return _edit(world, chat, body, content)
    if chat.is_private:
        unblock(world, chat)
        chat.is_started = True
    return _queued(world, "", _post(world, chat, body, content))


async def tap_button(world: World, body: TapBody) -> dict[str, Any]:
    """Tap a button and, within `wait_seconds`, return what the bot answered."""
    chat = known_chat(world, body.chat)
    user = acting_user(world, chat, body.sender)
    message = _tapped_message(world, chat, body)
    if body.forge and body.data is not None:
        data = body.data
    else:
        button = _find_button(message.keyboard if message else [], body)
        if "callback_data" not in button:
            return {"update_id": None, "callback_query_id": None, "answer": None, "button": button}
        data = button["callback_data"]
    callback = world.add_callback(chat)
    query: dict[str, Any] = {
        "id": callback.id,
        "from": user.as_json(),
        "chat_instance": str(chat.id),
        "data": data,
        "message": _query_message(world, chat, message, body.message_id),
    }
    update_id = world.updates.put("callback_query", query)
    await world.changed.wait_until(lambda: callback.answer is not None, body.wait_seconds)
    return {"update_id": update_id, "callback_query_id": callback.id, "answer": callback.answer}


async def queue_update(world: World, body: UpdateBody) -> dict[str, Any]:
    """Queue an update exactly as given."""
    if not isinstance(body.update.get("update_id", 0), int):
        raise InputError("update.update_id", "an update's id is a whole number")
    return {"update_id": world.updates.put_raw(body.update)}


def may_see(world: World, message: Message) -> bool:
    """Tell whether the bot gets `message`: in a group only messages to it, or all as an administrator."""
    chat = message.chat
    if chat.type in ("private", "channel") or chat.bot_status in ADMINISTRATORS:
        return True
    if message.reply_to is not None and message.reply_to.from_bot:
        return True
    name = re.escape(world.bot.username)
    text = message.content.text
    return (
        re.search(rf"@{name}\b", text, re.IGNORECASE) is not None or re.match(r"/\w+(?!\S)", text) is not None
    )


def _post(world: World, chat: Chat, body: MessageBody, content: FormattedText) -> Message:
    reply_to = known_message(world, chat, body.reply_to, "reply_to") if body.reply_to else None
    topic = _topic(world, chat, body, reply_to)
    if chat.type == "channel":
        message = world.post(chat, None, content)
        message.sender_chat = chat
    elif body.channel_post:
        raise InputError("channel_post", "only a channel has posts")
    elif body.anonymous_admin:
        if chat.is_private:
            raise InputError("anonymous_admin", "only a group has administrators")
        message = world.post(chat, ANONYMOUS_ADMINISTRATOR, content)
        message.sender_chat = chat
    else:
        message = world.post(chat, acting_user(world, chat, body.sender), content)
    message.reply_to, message.topic = reply_to, topic
    message.extra = dict(body.extra)
    if body.forward:
        origin = {"type": "hidden_user", "sender_user_name": body.forward, "date": world.now}
        message.extra["forward_origin"] = origin
    return message


def _topic(world: World, chat: Chat, body: MessageBody, reply_to: Message | None) -> Message | None:
    """Return the first message of the topic to write in: the one that is named, or that of the reply."""
    if body.thread is None:
        return reply_to.topic if reply_to else None
    if known_topic(chat, body.thread).is_closed:
        raise InputError("thread", f"topic {body.thread} is closed")
    return world.history(chat)[body.thread]


def _edit(world: World, chat: Chat, body: MessageBody, content: FormattedText) -> dict[str, Any]:
    message = known_message(world, chat, body.edit or 0, "edit")
    if message.from_bot:
        raise InputError("edit", "users cannot edit the bot's messages")
    world.show(message, content, [])
    return _queued(world, "edited_", message)


def _queued(world: World, prefix: str, message: Message) -> dict[str, Any]:
    """Queue the update of a message, if the bot may see it; `prefix` is that of the update's kind."""
    kind = prefix + ("channel_post" if message.chat.type == "channel" else "message")
    sees = message.chat.barrier() is None and may_see(world, message)
    update_id = world.updates.put(kind, message.as_json(world.users)) if sees else None
    return {"message_id": message.message_id, "update_id": update_id}


def _tapped_message(world: World, chat: Chat, body: TapBody) -> Message | None:
    """Return the message whose button is tapped: the one that is named, or the newest with such a button."""
    if body.message_id is not None:
        message = world.find_message(chat, body.message_id)
        if message is None and not body.forge:
            raise InputError("message_id", f"there is no message {body.message_id} in chat {chat.id}")
        return message
    with_buttons = [
        message for message in world.history(chat).values() if message.keyboard and not message.is_deleted
    ]
    if body.forge:
        return with_buttons[-1] if with_buttons else None
    fitting = [message for message in with_buttons if _matching(message.keyboard, body)]
    if not fitting:
        raise InputError("button", f"no message of chat {chat.id} has such a button")
    return fitting[-1]


def _matching(keyboard: Keyboard, body: TapBody) -> list[dict[str, Any]]:
    if isinstance(body.button, tuple):
        row, column = body.button
        is_there = 0 <= row < len(keyboard) and 0 <= column < len(keyboard[row])
        return [keyboard[row][column]] if is_there else []
    key, wanted = ("text", body.button) if body.button is not None else ("callback_data", body.data)
    return [button for row in keyboard for button in row if button.get(key) == wanted]


def _find_button(keyboard: Keyboard, body: TapBody) -> dict[str, Any]:
    if matching := _matching(keyboard, body):
        return matching[0]
    shown = " · ".join(button["text"] for row in keyboard for button in row)
    raise InputError(
        "button" if body.data is None else "data", f"no such button; there are: {shown or 'none'}"
    )


def _query_message(
    world: World, chat: Chat, message: Message | None, message_id: int | None
) -> dict[str, Any]:
    """Return the message of a callback query; a deleted one has only its id and the date 0."""
    if message is not None:
        return message.as_json(world.users)
    return {"chat": chat.as_json(), "message_id": message_id or 1, "date": 0}


ROUTES: Routes = {
    ("POST", "message"): (MessageBody, write_message),
    ("POST", "tap"): (TapBody, tap_button),
    ("POST", "update"): (UpdateBody, queue_update),
}
