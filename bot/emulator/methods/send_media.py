"""Photos and documents: send them, send them again by id, edit them, download them."""

from dataclasses import replace
from typing import Any

from bot.emulator.chats.messages import Attachment, AttachmentKind, measure_photo, read_keyboard
from bot.emulator.chats.world import MAX_FILE_BYTES, Upload, World
from bot.emulator.markup.entities import FormattedText, utf16_length
from bot.emulator.markup.formatting import format_text
from bot.emulator.methods.text_messages import NOT_MODIFIED, deliver, get_own_message
from bot.emulator.refusals import Refusal, bad_request
from bot.emulator.requests import Method, Methods, Parameters, get_chat

MAX_CAPTION_UNITS = 1024
MAX_PHOTO_BYTES = 10_000_000


def _sender(kind: AttachmentKind) -> Method:
    """Make the method that sends an uploaded file, or one again by its `file_id`, with a caption."""

    async def send(world: World, parameters: Parameters) -> dict[str, Any]:
        caption = _read_caption(parameters)
        chat = get_chat(parameters, world)
        attachment = _attach(world, parameters, kind, parameters.text(kind))
        return deliver(world, chat, parameters, caption, attachment).as_json(world.users)

    return send


async def edit_message_caption(world: World, parameters: Parameters) -> dict[str, Any]:
    """Replace caption and buttons; without `reply_markup` the buttons are removed."""
    caption = _read_caption(parameters)
    message = get_own_message(world, parameters)
    if message.attachment is None:
        raise bad_request("there is no caption in the message to edit")
    keyboard = read_keyboard(parameters.json_object("reply_markup"))
    if (caption, keyboard) == (message.content, message.keyboard):
        raise bad_request(NOT_MODIFIED)
    world.show(message, caption, keyboard)
    return message.as_json(world.users)


async def edit_message_media(world: World, parameters: Parameters) -> dict[str, Any]:
    """Replace the photo or document with its caption and buttons; a text may become one too."""
    media = Parameters(parameters.json_object("media"), parameters.files)
    kind: AttachmentKind
    match media.text("type"):
        case "photo":
            kind = "photo"
        case "document":
            kind = "document"
        case _:
            raise bad_request("can't parse InputMedia: type must be photo or document")
    caption = _read_caption(media)
    message = get_own_message(world, parameters)
    keyboard = read_keyboard(parameters.json_object("reply_markup"))
    attachment = _attach(world, media, kind, media.text("media"))
    if (caption, keyboard, attachment) == (message.content, message.keyboard, message.attachment):
        raise bad_request(NOT_MODIFIED)
    world.show(message, caption, keyboard, attachment)
    return message.as_json(world.users)


def _read_caption(parameters: Parameters) -> FormattedText:
    """Read the formatted text under an attachment, which may be empty."""
    caption = format_text(
        parameters.text("caption"), parameters.text("parse_mode"), parameters.json_array("caption_entities")
    )
    if utf16_length(caption.text) > MAX_CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return caption


def _attach(world: World, parameters: Parameters, kind: AttachmentKind, named: str) -> Attachment:
    """Return the file of the multipart body, or the stored one with the id `named`, as an attachment."""
    upload = parameters.files.get(named.removeprefix("attach://") if named else kind)
    content = upload or world.files.find(named)
    if content is None:
        raise bad_request(
            "wrong file identifier/HTTP URL specified" if named else f"there is no {kind} in the request"
        )
    _check_size(content, kind)
    mime_type, width, height = content.mime_type, 0, 0
    if kind == "photo":
        mime_type, width, height = measure_photo(content.content)
    file_id = world.files.store(replace(content, mime_type=mime_type)) if upload else named
    return Attachment(kind, file_id, content.file_name, mime_type, len(content.content), width, height)


def _check_size(upload: Upload, kind: AttachmentKind) -> None:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > MAX_FILE_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "photo" and len(upload.content) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")


async def get_file(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return the path at which `api` serves a file."""
    file_id = parameters.text("file_id")
    upload = world.files.find(file_id)
    if upload is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": f"u{file_id}",
        "file_size": len(upload.content),
        "file_path": f"documents/{file_id}",
    }


METHODS: Methods = {
    "sendPhoto": _sender("photo"),
    "sendDocument": _sender("document"),
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "getFile": get_file,
}
