"""The Bot API's methods by topic, and the table of all of them.

A method gets the world and its parameters, and returns the `result`; what it refuses it raises.
"""

from bot.emulator.methods import chats, commands, files, inline, media, messages, pins, polling, texts
from bot.emulator.methods.table import Method, Methods

__all__ = ["METHODS", "Method"]

_ALL: Methods = {
    **polling.METHODS,
    **texts.METHODS,
    **media.METHODS,
    **messages.METHODS,
    **pins.METHODS,
    **chats.METHODS,
    **commands.METHODS,
    **files.METHODS,
    **inline.METHODS,
}

# Telegram finds methods whatever their case; the value keeps the documented spelling.
METHODS: dict[str, tuple[str, Method]] = {name.lower(): (name, method) for name, method in _ALL.items()}
