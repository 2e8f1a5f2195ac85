"""/tu and /nguon: words and papers that a chat does not want, or wants more of."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import chain
from typing import Literal

from markupsafe import Markup, escape

from bot.chat.buttons.intents import Panel, Undo
from bot.chat.buttons.reader_intents import ChangePapers, ChangeWords, DropTaste, DropWord, SetPaper, spelled
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.settings.choices import (
    MOST_WORDS,
    SubscriberChange,
    apply_tastes,
    change_by_tap,
    change_choices,
    find_or_refuse,
    is_phrase,
    say_if_all_muted,
)
from bot.chat.settings.panels import papers_view, say_names, say_trait, titles_of, words_view
from bot.messages import subscription_texts, texts
from bot.messages.markup import short_name
from storage.reactions import find_tastes, forget_taste
from storage.subscribers import find_subscriber
from summarizer.questions.filters import comparable
from summarizer.reader_tastes import LONGEST_PHRASE
from summarizer.text.syllables import folded

# What people type after /tu and /nguon: "bỏ: showbiz, chứng khoán; thêm: Hạ Long". Pure.
#
# "bỏ" or a minus leaves out, "thêm" or a plus gives more, "gỡ" forgets. Commas separate
# names, semicolons and line breaks separate wishes.

How = Literal["out", "wanted", "gone"]
MOST_CHARACTERS = 2_000  # of a line that is read
_OPENINGS: dict[str, How] = {
    "bo chan": "gone", "bo tat": "gone", "thoi bo": "gone", "go": "gone", "go bo": "gone", "xoa": "gone",
    "huy": "gone",
    "bo": "out", "bo tin": "out", "chan": "out", "tat": "out", "an": "out", "khong": "out",
    "tru": "out", "khong doc": "out", "khong muon": "out", "it": "out", "-": "out", "−": "out", "–": "out",
    "them": "wanted", "them tin": "wanted", "muon": "wanted", "thich": "wanted",
    "nhieu": "wanted", "uu tien": "wanted", "+": "wanted",
}  # fmt: skip
_LONGEST_OPENING = 2  # words
_SIGNS = "+-−–"
_SEGMENT = re.compile(r"[;\n]")
_TRIMMED = " \t\"'“”«».:,;"


class UnclearListError(ValueError):
    """The line does not say whether to leave out or to add; `words` is what it names."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def parse_list(text: str) -> ChangeWords:
    """Read a line; its names may also be those of papers.

    Raises:
        UnclearListError: see there; then nothing of the line counts.

    >>> parse_list("bỏ: showbiz, chứng khoán; thêm: Hạ Long")
    ChangeWords(out=('showbiz', 'chứng khoán'), wanted=('Hạ Long',), gone=())
    """
    named: dict[How, list[str]] = {"out": [], "wanted": [], "gone": []}
    how: How | None = None
    for name, opening in _names(text[:MOST_CHARACTERS]):
        how = opening or how
        if name and how is None:
            raise UnclearListError(name)
        if name and how:
            named[how].append(name)
    return ChangeWords(**{how: tuple(names) for how, names in named.items()})


def _names(text: str) -> Iterator[tuple[str, How | None]]:
    """Yield each name with the wish before it, if any."""
    for segment in _SEGMENT.split(text):
        for number, item in enumerate(segment.split(",")):
            how, rest = _opening(item, may_be_a_name=number > 0)
            yield " ".join(rest.split()).strip(_TRIMMED), how


def _opening(item: str, *, may_be_a_name: bool) -> tuple[How | None, str]:
    """Split an item into wish and name. After a comma only "bỏ", "thêm" and words with a colon are wishes."""
    item = item.strip()
    if item[:1] in _SIGNS and len(item) > 1:
        return _OPENINGS[item[0]], item[1:]
    head, colon, rest = item.partition(":")
    if colon and (how := _OPENINGS.get(_bare(head))):
        return how, rest
    words = item.split()
    for count in range(min(_LONGEST_OPENING, len(words) - 1), 0, -1):
        opening = _bare(" ".join(words[:count]))
        if opening in _OPENINGS and (not may_be_a_name or opening in ("bo", "them")):
            return _OPENINGS[opening], " ".join(words[count:])
    return None, item


def _bare(text: str) -> str:
    return " ".join(folded(text).split())


_VIEWS = {"words": words_view, "papers": papers_view}


async def handle_words(context: ChatContext) -> None:
    """Show the words, first changed as the line says."""
    await _handle(context, "words", _changed_words)


async def handle_papers(context: ChatContext) -> None:
    """Show the papers, first changed as the line says."""
    await _handle(context, "papers", _changed_papers)


async def _handle(
    context: ChatContext, panel: Panel, change: Callable[[ChatContext, ChangeWords], Awaitable[View]]
) -> None:
    subscriber = await find_or_refuse(context)
    if subscriber is None:
        return
    shown = partial(_VIEWS[panel], subscriber.choices, context.services.newsroom)
    if not context.words.strip():
        await context.show(shown())
        return
    try:
        typed = parse_list(context.words)
    except UnclearListError as error:
        await context.show(shown(subscription_texts.UNCLEAR_WORDS.format(words=short_name(error.words))))
    else:
        await context.show(await change(context, typed))


async def _changed_view(
    context: ChatContext, changed: SubscriberChange, notes: list[Markup], panel: Panel
) -> View:
    """Return the panel after a typed change, under `notes` on what was done, with a way back."""
    notes += await say_if_all_muted(context, changed)
    undo = None if changed.is_same else Undo(changed.before.profile_id, panel)
    shown = notes or [escape(subscription_texts.UNCHANGED)]
    return _VIEWS[panel](changed.after.choices, context.services.newsroom, *shown, undo=undo)


# /tu: words whose stories a chat does not want, or wants more of. Taps take words off, words put them on.


async def _changed_words(context: ChatContext, typed: ChangeWords) -> View:
    changed = await change_choices(context.services, context.chat_id, typed)
    if changed is None:  # its data was deleted meanwhile
        return View(subscription_texts.NOT_SUBSCRIBED)
    notes = [*_words_done(typed, changed), *_words_not_done(typed, changed)]
    return await _changed_view(context, changed, notes, "words")


def _words_done(typed: ChangeWords, changed: SubscriberChange) -> list[Markup]:
    if changed.is_same:
        return []
    after, before = changed.after.choices, changed.before.choices
    done = {
        "out": [word for word in after.words_out if word not in before.words_out],
        "wanted": [word for word in after.words_in if word not in before.words_in],
        "gone": typed.gone,
    }
    return [
        subscription_texts.WORDS_DONE[how].format(words=say_names(words))
        for how, words in done.items()
        if words
    ]


def _words_not_done(typed: ChangeWords, changed: SubscriberChange) -> list[Markup]:
    """Say which words could not be taken, and that a list is full."""
    named = [*typed.out, *typed.wanted]
    notes = []
    if unread := [word for word in named if not is_phrase(word)]:
        notes.append(
            subscription_texts.UNREAD_WORDS.format(words=short_name(", ".join(unread)), most=LONGEST_PHRASE)
        )
    choices = changed.after.choices
    kept = set(map(spelled, (*choices.words_out, *choices.words_in)))
    if any(is_phrase(word) and spelled(word) not in kept for word in named):
        notes.append(subscription_texts.LIST_FULL.format(most=MOST_WORDS))
    return notes


async def drop_word(tap: ButtonContext, wanted: DropWord) -> None:
    """Take a word off its list."""
    if changed := await change_by_tap(tap, wanted):
        undo, newsroom = Undo(changed.before.profile_id, "words"), tap.services.newsroom
        await tap.show(words_view(changed.after.choices, newsroom, subscription_texts.SAVED, undo=undo))


async def drop_taste(tap: ButtonContext, wanted: DropTaste) -> None:
    """Forget a taste, whatever stories taught it."""
    newsroom = tap.services.newsroom
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        learnt = await find_tastes(connection, subscriber.id) if subscriber else []
        meant = next((one for one in learnt if DropTaste.of(one.kind, one.key) == wanted), None)
        if subscriber is not None and meant is not None:
            await forget_taste(connection, subscriber.id, meant.kind, meant.key)
            subscriber = await apply_tastes(connection, subscriber, tap.services)
    if subscriber is None or meant is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    note = subscription_texts.TASTE_FORGOTTEN.format(taste=say_trait(meant.kind, meant.key, newsroom))
    await tap.show(words_view(subscriber.choices, newsroom, note))


# /nguon: papers that a chat does not want, or prefers. A tap leaves one out or takes it back.


async def _changed_papers(context: ChatContext, typed: ChangeWords) -> View:
    newsroom = context.services.newsroom
    by_name = {
        comparable(called): source.name
        for source in newsroom.sources
        for called in (source.name, source.title)
    }
    typed_by_how = asdict(typed)
    meant = {
        how: tuple(dict.fromkeys(by_name[key] for key in map(comparable, names) if key in by_name))
        for how, names in typed_by_how.items()
    }
    unknown = [name for name in chain(*typed_by_how.values()) if comparable(name) not in by_name]
    changed = await change_choices(context.services, context.chat_id, ChangePapers(**meant))
    if changed is None:  # its data was deleted meanwhile
        return View(subscription_texts.NOT_SUBSCRIBED)
    notes = [
        subscription_texts.PAPERS_DONE[how].format(words=say_names(titles_of(names, newsroom)))
        for how, names in meant.items()
        if names and not changed.is_same
    ]
    if unknown:
        notes.append(subscription_texts.UNKNOWN_PAPERS.format(words=short_name(", ".join(unknown))))
    return await _changed_view(context, changed, notes, "papers")


async def change_paper(tap: ButtonContext, wanted: SetPaper) -> None:
    """Leave a paper out, or take it back."""
    if changed := await change_by_tap(tap, wanted):
        notes = [subscription_texts.SAVED, *await say_if_all_muted(tap, changed)]
        undo = Undo(changed.before.profile_id, "papers")
        await tap.show(papers_view(changed.after.choices, tap.services.newsroom, *notes, undo=undo))
