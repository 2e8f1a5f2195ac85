"""The Bot API's methods by topic, and the table of all of them.

A method gets the world and its parameters, and returns the `result`; what it refuses it raises.
"""

from bot.emulator.methods import (
    answer_inline,
    bot_profile,
    edit_messages,
    get_chats,
    get_updates,
    send_media,
    send_text,
)
from bot.emulator.parameters import Method, Methods

__all__ = ["METHODS", "Method"]

_ALL: Methods = {
    **get_updates.METHODS,
    **send_text.METHODS,
    **send_media.METHODS,
    **edit_messages.METHODS,
    **get_chats.PIN_METHODS,
    **get_chats.METHODS,
    **bot_profile.METHODS,
    **send_media.FILE_METHODS,
    **answer_inline.METHODS,
}

# Telegram finds methods whatever their case; the value keeps the documented spelling.
METHODS: dict[str, tuple[str, Method]] = {name.lower(): (name, method) for name, method in _ALL.items()}
