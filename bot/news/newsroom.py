"""The newsroom as the operator declared it, in plain values for chat and jobs.

`bot.startup.assembly` builds these from the validated newsroom file; nothing else reads configuration.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from bot.messages.spoken import titled_at
from bot.times.schedule import Schedule, joined
from storage.profiles import Choices, Length
from summarizer.model import QuotePolicy
from summarizer.reader_tastes import Taste
from summarizer.topics import TopicRules, topic_of_source, words_of_topics

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Source:
    """A source on this machine. `path` is an inbox folder or a feed's file; `topic` is the default one.

    The kind `figures` is a file of daily figures, which are old after `stale_after` and never quoted.

    With `preview` a digest may open with the paper's picture of its first story. With `moves_files`, files of
    an inbox move to `processed` or `quarantine` once they are read.
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
    """A polled address: a feed, one page, or daily figures.

    `full_text` also reads the pages behind a feed's leads. `allows_private`: its host may be in a private
    network, at this address's port only.
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
    """Return the source names that articles of `source` may have instead of its own; None means any.

    If it may not be quoted in full, only names of `declared` sources that are as strict or stricter. Another
    name would allow showing more of an article than its own source allows.
    """
    if source.quote == "full":
        return None
    as_strict = _FROM_LAX_TO_STRICT[_FROM_LAX_TO_STRICT.index(source.quote) :]
    return frozenset(one.name for one in declared if one.quote in as_strict)


@dataclass(frozen=True, slots=True)
class Approval:
    """Operators get an issue `lead` before its time; without an answer it is sent, or `waits_for_answer`."""

    lead: dt.timedelta
    waits_for_answer: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest that can be subscribed to. Empty `topics` means all.

    The fields between `is_paused` and `approval` are a reader's own: see `summarizer.digest.Preferences`.
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
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Breaking:
    """The rule for breaking news: a story that this many papers report within `span`.

    If there are `topics` or `words`, it must also have one of them.
    """

    papers: int
    span: dt.timedelta
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All that was declared; the first edition is the default. `topics` maps names to titles, in order.

    `topic_aliases` maps words of feeds and addresses to topic names, `sections` the usual section names of
    papers to built-in topics. `ranker` is a name in `summarizer.extraction.ranking.RANKERS`; it chooses the
    sentences of new articles. `contact` is sent to the polled hosts. `feeds_address` is the public address of
    the web copies; None: there are none. `messages_per_second` is the rate of sending; if the operator
    `is_paying`, Telegram charges Stars beyond the free rate.
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
    feeds_address: str | None = None
    messages_per_second: int = 30
    is_paying: bool = False

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

    def edition_or_default(self, name: str) -> Edition:
        """Return the edition called `name`, the default one if it was removed."""
        return self.find_edition(name) or self.default_edition

    def edition_title(self, name: str) -> str:
        """Return the title of an edition, or the name of one that was removed."""
        found = self.find_edition(name)
        return found.title if found else name

    def edition_for(self, choices: Choices) -> Edition:
        """Return the chosen edition with the subscriber's own times and topics in place of its own.

        Of several editions it is the first, with the times and topics of all; paused ones count only if there
        is no other. If an edition was removed from the newsroom file, its subscribers get their other
        editions, or the default one.
        """
        chosen = self.editions_for(choices)
        running = [one for one in chosen if not one.is_paused] or chosen
        if len(running) == 1:
            return running[0]
        topics = (
            {name for one in running for name in one.topics} if all(one.topics for one in running) else ()
        )
        return replace(
            running[0],
            title=" và ".join(one.title for one in running),
            schedule=joined([one.schedule for one in running]),
            topics=tuple(name for name in self.topics if name in topics),
            max_age=max(one.max_age for one in running),
        )

    def editions_for(self, choices: Choices) -> Sequence[Edition]:
        """Return the chosen editions, each with the subscriber's own choices and the times at which it comes.

        All are in the zone of the first. Each of the subscriber's own times belongs to the edition with the
        nearest time; an edition without such a time is not sent.
        """
        declared = [one for one in map(self.find_edition, choices.editions) if one] or [self.default_edition]
        zone = choices.zone or declared[0].schedule.zone
        known = tuple(name for name in choices.topics if name in self.topics)
        own_times = _own_times([dt.time.fromisoformat(text) for text in choices.times], declared)
        return [
            replace(
                one,
                schedule=Schedule(times, frozenset(choices.days) or one.schedule.days, zone),
                topics=known or one.topics,
                length=choices.length,
                words_out=choices.words_out,
                words_in=choices.words_in,
                papers_out=choices.sources_out,
                papers_in=choices.sources_in,
                tastes=choices.tastes,
                figures=choices.figures,
            )
            for one, times in zip(declared, own_times, strict=True)
            if times
        ]

    def edition_at(self, choices: Choices, slot: dt.datetime) -> Edition:
        """Return the edition of one slot, under a title that fits a time of the subscriber's own."""
        chosen = self.editions_for(choices)
        just_before = slot - dt.timedelta(minutes=1)
        coming = (one for one in chosen if slot in one.schedule.slots_between(just_before, slot))
        edition = chosen[0] if len(chosen) == 1 else next(coming, chosen[0])
        declared = self.find_edition(edition.name) or edition
        hour = slot.astimezone(ZoneInfo(edition.schedule.zone)).time()
        if not choices.times or hour in declared.schedule.times:
            return edition
        return replace(edition, title=titled_at(edition.title, hour))

    @property
    def topic_rules(self) -> TopicRules:
        """Return the rules that decide the topics of articles."""
        words = words_of_topics(self.topics, self.topic_aliases, self.sections)
        own = {one.name: one.topic or _section_of(one, words) for one in self.sources}
        return TopicRules(words, {name: topic for name, topic in own.items() if topic})

    def find_source(self, name: str) -> Source | WebSource | None:
        """Return the source called `name`."""
        return next((source for source in self.sources if source.name == name), None)

    def title_of(self, source: str) -> str:
        """Return the title of a source, or the name of one that is not declared."""
        found = self.find_source(source)
        return found.title if found else source

    def quote_policy(self, source: str) -> QuotePolicy:
        """Return how much of a source's articles may be shown: all if it is not declared."""
        found = self.find_source(source)
        return found.quote if found else "full"

    def may_show(self, source: str) -> bool:
        """Tell whether readers may be shown its articles. Others only count for a story's importance."""
        return source not in self.hidden_sources

    @property
    def hidden_sources(self) -> frozenset[str]:
        """Return the names of the sources whose articles readers are not shown."""
        return frozenset(one.name for one in self.sources if one.quote == "none")


_A_DAY_OF_MINUTES = 24 * 60


def _own_times(times: Sequence[dt.time], editions: Sequence[Edition]) -> list[tuple[dt.time, ...]]:
    """Return each edition's times: those of the reader's own that are nearest to it; without any, its own."""
    if not times:
        return [one.schedule.times for one in editions]
    nearest = [min(editions, key=partial(_minutes_off, time)) for time in times]
    return [
        tuple(time for time, found in zip(times, nearest, strict=True) if found is one) for one in editions
    ]


def _minutes_off(time: dt.time, edition: Edition) -> int:
    """Return how far, around the clock, a time is from the nearest one of an edition."""
    minute = time.hour * 60 + time.minute
    gaps = [(minute - own.hour * 60 - own.minute) % _A_DAY_OF_MINUTES for own in edition.schedule.times]
    return min(min(gap, _A_DAY_OF_MINUTES - gap) for gap in gaps)


def _section_of(source: Source | WebSource, words: Mapping[str, str]) -> str | None:
    address = source.url if isinstance(source, WebSource) else source.path.name
    return topic_of_source(source.name, source.title, address, words)
