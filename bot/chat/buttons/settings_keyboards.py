"""Buttons of the settings panels: times, days, editions, topics, words, papers, the form of digests. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.intents import Button, Intent, SetDays, SetQuiet, SetTimes, SetTopic, TakeEdition
from bot.chat.buttons.keyboards import Row, button, half_button, rows_of, undoing
from bot.chat.buttons.reader_intents import (
    DropTaste,
    DropWord,
    SetBreaking,
    SetLength,
    SetPaper,
    SetSilent,
    SetWeekly,
)
from bot.messages import spoken, subscription_texts, texts
from bot.messages.markup import shortened
from bot.news.newsroom import Edition, Newsroom, Source, WebSource
from bot.times.schedule import QuietHours
from storage.profiles import Choices
from storage.subscribers import Subscriber
from summarizer.reader_tastes import Taste

_MOST_OFFERED = 60  # Telegram takes 100 buttons in all
_LONGEST_TIMES = 40  # UTF-16 units
_MOST_TASTES = 12
_COMMON_TIMES = (("06:30",), ("07:00",), ("12:00",), ("18:30",), ("20:00",), ("07:00", "19:00"))
_COMMON_DAYS = (
    (subscription_texts.BUTTON_EVERY_DAY, tuple(range(7))),
    (subscription_texts.BUTTON_WEEKDAYS, tuple(range(5))),
    (subscription_texts.BUTTON_WEEKEND, (5, 6)),
)
_COMMON_QUIET = ((22 * 60, 6 * 60 + 30), (23 * 60, 6 * 60), (21 * 60, 7 * 60))
_TIMES = button(subscription_texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)
_TOPICS = button(subscription_texts.BUTTON_TOPICS, Button.SHOW_TOPICS)
_BACK = button(texts.BUTTON_BACK, Button.SHOW_SCHEDULE)
CLOSE = button(texts.BUTTON_CLOSE, Button.CLOSE)
_QUIET_OFF = SetQuiet(0, 0)

WELCOME = InlineKeyboardMarkup.from_row([_TIMES, _TOPICS])


def for_schedule(
    subscriber: Subscriber, newsroom: Newsroom, *, is_held: bool, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer times and the way to everything else; `is_held`: a time falls into the quiet hours."""
    choices = subscriber.choices
    edition = newsroom.edition_for(replace(choices, times=()))
    own = subscription_texts.BUTTON_EDITION_TIMES.format(
        times=shortened(spoken.say_times(edition.schedule.times), _LONGEST_TIMES)
    )
    times = [
        _choice(" + ".join(times), SetTimes(times), is_chosen=choices.times == times)
        for times in _COMMON_TIMES
    ]
    others = [
        button(subscription_texts.BUTTON_DAYS, Button.SHOW_DAYS),
        button(subscription_texts.BUTTON_QUIET, Button.SHOW_QUIET),
    ]
    if len(newsroom.editions) > 1:
        others.append(button(subscription_texts.BUTTON_EDITIONS, Button.SHOW_EDITIONS))
    others += [_TOPICS, _pause(is_paused=subscriber.status != "active")]
    if (choices.editions, choices.times, choices.days, choices.zone) != (
        (newsroom.default_edition.name,), (), (), None,
    ):  # fmt: skip
        others.append(button(subscription_texts.BUTTON_DEFAULTS, Button.USE_DEFAULTS))
    rows = [
        *undoing(undo),
        *([[button(subscription_texts.BUTTON_QUIET_OFF, _QUIET_OFF)]] if is_held else []),
        [_choice(own, SetTimes(()), is_chosen=not choices.times)],
        *rows_of(times, 3),
        *_delivery_rows(subscriber, has_breaking=newsroom.breaking is not None),
        *rows_of(others, 2),
        [CLOSE],
    ]
    return InlineKeyboardMarkup(rows)


def for_days(days: frozenset[int]) -> InlineKeyboardMarkup:
    offered = [[_choice(name, SetDays(each), is_chosen=days == set(each))] for name, each in _COMMON_DAYS]
    return InlineKeyboardMarkup([*offered, [_BACK]])


def for_editions(
    editions: Sequence[Edition], chosen: Collection[str], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to add or remove each edition, with a mark on the chosen ones."""
    offered = [
        [_choice(one.title, TakeEdition(one.name, one.name not in chosen), is_chosen=one.name in chosen)]
        for one in editions[:_MOST_OFFERED]
    ]
    return InlineKeyboardMarkup([*undoing(undo), *offered, [_BACK, CLOSE]])


def for_quiet(quiet: QuietHours) -> InlineKeyboardMarkup:
    now = (quiet.start_minute, quiet.end_minute)
    offered = [
        [_choice(spoken.say_quiet(QuietHours(*pair)), SetQuiet(*pair), is_chosen=now == pair)]
        for pair in _COMMON_QUIET
    ]
    off = _choice(subscription_texts.BUTTON_QUIET_OFF, _QUIET_OFF, is_chosen=now[0] == now[1])
    return InlineKeyboardMarkup([*offered, [off], [_BACK]])


def for_topics(
    titles: Mapping[str, str], chosen: Sequence[str], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer every topic with a mark on the chosen ones; none chosen means all."""
    topics = [
        _choice(title, SetTopic(name, name not in chosen), is_chosen=name in chosen)
        for name, title in list(titles.items())[:_MOST_OFFERED]
    ]
    everything = _choice(subscription_texts.BUTTON_ALL_TOPICS, Button.ALL_TOPICS, is_chosen=not chosen)
    return InlineKeyboardMarkup([*undoing(undo), [everything], *rows_of(topics, 2), [_BACK, CLOSE]])


def for_pause(*, is_paused: bool) -> InlineKeyboardMarkup:
    """Offer to undo a pause or its end."""
    return InlineKeyboardMarkup.from_row([_pause(is_paused=is_paused), _TIMES])


def _pause(*, is_paused: bool) -> InlineKeyboardButton:
    if is_paused:
        return button(subscription_texts.BUTTON_RESUME, Button.RESUME)
    return button(subscription_texts.BUTTON_PAUSE, Button.PAUSE)


def for_words(
    choices: Choices, tastes: Sequence[tuple[str, Taste]], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to remove each word, and to forget the first `tastes`, each with its name."""
    words = [
        half_button(label.format(word=word), DropWord.of(word))
        for label, listed in (
            (subscription_texts.BUTTON_WORD_OUT, choices.words_out),
            (subscription_texts.BUTTON_WORD_IN, choices.words_in),
        )
        for word in listed
    ]
    labels = {True: subscription_texts.BUTTON_TASTE_IN, False: subscription_texts.BUTTON_TASTE_OUT}
    taught = [
        half_button(labels[taste.weight > 0].format(taste=name), DropTaste.of(taste.kind, taste.key))
        for name, taste in tastes[:_MOST_TASTES]
    ]
    return InlineKeyboardMarkup([*undoing(undo), *rows_of(words, 2), *rows_of(taught, 2), [_BACK, CLOSE]])


def for_papers(
    choices: Choices, sources: Sequence[Source | WebSource], *, undo: Intent | None
) -> InlineKeyboardMarkup:
    """Offer to leave each paper out, or to have it again."""
    papers = [_paper(source, choices) for source in sources[:_MOST_OFFERED]]
    return InlineKeyboardMarkup([*undoing(undo), *rows_of(papers, 2), [_BACK, CLOSE]])


def _paper(source: Source | WebSource, choices: Choices) -> InlineKeyboardButton:
    is_out = source.name in choices.sources_out
    label = subscription_texts.BUTTON_PAPER_OUT if is_out else "{paper}"
    if source.name in choices.sources_in:
        label = subscription_texts.BUTTON_PAPER_IN
    return half_button(label.format(paper=source.title), SetPaper(source.name, not is_out))


def _delivery_rows(subscriber: Subscriber, *, has_breaking: bool) -> list[Row]:
    """Offer lengths, sound, recap, breaking news, words and papers: rows of the schedule's panel."""
    is_silent, is_weekly = subscriber.is_silent, subscriber.is_weekly
    sound = half_button(subscription_texts.BUTTON_SILENT[is_silent], SetSilent(not is_silent))
    weekly = half_button(subscription_texts.BUTTON_WEEKLY[is_weekly], SetWeekly(not is_weekly))
    words = half_button(subscription_texts.BUTTON_WORDS, Button.SHOW_WORDS)
    lists = [words, half_button(subscription_texts.BUTTON_PAPERS, Button.SHOW_PAPERS)]
    breaking = [_breaking(subscriber.breaking)] if has_breaking else []
    return [_lengths(subscriber.choices), [sound], [weekly], *breaking, lists]


def _breaking(level: int) -> Row:
    switch = half_button(subscription_texts.BUTTON_BREAKING[level > 0], SetBreaking(0 if level else 1))
    labels = subscription_texts.BUTTON_BREAKING_QUIET
    when_quiet = half_button(labels[level > 1], SetBreaking(1 if level > 1 else 2))
    return [switch, when_quiet] if level else [switch]


def for_length(choices: Choices) -> InlineKeyboardMarkup:
    """Offer the three lengths, and the topics: fewer of them make a digest shorter too."""
    return InlineKeyboardMarkup([_lengths(choices), [_TOPICS]])


def _lengths(choices: Choices) -> Row:
    return [
        half_button(f"✓ {title}" if length == choices.length else title, SetLength(length))
        for length, title in subscription_texts.LENGTHS.items()
    ]


def _choice(label: str, intent: Intent, *, is_chosen: bool) -> InlineKeyboardButton:
    return button(texts.CHOSEN + label if is_chosen else label, intent)
