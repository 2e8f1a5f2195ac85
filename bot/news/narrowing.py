"""Resolve the filters of a question: sources, topics, and days in the asker's zone."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.news.newsroom import Newsroom
from storage.articles import find_paper_names
from storage.off_loop import CHAT
from summarizer.questions.filters import LEAST_OF_A_NAME, Names, comparable
from summarizer.questions.hits import Filters
from summarizer.questions.query import Query, parse_query
from summarizer.text.syllables import folded

_NEWS_ARE_OUT = 9  # before this local hour "hôm nay" means "since yesterday"
_LAST_MOMENT = dt.timedelta(days=1, microseconds=-1)  # of a day, after its midnight


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A question's filters for the search, with their names for readers.

    An unknown name filters nothing and is listed as typed; `known_sources` are the sources that it might
    mean.
    """

    filters: Filters
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    unknown_sources: tuple[str, ...] = ()
    unknown_topics: tuple[str, ...] = ()
    known_sources: tuple[str, ...] = ()

    def for_reading(self, query: Query) -> "Narrowing":
        """Return the filters for another reading of the question, which may ignore its times."""
        if query.times:
            return self
        return replace(self, filters=replace(self.filters, since=None, until=None))


async def read_question(
    connection: AsyncConnection, text: str, newsroom: Newsroom, zone: str, *, now: dt.datetime
) -> tuple[Query, Narrowing]:
    """Parse `text`, typed `now` in `zone`; return the query and its filters.

    Papers that only articles name are known too. In early hours "hôm nay" includes yesterday.
    """
    local = now.astimezone(ZoneInfo(zone))
    papers: tuple[str, ...] = ()
    names = Names(subjects=tuple(newsroom.topics.values()))
    if ":" in text:  # else there is no filter
        papers = await find_paper_names(connection)
        sources = (*papers, *(name for source in newsroom.sources for name in (source.name, source.title)))
        topics = (name for names in _names_of_topics(newsroom).values() for name in names)
        names = replace(names, sources=frozenset(sources), topics=frozenset(topics))
    is_early = local.hour < _NEWS_ARE_OUT
    query = await CHAT.run(parse_query, text, today=local.date(), is_early=is_early, names=names)
    return query, narrow(query, newsroom, zone, papers)


def narrow(query: Query, newsroom: Newsroom, zone: str, papers: Sequence[str] = ()) -> Narrowing:
    """Return the filters of `query`. Days begin and end at midnight in `zone`.

    `papers` are the sources of the stored articles, declared or not.
    """
    days = Filters(since=_midnight(query.since, zone), until=_midnight(query.until, zone, later=_LAST_MOMENT))
    if not (query.sources or query.topics):
        return Narrowing(days)
    sources: dict[str, tuple[str, ...]] = {paper: (paper,) for paper in papers}
    sources |= {source.name: (source.name, source.title) for source in newsroom.sources}
    meant, unknown_sources = _resolve(query.sources, sources)
    subjects, unknown_topics = _resolve(query.topics, _names_of_topics(newsroom))
    return Narrowing(
        replace(days, source_names=meant, topics=subjects),
        tuple(dict.fromkeys(sources[name][-1] for name in meant)),
        tuple(newsroom.topics[name] for name in subjects),
        unknown_sources,
        unknown_topics,
        tuple(dict.fromkeys(names[-1] for name, names in sources.items() if not papers or name in papers)),
    )


def find_topics(typed: Iterable[str], newsroom: Newsroom) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the topics of the typed names, and the unknown names."""
    return _resolve(typed, _names_of_topics(newsroom))


def topic_names(newsroom: Newsroom) -> dict[str, str]:
    """Map all words for topics, folded, to topic names."""
    return {
        " ".join(folded(called).split()): name
        for name, names in _names_of_topics(newsroom).items()
        for called in names
    }


def _names_of_topics(newsroom: Newsroom) -> dict[str, tuple[str, ...]]:
    aliases = newsroom.topic_aliases.items()
    return {
        name: (name, title, *(alias for alias, topic in aliases if topic == name))
        for name, title in newsroom.topics.items()
    }


def _resolve(
    typed: Iterable[str], names: Mapping[str, Iterable[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of `names` that the typed words mean, and the words that mean none."""
    known: dict[str, None] = {}
    unknown = []
    for text in typed:
        meant = _matching_names(comparable(text), names)
        known |= dict.fromkeys(meant)
        unknown += [] if meant else [text]
    return tuple(known), tuple(unknown)


def _matching_names(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names equal to `text`, or else those that contain it: tuoitre in Báo Tuổi Trẻ."""
    called = {name: [comparable(each) for each in forms] for name, forms in names.items()}
    exact = [name for name, forms in called.items() if text in forms]
    if exact or len(text) < LEAST_OF_A_NAME:
        return exact
    return [name for name, forms in called.items() if any(text in form for form in forms)]


def _midnight(day: dt.date | None, zone: str, later: dt.timedelta = dt.timedelta()) -> dt.datetime | None:
    if day is None:
        return None
    local = dt.datetime.combine(day, dt.time(), ZoneInfo(zone)) + later
    return local.astimezone(dt.UTC)
