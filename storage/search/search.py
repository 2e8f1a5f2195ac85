"""Ask the index: the strictest reading of a question first, a wider one only where that finds too little."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.model import NO_FILTERS, Filters
from storage.search.rank import Groups, occurs
from storage.search.readings import Read, Reader
from storage.search.respelling import respelled, told
from storage.search.vocabulary import spelling_of
from storage.threads import SEARCH
from summarizer.questions.query import Query
from summarizer.text.syllables import folded

_ENOUGH = 3  # hits: words that the index hardly knows are not taken for slips

Reading = Literal["lead", "text", "fewer_words", "respelled", "any_time"]


@dataclass(frozen=True, slots=True)
class Found:
    """The articles found, best first.

    `total` counts all matches; it is a lower bound unless `total_is_exact`. `reading` is the widest one that
    brought something: all words in title and sapo, all words anywhere in the text, all words but one, the
    words with slips mended (`suggestion` says what was searched), or the words without their time, which
    nothing matched. `suggestion` is a question that finds more, None where none is known.
    `looked_through` matches were looked at; they came out from `first_at` to `last_at`.
    """

    ids: tuple[int, ...] = ()
    total: int = 0
    total_is_exact: bool = True
    reading: Reading = "lead"
    suggestion: str | None = None
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    looked_through: int = 0


async def search_articles(
    connection: AsyncConnection,
    query: Query,
    *,
    now: dt.datetime,
    filters: Filters = NO_FILTERS,
    limit: int = 50,
) -> Found:
    """Find at most `limit` articles for `query`, all of which pass `filters`.

    What the names and dates of the query mean, the caller puts into `filters`; a query without words then
    finds the newest articles. A word typed with marks is looked for with these, and only where no article
    has it, with any; one typed without finds every spelling. Only a bounded number of the newest matches is
    looked at, so a frequent word costs no more than a rare one. Whole texts are looked into only where title
    and sapo of no article have all words.
    """
    reader = Reader(connection, query, filters, now)
    if not query.wanted:
        return await _newest(reader, limit) if query.has_filters or filters != NO_FILTERS else Found()
    found = await _answer(reader, limit)
    if query.time_words and (filters.since or filters.until) and not _has_all_words(found):
        return await _at_any_time(reader, limit) or found
    return found


def _has_all_words(found: Found) -> bool:
    return bool(found.ids) and found.reading != "fewer_words"


async def _at_any_time(reader: Reader, limit: int) -> Found | None:
    """Ask with the time words as words where they may be part of a name, else without them."""
    query, filters = reader.query, replace(reader.filters, since=None, until=None)
    without = replace(query, time_words=(), since=None, until=None)
    for other in (query.without_time, without) if query.may_name_a_time else (without,):
        found = await _answer(replace(reader, query=other, filters=filters), limit)
        if _has_all_words(found):
            return replace(found, reading="any_time")
    return None


async def _newest(reader: Reader, limit: int) -> Found:
    page = await reader.newest(limit)
    excluded = [tuple(map(folded, run)) for run in reader.query.excluded]
    allowed = page.hits
    if excluded:
        allowed = await SEARCH.run(lambda: tuple(hit for hit in page.hits if not occurs(excluded, hit)))
    hits = sorted(allowed, key=lambda hit: (-hit.at.timestamp(), -hit.article_id))
    ids = tuple(hit.article_id for hit in hits)
    return Found(
        ids, page.matches, not page.has_more, "lead", None, page.first_at, page.last_at, page.matches
    )


async def _answer(reader: Reader, limit: int) -> Found:
    """Return what the strictest reading finds that finds anything.

    A slip among neighbours is mended before the words as typed are looked for far apart. Words that the index
    hardly knows are mended where nothing has them as typed; where something has, that is only suggested.
    """
    lead = await reader.lead()
    if lead.has_own:
        return _found(lead, "lead", limit)
    text = await reader.whole()
    phrase = Read() if lead.hits else await reader.side_by_side(text)
    if lead.hits or phrase.hits:  # meant as typed: no slip is looked for
        return _as_typed(lead, lead.and_then(phrase).and_then(text), limit)
    slip, meant = await reader.slipped(text)
    if slip.hits:
        return _mended(reader, slip, meant, limit)
    found = _as_typed(lead, text, limit)
    if len(text.hits) < _ENOUGH and (
        guessed := respelled(reader.query, await spelling_of(reader.connection))
    ):
        guess = await reader.lead(guessed)
        if guess.hits:
            mended = _mended(reader, guess, guessed, limit)
            return replace(found, suggestion=mended.suggestion) if text.hits else mended
    return found if text.hits else _found(await reader.fewer_words(), "fewer_words", limit)


def _as_typed(lead: Read, text: Read, limit: int) -> Found:
    in_lead = {hit.hit.article_id for hit in lead.hits}
    is_wider = any(hit.hit.article_id not in in_lead for hit in text.hits)
    return _found(text, "text" if is_wider else "lead", limit)


def _mended(reader: Reader, read: Read, meant: Groups, limit: int) -> Found:
    suggestion = told(reader.query, meant, read.hits[0].hit)
    return replace(_found(read, "respelled", limit), suggestion=suggestion)


def _found(read: Read, reading: Reading, limit: int) -> Found:
    ids = tuple(hit.hit.article_id for hit in read.hits[:limit])
    if not ids:
        return Found()
    return Found(
        ids, read.total, read.is_exact, reading, None, read.first_at, read.last_at, read.looked_through
    )
