"""The Bot API's methods by topic, and the table of all methods.

A method gets the world and its parameters. It returns the `result`, or raises a Refusal.
"""

from bot.emulator.methods import chat_info, get_updates, send_media, text_messages
from bot.emulator.requests import Method, Methods

_ALL: Methods = get_updates.METHODS | text_messages.METHODS | send_media.METHODS | chat_info.METHODS

# Telegram finds methods whatever their case; the value keeps the documented spelling.
METHODS: dict[str, tuple[str, Method]] = {name.lower(): (name, method) for name, method in _ALL.items()}
