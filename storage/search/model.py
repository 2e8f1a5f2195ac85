"""What the search hands to an engine and gets back; the engines themselves are `sqlite` and `postgres`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from summarizer.questions.query import Run

# Title and sapo with marks; the same folded; title, sapo and body folded. Each finds at least what the one
# before it finds.
Layer = Literal["accented", "folded", "whole"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search beside words; an empty one narrows nothing.

    `source_names` are values of `articles.source`, `topics` of `articles.topic`. An article came out when it
    was published, or arrived where that is unknown: not before `since`, not after `until`.
    """

    source_names: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None


NO_FILTERS = Filters()

REBUILD_NOTE = "search_rebuild"  # holds the last article that a rebuild under way has done


@dataclass(frozen=True, slots=True)
class IndexedWords:
    """The words of one article as the index holds them; `whole` are those of title, sapo and body, folded."""

    article_id: int
    title: str
    sapo: str
    folded_title: str
    folded_sapo: str
    whole: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Words that must all occur: one run of each group, `in_title` in the title alone."""

    groups: tuple[tuple[Run, ...], ...]
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """What must occur: at least one of the alternatives, and none of the excluded runs.

    The words are already in the form of the layer asked. Runs, groups and alternatives are never empty.
    """

    alternatives: tuple[AllOf, ...]
    excluded: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches; `at` is when it came out. `body` is there where the whole text was asked."""

    article_id: int
    title: str
    sapo: str
    at: dt.datetime
    body: str = ""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a look-up goes: of the newest `reach` articles `window` matches are counted, `limit` read.

    A `steep` one passes through all of these rather than backwards until it has enough: where there may be no
    match, an index does not know where to stop.
    """

    limit: int
    window: int
    reach: int
    steep: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The newest matches: `hits` the newest of these, `matches` how many were looked at, and their span.

    All that were looked at are among the newest `depth` articles of the store.
    """

    hits: tuple[Hit, ...] = ()
    matches: int = 0
    has_more: bool = False  # older matches were left unlooked at
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    depth: int = 0


class Engine(Protocol):
    """The full-text side of a database."""

    async def find_indexed(self, connection: AsyncConnection, ids: Iterable[int]) -> set[int]:
        """Return those of `ids` that are in the index."""

    async def put(self, connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
        """Add rows that are not in the index."""

    async def remove(self, connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
        """Take out rows that went in with exactly these words; those not in the index are passed over."""

    async def look_up(
        self,
        connection: AsyncConnection,
        layer: Layer,
        match: Match,
        filters: Filters,
        extent: Extent,
    ) -> Page:
        """Look at the newest matches, as far as `extent` goes, and return the newest of these first."""

    async def newest(self, connection: AsyncConnection, filters: Filters, limit: int) -> Page:
        """Return the newest articles that pass `filters`, whatever their words; at most `limit`."""

    async def count_words(self, connection: AsyncConnection) -> dict[str, int]:
        """Return the folded words of titles and sapos and in how many articles each occurs.

        Rare ones may be missing, and of a large store the counts may be those of its newer part.
        """

    async def begin_rebuild(self, connection: AsyncConnection) -> None:
        """Make room for an index built anew."""

    async def put_rebuilt(self, connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
        """Put the next rows into the index built anew."""

    async def finish_rebuild(self, connection: AsyncConnection) -> None:
        """Put the index built anew in the place of the old one."""
