"""What the operator declared, as plain values that chat and jobs work with.

`bot.assembly` builds these from the validated newsroom file; nothing else reads configuration.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.schedule import Schedule
from storage.profiles import Choices
from summarizer.digest import QuotePolicy


@dataclass(frozen=True, slots=True)
class Source:
    """Where articles come from. `path` is an inbox folder or a feed's file; `topic` is the default one."""

    name: str
    title: str
    kind: Literal["inbox", "feed"]
    path: Path
    zone: str
    topic: str | None
    quote: QuotePolicy


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest that can be subscribed to. Empty `topics` means all."""

    name: str
    title: str
    schedule: Schedule
    topics: tuple[str, ...]
    reading_minutes: float
    max_age: dt.timedelta


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All that was declared; the first edition is the default. `topics` maps names to titles, in order.

    `topic_aliases` maps what feeds and addresses call a topic to its name. `ranker` is a name in
    `summarizer.ranking.RANKERS`: it chooses the sentences of articles that come in from now on.
    """

    zone: str
    editions: tuple[Edition, ...]
    sources: tuple[Source, ...]
    topics: Mapping[str, str]
    topic_aliases: Mapping[str, str]
    keep_days: int
    late_window: dt.timedelta
    questions_per_10_seconds: int
    questions_per_hour: int
    ranker: str = "diemtin"

    @property
    def default_edition(self) -> Edition:
        """Return the edition that `/start` subscribes to."""
        return self.editions[0]

    def find_edition(self, name: str) -> Edition | None:
        """Return the edition called `name`."""
        return next((edition for edition in self.editions if edition.name == name), None)

    def edition_for(self, choices: Choices) -> Edition:
        """Return the chosen edition with the subscriber's own times and topics in place of its own.

        A subscriber of an edition that the operator took away gets the default one.
        """
        edition = self.find_edition(choices.edition) or self.default_edition
        own = edition.schedule
        times = tuple(dt.time.fromisoformat(text) for text in choices.times) or own.times
        days = frozenset(choices.days) or own.days
        schedule = Schedule(times, days, choices.zone or own.zone)
        known = tuple(name for name in choices.topics if name in self.topics)
        return replace(edition, schedule=schedule, topics=known or edition.topics)

    def find_source(self, name: str) -> Source | None:
        """Return the source called `name`."""
        return next((source for source in self.sources if source.name == name), None)
