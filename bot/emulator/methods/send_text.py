"""Writing: text messages, and what Telegram checks before it lets any message pass (`deliver`)."""

from typing import Any

from bot.emulator.chats.messages import Message, read_keyboard
from bot.emulator.chats.people import ADMINISTRATORS, Chat
from bot.emulator.chats.uploads import Attachment
from bot.emulator.chats.world import World
from bot.emulator.markup.entities import FormattedText, utf16_length
from bot.emulator.markup.formatting import format_text, is_blank
from bot.emulator.markup.html_parser import check_link
from bot.emulator.parameters import Methods, Parameters, get_chat
from bot.emulator.refusals import bad_request

MAX_TEXT_UNITS = 4096


async def send_message(world: World, parameters: Parameters) -> dict[str, Any]:
    """Send a text."""
    content = read_text(parameters)
    if utf16_length(content.text) > MAX_TEXT_UNITS:
        raise bad_request("message is too long")
    chat = get_chat(parameters, world)
    return deliver(world, chat, parameters, content).as_json(world.users)


def read_text(parameters: Parameters) -> FormattedText:
    """Read the text of a message with its formatting.

    Raises:
        Refusal: there is none, nothing of it can be seen, or its markup is wrong (400).
    """
    if not parameters.text("text"):
        raise bad_request("message text is empty")
    content = format_text(
        parameters.text("text"), parameters.text("parse_mode"), parameters.json_array("entities")
    )
    if is_blank(content.text):
        raise bad_request("text must be non-empty")
    return content


def read_link_preview(parameters: Parameters) -> dict[str, Any] | None:
    """Return the link preview options, in today's form even where the old flag was used.

    Raises:
        Refusal: the page to be shown has no address that could be opened (400).
    """
    if options := parameters.json_object("link_preview_options"):
        url = options.get("url")
        if url is not None and not check_link(str(url)):
            raise bad_request("WEBPAGE_URL_INVALID")
        return options
    return {"is_disabled": True} if parameters.boolean("disable_web_page_preview") else None


def deliver(
    world: World,
    chat: Chat,
    parameters: Parameters,
    content: FormattedText,
    attachment: Attachment | None = None,
) -> Message:
    """Check what stands beside the content, then the right and the rate, and put the message in its chat.

    Raises:
        Refusal: any of that is wrong (400), not allowed (403) or too much (429).
    """
    markup = parameters.json_object("reply_markup")
    keyboard = read_keyboard(markup)
    reply_to = _find_reply(world, chat, parameters)
    topic = _find_topic(world, chat, parameters, reply_to)
    preview = read_link_preview(parameters)
    if barrier := chat.writing_barrier():
        raise barrier
    world.limits.admit(chat)
    message = world.post(chat, world.bot, content, keyboard=keyboard, attachment=attachment, topic=topic)
    message.reply_to, message.link_preview_options = reply_to, preview
    if chat.type == "channel":
        message.sender, message.sender_chat = None, chat
    if markup and not keyboard:
        message.reply_markup = markup
    world.stats.accepted[chat.id] += 1
    return message


def _find_reply(world: World, chat: Chat, parameters: Parameters) -> Message | None:
    reply = parameters.json_object("reply_parameters")
    wanted = Parameters(reply) if reply else parameters
    message_id = wanted.integer("message_id") if reply else wanted.integer("reply_to_message_id")
    if not message_id:
        return None
    found = world.find_message(chat, message_id)
    if found is None and not wanted.boolean("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return found


def _find_topic(world: World, chat: Chat, parameters: Parameters, reply_to: Message | None) -> Message | None:
    """Return the first message of the forum topic to write into: the one named, or that of the reply."""
    thread_id = parameters.integer("message_thread_id")
    if not thread_id:
        return reply_to.topic if reply_to else None
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.is_closed and chat.bot_status not in ADMINISTRATORS:
        raise bad_request("TOPIC_CLOSED")
    return world.history(chat)[thread_id]


METHODS: Methods = {"sendMessage": send_message}
