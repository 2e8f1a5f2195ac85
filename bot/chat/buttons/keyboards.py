"""The buttons under a message. Pure: what is chosen comes in, a keyboard goes out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import (
    AnswerView,
    AskAgain,
    AskToRetract,
    AskToSend,
    Button,
    Intent,
    Preview,
    Retract,
    Rewording,
    SendCorrection,
    SendNow,
    SetDays,
    SetQuiet,
    SetTimes,
    SetTopic,
    ShowIssue,
    ShowView,
    StopWatching,
    TakeEdition,
    TurnPage,
    WatchQuestion,
)
from bot.chat.buttons.list_keyboards import for_shape
from bot.chat.buttons.reader_intents import Unfollow
from bot.messages import spoken, texts
from bot.messages.markup import shortened
from bot.news.newsroom import Edition, Newsroom
from bot.times.schedule import QuietHours
from storage.subscribers import Subscriber

_DANGER, _MAIN = KeyboardButtonStyle.DANGER, KeyboardButtonStyle.PRIMARY
_MOST_OFFERED = 60  # Telegram takes 100 buttons in all
_LONGEST_LABEL = 40  # UTF-16 units; a phone shows less
_COMMON_TIMES = (("06:30",), ("07:00",), ("12:00",), ("18:30",), ("20:00",), ("07:00", "19:00"))
_COMMON_DAYS = (
    (texts.BUTTON_EVERY_DAY, tuple(range(7))),
    (texts.BUTTON_WEEKDAYS, tuple(range(5))),
    (texts.BUTTON_WEEKEND, (5, 6)),
)
_COMMON_QUIET = ((22 * 60, 6 * 60 + 30), (23 * 60, 6 * 60), (21 * 60, 7 * 60))
_QUIET_OFF = (0, 0)

Row = list[InlineKeyboardButton]


def for_welcome() -> InlineKeyboardMarkup:
    """Offer the times and the topics."""
    times = _button(texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)
    return InlineKeyboardMarkup([[times, _button(texts.BUTTON_TOPICS, Button.SHOW_TOPICS)]])


def for_schedule(
    subscriber: Subscriber, newsroom: Newsroom, *, is_held: bool, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer times and the way to everything else; `is_held`: a time falls into the quiet hours."""
    choices, is_paused = subscriber.choices, subscriber.status != "active"
    edition = newsroom.edition_for(replace(choices, times=()))
    own = texts.BUTTON_EDITION_TIMES.format(
        times=shortened(spoken.say_times(edition.schedule.times), _LONGEST_LABEL)
    )
    times = [
        _choice(" + ".join(times), SetTimes(times), is_chosen=choices.times == times)
        for times in _COMMON_TIMES
    ]
    pause = (texts.BUTTON_RESUME, Button.RESUME) if is_paused else (texts.BUTTON_PAUSE, Button.PAUSE)
    others = [_button(texts.BUTTON_DAYS, Button.SHOW_DAYS), _button(texts.BUTTON_QUIET, Button.SHOW_QUIET)]
    if len(newsroom.editions) > 1:
        others.append(_button(texts.BUTTON_EDITIONS, Button.SHOW_EDITIONS))
    others.append(_button(texts.BUTTON_TOPICS, Button.SHOW_TOPICS))
    others.append(_button(*pause))
    if (choices.editions, choices.times, choices.days, choices.zone) != (
        (newsroom.default_edition.name,), (), (), None,
    ):  # fmt: skip
        others.append(_button(texts.BUTTON_DEFAULTS, Button.USE_DEFAULTS))
    rows = [
        *_undo(undo),
        *([[_button(texts.BUTTON_QUIET_OFF, SetQuiet(*_QUIET_OFF))]] if is_held else []),
        [_choice(own, SetTimes(()), is_chosen=not choices.times)],
        *_rows(times, 3),
        *for_shape(subscriber, has_breaking=newsroom.breaking is not None),
        *_rows(others, 2),
        [_button(texts.BUTTON_CLOSE, Button.CLOSE)],
    ]
    return InlineKeyboardMarkup(rows)


def for_days(days: frozenset[int]) -> InlineKeyboardMarkup:
    """Offer days of the week."""
    offered = [[_choice(name, SetDays(each), is_chosen=days == set(each))] for name, each in _COMMON_DAYS]
    return InlineKeyboardMarkup([*offered, _back()])


def for_editions(
    editions: Sequence[Edition], chosen: Collection[str], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to add or remove each edition, with a mark on the chosen ones."""
    offered = [
        [_choice(one.title, TakeEdition(one.name, one.name not in chosen), is_chosen=one.name in chosen)]
        for one in editions[:_MOST_OFFERED]
    ]
    done = _button(texts.BUTTON_CLOSE, Button.CLOSE)
    return InlineKeyboardMarkup([*_undo(undo), *offered, [*_back(), done]])


def for_quiet(quiet: QuietHours) -> InlineKeyboardMarkup:
    """Offer quiet hours."""
    now = (quiet.start_minute, quiet.end_minute)
    offered = [
        [_choice(spoken.say_quiet(QuietHours(*pair)), SetQuiet(*pair), is_chosen=now == pair)]
        for pair in _COMMON_QUIET
    ]
    off = _choice(texts.BUTTON_QUIET_OFF, SetQuiet(*_QUIET_OFF), is_chosen=now[0] == now[1])
    return InlineKeyboardMarkup([*offered, [off], _back()])


def for_topics(
    titles: Mapping[str, str], chosen: Sequence[str], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer every topic with a mark on the chosen ones; none chosen means all."""
    topics = [
        _choice(title, SetTopic(name, name not in chosen), is_chosen=name in chosen)
        for name, title in list(titles.items())[:_MOST_OFFERED]
    ]
    everything = _choice(texts.BUTTON_ALL_TOPICS, Button.ALL_TOPICS, is_chosen=not chosen)
    done = _button(texts.BUTTON_CLOSE, Button.CLOSE)
    return InlineKeyboardMarkup([*_undo(undo), [everything], *_rows(topics, 2), [*_back(), done]])


def for_pause(*, is_paused: bool) -> InlineKeyboardMarkup:
    """Offer to undo a pause or its end."""
    button = (texts.BUTTON_RESUME, Button.RESUME) if is_paused else (texts.BUTTON_PAUSE, Button.PAUSE)
    return InlineKeyboardMarkup([[_button(*button), _button(texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]])


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
    delete = _button(texts.BUTTON_DELETE, Button.DELETE_ALL, style=_DANGER)
    return InlineKeyboardMarkup([[delete, _button(texts.BUTTON_KEEP, Button.KEEP_ALL)]])


def for_state(
    editions: Sequence[Edition], recent: Sequence[tuple[str, Intent]], *, is_stopped: bool
) -> InlineKeyboardMarkup:
    """Offer an operator's actions; `recent` are labels and intents of recent issues and corrections."""
    levers = ((texts.BUTTON_PREVIEW, Preview), (texts.BUTTON_SEND, AskToSend))
    rows = [
        [_button(label.format(edition=edition.title), lever(edition.name))]
        for edition in editions[: _MOST_OFFERED // 2]
        for label, lever in levers
    ]
    rows += [[_button(shortened(label, _LONGEST_LABEL), look)] for label, look in recent]
    sending = (
        (texts.BUTTON_START_SENDING, Button.START_SENDING)
        if is_stopped
        else (texts.BUTTON_STOP_SENDING, Button.STOP_SENDING)
    )
    looks = [
        _button(texts.BUTTON_HISTORY, Button.SHOW_HISTORY),
        _button(texts.BUTTON_EXAMINE, Button.EXAMINE),
        _button(texts.BUTTON_REFRESH, Button.SHOW_STATE),
    ]
    console = [
        _button(texts.BUTTON_SLOTS, Button.SHOW_SLOTS),
        _button(texts.BUTTON_CONSOLE, Button.OPEN_CONSOLE),
    ]
    return InlineKeyboardMarkup([*rows, [_button(*sending)], console, looks])


def for_issue(issue_id: int, *, can_retract: bool) -> InlineKeyboardMarkup:
    """Offer an operator to take an issue back, and the way back."""
    retract = [[_button(texts.BUTTON_RETRACT, AskToRetract(issue_id))]] if can_retract else []
    return InlineKeyboardMarkup([*retract, [_button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def for_retracting(issue_id: int) -> InlineKeyboardMarkup:
    """Ask an operator before an issue is taken back."""
    retract = _button(texts.BUTTON_RETRACT, Retract(issue_id), style=_DANGER)
    return InlineKeyboardMarkup([[retract, _button(texts.BUTTON_BACK, ShowIssue(issue_id))]])


def for_correction(correction_id: int) -> InlineKeyboardMarkup:
    """Ask an operator before a correction is sent."""
    send = _button(texts.BUTTON_CORRECT, SendCorrection(correction_id), style=_MAIN)
    return InlineKeyboardMarkup([[send, _button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def for_sending(edition: str) -> InlineKeyboardMarkup:
    """Ask an operator before sending."""
    send = _button(texts.BUTTON_SEND_NOW, SendNow(edition), style=_MAIN)
    return InlineKeyboardMarkup([[send, _button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def back_to_state() -> InlineKeyboardMarkup:
    """Offer an operator the way back."""
    return InlineKeyboardMarkup([[_button(texts.BUTTON_BACK, Button.SHOW_STATE)]])


def _button(label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=encode(intent), style=style)


def _choice(label: str, intent: Intent, *, is_chosen: bool) -> InlineKeyboardButton:
    return _button(texts.CHOSEN + label if is_chosen else label, intent)


def _rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[Row]:
    return [list(buttons[i : i + width]) for i in range(0, len(buttons), width)]


def _undo(intent: Intent | None) -> list[Row]:
    return [[_button(texts.BUTTON_UNDO, intent)]] if intent else []


def _back() -> Row:
    return [_button(texts.BUTTON_BACK, Button.SHOW_SCHEDULE)]
