"""What happens to messages afterwards: edits of text and buttons, deletions, answers to tapped buttons."""

from typing import Any

from bot.emulator.chats.messages import Message, read_keyboard
from bot.emulator.chats.people import ADMINISTRATORS
from bot.emulator.chats.world import World
from bot.emulator.markup.entities import utf16_length
from bot.emulator.methods.send_text import MAX_TEXT_UNITS, read_link_preview, read_text
from bot.emulator.parameters import Methods, Parameters, get_chat
from bot.emulator.refusals import bad_request

MAX_ANSWER_UNITS = 200
DELETABLE_SECONDS = 48 * 3600

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def edit_message_text(world: World, parameters: Parameters) -> dict[str, Any]:
    """Replace text and buttons; without `reply_markup` the buttons go."""
    content = read_text(parameters)
    if utf16_length(content.text) > MAX_TEXT_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    message = get_own_message(world, parameters)
    if message.attachment is not None:
        raise bad_request("there is no text in the message to edit")
    keyboard = read_keyboard(parameters.json_object("reply_markup"))
    if (content, keyboard) == (message.content, message.keyboard):
        raise bad_request(NOT_MODIFIED)
    message.link_preview_options = read_link_preview(parameters)
    world.show(message, content, keyboard)
    return message.as_json(world.users)


async def edit_message_reply_markup(world: World, parameters: Parameters) -> dict[str, Any]:
    """Replace the buttons only."""
    message = get_own_message(world, parameters)
    keyboard = read_keyboard(parameters.json_object("reply_markup"))
    if keyboard == message.keyboard:
        raise bad_request(NOT_MODIFIED)
    world.show(message, message.content, keyboard)
    return message.as_json(world.users)


async def delete_message(world: World, parameters: Parameters) -> bool:
    """Delete one message, where the bot may and it is not older than two days."""
    chat = get_chat(parameters, world)
    message = world.find_message(chat, parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    may_delete = message.from_bot or chat.is_private or chat.bot_status in ADMINISTRATORS
    if not may_delete or world.now - message.versions[0].date > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


async def answer_callback_query(world: World, parameters: Parameters) -> bool:
    """Answer a tapped button, once and in time."""
    text = parameters.text("text")
    if utf16_length(text) > MAX_ANSWER_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    callback = world.find_open_callback(parameters.text("callback_query_id"))
    if callback is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    callback.answer = {
        "text": text,
        "show_alert": parameters.boolean("show_alert"),
        "url": parameters.text("url"),
    }
    world.touch(callback.chat)
    return True


def get_own_message(world: World, parameters: Parameters) -> Message:
    """Return a message of the bot's own, which it may edit.

    Raises:
        Refusal: it is not there, or somebody else's (400).
    """
    chat = get_chat(parameters, world)
    message = world.find_message(chat, parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    if barrier := chat.writing_barrier():
        raise barrier
    return message


METHODS: Methods = {
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
}
