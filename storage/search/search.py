"""Search the index: ranked articles, corrections of typing errors, and counts of matches by day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.off_loop import SEARCH
from storage.search.reader import WHOLE_READ, Candidates, Reader, reader_of
from storage.search.respelling import corrected_text, respelled, spelling_of, with_typing_error
from summarizer.questions.hits import NO_FILTERS, Explained, Filters, Ranked, explain_hits, rank_hits
from summarizer.questions.phrases import Groups
from summarizer.questions.query import Query
from summarizer.questions.typing_errors import is_no_syllable

# Candidates have any of the words; they are ranked closely. Typing errors are corrected if that finds more.

_NEARLY_ALL = 0.9  # a share of a question that counts as all of it
_ENOUGH = 3  # articles with all words somewhere: with so many no word counts as a typing error
_BETTER = 0.1  # what a correction must add to the share
_LEAST_SHARE = 0.45  # weighted share of a question; an article with less is not shown
_SHARE_OF_BEST = 0.7
_ABOUT_EQUAL = 0.1  # points
_MOST_TO_CORRECT = 6  # groups of a question that are searched for an error among neighbours

Reading = Literal["lead", "text", "fewer_words", "respelled"]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The articles found for a question, best first.

    `total` counts all matches; it is a lower bound unless `total_is_exact`. `reading` says what the best
    articles have: all words in title and sapo, all words anywhere in the text, only some words, or the
    corrected words (`suggestion` says what was searched). `suggestion` is a question that finds more, None if
    none is known. `looked_through` matches were read, dated from `first_at` to `last_at`. `fixed_pairs` are
    neighbours in the question that the papers write side by side, so an answer must have them side by side.
    """

    ids: tuple[int, ...] = ()
    total: int = 0
    total_is_exact: bool = True
    reading: Reading = "lead"
    suggestion: str | None = None
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    looked_through: int = 0
    fixed_pairs: tuple[tuple[str, str], ...] = ()

    @property
    def has_all_words(self) -> bool:
        """Tell whether the best articles have all words of the question."""
        return bool(self.ids) and self.reading != "fewer_words"


async def search_articles(
    connection: AsyncConnection,
    query: Query,
    *,
    now: dt.datetime,
    filters: Filters = NO_FILTERS,
    limit: int = 50,
) -> SearchResults:
    """Find at most `limit` articles for `query`, all of which pass `filters`.

    The caller turns the names and dates of the query into `filters`; a query without words then finds the
    newest articles. A word typed with diacritics matches in that form, and in any form only if no article has
    it so. A word typed without diacritics matches every spelling.

    Raises:
        IndexUnusableError: there is no index to read; one is being built, or has to be.
    """
    reader = await reader_of(connection, query, filters, now)
    if not query.terms:
        return await _newest(reader, limit) if query.has_filters or filters != NO_FILTERS else SearchResults()
    return await _answer(reader, limit)


async def _newest(reader: Reader, limit: int) -> SearchResults:
    hits, total = await reader.newest(limit)
    return replace(
        _results(Candidates(tuple(hits)), tuple(hits), "lead", limit), total=total, looked_through=total
    )


async def _answer(reader: Reader, limit: int) -> SearchResults:
    """Return the articles with most of the question.

    If the question has few words, an article must have all. If it has more, articles with most of them come
    first. Typing errors are corrected if that covers more of the question than the words as typed.
    """
    read = await reader.read()
    has_all = read.is_short and bool(read.full or any(hit.has_phrase for hit in read.hits))
    has_error = not any(hit.is_own for hit in read.full) and any(map(is_no_syllable, reader.query.words))
    best = read.best_share
    may_be_corrected = has_error or (best < _NEARLY_ALL and not has_all)
    if may_be_corrected and (corrected := await _with_one_error(reader, read, limit)) is not None:
        return corrected
    if has_all:
        return _all_words(read, limit, wants_newest=reader.query.wants_newest)
    is_doubtful = best < _NEARLY_ALL or not read.is_own or (not read.full and read.whole < _ENOUGH)
    other = await _respelled(reader, best, limit) if is_doubtful else None
    if other is not None and not read.whole:
        return other
    found = _partial_matches(read, limit)
    return replace(found, suggestion=other.suggestion) if other else found


def _all_words(read: Candidates, limit: int, *, wants_newest: bool) -> SearchResults:
    """Return the articles with all the words; if any has them as typed, only such articles."""
    own = sorted(
        (hit for hit in read.full if hit.is_own), key=_newest_first if wants_newest else _rough_order
    )
    if own:
        return _results(read, tuple(own), "lead", limit)
    phrases = tuple(hit for hit in read.hits if hit.has_phrase and (hit.is_own or not read.full))
    if phrases:
        return _results(read, tuple(hit for hit in phrases if hit.is_own) or phrases, "text", limit)
    return _results(read, read.full, "lead", limit)


def _partial_matches(read: Candidates, limit: int) -> SearchResults:
    least = max(_LEAST_SHARE, _SHARE_OF_BEST * read.best_share)
    hits = tuple(sorted((hit for hit in read.hits if hit.share >= least), key=_order))
    if hits and hits[0].share >= _NEARLY_ALL:
        return _results(read, hits, "lead" if hits[0].is_full else "text", limit)
    return _results(read, hits, "fewer_words", limit)


def _order(hit: Ranked) -> tuple[int, tuple[float, float, int]]:
    """Return the sort key: articles with all the words first, of these those with the typed diacritics."""
    return hit.tier, hit.order


def _rough_order(hit: Ranked) -> tuple[int, int, tuple[float, int]]:
    """Return the sort key for a few words: of about equally good articles the newer comes first."""
    return hit.tier, -round(hit.points / _ABOUT_EQUAL), _newest_first(hit)


def _newest_first(hit: Ranked) -> tuple[float, int]:
    return -hit.hit.at.timestamp(), -hit.hit.article_id


async def _with_one_error(reader: Reader, as_typed: Candidates, limit: int) -> SearchResults | None:
    """Search for all words side by side in a title or sapo, one of them with a typing error."""
    groups = reader.query.groups
    if not 2 < len(groups) <= _MOST_TO_CORRECT:
        return None
    hits, meant = await SEARCH.run(with_typing_error, groups, await reader.nearly())
    if not hits:
        return None
    ranked = await SEARCH.run(rank_hits, hits, meant, now=reader.now)
    read = replace(as_typed, hits=tuple(ranked), total=0, whole=0)
    return _corrected(reader, read, meant, read.hits, limit)


async def _respelled(reader: Reader, best: float, limit: int) -> SearchResults | None:
    """Search with corrections of words that hardly occur, if that finds more."""
    meant = respelled(reader.query, await spelling_of(reader.generation))
    if meant is None:
        return None
    read = await reader.read(meant)
    if not read.hits or read.best_share < min(best + _BETTER, _NEARLY_ALL):
        return None
    least = _SHARE_OF_BEST * read.best_share
    hits = read.full if read.is_short else tuple(hit for hit in read.hits if hit.share >= least)
    return _corrected(reader, read, meant, hits, limit) if hits else None


def _corrected(
    reader: Reader, read: Candidates, meant: Groups, hits: tuple[Ranked, ...], limit: int
) -> SearchResults:
    hits = tuple(sorted(hits, key=_rough_order))
    suggestion = corrected_text(reader.query, meant, hits[0].hit)
    return replace(_results(read, hits, "respelled", limit), suggestion=suggestion)


def _results(read: Candidates, hits: tuple[Ranked, ...], reading: Reading, limit: int) -> SearchResults:
    ids = tuple(hit.hit.article_id for hit in hits[:limit])
    if not ids:
        return SearchResults()
    times = [hit.hit.at for hit in hits]
    total, first_at, last_at = len(hits), min(times), max(times)
    if reading == "lead" and read.total > len(read.full):
        total, first_at, last_at = read.total, read.first_at or first_at, read.last_at or last_at
    is_exact = reading != "text" or read.whole <= max(WHOLE_READ, len(hits))
    looked_through = max(total, read.whole)
    return SearchResults(
        ids, total, is_exact, reading, None, first_at, last_at, looked_through, read.fixed_pairs
    )


async def explain_articles(
    connection: AsyncConnection,
    query: Query,
    ids: Sequence[int],
    *,
    now: dt.datetime,
    filters: Filters = NO_FILTERS,
) -> dict[int, Explained]:
    """Explain the rank of each of these articles, which `query` found.

    `query` is the reading that was searched in the end. A query without words ranks by time alone; it has no
    explanation, nor have articles that only a correction found.

    Raises:
        IndexUnusableError: there is no index to read; one is being built, or has to be.
    """
    if not query.terms:
        return {}
    reader = await reader_of(connection, query, filters, now)
    read, wanted = await reader.read(), set(ids)
    ranked = [hit for hit in read.hits if hit.hit.article_id in wanted]
    groups = reader.plan(query.groups).groups
    explanations = await SEARCH.run(explain_hits, ranked, groups, now=now)
    return {one.ranked.hit.article_id: one for one in explanations}


_WINDOW = 300  # matches that are read
Day = tuple[dt.date, int, int | None]


async def matches_by_day(
    connection: AsyncConnection,
    query: Query,
    *,
    now: dt.datetime,
    zone: str | dt.tzinfo,
    filters: Filters = NO_FILTERS,
    days: int = 30,
) -> tuple[Day, ...]:
    """Count the articles with all words in title or sapo on each of the last `days` local days, oldest first.

    Each day comes with its count and the id of its best article, None without a match. Only the newest
    `_WINDOW` matches are read; days before the oldest of these are left out.
    """
    zone = ZoneInfo(zone) if isinstance(zone, str) else zone
    last = now.astimezone(zone).date()
    first = last - dt.timedelta(days=days - 1)
    begin = dt.datetime.combine(first, dt.time(), zone).astimezone(dt.UTC)
    since = max(filters.since, begin) if filters.since else begin
    narrowed = Filters(filters.source_names, filters.topics, since, filters.until or now)
    reader = await reader_of(connection, query, narrowed, now)
    ranked, total = await reader.newest(_WINDOW)
    own = [one for one in ranked if one.is_own]
    on_day: dict[dt.date, list[int]] = {}
    for one in own or ranked:
        on_day.setdefault(one.hit.at.astimezone(zone).date(), []).append(one.hit.article_id)
    if total > len(ranked) and on_day:
        first = min(on_day)
    shown = [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]
    return tuple((day, len(on_day.get(day, ())), next(iter(on_day.get(day, ())), None)) for day in shown)
