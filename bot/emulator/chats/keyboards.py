"""Reply markup as Telegram checks it: inline buttons with their limits; other kinds pass as they are."""

from collections.abc import Mapping
from typing import Any

from bot.emulator.chats.messages import Keyboard
from bot.emulator.markup.html_parser import check_link
from bot.emulator.refusals import bad_request

MAX_BUTTONS_IN_ROW = 8
MAX_BUTTONS = 100
MAX_CALLBACK_DATA_BYTES = 64

_ACTIONS = (
    "url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "web_app", "login_url", "callback_game", "pay",
)  # fmt: skip
_OTHER_MARKUP = ("keyboard", "remove_keyboard", "force_reply")


def read_keyboard(markup: Mapping[str, Any]) -> Keyboard:
    """Return the inline buttons of `markup` row by row; none for another kind of markup.

    Raises:
        Refusal: a button is malformed or too much (400).
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
    _check_data(button)
    return _with_checked_url(button)


def _check_data(button: Mapping[str, Any]) -> None:
    data = button.get("callback_data")
    if data is not None and not (
        isinstance(data, str) and 1 <= len(data.encode("utf-8", "surrogatepass")) <= MAX_CALLBACK_DATA_BYTES
    ):
        raise bad_request("BUTTON_DATA_INVALID")


def _with_checked_url(button: dict[str, Any]) -> dict[str, Any]:
    if "url" not in button:
        return dict(button)
    written = str(button["url"])
    if not (url := check_link(written)):
        raise bad_request(f"inline keyboard button URL '{written}' is invalid: Wrong HTTP URL")
    return button | {"url": url}


def _unreadable(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")
