"""Buttons for words, papers and the form of digests, and buttons under proposals. Pure."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import AskAgain, Button, Confirm, Intent, PauseFor, StopWatching, WatchQuestion
from bot.chat.buttons.reader_intents import (
    DropTaste,
    DropWord,
    SetBreaking,
    SetLength,
    SetPaper,
    SetSilent,
    SetWeekly,
)
from bot.messages import texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Source, WebSource
from storage.profiles import Choices
from storage.subscribers import Subscriber
from summarizer.reader_tastes import Taste

_LONGEST_LABEL = 30  # UTF-16 units: two stand side by side
_MOST_PAPERS = 60
_MOST_TASTES = 12

Row = list[InlineKeyboardButton]


def for_words(
    choices: Choices, tastes: Sequence[tuple[str, Taste]], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to remove each word, and to forget the first `tastes`, each with its name."""
    words = [
        _button(label.format(word=word), DropWord.of(word))
        for label, listed in (
            (texts.BUTTON_WORD_OUT, choices.words_out),
            (texts.BUTTON_WORD_IN, choices.words_in),
        )
        for word in listed
    ]
    taught = [
        _button(
            (texts.BUTTON_TASTE_IN if taste.weight > 0 else texts.BUTTON_TASTE_OUT).format(taste=name),
            DropTaste.of(taste.kind, taste.key),
        )
        for name, taste in tastes[:_MOST_TASTES]
    ]
    return InlineKeyboardMarkup([*_undo(undo), *_rows(words), *_rows(taught), _last()])


def for_papers(
    choices: Choices, sources: Sequence[Source | WebSource], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to leave each paper out, or to have it again."""
    papers = [_paper(source, choices) for source in sources[:_MOST_PAPERS]]
    return InlineKeyboardMarkup([*_undo(undo), *_rows(papers), _last()])


def _paper(source: Source | WebSource, choices: Choices) -> InlineKeyboardButton:
    is_out = source.name in choices.sources_out
    label = texts.BUTTON_PAPER_OUT if is_out else "{paper}"
    if source.name in choices.sources_in:
        label = texts.BUTTON_PAPER_IN
    return _button(label.format(paper=source.title), SetPaper(source.name, not is_out))


def for_shape(subscriber: Subscriber, *, has_breaking: bool) -> list[Row]:
    """Offer lengths, sound, recap, breaking news, words and papers: rows of the schedule's panel."""
    is_silent, is_weekly = subscriber.is_silent, subscriber.is_weekly
    sound = _button(texts.BUTTON_SILENT[is_silent], SetSilent(not is_silent))
    weekly = _button(texts.BUTTON_WEEKLY[is_weekly], SetWeekly(not is_weekly))
    words = _button(texts.BUTTON_WORDS, Button.SHOW_WORDS)
    lists = [words, _button(texts.BUTTON_PAPERS, Button.SHOW_PAPERS)]
    breaking = [_breaking(subscriber.breaking)] if has_breaking else []
    return [_lengths(subscriber.choices), [sound], [weekly], *breaking, lists]


def _breaking(level: int) -> Row:
    switch = _button(texts.BUTTON_BREAKING[level > 0], SetBreaking(0 if level else 1))
    when_quiet = _button(texts.BUTTON_BREAKING_QUIET[level > 1], SetBreaking(1 if level > 1 else 2))
    return [switch, when_quiet] if level else [switch]


def for_length(choices: Choices) -> InlineKeyboardMarkup:
    """Offer the three lengths, and the topics: fewer of them make a digest shorter too."""
    topics = _button(texts.BUTTON_TOPICS, Button.SHOW_TOPICS)
    return InlineKeyboardMarkup([_lengths(choices), [topics]])


def _lengths(choices: Choices) -> Row:
    return [
        _button(f"✓ {title}" if length == choices.length else title, SetLength(length))
        for length, title in texts.LENGTHS.items()
    ]


def _last() -> Row:
    return [_button(texts.BUTTON_BACK, Button.SHOW_SCHEDULE), _button(texts.BUTTON_CLOSE, Button.CLOSE)]


def _undo(intent: Intent | None) -> list[Row]:
    return [[_button(texts.BUTTON_UNDO, intent)]] if intent else []


def _button(label: str, intent: Intent) -> InlineKeyboardButton:
    return InlineKeyboardButton(shortened(one_line(label), _LONGEST_LABEL), callback_data=encode(intent))


def _rows(buttons: Row) -> list[Row]:
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


# Buttons under answers to messages to the bot itself.

_LONGEST_WIDE_LABEL = 40  # UTF-16 units; a phone shows less
_PAUSE_DAYS = (1, 3, 7)


def for_pause_lengths() -> InlineKeyboardMarkup:
    """Offer to pause for some days, or until further notice."""
    days = [_wide_button(texts.BUTTON_PAUSE_DAYS.format(days=days), PauseFor(days)) for days in _PAUSE_DAYS]
    return InlineKeyboardMarkup([days, [_wide_button(texts.BUTTON_UNTIL_TOLD, Button.PAUSE)]])


def for_leaving() -> InlineKeyboardMarkup:
    """Offer to pause, or to choose other times."""
    lengths = for_pause_lengths().inline_keyboard
    return InlineKeyboardMarkup([*lengths, [_wide_button(texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]])


def for_times() -> InlineKeyboardMarkup:
    """Offer the schedule."""
    return InlineKeyboardMarkup([[_wide_button(texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)]])


def for_resuming() -> InlineKeyboardMarkup:
    """Offer to get digests again."""
    return InlineKeyboardMarkup([[_wide_button(texts.BUTTON_RESUME, Button.RESUME)]])


def for_proposal(
    label: str, question_id: int, panel: tuple[str, Button] | None = None
) -> InlineKeyboardMarkup:
    """Offer to carry out a proposal, and the panel with other choices."""
    rows = [[_wide_button(label, Confirm(question_id), style=KeyboardButtonStyle.PRIMARY)]]
    rows += [[_wide_button(*panel)]] if panel else []
    return InlineKeyboardMarkup(rows)


def for_watching(words: str, question_id: int) -> InlineKeyboardMarkup:
    """Offer to watch the words, and to search for them instead."""
    watch = _wide_button(texts.BUTTON_WATCH_WORDS.format(words=words), WatchQuestion(question_id))
    search = _wide_button(texts.BUTTON_ASK.format(words=words), AskAgain(question_id, "as_typed"))
    return InlineKeyboardMarkup([[watch], [search]])


def for_unwatching(watches: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """Offer to stop each of these watches, by number and words."""
    rows = [
        [_wide_button(texts.BUTTON_STOP.format(words=words), StopWatching(number, is_in_list=True))]
        for number, words in watches
    ]
    return InlineKeyboardMarkup(rows)


def _wide_button(
    label: str, intent: Intent, *, style: KeyboardButtonStyle | None = None
) -> InlineKeyboardButton:
    short = shortened(label, _LONGEST_WIDE_LABEL)
    return InlineKeyboardButton(short, callback_data=encode(intent), style=style)
