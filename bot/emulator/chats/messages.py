"""A message with all its versions, its photo or document and its buttons, checked as Telegram checks them."""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.emulator.chats.people import Chat, User
from bot.emulator.markup.entities import FormattedText, render_html
from bot.emulator.markup.html_parser import check_link
from bot.emulator.refusals import bad_request

AttachmentKind = Literal["document", "photo"]

MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a message says of its file; `width` and `height` of a photo in pixels."""

    kind: AttachmentKind
    file_id: str
    file_name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0

    def as_json(self) -> Any:
        """Return the Document object, or the list of a photo's sizes, which has only the one sent."""
        body = {"file_id": self.file_id, "file_unique_id": f"u{self.file_id}", "file_size": self.size}
        if self.kind == "photo":
            return [body | {"width": self.width, "height": self.height}]
        return body | {"file_name": self.file_name, "mime_type": self.mime_type}


def measure_photo(content: bytes) -> tuple[str, int, int]:
    """Return the media type, width and height of a picture.

    Raises:
        Refusal: it is no picture, or has sides that Telegram does not accept (400).
    """
    from PIL import Image  # a heavy import, needed for photos only

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
                (width, height), kind = image.size, image.get_format_mimetype()
                image.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise bad_request("PHOTO_INVALID_DIMENSIONS") from None
    except (OSError, SyntaxError, ValueError):  # Pillow: it is no picture, or a broken one
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > MAX_PHOTO_SIDES or max(width, height) > MAX_PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return kind or "image/png", width, height


Keyboard = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a message since `date`, Unix seconds; `content` is the text or an attachment's caption."""

    content: FormattedText
    keyboard: Keyboard
    date: int
    attachment: Attachment | None = None

    def as_view(self) -> dict[str, Any]:
        """Return this version as the control interface shows it."""
        return {
            "text": self.content.text,
            "html": render_html(self.content),
            "entities": [entity.as_json() for entity in self.content.entities],
            "buttons": [[_button_view(button) for button in row] for row in self.keyboard],
            "date": self.date,
        } | self.attachment_json()

    def attachment_json(self) -> dict[str, Any]:
        return {self.attachment.kind: self.attachment.as_json()} if self.attachment else {}


@dataclass(slots=True)
class Message:
    """One message and its `versions`, oldest first.

    `reply_markup` is a keyboard other than inline buttons, which Telegram does not return. `extra` are fields
    kept as given (service messages, forwards). `topic` is the message that opened its forum topic.
    """

    message_id: int
    chat: Chat
    sender: User | None
    versions: list[Version]
    from_bot: bool = False
    sender_chat: Chat | None = None
    reply_to: "Message | None" = None
    topic: "Message | None" = None
    link_preview_options: dict[str, Any] | None = None
    reply_markup: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    is_deleted: bool = False

    @property
    def content(self) -> FormattedText:
        return self.versions[-1].content

    @property
    def keyboard(self) -> Keyboard:
        return self.versions[-1].keyboard

    @property
    def attachment(self) -> Attachment | None:
        return self.versions[-1].attachment

    @property
    def thread_id(self) -> int:
        """The id of its forum topic, 0 without one: the id of the message that opened the topic."""
        return self.topic.message_id if self.topic else 0

    def as_json(self, users: dict[int, User], *, with_reply: bool = True) -> dict[str, Any]:
        """Return the Message object; `users` resolves mentions of users without a username."""
        body: dict[str, Any] = {"message_id": self.message_id}
        if self.sender is not None:
            body["from"] = self.sender.as_json()
        if self.sender_chat is not None:
            body["sender_chat"] = self.sender_chat.as_json()
        body |= {"chat": self.chat.as_json(), "date": self.versions[0].date}
        if len(self.versions) > 1:
            body["edit_date"] = self.versions[-1].date
        if self.topic is not None:
            body |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        # In a topic, a message that is no reply is a reply to the topic's first message.
        if with_reply and (reply_to := self.reply_to or self.topic) and reply_to is not self:
            body["reply_to_message"] = reply_to.as_json(users, with_reply=False)
        return body | self._content_json(users) | self.extra

    def as_view(self) -> dict[str, Any]:
        """Return the message as the control interface shows it."""
        body: dict[str, Any] = {
            "message_id": self.message_id,
            "from": "bot" if self.from_bot else "user",
            "sender": self.sender.as_json() if self.sender else None,
            **self.versions[-1].as_view(),
            "edited": len(self.versions) > 1,
            "edits": [version.as_view() for version in self.versions[:-1]],
            "date": self.versions[0].date,
        }
        if self.reply_to is not None:
            body["reply_to"] = self.reply_to.message_id
        if self.topic is not None:
            body["thread_id"] = self.thread_id
        if self.link_preview_options is not None:
            body["link_preview_options"] = self.link_preview_options
        if self.reply_markup is not None:
            body["reply_markup"] = self.reply_markup
        if self.is_deleted:
            body["deleted"] = True
        return body | ({"extra": self.extra} if self.extra else {})

    def _content_json(self, users: dict[int, User]) -> dict[str, Any]:
        body = self.versions[-1].attachment_json()
        if self.content.text:
            body["caption" if self.attachment else "text"] = self.content.text
        if self.content.entities:
            key = "caption_entities" if self.attachment else "entities"
            body[key] = [
                each.as_json() | ({"user": users[each.user_id].as_json()} if each.user_id in users else {})
                for each in self.content.entities
            ]
        if self.keyboard:
            body["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.link_preview_options is not None:
            body["link_preview_options"] = self.link_preview_options
        return body


def _button_view(button: dict[str, Any]) -> dict[str, Any]:
    """Show `callback_data` as `data`; other kinds of button keep their fields."""
    view = {key: value for key, value in button.items() if key != "callback_data"}
    return view | ({"data": button["callback_data"]} if "callback_data" in button else {})


MAX_BUTTONS_IN_ROW = 8
MAX_BUTTONS = 100
MAX_CALLBACK_DATA_BYTES = 64

_ACTIONS = (
    "url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "web_app", "login_url", "callback_game", "pay",
)  # fmt: skip
_STYLES = ("primary", "success", "danger")
_OTHER_MARKUP = ("keyboard", "remove_keyboard", "force_reply")


def read_keyboard(markup: Mapping[str, Any]) -> Keyboard:
    """Return the inline buttons of `markup` row by row; none for another kind of markup.

    Raises:
        Refusal: a button is malformed, or there are too many (400).
    """
    if "inline_keyboard" not in markup:
        if markup and not any(kind in markup for kind in _OTHER_MARKUP):
            raise bad_request("can't parse reply keyboard markup JSON object")
        return []
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array of Arrays')
    keyboard = [[_read_button(button) for button in row] for row in rows if row]
    if any(len(row) > MAX_BUTTONS_IN_ROW for row in keyboard) or sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard


def _read_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _unreadable("expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise _unreadable('Can\'t find field "text"')
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [action for action in _ACTIONS if button.get(action) is not None]
    if not actions:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    if button.get("style", "primary") not in _STYLES:
        raise _unreadable("invalid button style specified")
    data = button.get("callback_data")
    if data is not None and not (
        isinstance(data, str) and 1 <= len(data.encode("utf-8", "surrogatepass")) <= MAX_CALLBACK_DATA_BYTES
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" not in button:
        return dict(button)
    if not (url := check_link(str(button["url"]))):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button | {"url": url}


def _unreadable(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")
