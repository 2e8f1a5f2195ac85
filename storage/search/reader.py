"""Find candidates for a question in the index, and read their texts from the database.

A thread searches the index, for milliseconds at most; one statement reads the texts.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from tantivy import DocAddress, Order, Query, Searcher

from storage.off_loop import SEARCH
from storage.search.generation import Generation, IndexUnusableError
from storage.search.index import apply_recent, index_of
from storage.search.rebuild import build_small
from storage.search.schema import Plan, all_but_one, all_words, any_words, everything
from storage.tables import articles
from summarizer.questions.equivalents import Group, widened
from summarizer.questions.hits import Filters, Hit, Ranked, rank_hits
from summarizer.questions.phrases import Groups, asking_places
from summarizer.questions.query import Query as Question
from summarizer.text.syllables import folded

_BEST, _NEWEST = 24, 16  # candidates: by the index's score, the newest with all words
_NEWEST_OF_FEW = 50  # the same for a few words, which match many articles
WHOLE_READ = 6  # whole texts that are read
_NEARLY = 50
_OFTEN, _MORE_THAN_CHANCE = 5, 1.5  # articles with a pair, and their excess over chance, to count as one word
_HARDLY_APART = 2 / 3  # of the articles with the rarer word of a pair
_NEIGHBOURS_BY_CHANCE = 0.005  # probability that two words of one article are side by side
_FEW = 3  # words
_MOST_BODY = 4_000  # characters of a body that are read
_a = articles.c
_TEXTS = select(  # made once: building a statement costs more than running it
    _a.id,
    _a.title,
    func.substr(_a.sapo, 1, _MOST_BODY),
    func.coalesce(_a.published_at, _a.stored_at, type_=_a.stored_at.type),
    case((_a.id.in_(bindparam("best", expanding=True)), func.substr(_a.body, 1, _MOST_BODY)), else_=""),
).where(_a.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Articles found, best first; `total` have all words in title and sapo, `whole` anywhere."""

    hits: tuple[Ranked, ...] = ()
    total: int = 0
    whole: int = 0
    is_short: bool = True  # the question has so few words that an article must have all
    first_at: dt.datetime | None = None  # of the `total` articles, if some of them were not read
    last_at: dt.datetime | None = None
    fixed_pairs: tuple[tuple[str, str], ...] = ()  # neighbours in the question that papers write side by side

    @property
    def best_share(self) -> float:
        return self.hits[0].share if self.hits else 0.0

    @property
    def is_own(self) -> bool:
        """Tell whether the best article has the words with the typed diacritics."""
        return bool(self.hits) and self.hits[0].is_own

    @property
    def full(self) -> tuple[Ranked, ...]:
        """Return the hits with all content words in title and sapo."""
        return tuple(hit for hit in self.hits if hit.is_full)


@dataclass(frozen=True, slots=True)
class Reader:
    """A question with the index that answers it."""

    connection: AsyncConnection
    generation: Generation
    query: Question
    filters: Filters
    now: dt.datetime

    async def read(self, groups: tuple[Group, ...] | None = None) -> Candidates:
        """Return the best candidates for the words of the question, or for `groups` instead."""
        plan, scores, found = await SEARCH.run(_candidates, self, groups or self.query.groups)
        rows = await self._texts(scores, whole=WHOLE_READ)
        ranked = await SEARCH.run(_judged, rows, scores, plan.groups, self.now)
        return replace(found, hits=tuple(ranked))

    async def nearly(self) -> list[Hit]:
        """Return the newest articles with all words but one side by side in title or sapo."""
        return await SEARCH.run(_hits, await self._texts(await SEARCH.run(_nearly, self)), {})

    async def newest(self, limit: int) -> tuple[list[Ranked], int]:
        """Return the newest articles with all words in title and sapo, best first, and how many there are."""
        ids, total = await SEARCH.run(_newest, self, limit)
        hits = await SEARCH.run(_hits, await self._texts(ids), {})
        return await SEARCH.run(rank_hits, hits, self.plan(self.query.groups).groups, now=self.now), total

    async def _texts(self, ids: Collection[int], *, whole: int = 0) -> Sequence[Sequence[Any]]:
        """Read titles and leads, and the whole texts of the first `whole` of them."""
        wanted = {"ids": list(ids), "best": list(islice(ids, whole))}
        return (await self.connection.execute(_TEXTS, wanted)).all()

    def plan(self, groups: tuple[Group, ...]) -> Plan:
        """Return the plan of the search: groups with their synonyms, and the filters."""
        excluded = tuple(dict.fromkeys(tuple(map(folded, run)) for run in self.query.excluded))
        return Plan(widened(groups), excluded, self.filters)


async def reader_of(
    connection: AsyncConnection, query: Question, filters: Filters, now: dt.datetime
) -> Reader:
    """Return a reader of the index as it is now.

    Raises:
        IndexUnusableError: there is no index to read; one is being built, or has to be.
    """
    await apply_recent(connection)
    index = index_of(connection)
    if index.generation is None:
        await build_small(connection)
    if index.generation is None:
        raise IndexUnusableError(f"no index can be read in {index.folder}")
    return Reader(connection, index.generation, query, filters, now)


def _hits(rows: Iterable[Sequence[Any]], scores: Mapping[int, float]) -> list[Hit]:
    top = max(scores.values(), default=0.0) or 1.0
    return [Hit(row[0], row[1], row[2], row[3], row[4], scores.get(row[0], top) / top) for row in rows]


def _judged(
    rows: Sequence[Sequence[Any]], scores: Mapping[int, float], groups: Groups, now: dt.datetime
) -> list[Ranked]:
    """Rank by title and sapo, and by the texts too if no article has all the words there as typed."""
    hits = _hits(rows, scores)
    ranked = rank_hits([replace(hit, body="") if hit.body else hit for hit in hits], groups, now=now)
    if any(one.is_full and one.is_own for one in ranked):
        return ranked
    whole = [hit for hit in hits if hit.body]
    ids = {hit.article_id for hit in whole}
    return [*rank_hits(whole, groups, now=now), *(one for one in ranked if one.hit.article_id not in ids)]


def _candidates(reader: Reader, groups: tuple[Group, ...]) -> tuple[Plan, dict[int, float], Candidates]:
    """Return candidates, best first, with the index's scores, and counts of all matches."""
    searcher, schema, plan = reader.generation.searcher, reader.generation.schema, reader.plan(groups)
    best = searcher.search(any_words(schema, plan), _BEST, count=False)
    scores = dict(zip(_ids(searcher, best.hits), [score for score, _ in best.hits], strict=True))
    full = all_words(schema, plan)
    is_short = len(plan.content) <= _FEW
    most = _NEWEST_OF_FEW if is_short else _NEWEST
    newest = searcher.search(full, most, order_by_field="id")
    total = _count(newest)
    lowest = min(scores.values(), default=1.0)
    found = Candidates((), total, 0, is_short, fixed_pairs=tuple(_fixed(searcher, reader.query)))
    more = newest
    if not total:
        more = searcher.search(all_words(schema, plan, ("title", "sapo", "body")), WHOLE_READ)
        found = replace(found, whole=_count(more))
    elif total > most:  # else all of them are read
        first_at, last_at = (_end(searcher, full, order) for order in (Order.Asc, Order.Desc))
        found = replace(found, first_at=first_at, last_at=last_at)
    return plan, scores | {each: lowest for each in _ids(searcher, more.hits) if each not in scores}, found


def _end(searcher: Searcher, query: Query, order: Order) -> dt.datetime | None:
    """Return the time of the first or the last match."""
    found = searcher.search(query, 1, count=False, order_by_field="at", order=order)
    times = searcher.fast_field_values("at", [address for _, address in found.hits])
    return dt.datetime.fromtimestamp(times[0], dt.UTC) if times and times[0] is not None else None


def _articles_with(searcher: Searcher, text: str, kind: str = "") -> int:
    """Return the number of articles with `text`, in the field where most of them have it."""
    return max(searcher.doc_freq(f"{name}{kind}", text) for name in ("title", "sapo", "body"))


def _fixed(searcher: Searcher, query: Question) -> Iterator[tuple[str, str]]:
    """Yield the neighbours in the question that the papers write side by side more often than by chance.

    If few articles have a pair, its rarer word must rarely occur elsewhere: "Rạch Sấu".
    """
    runs = [term.phrase for term in query.terms]
    asks = asking_places(runs)
    more_than_chance = _MORE_THAN_CHANCE if query.has_diacritics else 0.0
    for at in range(1, len(runs)):
        pair = runs[at - 1][-1], runs[at][0]
        one, other = map(folded, pair)
        together = _articles_with(searcher, f"{one}_{other}", "_pairs")
        if {at - 1, at} & asks or not together:
            continue
        apart = _articles_with(searcher, one), _articles_with(searcher, other)
        by_chance = apart[0] * apart[1] * _NEIGHBOURS_BY_CHANCE / max(1, searcher.num_docs)
        is_often = together >= _OFTEN and together > more_than_chance * by_chance
        if is_often or together >= _HARDLY_APART * min(apart):
            yield pair


def _nearly(reader: Reader) -> list[int]:
    query = all_but_one(reader.generation.schema, replace(reader.plan(()), groups=reader.query.groups))
    found = reader.generation.searcher.search(query, _NEARLY, count=False, order_by_field="id")
    return _ids(reader.generation.searcher, found.hits)


def _newest(reader: Reader, limit: int) -> tuple[list[int], int]:
    plan, schema = reader.plan(reader.query.groups), reader.generation.schema
    query = all_words(schema, plan) if plan.groups else everything(schema, plan)
    found = reader.generation.searcher.search(query, limit, order_by_field="at")
    return _ids(reader.generation.searcher, found.hits), _count(found)


def _count(found: object) -> int:
    return int(getattr(found, "count", 0) or 0)


def _ids(searcher: Searcher, hits: Sequence[tuple[Any, DocAddress]]) -> list[int]:
    numbers = searcher.fast_field_values("id", [address for _, address in hits])
    return [int(number) for number in numbers if number is not None]
