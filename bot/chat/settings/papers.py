"""/nguon: papers that a chat does not want, or prefers. A tap leaves one out or takes it back."""

from markupsafe import escape

from bot.chat.buttons.choice_intents import ChangePapers, SetPaper
from bot.chat.buttons.intents import Undo
from bot.chat.context import ButtonContext, ChatContext, Screen
from bot.chat.questions.results import shown_question
from bot.chat.settings.choices import change_by_tap, change_choices, find_chosen
from bot.chat.settings.list_panels import papers_screen, say_names, titles_of
from bot.chat.settings.muted import say_if_all_muted
from bot.chat.settings.typed_lists import TypedList, UnclearListError, parse_list
from bot.messages import texts, wish_texts
from bot.news.newsroom import Newsroom
from summarizer.questions.filters import comparable


async def handle(context: ChatContext) -> None:
    """Show the papers, first changed as the line says."""
    newsroom = context.services.newsroom
    subscriber = await find_chosen(context.services, context.chat_id)
    if subscriber is None:
        await context.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    elif not context.words.strip():
        await context.show(papers_screen(subscriber.choices, newsroom))
    else:
        try:
            typed = parse_list(context.words)
        except UnclearListError as error:
            note = wish_texts.UNCLEAR_WORDS.format(words=shown_question(error.words))
            await context.show(papers_screen(subscriber.choices, newsroom, note))
        else:
            await context.show(await _changed(context, typed))


async def _changed(context: ChatContext, typed: TypedList) -> Screen:
    newsroom = context.services.newsroom
    unknown: list[str] = []
    meant = {
        how: tuple(dict.fromkeys(_sources(names, newsroom, unknown)))
        for how, names in (("out", typed.out), ("wanted", typed.wanted), ("gone", typed.gone))
    }
    changed = await change_choices(context.services, context.chat_id, ChangePapers(**meant))
    if changed is None:  # it was deleted in this moment
        return Screen(texts.NOT_SUBSCRIBED)
    notes = [
        wish_texts.PAPERS_DONE[how].format(words=say_names(titles_of(names, newsroom)))
        for how, names in meant.items()
        if names and not changed.is_same
    ]
    if unknown:
        notes.append(wish_texts.UNKNOWN_PAPERS.format(words=shown_question(", ".join(unknown))))
    notes += await say_if_all_muted(context, changed)
    undo = None if changed.is_same else Undo(changed.before.profile_id, "papers")
    return papers_screen(changed.after.choices, newsroom, *(notes or [escape(texts.UNCHANGED)]), undo=undo)


def _sources(names: list[str], newsroom: Newsroom, unknown: list[str]) -> list[str]:
    """Return the sources that are meant; a name that is nobody's goes to `unknown`."""
    by_name = {
        comparable(called): source.name
        for source in newsroom.sources
        for called in (source.name, source.title)
    }
    unknown += [name for name in names if comparable(name) not in by_name]
    return [by_name[comparable(name)] for name in names if comparable(name) in by_name]


async def change(tap: ButtonContext, wanted: SetPaper) -> None:
    """Leave a paper out, or take it back."""
    if changed := await change_by_tap(tap, wanted):
        notes = [escape(texts.SAVED), *await say_if_all_muted(tap, changed)]
        undo = Undo(changed.before.profile_id, "papers")
        await tap.show(papers_screen(changed.after.choices, tap.services.newsroom, *notes, undo=undo))
