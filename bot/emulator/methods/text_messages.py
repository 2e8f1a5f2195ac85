"""Methods that send, edit and delete texts, and answer taps, inline queries and guest questions."""

import re
from typing import Any

from bot.emulator.chats.messages import Attachment, Message, read_keyboard
from bot.emulator.chats.people import ADMINISTRATORS, Chat
from bot.emulator.chats.world import InlineResult, World
from bot.emulator.markup.entities import FormattedText, utf16_length
from bot.emulator.markup.formatting import format_text, is_blank
from bot.emulator.markup.html_parser import check_link
from bot.emulator.refusals import bad_request
from bot.emulator.requests import Methods, Parameters, get_chat

MAX_TEXT_UNITS = 4096


async def send_message(world: World, parameters: Parameters) -> dict[str, Any]:
    content = read_text(parameters)
    if utf16_length(content.text) > MAX_TEXT_UNITS:
        raise bad_request("message is too long")
    chat = get_chat(parameters, world)
    return deliver(world, chat, parameters, content).as_json(world.users)


def read_text(parameters: Parameters) -> FormattedText:
    """Read a formatted text.

    Raises:
        Refusal: there is none, it is invisible, or its markup is wrong (400).
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
    """Return the link preview options; the old flag is given in today's form.

    Raises:
        Refusal: the address of the page cannot be opened (400).
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
    """Check buttons, reply, topic and preview, then rights and rate, and put the message in its chat.

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
    world.limits.admit(chat.id)
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
    """Return the first message of the topic to write in: the one that is named, or that of the reply."""
    thread_id = parameters.integer("message_thread_id")
    if not thread_id:
        return reply_to.topic if reply_to else None
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.is_closed and chat.bot_status not in ADMINISTRATORS:
        raise bad_request("TOPIC_CLOSED")
    return world.history(chat)[thread_id]


MAX_ANSWER_UNITS = 200
DELETABLE_SECONDS = 48 * 3600

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def edit_message_text(world: World, parameters: Parameters) -> dict[str, Any]:
    """Replace text and buttons; without `reply_markup` the buttons are removed."""
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
    message = get_own_message(world, parameters)
    keyboard = read_keyboard(parameters.json_object("reply_markup"))
    if keyboard == message.keyboard:
        raise bad_request(NOT_MODIFIED)
    world.show(message, message.content, keyboard)
    return message.as_json(world.users)


async def delete_message(world: World, parameters: Parameters) -> bool:
    """Delete one message, if the bot may and it is at most two days old."""
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
    """Return a message of the bot itself, or raise Refusal (400) if there is none or it is not the bot's."""
    chat = get_chat(parameters, world)
    message = world.find_message(chat, parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    if barrier := chat.writing_barrier():
        raise barrier
    return message


MAX_RESULTS = 50
MAX_ID_BYTES = 64
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CACHE_SECONDS = 300


async def answer_inline_query(world: World, parameters: Parameters) -> bool:
    """Answer an inline query, once and in time."""
    results = parameters.json_array("results")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(parameters.text("next_offset").encode()) > MAX_ID_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    read = [_read_result(result) for result in results]
    if len({result.id for result in read}) < len(read):
        raise bad_request("RESULT_ID_DUPLICATE")
    button = _read_button(parameters.json_object("button"))
    query = world.find_open_inline(parameters.text("inline_query_id"))
    if query is None or query.chat is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.results = read
    query.answer = {
        "results": [result.shown for result in read],
        "next_offset": parameters.text("next_offset"),
        "cache_time": parameters.integer("cache_time", _CACHE_SECONDS),
        "is_personal": parameters.boolean("is_personal"),
        "button": button,
    }
    world.touch_list()
    return True


async def answer_guest_query(world: World, parameters: Parameters) -> dict[str, Any]:
    """Answer a guest's question with one message in its chat, once and in time."""
    result = _read_result(parameters.json_object("result"))
    query = world.find_open_inline(parameters.text("guest_query_id"))
    if query is None or query.chat is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    message = world.post(query.chat, world.bot, result.content, keyboard=result.keyboard)
    message.link_preview_options = result.link_preview_options
    query.answer = {"message_id": message.message_id}
    return {"inline_message_id": query.id}


def _read_result(result: Any) -> InlineResult:
    """Read one result. Only articles with a text are supported."""
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    if result.get("type") != "article":
        raise bad_request("can't parse inline query result: unsupported inline query result type")
    result_id, title = str(result.get("id") or ""), str(result.get("title") or "").strip()
    if not 1 <= len(result_id.encode()) <= MAX_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if not title:
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = Parameters(result.get("input_message_content") or {})
    text = format_text(
        content.text("message_text"), content.text("parse_mode"), content.json_array("entities")
    )
    if is_blank(text.text):
        raise bad_request("MESSAGE_EMPTY")
    if utf16_length(text.text) > MAX_TEXT_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    shown = {"id": result_id, "title": title, "description": str(result.get("description") or "")}
    shown |= {"url": result["url"]} if result.get("url") else {}
    keyboard = read_keyboard(result.get("reply_markup") or {})
    return InlineResult(result_id, shown, text, keyboard, read_link_preview(content))


def _read_button(button: dict[str, Any]) -> dict[str, Any] | None:
    if not button:
        return None
    if not str(button.get("text") or "").strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if "web_app" not in button and not _START_PARAMETER.fullmatch(str(button.get("start_parameter") or "")):
        raise bad_request("START_PARAM_INVALID")
    return button


METHODS: Methods = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "answerGuestQuery": answer_guest_query,
}
