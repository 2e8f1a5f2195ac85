"""Ask the index: the strictest reading of a question first, then wider ones until a page is full."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.engines import engine_of
from storage.search.model import Hit, Layer, Match, Page
from storage.search.rank import ranked
from storage.search.words import shortened
from summarizer.query import Query, Run
from summarizer.syllables import folded

_ENOUGH = 10  # a page of hits: no wider reading is tried
_MAX_RUNS_TO_LEAVE_OUT = 8  # the work of leaving each out in turn grows with their square

Reading = Literal["lead", "text", "fewer_words"]


@dataclass(frozen=True, slots=True)
class Found:
    """The articles found, best first.

    `total` counts all matches; it is a lower bound unless `total_is_exact`. `reading` is the widest one that
    brought something: all words in title and sapo, all words anywhere in the text, or all words but one.
    """

    ids: tuple[int, ...] = ()
    total: int = 0
    total_is_exact: bool = True
    reading: Reading = "lead"


@dataclass(frozen=True, slots=True)
class _Step:
    reading: Reading
    layer: Layer
    match: Match


@dataclass(slots=True)
class _Harvest:
    """What the steps so far brought. A wider step finds again what a stricter one found."""

    hits: dict[Reading, dict[int, Hit]] = field(default_factory=dict)
    page: Page = field(default_factory=Page)
    reading: Reading = "lead"

    def add(self, reading: Reading, page: Page) -> None:
        known = {article_id for tier in self.hits.values() for article_id in tier}
        tier = self.hits.setdefault(reading, {})
        tier.update({hit.article_id: hit for hit in page.hits if hit.article_id not in known})
        if page.matches >= self.page.matches:
            self.page = page
        if tier:
            self.reading = reading

    def __len__(self) -> int:
        return sum(map(len, self.hits.values()))


async def search_articles(
    connection: AsyncConnection, query: Query, *, now: dt.datetime, limit: int = 50
) -> Found:
    """Find at most `limit` articles for `query`.

    A word typed with marks prefers its own spelling; one typed without finds every spelling. Only a bounded
    number of the newest matches is ranked, so a frequent word costs no more than a rare one.
    """
    engine, harvest = engine_of(connection), _Harvest()
    for step in _steps(query):
        has_hits = len(harvest) > 0 and harvest.reading != "fewer_words"
        if len(harvest) >= min(limit, _ENOUGH) or (has_hits and step.reading == "fewer_words"):
            break
        harvest.add(step.reading, await engine.look_up(connection, step.layer, step.match, limit))
    ids = [hit.article_id for tier in harvest.hits.values() for hit in ranked(tier.values(), query, now=now)][
        :limit
    ]
    total = max(harvest.page.matches, len(ids))
    return Found(tuple(ids), total, not harvest.page.has_more, harvest.reading)


def _steps(query: Query) -> Iterator[_Step]:
    if query.is_empty:
        return
    if query.has_marks:
        yield _Step("lead", "accented", Match((_short(query.wanted),), _short(query.excluded)))
    wanted, excluded = _bare(query.wanted), _bare(query.excluded)
    yield _Step("lead", "folded", Match((wanted,), excluded))
    yield _Step("text", "whole", Match((wanted,), excluded))
    if 1 < len(wanted) <= _MAX_RUNS_TO_LEAVE_OUT:
        fewer = Match(tuple(wanted[:i] + wanted[i + 1 :] for i in range(len(wanted))), excluded)
        yield _Step("fewer_words", "folded", fewer)
        yield _Step("fewer_words", "whole", fewer)


def _short(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(tuple(map(shortened, run)) for run in runs)


def _bare(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(dict.fromkeys(tuple(shortened(folded(word)) for word in run) for run in runs))
