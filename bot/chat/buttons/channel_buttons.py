"""Buttons and deep links for a channel's settings in an administrator's private chat. Pure.

The callback data of such a button begins with the channel's id; only its administrators may use it.
"""

import re
from collections.abc import Callable

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import MAX_BYTES
from bot.messages import subscription_texts

_DATA = re.compile("kenh:([1-9][0-9]{0,15}):(.+)", re.ASCII)
_PAYLOAD = re.compile("kenh-([1-9][0-9]{0,15})-([a-z]{1,16})", re.ASCII)


def for_channel(keyboard: InlineKeyboardMarkup | None, channel_id: int) -> InlineKeyboardMarkup | None:
    """Put the channel's id into the buttons' data; a button with too long data is left out."""
    return _with_data(keyboard, lambda data: f"kenh:{-channel_id}:{data}")


def without_channel(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """Undo `for_channel`."""
    return _with_data(keyboard, lambda data: read_channel_button(data)[1])


def read_channel_button(data: str) -> tuple[int | None, str]:
    """Return the channel of a button, None for the chat that shows it, and the rest of its data.

    >>> read_channel_button("kenh:1001234:lich"), read_channel_button("lich")
    ((-1001234, 'lich'), (None, 'lich'))
    """
    found = _DATA.fullmatch(data) if len(data) <= MAX_BYTES else None
    return (-int(found[1]), found[2]) if found else (None, data)


def read_channel(payload: str) -> tuple[int, str] | None:
    """Return the channel and command of the payload of a `settings_link`, else None.

    >>> read_channel("kenh-1001234-lich")
    (-1001234, 'lich')
    """
    found = _PAYLOAD.fullmatch(payload)
    return (-int(found[1]), found[2]) if found else None


def settings_link(username: str, channel_id: int, command: str = "lich") -> InlineKeyboardMarkup:
    """Offer to open a channel's settings, as `command` shows them, in the chat with the bot of that name."""
    url = f"https://t.me/{username}?start=kenh-{-channel_id}-{command}"
    return InlineKeyboardMarkup.from_button(
        InlineKeyboardButton(subscription_texts.BUTTON_CHANNEL_SETTINGS, url=url)
    )


def without_styles(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """Return the same buttons in the client's own colours."""
    return _mapped(keyboard, _without_style)


def _without_style(button: InlineKeyboardButton) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.text, callback_data=button.callback_data) if button.style else button


def _with_data(
    keyboard: InlineKeyboardMarkup | None, change: Callable[[str], str]
) -> InlineKeyboardMarkup | None:
    def changed(button: InlineKeyboardButton) -> InlineKeyboardButton | None:
        if not isinstance(button.callback_data, str):
            return button
        data = change(button.callback_data)
        is_short = len(data) <= MAX_BYTES
        return InlineKeyboardButton(button.text, callback_data=data, style=button.style) if is_short else None

    return _mapped(keyboard, changed)


def _mapped(
    keyboard: InlineKeyboardMarkup | None,
    change: Callable[[InlineKeyboardButton], InlineKeyboardButton | None],
) -> InlineKeyboardMarkup | None:
    if keyboard is None:
        return None
    rows = [[new for each in row if (new := change(each))] for row in keyboard.inline_keyboard]
    return InlineKeyboardMarkup([row for row in rows if row])
