"""Ask the index: the strictest reading of a question first, then wider ones until a page is full."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.engines import engine_of
from storage.search.model import NO_FILTERS, Engine, Filters, Layer, Match, Page
from storage.search.rank import ranked
from summarizer.query import Query, Run
from summarizer.syllables import folded

_ENOUGH = 10  # a page of hits: no wider reading is tried
_MAX_RUNS_TO_LEAVE_OUT = 8  # the work of leaving each out in turn grows with their square

Reading = Literal["lead", "text", "fewer_words", "respelled", "any_time"]


@dataclass(frozen=True, slots=True)
class Found:
    """The articles found, best first.

    `total` counts all matches; it is a lower bound unless `total_is_exact`. `reading` is the widest one that
    brought something: all words in title and sapo, all words anywhere in the text, all words but one, the
    words with slips mended (`suggestion` says what was searched), or the words without their time, which
    nothing matched. `suggestion` is a question that would find more, None where there is none.
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
    """Find at most `limit` articles for `query`.

    A word typed with marks prefers its own spelling; one typed without finds every spelling. Only a bounded
    number of the newest matches is ranked, so a frequent word costs no more than a rare one.
    """
    if not query.wanted:
        return Found()
    ask = _Question(connection, engine_of(connection), query, now, limit)
    found = ask.widened(Found(), "lead", await ask.lead())
    if not ask.is_answered_by(found):
        found = ask.widened(found, "text", await ask.look_up("whole", ask.all_words))
    if not found.ids and ask.fewer_words.alternatives:
        found = ask.widened(found, "fewer_words", await ask.look_up("folded", ask.fewer_words))
        if not ask.is_answered_by(found):
            found = ask.widened(found, "fewer_words", await ask.look_up("whole", ask.fewer_words))
    return found


@dataclass(frozen=True, slots=True)
class _Question:
    """A query with all that its readings need."""

    connection: AsyncConnection
    engine: Engine
    query: Query
    now: dt.datetime
    limit: int

    @property
    def all_words(self) -> Match:
        """Return what finds every wanted run, whatever its marks."""
        return Match((_bare(self.query.wanted),), _bare(self.query.excluded))

    @property
    def fewer_words(self) -> Match:
        """Return what finds all wanted runs but any one; without alternatives where that makes no sense."""
        wanted = _bare(self.query.wanted)
        is_sensible = 1 < len(wanted) <= _MAX_RUNS_TO_LEAVE_OUT
        left = tuple(wanted[:i] + wanted[i + 1 :] for i in range(len(wanted))) if is_sensible else ()
        return Match(left, _bare(self.query.excluded))

    async def look_up(self, layer: Layer, match: Match) -> Page:
        return await self.engine.look_up(self.connection, layer, match, self.limit)

    async def lead(self) -> Page:
        """Look in title and sapo. Ranking tells spellings apart, the index where there are many hits."""
        page = await self.look_up("folded", self.all_words)
        if not self.query.has_marks or page.matches <= self.limit:
            return page
        own = await self.look_up("accented", Match((self.query.wanted,), self.query.excluded))
        if len(own.hits) >= self.enough:
            return own
        known = {hit.article_id for hit in own.hits}
        others = tuple(hit for hit in page.hits if hit.article_id not in known)
        return replace(page, hits=own.hits + others)

    @property
    def enough(self) -> int:
        """Return how many hits make a wider reading needless."""
        return min(self.limit, _ENOUGH)

    def is_answered_by(self, found: Found) -> bool:
        return len(found.ids) >= self.enough

    def widened(self, found: Found, reading: Reading, page: Page) -> Found:
        """Return `found` with the hits of a wider reading behind those that it has."""
        new = ranked((hit for hit in page.hits if hit.article_id not in found.ids), self.query, now=self.now)
        if not new:
            return found
        ids = (*found.ids, *(hit.article_id for hit in new))[: self.limit]
        return Found(ids, max(page.matches, len(ids)), not page.has_more, reading)


def _bare(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(dict.fromkeys(tuple(map(folded, run)) for run in runs))
