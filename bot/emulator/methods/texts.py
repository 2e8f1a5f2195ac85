"""Writing: text messages and documents, with what Telegram checks before it lets them pass."""

from typing import Any

from bot.emulator.entities import FormattedText, utf16_length
from bot.emulator.files import MAX_FILE_BYTES, Upload
from bot.emulator.formatting import format_text, is_blank
from bot.emulator.keyboards import read_keyboard
from bot.emulator.messages import Document, Message
from bot.emulator.methods.table import Methods
from bot.emulator.parameters import Parameters, get_chat
from bot.emulator.people import Chat
from bot.emulator.refusals import Refusal, bad_request
from bot.emulator.world import World

MAX_TEXT_UNITS = 4096
MAX_CAPTION_UNITS = 1024


async def send_message(world: World, parameters: Parameters) -> dict[str, Any]:
    """Send a text."""
    content = read_text(parameters)
    if utf16_length(content.text) > MAX_TEXT_UNITS:
        raise bad_request("message is too long")
    chat = get_chat(parameters, world)
    return _deliver(world, chat, parameters, content).as_json(world.users)


async def send_document(world: World, parameters: Parameters) -> dict[str, Any]:
    """Send an uploaded file, or one again by its `file_id`, with a caption."""
    caption = format_text(
        parameters.text("caption"), parameters.text("parse_mode"), parameters.json_array("caption_entities")
    )
    if utf16_length(caption.text) > MAX_CAPTION_UNITS:
        raise bad_request("message caption is too long")
    chat = get_chat(parameters, world)
    file_id, upload = _find_upload(world, parameters)
    document = Document(file_id, upload.file_name, upload.mime_type, len(upload.content))
    return _deliver(world, chat, parameters, caption, document).as_json(world.users)


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
    """Return the link preview options, in today's form even where the old flag was used."""
    if options := parameters.json_object("link_preview_options"):
        return options
    return {"is_disabled": True} if parameters.boolean("disable_web_page_preview") else None


def _deliver(
    world: World, chat: Chat, parameters: Parameters, content: FormattedText, document: Document | None = None
) -> Message:
    """Check what stands beside the content, then the right and the rate, and put the message in its chat."""
    markup = parameters.json_object("reply_markup")
    keyboard = read_keyboard(markup)
    reply_to = _find_reply(world, chat, parameters)
    preview = read_link_preview(parameters)
    if barrier := chat.writing_barrier():
        raise barrier
    world.limits.admit(chat)
    is_post = chat.type == "channel"
    message = world.post(chat, world.bot, content, keyboard=keyboard, document=document)
    message.reply_to, message.link_preview_options = reply_to, preview
    if is_post:
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


def _find_upload(world: World, parameters: Parameters) -> tuple[str, Upload]:
    """Return the file in the multipart body, or the one that `document` names."""
    named = parameters.text("document")
    upload = parameters.files.get(named.removeprefix("attach://") if named else "document")
    if upload is not None:
        return _store(world, upload)
    known = world.files.find(named)
    if known is None:
        raise bad_request(
            "wrong file identifier/HTTP URL specified" if named else "there is no document in the request"
        )
    return named, known


def _store(world: World, upload: Upload) -> tuple[str, Upload]:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > MAX_FILE_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    return world.files.store(upload), upload


METHODS: Methods = {"sendMessage": send_message, "sendDocument": send_document}
