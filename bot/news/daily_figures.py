"""Daily figures as readers see them: on top of a digest, as an answer, and on their panel."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import texts
from bot.messages.markup import shortened
from bot.messages.spoken import publication_label
from bot.news.newsroom import Newsroom
from storage.engine import Database
from storage.figures import Figure, find_figures
from storage.times import Published
from summarizer.text.syllables import word_forms

MOST_CHOSEN = 10
_MOST_ANSWERED = 5
_LONGEST_LINE = 98  # UTF-16 units; a digest has ten of these lines on top
_KEPT = dt.timedelta(days=7)  # an older figure is shown nowhere
_LONGEST_QUESTION = 120
_EVERYDAY = frozenset(
    {"gia", "ty", "bao", "nhieu", "hom", "nay", "bay", "gio", "hien", "tai", "luc", "la", "the", "nao", "xem"}
    | {"cho", "hoi", "ve", "o", "cua", "moi", "nhat"}
)


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A figure, its source's title, and the age from which it is old."""

    figure: Figure
    source: str
    stale_after: dt.timedelta

    def line(self, *, now: dt.datetime, zone: str) -> str:
        """Return the figure with its time and source; one that is old says so."""
        value = " ".join(filter(None, (self.figure.value, self.figure.unit)))
        is_old = now - self.figure.at > self.stale_after
        when = publication_label(Published(self.figure.at), now=now, zone=zone)
        shown = texts.OLD_FIGURE.format(when=when) if is_old else when
        return texts.FIGURE.format(label=self.figure.label, value=value, when=shown, source=self.source)


async def find_printed(
    connection: AsyncConnection, newsroom: Newsroom, *, now: dt.datetime
) -> list[PrintedFigure]:
    """Return the figures of declared sources, in the newsroom's order; of one label the first source's."""
    sources = [one for one in newsroom.sources if one.kind == "figures"]
    given = await find_figures(connection, since=now - _KEPT) if sources else []
    found: dict[str, PrintedFigure] = {}
    for source in sources:
        for one in given:
            if one.source == source.name:
                printed = PrintedFigure(one.figure, source.title, source.stale_after)
                found.setdefault(one.figure.label, printed)
    return list(found.values())


async def find_lines(
    database: Database, newsroom: Newsroom, question: str, *, now: dt.datetime, zone: str
) -> list[str]:
    """Return a line for each figure that a question asks for."""
    if not any(one.kind == "figures" for one in newsroom.sources):
        return []
    async with database.read() as connection:
        figures = await find_printed(connection, newsroom, now=now)
    return [one.line(now=now, zone=zone) for one in asked_for(question, figures)]


def box_of(chosen: Collection[str], figures: Sequence[PrintedFigure], *, now: dt.datetime, zone: str) -> str:
    """Return the lines of the chosen figures."""
    lines = [one.line(now=now, zone=zone) for one in figures if one.figure.label in chosen]
    return "\n".join(shortened(line, _LONGEST_LINE) for line in lines[:MOST_CHOSEN])


def asked_for(question: str, figures: Sequence[PrintedFigure]) -> list[PrintedFigure]:
    """Return the figures that a question asks for: those that have all its words, one in the name at least.

    Words like "giá" and "hôm nay" do not identify a figure. Typed diacritics count.
    """
    words = [word for word in word_forms(question[:_LONGEST_QUESTION]) if word.folded not in _EVERYDAY]
    if not words or len(question) > _LONGEST_QUESTION:
        return []
    return [one for one in figures if _has_words(one.figure, [w.canonical for w in words])][:_MOST_ANSWERED]


def _has_words(figure: Figure, asked: Sequence[str]) -> bool:
    name, place = _spellings(figure.name), _spellings(figure.place)
    return any(word in name for word in asked) and all(word in name or word in place for word in asked)


def _spellings(text: str) -> set[str]:
    return {form for word in word_forms(text) for form in (word.canonical, word.folded)}
