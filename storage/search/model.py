"""What narrows a search, and an article as the search reads it."""

import datetime as dt
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate; `at` is when it came out, `score` the index's, 0 to 1. `body` may not have been read."""

    article_id: int
    title: str
    sapo: str
    at: dt.datetime
    body: str = ""
    score: float = 0.0
