"""Pinned messages: the bar above a chat, and the service line that tells of a pin."""

from bot.emulator.chats.people import ADMINISTRATORS, Chat
from bot.emulator.chats.world import World
from bot.emulator.markup.entities import FormattedText
from bot.emulator.methods.table import Methods
from bot.emulator.parameters import Parameters, get_chat
from bot.emulator.refusals import bad_request


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


METHODS: Methods = {
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
