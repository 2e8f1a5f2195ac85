"""From a question to its answer: parse, search, read the best articles, choose sentences.

Chat and the command line both ask here. What cannot be answered as typed is asked again in other words: with
its time words as words, or without what only makes it a question.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.digests import piece_of
from bot.headlines import MOST_NEWS_READ, most_told
from bot.narrowing import Narrowing, read_question
from bot.newsroom import Newsroom
from bot.threads import CHAT
from storage.articles import StoredArticle, find_articles, find_origins, find_summaries
from storage.questions import Question
from storage.search import Found, search_articles
from summarizer.facts.disagreements import find_disagreements
from summarizer.model import Disagreement, Place, Summary
from summarizer.questions.answering import MOST_READ, Answer, answer
from summarizer.questions.query import Query, parse_query
from summarizer.questions.rewording import (
    reaching_back,
    with_times_as_words,
    without_publisher,
    without_question_words,
    without_times,
)
from summarizer.questions.snippets import Snippet, best_snippet
from summarizer.stories.telling import Piece

_NEWS_ARE_OUT = 9  # the local hour before which "hôm nay" is taken for "since yesterday"
MOST_FOUND = 50  # articles of a question
_NO_SNIPPET = Snippet("", (), Place(0, "title", 0, 0))


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article, its summary, and the sentence of it that shows the words; "" where none may be shown."""

    article: StoredArticle
    summary: Summary
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a question found, before anything is answered. The articles found may all be shown."""

    query: Query
    narrowing: Narrowing
    found: Found


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question found and is answered with.

    `text` is what was searched in the end, `query` the same as data. `ids` are at most 50 articles: those
    that the answer cites, then the others, best first. `narrowing` is about the filters as typed. `missed`
    is the time that was asked for, from and to, where nothing came out then.
    """

    text: str
    query: Query
    narrowing: Narrowing
    found: Found
    answer: Answer
    ids: tuple[int, ...]
    disagreement: Disagreement | None = None
    missed: tuple[dt.date | None, dt.date | None] | None = None

    @property
    def is_answered(self) -> bool:
        """Tell whether what was typed is answered, slips mended, and not only for another time."""
        return self.answer.is_answered and self.missed is None


async def reply_to(desk: Desk, text: str, *, zone: str) -> Reply:
    """Answer `text`, asked now in `zone`. In early hours "hôm nay" reaches back to yesterday."""
    now = desk.clock.now()
    today = local_day(now, zone)
    text = without_publisher(text)
    if now.astimezone(ZoneInfo(zone)).hour < _NEWS_ARE_OUT:
        text = reaching_back(text, today)
    first = await _asked(desk, text, now, zone)
    if first.is_answered:
        return first
    typed = parse_query(text, today=today)
    if first.found.reading == "any_time" and typed.may_name_a_time:
        again = await _asked(desk, with_times_as_words(typed.text, today), now, zone)
        if again.is_answered:
            return again
    if first.missed is None and typed.time_words and typed.wanted:
        again = await _asked(desk, without_times(typed.text, today), now, zone)
        if again.is_answered:
            return replace(again, missed=(typed.since, typed.until))
    bare = without_question_words(typed.text)
    again = first if first.ids or bare == typed.text else await _asked(desk, bare, now, zone)
    return again if again.ids else first


async def reply_again(desk: Desk, question: Question, *, zone: str) -> Reply:
    """Answer a question once more from the articles that it found when it was asked."""
    today = local_day(question.asked_at, zone)
    async with desk.database.read() as connection:
        query, narrowing = await read_question(connection, question.text, desk.newsroom, zone, today=today)
        found = await search_articles(connection, query, now=question.asked_at, filters=narrowing.filters)
        pieces, stories = await find_pieces(connection, desk.newsroom, question.article_ids)
    given, differs = await CHAT.run(_answered, query, found, pieces, stories)
    return Reply(query.text, query, narrowing, found, given, question.article_ids, differs)


async def as_shown(desk: Desk, question: Question) -> Question:
    """Return a question that was asked before, with those of its articles that may be shown now."""
    async with desk.database.read() as connection:
        origins = await find_origins(connection, question.article_ids)
    silent = _silent(desk)
    kept = tuple(
        each for each in question.article_ids if each in origins and origins[each].source not in silent
    )
    return replace(question, article_ids=kept)


def _silent(desk: Desk) -> set[str]:
    """Return the sources of which nothing is shown."""
    return {source.name for source in desk.newsroom.sources if source.quote == "none"}


async def look_up(desk: Desk, connection: AsyncConnection, text: str, *, zone: str) -> LookedUp:
    """Search for `text`, asked now in `zone`."""
    now = desk.clock.now()
    today = local_day(now, zone)
    query, narrowing = await read_question(connection, text, desk.newsroom, zone, today=today)
    is_for_news = bool(query.time_words and not query.wanted)
    most = MOST_NEWS_READ if is_for_news else MOST_FOUND
    found = await search_articles(connection, query, now=now, filters=narrowing.filters, limit=most)
    silent = _silent(desk)
    ids = found.ids
    if silent or is_for_news:
        origins = await find_origins(connection, ids)
        ids = tuple(each for each in ids if each in origins and origins[each].source not in silent)
        ids = most_told(ids, origins)[:MOST_FOUND] if is_for_news else ids
    return LookedUp(query, narrowing, replace(found, ids=ids))


async def _asked(desk: Desk, text: str, now: dt.datetime, zone: str) -> Reply:
    async with desk.database.read() as connection:
        looked = await look_up(desk, connection, text, zone=zone)
        query, narrowing, found = looked.query, looked.narrowing, looked.found
        pieces, stories = await find_pieces(connection, desk.newsroom, found.ids)
    missed = (query.since, query.until) if found.reading == "any_time" else None
    query = _as_searched(query, found, local_day(now, zone))
    given, differs = await CHAT.run(_answered, query, found, pieces, stories)
    ids = tuple(dict.fromkeys((*given.cited, *found.ids)))
    if given.unlike:
        none_is_like = len(given.unlike) == len(pieces)
        ids = () if none_is_like else tuple(each for each in ids if each not in given.unlike)
    return Reply(query.text, query, narrowing, found, given, ids, differs, missed)


def _as_searched(query: Query, found: Found, today: dt.date) -> Query:
    """Return the question that the search answered, which may not be the one typed."""
    if found.reading == "respelled" and found.suggestion:
        return parse_query(found.suggestion, today=today)
    if found.reading == "any_time":
        return parse_query(without_times(query.text, today), today=today)
    return query


async def find_pieces(
    connection: AsyncConnection, newsroom: Newsroom, ids: Sequence[int]
) -> tuple[list[Piece], dict[int, int | None]]:
    """Return the articles to read, best first, and which story each belongs to."""
    articles = await find_articles(connection, ids[:MOST_READ])
    summaries = await find_summaries(connection, articles.values())
    best_first = [articles[each] for each in ids[:MOST_READ] if each in articles]
    pieces = [piece_of(newsroom, article, summaries[article.id]) for article in best_first]
    return pieces, {article.id: article.story_id for article in best_first}


def _answered(
    query: Query, found: Found, pieces: Sequence[Piece], stories: dict[int, int | None]
) -> tuple[Answer, Disagreement | None]:
    """Answer, and tell what the papers cited disagree on where all of them report one story."""
    given = answer(query, pieces, found.fixed_pairs, stories)
    cited = [piece for piece in pieces if piece.article_id in given.cited]
    if len(cited) < 2 or len({stories[piece.article_id] for piece in cited}) > 1:
        return given, None
    return given, next(iter(find_disagreements(cited)), None)


async def describe(desk: Desk, query: Query, ids: Sequence[int]) -> tuple[FoundArticle, ...]:
    """Return these articles with a sentence each, in their order; one that is gone is left out."""
    async with desk.database.read() as connection:
        by_id = await find_articles(connection, ids)
        summaries = await find_summaries(connection, by_id.values())
    articles = [by_id[i] for i in ids if i in by_id]
    return await CHAT.run(
        lambda: tuple(FoundArticle(a, summaries[a.id], _snippet(desk.newsroom, a, query)) for a in articles)
    )


def _snippet(newsroom: Newsroom, article: StoredArticle, query: Query) -> Snippet:
    source = newsroom.find_source(article.source)
    return _NO_SNIPPET if source and source.quote != "full" else best_snippet(article.document, query)


def local_day(moment: dt.datetime, zone: str) -> dt.date:
    """Return the day in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
