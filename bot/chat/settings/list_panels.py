"""What a chat sees of its words and papers: one screen each. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.chat.buttons import list_keyboards
from bot.chat.buttons.intents import Intent
from bot.chat.context import Screen
from bot.messages import spoken, texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from storage.profiles import Choices

_NEWSPAPER = ("báo ", "nhật báo ", "thời báo ", "tạp chí ")  # "báo Báo Biển" says it twice
_LONGEST_NAME = 40  # UTF-16 units
_LONGEST_LIST = 600  # UTF-16 units: a panel stays within one message


def words_screen(choices: Choices, newsroom: Newsroom, *notes: Markup, undo: Intent | None = None) -> Screen:
    """Show the words of a chat and what it taught, under `notes` on what was just done."""
    panel = texts.WORDS.format(out=say_names(choices.words_out), wanted=say_names(choices.words_in))
    strongest = sorted(choices.tastes, key=lambda taste: -abs(taste.weight))
    named = [(say_trait(kind, key, newsroom), weight) for kind, key, weight in strongest]
    taught = [texts.TASTES.format(
        more=say_names([name for name, weight in named if weight > 0]),
        less=say_names([name for name, weight in named if weight < 0]),
    )] if named else []  # fmt: skip
    html = Markup("\n\n").join([*notes, panel, *taught, texts.WORDS_EXAMPLE])
    labels = [(name, taste) for (name, _), taste in zip(named, strongest, strict=True)]
    return Screen(html, list_keyboards.for_words(choices, labels, undo=undo))


def say_trait(kind: str, key: str, newsroom: Newsroom) -> str:
    """Name a trait of stories (`summarizer.stories.traits`) as readers call it, with its kind."""
    name = shortened(one_line(name_trait(kind, key, newsroom)), _LONGEST_NAME)
    if kind == "paper" and name.lower().startswith(_NEWSPAPER):
        return name
    return texts.TRAITS.get(kind, texts.TRAITS["word"]).format(key=name)


def name_trait(kind: str, key: str, newsroom: Newsroom) -> str:
    """Return what readers call a trait."""
    match kind:
        case "topic":
            return newsroom.topics.get(key, key)
        case "paper":
            source = newsroom.find_source(key)
            return source.title if source else key
        case "person":
            return key.title()
    return key


def papers_screen(choices: Choices, newsroom: Newsroom, *notes: Markup, undo: Intent | None = None) -> Screen:
    """Show the papers of a newsroom with those that the chat left out or prefers."""
    panel = texts.PAPERS.format(
        out=say_names(titles_of(choices.sources_out, newsroom)),
        wanted=say_names(titles_of(choices.sources_in, newsroom)),
    )
    example = newsroom.sources[0].title if newsroom.sources else "VnExpress"
    html = Markup("\n\n").join([*notes, panel, texts.PAPERS_EXAMPLE.format(example=example)])
    return Screen(html, list_keyboards.for_papers(choices, newsroom.sources, undo=undo))


def titles_of(names: Sequence[str], newsroom: Newsroom) -> list[str]:
    """Return what readers call these sources; those that the newsroom does not have any more are left out."""
    return [source.title for source in newsroom.sources if source.name in names]


def say_names(names: Sequence[str]) -> str:
    """Name what stands on a list, in bounds."""
    listed = spoken.say_list([one_line(name) for name in names])
    return shortened(listed, _LONGEST_LIST) or texts.NOTHING_LISTED
