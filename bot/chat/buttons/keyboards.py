"""Buttons under answers, lists and proposals, and buttons of operators. Pure."""

from collections.abc import Callable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import (
    AnswerView,
    AskAgain,
    Button,
    Confirm,
    Intent,
    PauseFor,
    Rewording,
    SetWatch,
    ShowView,
    TurnPage,
    WatchQuestion,
)
from bot.chat.buttons.operator_intents import AskToRetract, AskToSend, Preview
from bot.chat.buttons.reader_intents import SetFollow
from bot.messages import operator_texts, subscription_texts, texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Edition

_MOST_EDITIONS = 30  # two buttons each; Telegram takes 100 in all
_LONGEST_LABEL = 40  # UTF-16 units; a phone shows less
_LONGEST_HALF_LABEL = 30  # of two buttons side by side
_VIEWS = {"details": texts.BUTTON_DETAILS, "sources": texts.BUTTON_SOURCES, "days": texts.BUTTON_BY_DAY}

Row = list[InlineKeyboardButton]


def button(label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None) -> InlineKeyboardButton:
    """Return a button with its label as it is."""
    return InlineKeyboardButton(label, callback_data=encode(intent), style=style)


def short_button(
    label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None
) -> InlineKeyboardButton:
    """Return a button with its label shortened to what a phone shows."""
    return button(shortened(one_line(label), _LONGEST_LABEL), intent, style=style)


def half_button(label: str, intent: Intent) -> InlineKeyboardButton:
    """Return a button with its label shortened to stand beside another one."""
    return button(shortened(one_line(label), _LONGEST_HALF_LABEL), intent)


def choice_button(label: str, intent: Intent, *, is_chosen: bool) -> InlineKeyboardButton:
    """Return a button like `short_button`, with a mark if it is chosen."""
    return short_button(texts.CHOSEN + label if is_chosen else label, intent)


def rows_of(buttons: Sequence[InlineKeyboardButton], width: int) -> list[Row]:
    return [list(buttons[at : at + width]) for at in range(0, len(buttons), width)]


def turning(page: int, pages: int, to: Callable[[int], Intent]) -> list[Row]:
    """Offer the pages before and after `page`, which counts from 0; no row for a single page."""
    others = [(texts.BUTTON_PREVIOUS, page - 1), (texts.BUTTON_NEXT, page + 1)]
    row = [button(label, to(other)) for label, other in others if 0 <= other < pages]
    return [row] if row else []


def undoing(intent: Intent | None) -> list[Row]:
    """Offer to undo the last change, if there is an intent for that."""
    return [[button(texts.BUTTON_UNDO, intent)]] if intent else []


TO_SCHEDULE = InlineKeyboardMarkup.from_button(
    short_button(subscription_texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)
)
TO_RESUME = InlineKeyboardMarkup.from_button(short_button(subscription_texts.BUTTON_RESUME, Button.RESUME))
TO_STATE = InlineKeyboardMarkup.from_button(button(texts.BUTTON_BACK, Button.SHOW_STATE))
DELETION = InlineKeyboardMarkup.from_row(
    [
        button(subscription_texts.BUTTON_DELETE, Button.DELETE_ALL, style=KeyboardButtonStyle.DANGER),
        button(subscription_texts.BUTTON_KEEP, Button.KEEP_ALL),
    ]
)
PAUSE_LENGTHS = InlineKeyboardMarkup(
    [
        [
            button(subscription_texts.BUTTON_PAUSE_DAYS.format(days=days), PauseFor(days))
            for days in (1, 3, 7)
        ],
        [button(subscription_texts.BUTTON_PAUSE, Button.PAUSE)],
    ]
)
LEAVING = InlineKeyboardMarkup([*PAUSE_LENGTHS.inline_keyboard, *TO_SCHEDULE.inline_keyboard])


def for_answer(
    question_id: int,
    pages: int,
    views: Sequence[AnswerView],
    others: Sequence[tuple[str, Rewording]],
    *,
    may_watch: bool,
) -> InlineKeyboardMarkup | None:
    """Offer the views of an answer, its second page, the same question in `others` words, and to watch it."""
    looks = [button(_VIEWS[view], ShowView(question_id, view)) for view in views]
    again = [[short_button(label, AskAgain(question_id, rewording))] for label, rewording in others]
    last = [button(texts.BUTTON_WATCH, WatchQuestion(question_id))] if may_watch else []
    last += [button(texts.BUTTON_NEXT, TurnPage(question_id, 1))] if pages > 1 else []
    rows = [row for row in (*again, looks, last) if row]
    return InlineKeyboardMarkup(rows) if rows else None


def for_watches(
    watches: Sequence[tuple[int, str]], follows: Sequence[tuple[int, str]], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to stop each watch and follow, by number and words, and to undo the last stop."""
    stops = [
        (shortened(words, _LONGEST_LABEL), stop(number, is_in_list=True, is_wanted=False))
        for stop, named in ((SetWatch, watches), (SetFollow, follows))
        for number, words in named
    ]
    rows = [[button(texts.BUTTON_STOP.format(words=words), intent)] for words, intent in stops]
    return InlineKeyboardMarkup([*undoing(undo), *rows])


def for_unwatching(watches: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """Offer to stop each of these watches, by number and words."""
    stops = [(words, SetWatch(number, is_in_list=True, is_wanted=False)) for number, words in watches]
    buttons = [short_button(texts.BUTTON_STOP.format(words=words), stop) for words, stop in stops]
    return InlineKeyboardMarkup.from_column(buttons)


def exchanged(
    keyboard: InlineKeyboardMarkup | None, old: Intent, label: str, new: Intent
) -> InlineKeyboardMarkup:
    """Return `keyboard` with another button in the place of the one that asks for `old`."""
    return InlineKeyboardMarkup(
        [
            [button(label, new) if each.callback_data == encode(old) else each for each in row]
            for row in (keyboard.inline_keyboard if keyboard else ())
        ]
    )


def for_proposal(
    label: str, question_id: int, panel: tuple[str, Button] | None = None
) -> InlineKeyboardMarkup:
    """Offer to carry out a proposal, and the panel with other choices."""
    rows = [[short_button(label, Confirm(question_id), style=KeyboardButtonStyle.PRIMARY)]]
    rows += [[short_button(*panel)]] if panel else []
    return InlineKeyboardMarkup(rows)


def for_watching(words: str, question_id: int) -> InlineKeyboardMarkup:
    """Offer to watch the words, and to search for them instead."""
    watch = short_button(texts.BUTTON_WATCH_WORDS.format(words=words), WatchQuestion(question_id))
    search = short_button(texts.BUTTON_ASK.format(words=words), AskAgain(question_id, "as_typed"))
    return InlineKeyboardMarkup.from_column([watch, search])


def for_state(
    editions: Sequence[Edition], recent: Sequence[tuple[str, Intent]], *, is_stopped: bool
) -> InlineKeyboardMarkup:
    """Offer an operator's actions; `recent` are labels and intents of recent issues and corrections."""
    actions = ((operator_texts.BUTTON_PREVIEW, Preview), (operator_texts.BUTTON_SEND, AskToSend))
    rows = [
        [button(label.format(edition=edition.title), action(edition.name))]
        for edition in editions[:_MOST_EDITIONS]
        for label, action in actions
    ]
    rows += [[short_button(*issue)] for issue in recent]
    sending = button(operator_texts.BUTTON_STOP_SENDING, Button.STOP_SENDING)
    if is_stopped:
        sending = button(operator_texts.BUTTON_START_SENDING, Button.START_SENDING)
    looks = [
        button(operator_texts.BUTTON_HISTORY, Button.SHOW_HISTORY),
        button(operator_texts.BUTTON_EXAMINE, Button.EXAMINE),
        button(operator_texts.BUTTON_REFRESH, Button.SHOW_STATE),
    ]
    console = [
        button(operator_texts.BUTTON_SLOTS, Button.SHOW_SLOTS),
        button(operator_texts.BUTTON_CONSOLE, Button.OPEN_CONSOLE),
    ]
    return InlineKeyboardMarkup([*rows, [sending], console, looks])


def for_issue(issue_id: int, *, can_retract: bool) -> InlineKeyboardMarkup:
    """Offer an operator to take an issue back, and the way back."""
    retract = [[button(operator_texts.BUTTON_RETRACT, AskToRetract(issue_id))]] if can_retract else []
    return InlineKeyboardMarkup([*retract, *TO_STATE.inline_keyboard])


def for_confirming(
    label: str,
    intent: Intent,
    back: Intent = Button.SHOW_STATE,
    *,
    style: KeyboardButtonStyle = KeyboardButtonStyle.PRIMARY,
) -> InlineKeyboardMarkup:
    """Ask an operator before something is done, with a button back."""
    return InlineKeyboardMarkup.from_row(
        [button(label, intent, style=style), button(texts.BUTTON_BACK, back)]
    )
