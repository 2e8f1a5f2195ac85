"""What a chat sees of its words and papers: one screen each. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.chat.buttons import list_keyboards
from bot.chat.buttons.intents import Intent
from bot.chat.context import Screen
from bot.messages import spoken, wish_texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from storage.profiles import Choices

_LONGEST_LIST = 600  # UTF-16 units: a panel stays within one message


def words_screen(choices: Choices, *notes: Markup, undo: Intent | None = None) -> Screen:
    """Show the words of a chat under `notes` on what was just done."""
    panel = wish_texts.WORDS.format(out=say_names(choices.words_out), wanted=say_names(choices.words_in))
    html = Markup("\n\n").join([*notes, panel, wish_texts.WORDS_EXAMPLE])
    return Screen(html, list_keyboards.for_words(choices, undo=undo))


def papers_screen(choices: Choices, newsroom: Newsroom, *notes: Markup, undo: Intent | None = None) -> Screen:
    """Show the papers of a newsroom with those that the chat left out or prefers."""
    panel = wish_texts.PAPERS.format(
        out=say_names(titles_of(choices.sources_out, newsroom)),
        wanted=say_names(titles_of(choices.sources_in, newsroom)),
    )
    example = newsroom.sources[0].title if newsroom.sources else "VnExpress"
    html = Markup("\n\n").join([*notes, panel, wish_texts.PAPERS_EXAMPLE.format(example=example)])
    return Screen(html, list_keyboards.for_papers(choices, newsroom.sources, undo=undo))


def titles_of(names: Sequence[str], newsroom: Newsroom) -> list[str]:
    """Return what readers call these sources; those that the newsroom does not have any more are left out."""
    return [source.title for source in newsroom.sources if source.name in names]


def say_names(names: Sequence[str]) -> str:
    """Name what stands on a list, in bounds."""
    listed = spoken.say_list([one_line(name) for name in names])
    return shortened(listed, _LONGEST_LIST) or wish_texts.NOTHING_LISTED
