"""Compose a digest: which stories a slot tells a reader, and in what order.

Pure: the stories of the slot and the reader's choices come in, an ordered `Digest` goes out.
`summarizer.stories.prepared` has what all readers of the slot share, `summarizer.page` the room there is,
`bot.messages.rendering` lays the digest out, and the scheduler decides when one is due.
"""

import datetime as dt
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from summarizer.model import Candidate, DigestStory, Piece, Quote, QuotePolicy, SourceLink
from summarizer.page import SYLLABLES_PER_MINUTE, Chosen, Length, Page, budget_of, is_listed
from summarizer.stories.prepared import Prepared, Version, importance, position
from summarizer.stories.traits import Taste

__all__ = [
    "MOST_LISTED",
    "SYLLABLES_PER_MINUTE",
    "Candidate",
    "Digest",
    "DigestStory",
    "Piece",
    "Prepared",
    "Quote",
    "QuotePolicy",
    "SourceLink",
    "Wishes",
    "compose",
    "compose_prepared",
    "importance",
]

_WANTED, _LIKED = 2.0, 1.5  # times as much is a story worth that has a wanted word, or a liked paper
MOST_LISTED = 80  # of the stories that there was no room for


@dataclass(frozen=True, slots=True)
class Digest:
    """Ordered stories for one slot (UTC). `left_out` counts those that the reading budget had no room for.

    `more` are the most important of these by number, and `ranks` the places of the told ones among all.
    `syllables` are all there is to read; `is_listed` tells that the headlines stand at the top too.
    """

    edition: str
    title: str
    slot: dt.datetime
    stories: tuple[DigestStory, ...]
    left_out: int
    length: Length = "vua"
    syllables: int = 0
    is_listed: bool = False
    more: tuple[int, ...] = ()
    ranks: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader chose. Empty `topics` means all; `papers_out` and `papers_in` are sources by name.

    No story that says one of `words_out` is told. One that says one of `words_in` is told whatever its topic
    and weighs more, as one does that `papers_in` report. `tastes` make stories weigh more or less.
    """

    topics: Collection[str] = ()
    reading_minutes: float = 3.0
    length: Length = "vua"
    words_out: Collection[str] = ()
    words_in: Collection[str] = ()
    papers_out: Collection[str] = ()
    papers_in: Collection[str] = ()
    tastes: Collection[Taste] = ()


def compose(
    candidates: Sequence[Candidate],
    *,
    edition: str,
    title: str,
    slot: dt.datetime,
    topics: Collection[str],
    reading_minutes: float,
    topic_order: Sequence[str],
    told: Mapping[int, dt.datetime] | None = None,
) -> Digest:
    """Choose and order the stories of one digest; see `compose_prepared`. `candidates` in any order."""
    prepared = Prepared(candidates, slot=slot, topic_order=topic_order)
    return compose_prepared(
        prepared, Wishes(topics, reading_minutes), edition=edition, title=title, told=told
    )


def compose_prepared(
    prepared: Prepared,
    wishes: Wishes,
    *,
    edition: str,
    title: str,
    told: Mapping[int, dt.datetime] | None = None,
) -> Digest:
    """Choose and order the stories of a slot for a reader.

    The most important story opens the digest and its topic comes first; the others follow in the newsroom's
    order of topics. `told` leads from the stories that the reader knows to when they were told: such a story
    is told again only where a fact of it is new, and ranks by what is new.
    """
    eligible = _eligible(prepared, wishes, told or {})
    page = Page(
        prepared,
        wishes.length,
        budget_of(wishes.length, wishes.reading_minutes),
        topics=len({one.version.topic for one in eligible}),
        papers=len(frozenset[str]().union(*(one.version.papers for one in eligible))),
    )
    left_out = page.left_out | _fill(page, eligible)
    ranks = {one.version.story_id: place for place, one in enumerate(eligible, start=1)}
    chosen = _in_sections(page.chosen, prepared.topic_order)
    return Digest(
        edition,
        title,
        prepared.slot,
        tuple(one.story for one in chosen),
        len(left_out),
        wishes.length,
        page.syllables,
        is_listed(len(chosen), wishes.length),
        tuple(islice((one for one in ranks if one in left_out), MOST_LISTED)),
        {one.story.story_id: ranks[one.story.story_id] for one in chosen},
    )


class _Rated(NamedTuple):
    """A story that may be told to a reader, and how much it is worth to this one."""

    rating: float
    version: Version


def _eligible(prepared: Prepared, wishes: Wishes, told: Mapping[int, dt.datetime]) -> list[_Rated]:
    """Return what may be told to the reader, the most important first."""
    muted = prepared.mentions.of(wishes.words_out) if wishes.words_out else frozenset()
    wanted = prepared.mentions.of(wishes.words_in) if wishes.words_in else frozenset()
    found = []
    suits = prepared.suitability.factors(wishes.tastes) if wishes.tastes else {}
    is_sorted = not (wanted or wishes.papers_in or suits)
    for one in prepared.versions:
        if one.story_id in muted:
            continue
        told_at = told.get(one.story_id)
        version: Version | None = one
        if told_at is not None or not one.papers.isdisjoint(wishes.papers_out):
            version = prepared.version_for(one, told_at, wishes.papers_out)
            is_sorted = False
        if version is None:
            continue
        is_wanted = one.story_id in wanted
        if not wishes.topics or version.topic in wishes.topics or is_wanted:
            is_liked = not version.papers.isdisjoint(wishes.papers_in)
            worth = (_WANTED if is_wanted else 1.0) * (_LIKED if is_liked else 1.0)
            worth *= suits.get(one.story_id, 1.0)
            found.append(_Rated(version.rating * worth, version))
    return found if is_sorted else sorted(found, key=lambda one: (-one.rating, one.version.story_id))


def _fill(page: Page, eligible: Sequence[_Rated]) -> set[int]:
    """Offer stories until the page is full: of each topic the most important first, and topics in turn.

    Returns those that were not offered.
    """
    queues: dict[str | None, deque[_Rated]] = {}
    for one in eligible:
        queues.setdefault(one.version.topic, deque()).append(one)
    while queues and not page.is_full:
        topic = max(queues, key=lambda topic: queues[topic][0].rating * page.appetite(topic))
        page.offer(queues[topic].popleft().version)
        if not queues[topic]:
            del queues[topic]
    return {one.version.story_id for queue in queues.values() for one in queue}


def _in_sections(chosen: Sequence[Chosen], topic_order: Sequence[str]) -> list[Chosen]:
    if not chosen:
        return []
    order = [chosen[0].story.topic, *topic_order]
    return sorted(chosen, key=lambda one: (position(one.story.topic, order), one.story.topic or "\uffff"))
