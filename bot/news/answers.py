"""From a question to its answer: parse, search, read the best articles, choose sentences; or the top news."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.news.digests import piece_of
from bot.news.narrowing import Narrowing, read_question
from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.articles import Origin, StoredArticle, find_articles, find_origins
from storage.conversations import Question
from storage.off_loop import CHAT
from storage.processing.processed import find_summaries
from storage.search.search import SearchResults, explain_articles, search_articles
from summarizer.model import Disagreement, Piece, Place, Summary
from summarizer.questions.answering import MOST_READ, Answer, answer
from summarizer.questions.hits import Explained
from summarizer.questions.query import Query
from summarizer.questions.snippets import Snippet, best_snippet
from summarizer.stories.disagreements import find_disagreements

MOST_NEWS_READ = 300  # articles of the time, the newest


def most_reported(newest_first: Sequence[int], origins: Mapping[int, Origin]) -> tuple[int, ...]:
    """Return the newest article of each story, the most reported story first, of equals the newer.

    >>> lone, early, late = Origin("bao-bien", None), Origin("bao-bien", 7), Origin("bao-doi", 7)
    >>> most_reported((3, 2, 1), {1: early, 2: late, 3: lone})
    (2, 3)
    """
    newest: dict[tuple[int | None, int], int] = {}
    papers: dict[int, set[str]] = {}
    for number in newest_first:
        if origin := origins.get(number):  # else it was just deleted
            story = (origin.story_id, 0 if origin.story_id else number)
            papers.setdefault(newest.setdefault(story, number), set()).add(origin.source)
    return tuple(sorted(papers, key=lambda number: -len(papers[number])))


# Chat, inline mode and the command line use this. A question is parsed once; if it is not answered as typed,
# its other readings are tried (`Query.attempts`).

MOST_FOUND = 50  # articles of a question
_NO_SNIPPET = Snippet("", (), Place(0, "title", 0, 0))


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article, its summary, and its sentence with the words; "" if none may be shown."""

    article: StoredArticle
    summary: Summary
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Reply:
    """The articles found for a question, and its answer.

    `query` is the reading that was searched in the end, the `attempt`th of them. `ids` are at most 50
    articles: those that the answer cites, then the others, best first. `narrowing` is about the filters as
    typed. `missed` is the time of the question, from and to, if there was nothing at that time.
    """

    query: Query
    narrowing: Narrowing
    results: SearchResults = field(default_factory=SearchResults)
    answer: Answer = field(default_factory=Answer)
    ids: tuple[int, ...] = ()
    disagreement: Disagreement | None = None
    missed: tuple[dt.date | None, dt.date | None] | None = None
    attempt: int = 0

    @property
    def is_answered(self) -> bool:
        """Tell whether the question is answered, perhaps corrected, but not only for another time."""
        return self.answer.is_answered and self.missed is None


async def reply_to(services: Services, text: str, *, zone: str) -> Reply:
    """Answer `text`, asked now in `zone`."""
    now = services.clock.now()
    async with services.database.read() as connection:
        typed, narrowing = await read_question(connection, text, services.newsroom, zone, now=now)
        if typed.is_empty:
            return Reply(typed, narrowing)
        replies = []
        for attempt, query in enumerate(typed.attempts()):
            reply = await _attempted(services, connection, query, narrowing.for_reading(query), attempt, zone)
            if query.dropped:
                reply = replace(reply, missed=(typed.since, typed.until))
            if reply.answer.is_answered:
                return reply
            replies.append(reply)
    with_ids = next((one for one in replies if one.ids), replies[0])
    return next((one for one in replies if one.results.has_all_words), with_ids)


async def look_up(services: Services, text: str, *, zone: str) -> Reply:
    """Search for `text`, asked now in `zone`; answer it only if that decides between readings."""
    async with services.database.read() as connection:
        now = services.clock.now()
        query, narrowing = await read_question(connection, text, services.newsroom, zone, now=now)
        if len(query.attempts()) == 1:
            query, found = await _search(services, connection, query, narrowing, 0, zone)
            return Reply(query, narrowing, found, ids=found.ids)
    reply = await reply_to(services, text, zone=zone)
    return replace(reply, ids=reply.results.ids)


async def explain(services: Services, reply: Reply, ids: Sequence[int]) -> list[Explained | None]:
    """Explain the rank of each of these articles; None if only a correction found it."""
    async with services.database.read() as connection:
        found = await explain_articles(
            connection, reply.query, ids, now=services.clock.now(), filters=reply.narrowing.filters
        )
    return [found.get(each) for each in ids] if found else []


async def reply_again(services: Services, question: Question, *, zone: str) -> Reply:
    """Answer a question again from the articles that it found when it was asked."""
    kept, ids = question.kept, question.article_ids
    reply = await read_again(services, question, zone=zone)
    async with services.database.read() as connection:
        pieces, stories = await find_pieces(connection, services.newsroom, ids)
    given, differs = await CHAT.run(_answered, reply.query, kept.found, pieces, stories)
    return replace(reply, results=kept.found, answer=given, ids=ids, disagreement=differs)


async def read_again(services: Services, question: Question, *, zone: str) -> Reply:
    """Return the reading of a question that was searched when it was asked, without its articles."""
    now, attempt = question.asked_at, question.kept.attempt
    async with services.database.read() as connection:
        typed, narrowing = await read_question(connection, question.text, services.newsroom, zone, now=now)
    query = typed.attempt(attempt)
    missed = (typed.since, typed.until) if query.dropped else None
    return Reply(query, narrowing.for_reading(query), missed=missed, attempt=attempt)


async def as_shown(services: Services, question: Question) -> Question:
    """Return a question that was asked before, with those of its articles that may be shown now."""
    async with services.database.read() as connection:
        origins = await find_origins(connection, question.article_ids)
    return replace(question, article_ids=_may_be_shown(question.article_ids, origins, services.newsroom))


def _may_be_shown(ids: Iterable[int], origins: Mapping[int, Origin], newsroom: Newsroom) -> tuple[int, ...]:
    """Return those of the articles that are still stored, and of sources that may be shown."""
    hidden = newsroom.hidden_sources
    return tuple(each for each in ids if each in origins and origins[each].source not in hidden)


async def _attempted(
    services: Services,
    connection: AsyncConnection,
    query: Query,
    narrowing: Narrowing,
    attempt: int,
    zone: str,
) -> Reply:
    query, found = await _search(services, connection, query, narrowing, attempt, zone)
    pieces, stories = await find_pieces(connection, services.newsroom, found.ids)
    given, differs = await CHAT.run(_answered, query, found, pieces, stories)
    ids = tuple(dict.fromkeys((*given.cited, *found.ids)))
    if given.unrelated and len(given.unrelated) < len(pieces):
        ids = tuple(each for each in ids if each not in given.unrelated)
    elif given.unrelated and found.reading != "lead":  # articles with all words in title and sapo stay
        ids = ()
    return Reply(query, narrowing, found, given, ids, differs, attempt=attempt)


async def _search(
    services: Services,
    connection: AsyncConnection,
    query: Query,
    narrowing: Narrowing,
    attempt: int,
    zone: str,
) -> tuple[Query, SearchResults]:
    """Return the query that was searched in the end, corrected, and its result."""
    now = services.clock.now()
    most = MOST_NEWS_READ if query.is_for_news else MOST_FOUND
    found = await search_articles(connection, query, now=now, filters=narrowing.filters, limit=most)
    ids = found.ids
    if services.newsroom.hidden_sources or query.is_for_news:
        origins = await find_origins(connection, ids)
        ids = _may_be_shown(ids, origins, services.newsroom)
        ids = most_reported(ids, origins)[:MOST_FOUND] if query.is_for_news else ids
    if found.reading == "respelled" and found.suggestion:
        mended, _ = await read_question(connection, found.suggestion, services.newsroom, zone, now=now)
        query = mended.attempt(attempt)
    return query, replace(found, ids=ids)


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
    query: Query, found: SearchResults, pieces: Sequence[Piece], stories: dict[int, int | None]
) -> tuple[Answer, Disagreement | None]:
    """Answer; if all cited papers report one story, also return what they disagree on."""
    given = answer(query, pieces, found.fixed_pairs, stories)
    cited = [piece for piece in pieces if piece.article_id in given.cited]
    if len(cited) < 2 or len({stories[piece.article_id] for piece in cited}) > 1:
        return given, None
    return given, next(iter(find_disagreements(cited)), None)


async def describe(
    services: Services, query: Query, ids: Sequence[int], *, stands_alone: bool = False
) -> tuple[FoundArticle, ...]:
    """Return these articles with a sentence each, in their order; deleted ones are left out.

    With `stands_alone` the sentences are understandable without their neighbours.
    """
    async with services.database.read() as connection:
        by_id = await find_articles(connection, ids)
        summaries = await find_summaries(connection, by_id.values())
    articles = [by_id[i] for i in ids if i in by_id]
    return await CHAT.run(
        lambda: tuple(
            FoundArticle(a, summaries[a.id], _snippet(services.newsroom, a, query, stands_alone))
            for a in articles
        )
    )


def _snippet(newsroom: Newsroom, article: StoredArticle, query: Query, stands_alone: bool) -> Snippet:
    if newsroom.quote_policy(article.source) != "full":
        return _NO_SNIPPET
    return best_snippet(article.document, query, stands_alone=stands_alone)


def local_day(moment: dt.datetime, zone: str) -> dt.date:
    return moment.astimezone(ZoneInfo(zone)).date()
