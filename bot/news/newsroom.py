"""What the operator declared, as plain values that chat and jobs work with.

`bot.startup.assembly` builds these from the validated newsroom file; nothing else reads configuration.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from bot.times.schedule import Schedule
from storage.profiles import Choices, Length
from summarizer.digest import QuotePolicy
from summarizer.stories.traits import Taste
from summarizer.topics import TopicRules, topic_of_source, words_of_topics

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where articles come from. `path` is an inbox folder or a feed's file; `topic` is the default one.

    One of the kind `figures` is a file of daily figures, which are old after `stale_after`; nothing of it is
    ever quoted.

    With `preview` a digest may open with the picture that the paper gives a story of its own. With
    `moves_files`, an inbox's files move into folders of their own once they are taken in.
    """

    name: str
    title: str
    kind: Literal["inbox", "feed", "figures"]
    path: Path
    zone: str
    topic: str | None
    quote: QuotePolicy
    moves_files: bool = False
    preview: bool = False
    stale_after: dt.timedelta = A_DAY


@dataclass(frozen=True, slots=True)
class WebSource:
    """An address that is polled every so often: a feed, or one page.

    `full_text` reads the pages behind a feed's leads. `allows_private`: its host may lie in our own network,
    at this address's port alone.
    """

    name: str
    title: str
    kind: Literal["feed", "page", "figures"]
    url: str
    zone: str
    topic: str | None
    quote: QuotePolicy
    every: dt.timedelta = dt.timedelta(minutes=10)
    full_text: bool = False
    allows_private: bool = False
    preview: bool = False
    stale_after: dt.timedelta = A_DAY


_FROM_LAX_TO_STRICT = ("full", "headline", "none")


def papers_of(
    source: Source | WebSource, declared: Iterable[Source | WebSource] = ()
) -> frozenset[str] | None:
    """Return the names that articles of `source` may bear instead of its own; None means any.

    Where it may not be quoted in full, only those of `declared` sources that are as strict or stricter: under
    any other name more would be shown of an article than the one it came by allows.
    """
    if source.quote == "full":
        return None
    as_strict = _FROM_LAX_TO_STRICT[_FROM_LAX_TO_STRICT.index(source.quote) :]
    return frozenset(one.name for one in declared if one.quote in as_strict)


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest that can be subscribed to. Empty `topics` means all.

    What follows `max_age` and `is_paused` is a reader's own: see `summarizer.digest.Wishes`.
    """

    name: str
    title: str
    schedule: Schedule
    topics: tuple[str, ...]
    reading_minutes: float
    max_age: dt.timedelta
    is_paused: bool = False
    length: Length = "vua"
    words_out: tuple[str, ...] = ()
    words_in: tuple[str, ...] = ()
    papers_out: tuple[str, ...] = ()
    papers_in: tuple[str, ...] = ()
    tastes: tuple[Taste, ...] = ()
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaking:
    """Which stories are breaking news: told by so many papers within `span`.

    Where any are given, of one of the `topics` and with one of the `words`.
    """

    papers: int
    span: dt.timedelta
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All that was declared; the first edition is the default. `topics` maps names to titles, in order.

    `topic_aliases` maps what feeds and addresses call a topic to its name, `sections` what papers
    usually call a section to a built-in topic. `ranker` is a name in
    `summarizer.extraction.ranking.RANKERS`: it chooses the sentences of articles that come in from now
    on. `contact` is for those who keep the polled hosts.
    """

    zone: str
    editions: tuple[Edition, ...]
    sources: tuple[Source | WebSource, ...]
    topics: Mapping[str, str]
    topic_aliases: Mapping[str, str]
    keep_days: int
    late_window: dt.timedelta
    questions_per_10_seconds: int
    questions_per_hour: int
    ranker: str = "diemtin"
    contact: str | None = None
    sections: Mapping[str, str] = field(default_factory=dict)
    breaking: Breaking | None = None

    @property
    def file_sources(self) -> tuple[Source, ...]:
        """Return the sources on this machine, in order."""
        return tuple(source for source in self.sources if isinstance(source, Source))

    @property
    def web_sources(self) -> tuple[WebSource, ...]:
        """Return the polled sources, in order."""
        return tuple(source for source in self.sources if isinstance(source, WebSource))

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
        return replace(
            edition,
            schedule=schedule,
            topics=known or edition.topics,
            length=choices.length,
            words_out=choices.words_out,
            words_in=choices.words_in,
            papers_out=choices.sources_out,
            papers_in=choices.sources_in,
            tastes=choices.tastes,
            figures=choices.figures,
        )

    @property
    def topic_rules(self) -> TopicRules:
        """Return what decides the topics of articles."""
        words = words_of_topics(self.topics, self.topic_aliases, self.sections)
        own = {one.name: one.topic or _section_of(one, words) for one in self.sources}
        return TopicRules(words, {name: topic for name, topic in own.items() if topic})

    def find_source(self, name: str) -> Source | WebSource | None:
        """Return the source called `name`."""
        return next((source for source in self.sources if source.name == name), None)


def _section_of(source: Source | WebSource, words: Mapping[str, str]) -> str | None:
    address = source.url if isinstance(source, WebSource) else source.path.name
    return topic_of_source(source.name, source.title, address, words)
