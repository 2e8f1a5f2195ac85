"""The Bot API's methods by topic, and the table of all methods.

A method gets the world and its parameters. It returns the `result`, or raises a Refusal.
"""

from bot.emulator.methods import chat_info, get_updates, send_media, text_messages
from bot.emulator.requests import Method, Methods

__all__ = ["METHODS", "Method"]

_ALL: Methods = {
    **get_updates.METHODS,
    **text_messages.TEXT_METHODS,
    **send_media.METHODS,
    **text_messages.EDIT_METHODS,
    **chat_info.PIN_METHODS,
    **chat_info.CHAT_METHODS,
    **chat_info.PROFILE_METHODS,
    **send_media.FILE_METHODS,
    **text_messages.INLINE_METHODS,
}

# Telegram finds methods whatever their case; the value keeps the documented spelling.
METHODS: dict[str, tuple[str, Method]] = {name.lower(): (name, method) for name, method in _ALL.items()}
