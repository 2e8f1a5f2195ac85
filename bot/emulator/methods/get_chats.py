"""Chats as far as a bot may ask: their members, and their pinned messages."""

from typing import Any

from bot.emulator.chats.people import ADMINISTRATORS, Chat, MemberStatus, User, member_json
from bot.emulator.chats.world import World
from bot.emulator.markup.entities import FormattedText
from bot.emulator.parameters import Methods, Parameters, get_chat, get_user
from bot.emulator.refusals import bad_request

# Chats and their members, as far as a bot may ask.

_ACTIONS = frozenset(
    {
        "typing", "choose_sticker", "find_location", "upload_document", "upload_photo",
        "record_video", "upload_video", "record_voice", "upload_voice",
        "record_video_note", "upload_video_note",
    }
)  # fmt: skip


async def get_chat_info(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return all about one chat."""
    chat = get_chat(parameters, world)
    pinned = world.history(chat)[chat.pinned[-1]] if chat.pinned else None
    return chat.as_full_json() | ({"pinned_message": pinned.as_json(world.users)} if pinned else {})


async def get_chat_member(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return one member's standing; strangers have `left`."""
    chat = get_chat(parameters, world)
    user = get_user(parameters, world)
    return member_json(user, _status(world, chat, user))


async def get_chat_administrators(world: World, parameters: Parameters) -> list[dict[str, Any]]:
    """Return the administrators of a group; the bot is left out, as other bots are."""
    chat = get_chat(parameters, world)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    people = [(world.users[user_id], status) for user_id, status in chat.members.items()]
    return [
        member_json(user, status) for user, status in people if status in ADMINISTRATORS and not user.is_bot
    ]


async def get_chat_member_count(world: World, parameters: Parameters) -> int:
    """Count the members, the bot among them."""
    chat = get_chat(parameters, world)
    return (
        2
        if chat.is_private
        else 1 + sum(status not in ("left", "kicked") for status in chat.members.values())
    )


async def leave_chat(world: World, parameters: Parameters) -> bool:
    """Leave a group or channel; Telegram tells nobody but the group."""
    chat = get_chat(parameters, world)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    world.touch(chat)
    return True


async def send_chat_action(world: World, parameters: Parameters) -> bool:
    """Show that the bot is busy."""
    chat = get_chat(parameters, world)
    action = parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    if barrier := chat.writing_barrier():
        raise barrier
    chat.actions.append(action)
    world.touch(chat)
    return True


def _status(world: World, chat: Chat, user: User) -> MemberStatus:
    if user is world.bot:
        return chat.bot_status
    if chat.is_private:
        return "member" if user.id == chat.id else "left"
    return chat.members.get(user.id, "left")


METHODS: Methods = {
    "getChat": get_chat_info,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
}


# Pinned messages: the bar above a chat, and the service line that tells of a pin.


async def pin_chat_message(world: World, parameters: Parameters) -> bool:
    """Pin a message; the service line comes back to the bot as an update, as it does at Telegram."""
    chat = _get_chat_to_pin_in(world, parameters)
    message = world.find_message(chat, parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if message.message_id in chat.pinned:
        return True
    chat.pinned.append(message.message_id)
    line = world.post(chat, world.bot, FormattedText(""), topic=message.topic)
    line.extra = {"pinned_message": message.as_json(world.users, with_reply=False)}
    if chat.type == "channel":
        line.sender, line.sender_chat = None, chat
    world.updates.put("channel_post" if chat.type == "channel" else "message", line.as_json(world.users))
    return True


async def unpin_chat_message(world: World, parameters: Parameters) -> bool:
    """Unpin one message: the one named, or the latest."""
    chat = _get_chat_to_pin_in(world, parameters)
    message_id = parameters.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    world.touch(chat)
    return True


async def unpin_all_chat_messages(world: World, parameters: Parameters) -> bool:
    """Unpin whatever is pinned."""
    chat = _get_chat_to_pin_in(world, parameters)
    chat.pinned.clear()
    world.touch(chat)
    return True


def _get_chat_to_pin_in(world: World, parameters: Parameters) -> Chat:
    """Return a chat where the bot may pin: a private one, or one whose administrator it is.

    Raises:
        Refusal: it may not (400), or may not be there at all (403).
    """
    chat = get_chat(parameters, world)
    if not chat.is_private and chat.bot_status not in ADMINISTRATORS:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


PIN_METHODS: Methods = {
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
