"""What a chat gets to see: a message's HTML with its buttons, and perhaps a file."""

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send along; a picture is shown, anything else is for saving."""

    name: str
    content: bytes
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """One message. `html` is escaped already, at most 4,096 UTF-16 units once parsed (1,024 with a file)."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    attachment: Attachment | None = None
