"""/tu and /nguon: words and papers that a chat does not want, or wants more of."""

from markupsafe import Markup, escape

from bot.chat.buttons.intents import Undo
from bot.chat.buttons.reader_intents import ChangePapers, ChangeWords, DropTaste, DropWord, SetPaper, spelled
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.questions.results import shown_question
from bot.chat.settings.choices import (
    Changed,
    change_by_tap,
    change_choices,
    find_chosen,
    say_if_all_muted,
    take_tastes,
)
from bot.chat.settings.lists import MOST_WORDS, TypedList, UnclearListError, is_phrase, parse_list
from bot.chat.settings.panels import papers_view, say_names, say_trait, titles_of, words_view
from bot.messages import texts
from bot.news.newsroom import Newsroom
from storage.subscribers import find_subscriber
from storage.tastes import find_tastes, forget_taste
from summarizer.questions.filters import comparable
from summarizer.reader_tastes import LONGEST_PHRASE

# /tu: words whose stories a chat does not want, or wants more of. Taps take words off, words put them on.


async def handle_words(context: ChatContext) -> None:
    """Show the words, first changed as the line says."""
    subscriber = await find_chosen(context.services, context.chat_id)
    if subscriber is None:
        await context.refuse(View(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    elif not context.words.strip():
        await context.show(words_view(subscriber.choices, context.services.newsroom))
    else:
        try:
            typed = parse_list(context.words)
        except UnclearListError as error:
            note = texts.UNCLEAR_WORDS.format(words=shown_question(error.words))
            await context.show(words_view(subscriber.choices, context.services.newsroom, note))
        else:
            await context.show(await _changed_words(context, typed))


async def _changed_words(context: ChatContext, typed: TypedList) -> View:
    change = ChangeWords(tuple(typed.out), tuple(typed.wanted), tuple(typed.gone))
    changed = await change_choices(context.services, context.chat_id, change)
    if changed is None:  # its data was deleted meanwhile
        return View(texts.NOT_SUBSCRIBED)
    choices = changed.after.choices
    notes = [
        *_words_done(typed, changed),
        *_words_not_done(typed, changed),
        *await say_if_all_muted(context, changed),
    ]
    undo = None if changed.is_same else Undo(changed.before.profile_id, "words")
    shown = notes or [escape(texts.UNCHANGED)]
    return words_view(choices, context.services.newsroom, *shown, undo=undo)


def _words_done(typed: TypedList, changed: Changed) -> list[Markup]:
    if changed.is_same:
        return []
    after, before = changed.after.choices, changed.before.choices
    done = {
        "out": [word for word in after.words_out if word not in before.words_out],
        "wanted": [word for word in after.words_in if word not in before.words_in],
        "gone": typed.gone,
    }
    return [texts.WORDS_DONE[how].format(words=say_names(words)) for how, words in done.items() if words]


def _words_not_done(typed: TypedList, changed: Changed) -> list[Markup]:
    """Say which words could not be taken, and that a list is full."""
    named = [*typed.out, *typed.wanted]
    notes = []
    if unread := [word for word in named if not is_phrase(word)]:
        notes.append(texts.UNREAD_WORDS.format(words=shown_question(", ".join(unread)), most=LONGEST_PHRASE))
    choices = changed.after.choices
    kept = set(map(spelled, (*choices.words_out, *choices.words_in)))
    if any(is_phrase(word) and spelled(word) not in kept for word in named):
        notes.append(texts.LIST_FULL.format(most=MOST_WORDS))
    return notes


async def drop_word(tap: ButtonContext, wanted: DropWord) -> None:
    """Take a word off its list."""
    if changed := await change_by_tap(tap, wanted):
        undo = Undo(changed.before.profile_id, "words")
        newsroom = tap.services.newsroom
        await tap.show(words_view(changed.after.choices, newsroom, escape(texts.SAVED), undo=undo))


async def forget_learnt(tap: ButtonContext, wanted: DropTaste) -> None:
    """Forget a taste, whatever stories taught it."""
    newsroom = tap.services.newsroom
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        learnt = await find_tastes(connection, subscriber.id) if subscriber else []
        meant = next((one for one in learnt if DropTaste.of(one.kind, one.key) == wanted), None)
        if subscriber is not None and meant is not None:
            await forget_taste(connection, subscriber.id, meant.kind, meant.key)
            subscriber = await take_tastes(connection, subscriber, tap.services)
    if subscriber is None or meant is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    note = texts.TASTE_FORGOTTEN.format(taste=say_trait(meant.kind, meant.key, newsroom))
    await tap.show(words_view(subscriber.choices, newsroom, note))


# /nguon: papers that a chat does not want, or prefers. A tap leaves one out or takes it back.


async def handle_papers(context: ChatContext) -> None:
    """Show the papers, first changed as the line says."""
    newsroom = context.services.newsroom
    subscriber = await find_chosen(context.services, context.chat_id)
    if subscriber is None:
        await context.refuse(View(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    elif not context.words.strip():
        await context.show(papers_view(subscriber.choices, newsroom))
    else:
        try:
            typed = parse_list(context.words)
        except UnclearListError as error:
            note = texts.UNCLEAR_WORDS.format(words=shown_question(error.words))
            await context.show(papers_view(subscriber.choices, newsroom, note))
        else:
            await context.show(await _changed_papers(context, typed))


async def _changed_papers(context: ChatContext, typed: TypedList) -> View:
    newsroom = context.services.newsroom
    unknown: list[str] = []
    meant = {
        how: tuple(dict.fromkeys(_sources(names, newsroom, unknown)))
        for how, names in (("out", typed.out), ("wanted", typed.wanted), ("gone", typed.gone))
    }
    changed = await change_choices(context.services, context.chat_id, ChangePapers(**meant))
    if changed is None:  # its data was deleted meanwhile
        return View(texts.NOT_SUBSCRIBED)
    notes = [
        texts.PAPERS_DONE[how].format(words=say_names(titles_of(names, newsroom)))
        for how, names in meant.items()
        if names and not changed.is_same
    ]
    if unknown:
        notes.append(texts.UNKNOWN_PAPERS.format(words=shown_question(", ".join(unknown))))
    notes += await say_if_all_muted(context, changed)
    undo = None if changed.is_same else Undo(changed.before.profile_id, "papers")
    return papers_view(changed.after.choices, newsroom, *(notes or [escape(texts.UNCHANGED)]), undo=undo)


def _sources(names: list[str], newsroom: Newsroom, unknown: list[str]) -> list[str]:
    """Return the sources with these names or titles; add other names to `unknown`."""
    by_name = {
        comparable(called): source.name
        for source in newsroom.sources
        for called in (source.name, source.title)
    }
    unknown += [name for name in names if comparable(name) not in by_name]
    return [by_name[comparable(name)] for name in names if comparable(name) in by_name]


async def change_paper(tap: ButtonContext, wanted: SetPaper) -> None:
    """Leave a paper out, or take it back."""
    if changed := await change_by_tap(tap, wanted):
        notes = [escape(texts.SAVED), *await say_if_all_muted(tap, changed)]
        undo = Undo(changed.before.profile_id, "papers")
        await tap.show(papers_view(changed.after.choices, tap.services.newsroom, *notes, undo=undo))
