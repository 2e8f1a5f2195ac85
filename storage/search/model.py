"""What the search hands to an engine and gets back; the engines themselves are `sqlite` and `postgres`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from summarizer.query import Run

# Title and sapo with marks; the same folded; title, sapo and body folded. Each finds at least what the one
# before it finds.
Layer = Literal["accented", "folded", "whole"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search beside words; an empty one narrows nothing.

    `source_names` are values of `articles.source`, `topics` of the topic that the source gave or, where it
    gave none, of the guessed one. An article came out when it was published, or arrived where that is
    unknown: not before `since`, not after `until`.
    """

    source_names: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None


NO_FILTERS = Filters()


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
class Match:
    """What must occur: all runs of at least one alternative, and none of the excluded runs.

    The words are already in the form of the layer asked. Runs and alternatives are never empty.
    """

    alternatives: tuple[tuple[Run, ...], ...]
    excluded: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches. `score` is the engine's own, higher is better; `at` when it was published."""

    article_id: int
    score: float
    title: str
    sapo: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Page:
    """The best hits among the newest matches, and how many matches were looked at."""

    hits: tuple[Hit, ...] = ()
    matches: int = 0
    has_more: bool = False  # older matches were left unlooked at


class Engine(Protocol):
    """The full-text side of a database."""

    async def find_indexed(self, connection: AsyncConnection, ids: Iterable[int]) -> set[int]:
        """Return those of `ids` that are in the index."""

    async def put(self, connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
        """Add rows that are not in the index."""

    async def remove(self, connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
        """Take out rows that are in the index with exactly these words."""

    async def look_up(self, connection: AsyncConnection, layer: Layer, match: Match, limit: int) -> Page:
        """Return at most `limit` hits, best first, looking at a bounded number of the newest matches."""
