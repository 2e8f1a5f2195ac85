"""Buttons under answers, lists and proposals, and buttons of operators. Pure."""

from collections.abc import Sequence

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
    ShowView,
    StopWatching,
    TurnPage,
    WatchQuestion,
)
from bot.chat.buttons.operator_intents import (
    AskToRetract,
    AskToSend,
    Preview,
    Retract,
    SendCorrection,
    SendNow,
    ShowIssue,
)
from bot.chat.buttons.reader_intents import Unfollow
from bot.messages import operator_texts, subscription_texts, texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Edition

_DANGER, _MAIN = KeyboardButtonStyle.DANGER, KeyboardButtonStyle.PRIMARY
_MOST_EDITIONS = 30  # two buttons each; Telegram takes 100 in all
_LONGEST_LABEL = 40  # UTF-16 units; a phone shows less
_PAUSE_DAYS = (1, 3, 7)

Row = list[InlineKeyboardButton]


def for_answer(
    question_id: int,
    pages: int,
    views: Sequence[AnswerView],
    others: Sequence[tuple[str, Rewording]],
    *,
    may_watch: bool,
) -> InlineKeyboardMarkup | None:
    """Offer the views of an answer, its second page, the same question in `others` words, and to watch it."""
    labels = {
        "details": texts.BUTTON_DETAILS,
        "sources": texts.BUTTON_SOURCES,
        "days": texts.BUTTON_BY_DAY,
    }
    looks = [_button(labels[view], ShowView(question_id, view)) for view in views]
    again = [
        [_button(shortened(label, _LONGEST_LABEL), AskAgain(question_id, rewording))]
        for label, rewording in others
    ]
    last = _turning(question_id, 0, pages)
    if may_watch:
        last = [_button(texts.BUTTON_WATCH, WatchQuestion(question_id)), *last]
    rows = [row for row in (*again, looks, last) if row]
    return InlineKeyboardMarkup(rows) if rows else None


def for_page(question_id: int, page: int, pages: int) -> InlineKeyboardMarkup | None:
    """Offer the pages before and after `page`, which counts from 0."""
    row = _turning(question_id, page, pages)
    return InlineKeyboardMarkup([row]) if row else None


def for_view(question_id: int) -> InlineKeyboardMarkup:
    """Offer the way back to an answer."""
    return InlineKeyboardMarkup([[_button(texts.BUTTON_BACK, TurnPage(question_id, 0))]])


def _turning(question_id: int, page: int, pages: int) -> Row:
    row: Row = []
    if page > 0:
        row.append(_button(texts.BUTTON_PREVIOUS, TurnPage(question_id, page - 1)))
    if page < pages - 1:
        row.append(_button(texts.BUTTON_NEXT, TurnPage(question_id, page + 1)))
    return row


def for_watches(
    watches: Sequence[tuple[int, str]], follows: Sequence[tuple[int, str]], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to stop each watch and follow, by number and words, and to undo the last stop."""
    kinds = ((StopWatching, watches), (Unfollow, follows))
    stops = [
        [_button(texts.BUTTON_STOP.format(words=shortened(words, _LONGEST_LABEL)), stop(number, True))]
        for stop, named in kinds
        for number, words in named
    ]
    return InlineKeyboardMarkup([*_undo(undo), *stops])


def exchanged(
    keyboard: InlineKeyboardMarkup | None, old: Intent, label: str, new: Intent
) -> InlineKeyboardMarkup:
    """Return `keyboard` with another button in the place of the one that asks for `old`."""
    return InlineKeyboardMarkup(
        [
            [_button(label, new) if button.callback_data == encode(old) else button for button in row]
            for row in (keyboard.inline_keyboard if keyboard else ())
        ]
    )


def for_deletion() -> InlineKeyboardMarkup:
    """Ask before deleting."""
    delete = _button(subscription_texts.BUTTON_DELETE, Button.DELETE_ALL, style=_DANGER)
    return InlineKeyboardMarkup([[delete, _button(subscription_texts.BUTTON_KEEP, Button.KEEP_ALL)]])


def for_pause_lengths() -> InlineKeyboardMarkup:
    """Offer to pause for some days, or until further notice."""
    days = [
        short_button(subscription_texts.BUTTON_PAUSE_DAYS.format(days=days), PauseFor(days))
        for days in _PAUSE_DAYS
    ]
    return InlineKeyboardMarkup(
        [days, [short_button(subscription_texts.BUTTON_PAUSE_OPEN_ENDED, Button.PAUSE)]]
    )


def for_leaving() -> InlineKeyboardMarkup:
    """Offer to pause, or to choose other times."""
    lengths = for_pause_lengths().inline_keyboard
    return InlineKeyboardMarkup(
        [*lengths, [short_button(subscription_texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]]
    )


def for_times() -> InlineKeyboardMarkup:
    """Offer the schedule."""
    return InlineKeyboardMarkup([[short_button(subscription_texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]])


def for_resuming() -> InlineKeyboardMarkup:
    """Offer to get digests again."""
    return InlineKeyboardMarkup([[short_button(subscription_texts.BUTTON_RESUME, Button.RESUME)]])


def for_proposal(
    label: str, question_id: int, panel: tuple[str, Button] | None = None
) -> InlineKeyboardMarkup:
    """Offer to carry out a proposal, and the panel with other choices."""
    rows = [[short_button(label, Confirm(question_id), style=_MAIN)]]
    rows += [[short_button(*panel)]] if panel else []
    return InlineKeyboardMarkup(rows)


def for_watching(words: str, question_id: int) -> InlineKeyboardMarkup:
    """Offer to watch the words, and to search for them instead."""
    watch = short_button(texts.BUTTON_WATCH_WORDS.format(words=words), WatchQuestion(question_id))
    search = short_button(texts.BUTTON_ASK.format(words=words), AskAgain(question_id, "as_typed"))
    return InlineKeyboardMarkup([[watch], [search]])


def for_unwatching(watches: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """Offer to stop each of these watches, by number and words."""
    rows = [
        [short_button(texts.BUTTON_STOP.format(words=words), StopWatching(number, is_in_list=True))]
        for number, words in watches
    ]
    return InlineKeyboardMarkup(rows)


def for_state(
    editions: Sequence[Edition], recent: Sequence[tuple[str, Intent]], *, is_stopped: bool
) -> InlineKeyboardMarkup:
    """Offer an operator's actions; `recent` are labels and intents of recent issues and corrections."""
    actions = ((operator_texts.BUTTON_PREVIEW, Preview), (operator_texts.BUTTON_SEND, AskToSend))
    rows = [
        [_button(label.format(edition=edition.title), action(edition.name))]
        for edition in editions[:_MOST_EDITIONS]
        for label, action in actions
    ]
    rows += [[_button(shortened(label, _LONGEST_LABEL), look)] for label, look in recent]
    sending = (
        (operator_texts.BUTTON_START_SENDING, Button.START_SENDING)
        if is_stopped
        else (operator_texts.BUTTON_STOP_SENDING, Button.STOP_SENDING)
    )
    looks = [
        _button(operator_texts.BUTTON_HISTORY, Button.SHOW_HISTORY),
        _button(operator_texts.BUTTON_EXAMINE, Button.EXAMINE),
        _button(operator_texts.BUTTON_REFRESH, Button.SHOW_STATE),
    ]
    console = [
        _button(operator_texts.BUTTON_SLOTS, Button.SHOW_SLOTS),
        _button(operator_texts.BUTTON_CONSOLE, Button.OPEN_CONSOLE),
    ]
    return InlineKeyboardMarkup([*rows, [_button(*sending)], console, looks])


def for_issue(issue_id: int, *, can_retract: bool) -> InlineKeyboardMarkup:
    """Offer an operator to take an issue back, and the way back."""
    retract = [[_button(operator_texts.BUTTON_RETRACT, AskToRetract(issue_id))]] if can_retract else []
    return InlineKeyboardMarkup([*retract, [_button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def for_retracting(issue_id: int) -> InlineKeyboardMarkup:
    """Ask an operator before an issue is taken back."""
    retract = _button(operator_texts.BUTTON_RETRACT, Retract(issue_id), style=_DANGER)
    return InlineKeyboardMarkup([[retract, _button(texts.BUTTON_BACK, ShowIssue(issue_id))]])


def for_correction(correction_id: int) -> InlineKeyboardMarkup:
    """Ask an operator before a correction is sent."""
    send = _button(operator_texts.BUTTON_CORRECT, SendCorrection(correction_id), style=_MAIN)
    return InlineKeyboardMarkup([[send, _button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def for_sending(edition: str) -> InlineKeyboardMarkup:
    """Ask an operator before sending."""
    send = _button(operator_texts.BUTTON_SEND_NOW, SendNow(edition), style=_MAIN)
    return InlineKeyboardMarkup([[send, _button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def back_to_state() -> InlineKeyboardMarkup:
    """Offer an operator the way back."""
    return InlineKeyboardMarkup([[_button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def short_button(
    label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None
) -> InlineKeyboardButton:
    """Return a button with its label shortened to what a phone shows."""
    return _button(shortened(one_line(label), _LONGEST_LABEL), intent, style=style)


def choice_button(label: str, intent: Intent, *, is_chosen: bool) -> InlineKeyboardButton:
    """Return a button like `short_button`, with a mark if it is chosen."""
    return short_button(texts.CHOSEN + label if is_chosen else label, intent)


def _button(label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=encode(intent), style=style)


def _undo(intent: Intent | None) -> list[Row]:
    return [[_button(texts.BUTTON_UNDO, intent)]] if intent else []
