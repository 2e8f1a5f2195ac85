"""The readings of a question: all words in title and sapo, all anywhere, slips mended, all words but one.

Each asks the index for a bounded number of the newest matches, narrows where there are too many to read, and
ranks what it has read, in a thread: long texts would hold the loop up. `search` chooses which reading is
tried when.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.engines import engine_of
from storage.search.model import AllOf, Extent, Filters, Hit, Layer, Match, Page
from storage.search.rank import Groups, Ranked, occurs, ranked
from storage.search.respelling import slipped
from storage.search.statements import WINDOW
from storage.threads import SEARCH
from summarizer.questions.query import Query, Run
from summarizer.text.syllables import folded

_READ = 50  # matches whose title and sapo are read
_READ_NEAR = 30  # of those with the words in the title or side by side
_READ_WHOLE = 10  # of those whose whole text is read
_WINDOW_WHOLE = 100
_LEAD_READ = 20_000  # characters of a sapo that are ranked: many times a long one
# Words times articles that one look-up may pass through: questions of many words reach less far back in a
# large store, those of more than a sentence's even less.
_WORK, _WORK_WHOLE = 1_200_000, 250_000
_MANY_WORDS = 8
_DEEPER = 10  # where words are found everywhere, closer matches are looked for so many times as far back
_ENOUGH_NEAR = 10  # adjacent or in the title, with their marks: the look-alikes of a frequent word may stay
_MOST_TO_LEAVE_OUT = 6  # groups: the work of leaving each out in turn grows with their square


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading found, best first; `total` matches, or more unless `is_exact`, of `looked_through`."""

    hits: tuple[Ranked, ...] = ()
    total: int = 0
    is_exact: bool = True
    looked_through: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    depth: int = 0  # those looked at are among the newest so many articles of the store

    @property
    def has_own(self) -> bool:
        """Tell whether an article has every word with the marks typed."""
        return any(hit.is_own for hit in self.hits)

    @property
    def reach(self) -> int:
        """Return within how many of the newest articles closer matches of the same words are looked for."""
        return self.depth if self.is_exact else _DEEPER * self.depth

    def own(self) -> "Read":
        """Return what has the marks typed, where anything has."""
        kept = tuple(hit for hit in self.hits if hit.is_own)
        if not kept or len(kept) == len(self.hits):
            return self
        if self.total > len(self.hits):  # most were not read: their marks are not known
            return replace(self, hits=kept, is_exact=False)
        times = [hit.hit.at for hit in kept]
        return replace(self, hits=kept, total=len(kept), first_at=min(times), last_at=max(times))

    def and_then(self, other: "Read") -> "Read":
        """Return these hits and, behind them, those of another reading; look-alikes only without others."""
        known = {hit.hit.article_id for hit in self.hits}
        hits = (*self.hits, *(hit for hit in other.hits if hit.hit.article_id not in known))
        if not other.hits or not self.hits:
            return self if self.hits else other
        both = Read(
            hits,
            max(self.total, other.total, len(hits)),
            self.is_exact and other.is_exact,
            max(self.looked_through, other.looked_through),
            min(one.first_at for one in (self, other) if one.first_at),
            max(one.last_at for one in (self, other) if one.last_at),
        )
        return both.own()


@dataclass(frozen=True, slots=True)
class Reader:
    """A question and the index that it is asked of."""

    connection: AsyncConnection
    query: Query
    filters: Filters
    now: dt.datetime

    async def lead(self, groups: Groups | None = None) -> Read:
        """Look for all words in title and sapo."""
        groups = groups or self.query.groups
        page = await self._look_up("folded", Match((AllOf(_bare(groups)),), self._excluded), _READ, WINDOW)
        if page.matches <= _READ:
            return (await self._read(page, groups)).own()
        return await self._frequent(page, groups)

    async def every_lead(self) -> Read:
        """Look for all words in title and sapo and read every match that is counted."""
        groups = self.query.groups
        if not groups:
            page = await self.newest(WINDOW)
        else:
            wanted = Match((AllOf(_bare(groups)),), self._excluded)
            page = await self._look_up("folded", wanted, WINDOW, WINDOW)
        return (await self._read(page, groups)).own()

    async def side_by_side(self, anywhere: Read) -> Read:
        """Look for the words next to each other, in the order typed, in texts that have them `anywhere`."""
        if not anywhere.hits:
            return Read()
        phrase = Match((_side_by_side(_bare(self.query.groups)),), self._excluded)
        page = await self._look_up("whole", phrase, _READ_WHOLE, _READ_WHOLE, anywhere.reach)
        return (await self._read(page, self.query.groups)).own()

    async def whole(self) -> Read:
        """Look for all words anywhere in the text."""
        wanted = Match((AllOf(_bare(self.query.groups)),), self._excluded)
        page = await self._look_up("whole", wanted, _READ_WHOLE, _WINDOW_WHOLE)
        return (await self._read(page, self.query.groups)).own()

    async def slipped(self, anywhere: Read) -> tuple[Read, Groups]:
        """Look for all words side by side in title or sapo, one of them slipped; and tell what was meant.

        Where texts have the words as typed `anywhere`, and often, not as far back as else.
        """
        groups = self.query.groups
        bare = _bare(groups)
        if not 2 < len(bare) <= _MOST_TO_LEAVE_OUT:
            return Read(), groups
        nearly = Match(_without_one_as_phrases(bare), self._excluded)
        reach = None if anywhere.is_exact else anywhere.reach
        page = await self._look_up("folded", nearly, _READ, _READ, reach)
        hits, meant = await SEARCH.run(slipped, groups, page.hits)
        return (await self._read(replace(page, hits=tuple(hits), matches=len(hits)), meant)).own(), meant

    async def fewer_words(self) -> Read:
        """Look for all words but any one in title and sapo."""
        bare = _bare(self.query.groups)
        if not 1 < len(bare) <= _MOST_TO_LEAVE_OUT:
            return Read()
        left = Match(_without_one(bare), self._excluded)
        return await self._read(await self._look_up("folded", left, _READ, _READ), self.query.groups)

    async def newest(self, limit: int) -> Page:
        """Return the newest articles, whatever their words."""
        return await engine_of(self.connection).newest(self.connection, self.filters, limit)

    async def _frequent(self, page: Page, groups: Groups) -> Read:
        """Narrow many matches to those with the words in the title or side by side."""
        bare = read = await self._read(page, groups)
        if not self.query.has_marks:
            return await self._nearer(read, "folded", groups, bare.reach)
        own = await self._look_up("accented", Match((AllOf(_tuples(groups)),)), _READ, WINDOW)
        if own.matches:
            read = await self._with(replace(await self._read(own, groups), hits=read.hits), own, groups)
        if own.matches > _READ:
            read = await self._nearer(read, "accented", groups, read.reach)
        if own.matches < _ENOUGH_NEAR:
            read = await self._nearer(read, "folded", groups, bare.reach)
        return read.own()

    async def _nearer(self, read: Read, layer: Layer, groups: Groups, reach: int) -> Read:
        excluded = self._excluded if layer == "folded" else ()
        wanted = _bare(groups) if layer == "folded" else _tuples(groups)
        match = Match(_near(wanted), excluded)
        return await self._with(
            read, await self._look_up(layer, match, _READ_NEAR, _READ_NEAR, reach), groups
        )

    async def _look_up(
        self, layer: Layer, match: Match, limit: int, window: int, reach: int | None = None
    ) -> Page:
        words = max(1, len(self.query.words))
        most = (_WORK_WHOLE if layer == "whole" else _WORK) // (words * max(1, words // _MANY_WORDS))
        extent = Extent(
            limit, window, min(most, reach or most), steep=reach is not None or words > _MANY_WORDS
        )
        engine = engine_of(self.connection)
        page = await engine.look_up(self.connection, layer, match, self.filters, extent)
        return replace(page, hits=tuple(replace(hit, sapo=hit.sapo[:_LEAD_READ]) for hit in page.hits))

    async def _read(self, page: Page, groups: Groups) -> Read:
        hits = tuple(await self._ranked(page.hits, groups))
        total = page.matches if page.matches > len(page.hits) else len(hits)
        return Read(hits, total, not page.has_more, page.matches, page.first_at, page.last_at, page.depth)

    async def _with(self, read: Read, page: Page, groups: Groups) -> Read:
        """Return `read` with the hits of another page among its own."""
        known = {hit.hit.article_id for hit in read.hits}
        new = await self._ranked([hit for hit in page.hits if hit.article_id not in known], groups)
        return replace(read, hits=tuple(sorted((*read.hits, *new), key=lambda hit: hit.order)))

    async def _ranked(self, hits: Sequence[Hit], groups: Groups) -> list[Ranked]:
        return await SEARCH.run(self._rank, hits, groups)

    def _rank(self, hits: Sequence[Hit], groups: Groups) -> list[Ranked]:
        """Rank hits; the accented index, which does not know the excluded words, may have brought some."""
        allowed = (hit for hit in hits if not occurs(self._excluded, hit))
        return ranked(allowed if self._excluded else hits, groups, now=self.now)

    @property
    def _excluded(self) -> tuple[Run, ...]:
        return tuple(dict.fromkeys(tuple(map(folded, run)) for run in self.query.excluded))


def _bare(groups: Groups) -> tuple[tuple[Run, ...], ...]:
    """Return the groups without marks."""
    bare = (tuple(dict.fromkeys(tuple(map(folded, run)) for run in group)) for group in groups)
    return tuple(dict.fromkeys(bare))


def _tuples(groups: Groups) -> tuple[tuple[Run, ...], ...]:
    return tuple(map(tuple, groups))


def _near(groups: tuple[tuple[Run, ...], ...]) -> tuple[AllOf, ...]:
    """Return what finds the groups in the title, or all of them side by side as typed."""
    in_title = AllOf(groups, in_title=True)
    return (in_title, _side_by_side(groups)) if len(groups) > 1 else (in_title,)


def _side_by_side(groups: tuple[tuple[Run, ...], ...]) -> AllOf:
    return AllOf(((tuple(chain.from_iterable(group[0] for group in groups)),),))


def _without_one(groups: tuple[tuple[Run, ...], ...]) -> tuple[AllOf, ...]:
    return tuple(AllOf(groups[:at] + groups[at + 1 :]) for at in range(len(groups)))


def _without_one_as_phrases(groups: tuple[tuple[Run, ...], ...]) -> tuple[AllOf, ...]:
    """Return what finds the words before and behind each group, both side by side."""
    runs = [group[0] for group in groups]
    sides = [(runs[:at], runs[at + 1 :]) for at in range(len(runs))]
    return tuple(AllOf(tuple((tuple(chain.from_iterable(side)),) for side in both if side)) for both in sides)
