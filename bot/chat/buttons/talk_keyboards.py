"""The buttons under what is said to messages to the bot itself. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import AskAgain, Button, Confirm, Intent, PauseFor, StopWatching, WatchQuestion
from bot.messages import texts
from bot.messages.markup import shortened

_LONGEST_LABEL = 40  # UTF-16 units; a phone shows less
_PAUSE_DAYS = (1, 3, 7)


def for_pause_lengths() -> InlineKeyboardMarkup:
    """Offer to pause for some days, or until further notice."""
    days = [_button(texts.BUTTON_PAUSE_DAYS.format(days=days), PauseFor(days)) for days in _PAUSE_DAYS]
    return InlineKeyboardMarkup([days, [_button(texts.BUTTON_UNTIL_TOLD, Button.PAUSE)]])


def for_leaving() -> InlineKeyboardMarkup:
    """Offer to pause, or to have it at another time."""
    lengths = for_pause_lengths().inline_keyboard
    return InlineKeyboardMarkup([*lengths, [_button(texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]])


def for_times() -> InlineKeyboardMarkup:
    """Offer the schedule."""
    return InlineKeyboardMarkup([[_button(texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]])


def for_resuming() -> InlineKeyboardMarkup:
    """Offer to get digests again."""
    return InlineKeyboardMarkup([[_button(texts.BUTTON_RESUME, Button.RESUME)]])


def for_proposal(
    label: str, question_id: int, panel: tuple[str, Button] | None = None
) -> InlineKeyboardMarkup:
    """Offer to do what a message wants, and the panel where something else can be chosen."""
    rows = [[_button(label, Confirm(question_id), style=KeyboardButtonStyle.PRIMARY)]]
    rows += [[_button(*panel)]] if panel else []
    return InlineKeyboardMarkup(rows)


def for_watching(words: str, question_id: int) -> InlineKeyboardMarkup:
    """Offer to watch the words, and to search for them instead."""
    watch = _button(texts.BUTTON_WATCH_WORDS.format(words=words), WatchQuestion(question_id))
    search = _button(texts.BUTTON_ASK.format(words=words), AskAgain(question_id, "as_typed"))
    return InlineKeyboardMarkup([[watch], [search]])


def for_unwatching(watches: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """Offer to stop each of these watches, by number and words."""
    rows = [
        [_button(texts.BUTTON_STOP.format(words=words), StopWatching(number, is_in_list=True))]
        for number, words in watches
    ]
    return InlineKeyboardMarkup(rows)


def _button(label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None) -> InlineKeyboardButton:
    short = shortened(label, _LONGEST_LABEL)
    return InlineKeyboardButton(short, callback_data=encode(intent), style=style)
