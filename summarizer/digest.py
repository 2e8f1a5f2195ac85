"""Compose a digest: choose and order the stories of a slot for a reader.

The stories of the slot and the reader's preferences come in, an ordered `Digest` goes out.
`summarizer.stories.prepared` has the work shared by all readers of the slot, `summarizer.page` the reading
budget; `bot.messages.rendering` lays the digest out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from summarizer.model import DigestStory
from summarizer.page import Chosen, Length, Page, budget_of, is_listed
from summarizer.reader_tastes import Taste
from summarizer.stories.prepared import Numbers, Prepared, Version, position

_WANTED_WORD, _LIKED_PAPER = 2.0, 1.5  # factors for a story with a wanted word, or of a liked paper
MOST_LISTED = 80  # of the stories that had no room


@dataclass(frozen=True, slots=True)
class Digest:
    """Ordered stories for one slot (UTC)."""

    edition: str
    title: str
    slot: dt.datetime
    stories: tuple[DigestStory, ...]
    left_out: int  # stories beyond the reading budget
    length: Length = "vua"
    syllables: int = 0
    is_listed: bool = False  # the headlines are also listed at the top
    more: tuple[int, ...] = ()  # the ids of the most important stories that are left out
    # The rank of each chosen story, by id, among all eligible ones, from 1.
    ranks: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preferences:
    """A reader's preferences. Empty `topics` means all; `papers_out` and `papers_in` are sources by name.

    Stories with one of `words_out` are left out. Stories with one of `words_in` are eligible in any topic and
    weigh more, as do stories of `papers_in`. `tastes` make stories weigh more or less.
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
    prepared: Prepared,
    preferences: Preferences,
    *,
    edition: str,
    title: str,
    seen: Mapping[int, dt.datetime] | None = None,
) -> Digest:
    """Choose and order the stories of a slot for a reader.

    The most important story opens the digest and its topic comes first; the others follow in the newsroom's
    order of topics. `seen` maps the stories that the reader knows to the moment at which they were sent. Such
    a story comes again only if there is news, and ranks by its news.
    """
    eligible = _eligible(prepared, preferences, seen or {})
    page = Page(
        prepared,
        preferences.length,
        budget_of(preferences.length, preferences.reading_minutes),
        topics=len(eligible.queues),
        papers=len(frozenset().union(*(one.papers for one in eligible.versions))),
    )
    _fill(page, eligible)
    page.take_first_if_empty()
    left_out = [one.story_id for one in eligible.versions if one.number not in page.events]
    chosen = _in_sections(page.chosen, prepared.topic_order)
    shown = {one.version.number for one in chosen}
    ranks = {one.story_id: at for at, one in enumerate(eligible.versions, start=1) if one.number in shown}
    return Digest(
        edition,
        title,
        prepared.slot,
        tuple(one.story for one in chosen),
        len(left_out),
        preferences.length,
        page.syllables,
        is_listed(len(chosen), preferences.length),
        tuple(left_out[:MOST_LISTED]),
        ranks,
    )


class _Eligible(NamedTuple):
    """The eligible stories for a reader, the most important first, and their ratings."""

    versions: list[Version]
    ratings: list[float]
    queues: dict[str | None, list[int]]  # by topic: the places of its stories, the most important last


def _eligible(prepared: Prepared, preferences: Preferences, seen: Mapping[int, dt.datetime]) -> _Eligible:
    """Filter and order the stories of the slot by a reader's preferences."""
    ratings = prepared.ratings.copy()
    is_wanted = _marked(ratings, prepared.with_phrases(preferences.words_in))
    is_muted = _marked(ratings, prepared.with_phrases(preferences.words_out))
    is_liked = _marked(ratings, prepared.of_papers(preferences.papers_in))
    of_topics = _marked(ratings, prepared.of_topics(preferences.topics))
    is_there = is_wanted | of_topics if preferences.topics else ~is_muted
    changed = _changed_versions(prepared, preferences, seen)
    for number, version in changed.items():
        is_there[number] = version is not None and bool(
            not preferences.topics or version.topic in preferences.topics or is_wanted[number]
        )
        if version is not None:
            ratings[number] = version.rating
            is_liked[number] = not version.papers.isdisjoint(preferences.papers_in)
    ratings[is_wanted] *= _WANTED_WORD
    ratings[is_liked] *= _LIKED_PAPER
    if preferences.tastes:
        for story, factor in prepared.suitability.factors(preferences.tastes).items():
            ratings[prepared.by_id[story].number] *= factor
    is_there[is_muted] = False
    numbers = np.flatnonzero(is_there)
    numbers = numbers[np.lexsort((prepared.ids[numbers], -ratings[numbers]))]
    versions = [changed.get(number) or prepared.versions[number] for number in numbers.tolist()]
    queues: defaultdict[str | None, list[int]] = defaultdict(list)
    for place in range(len(versions) - 1, -1, -1):
        queues[versions[place].topic].append(place)
    return _Eligible(versions, ratings[numbers].tolist(), queues)


def _marked(like: NDArray[np.float64], numbers: Numbers) -> NDArray[np.bool_]:
    """Return an array as long as `like`, true at `numbers`."""
    marked = np.zeros(len(like), dtype=bool)
    marked[numbers] = True
    return marked


def _changed_versions(
    prepared: Prepared, preferences: Preferences, seen: Mapping[int, dt.datetime]
) -> dict[int, Version | None]:
    """Return the versions for this reader of known stories and of stories of muted papers, by number."""
    numbers = {prepared.by_id[story].number for story in seen.keys() & prepared.by_id.keys()}
    numbers.update(prepared.of_papers(preferences.papers_out).tolist())
    versions = (prepared.versions[number] for number in numbers)
    return {
        one.number: prepared.version_for(one, seen.get(one.story_id), preferences.papers_out)
        for one in versions
    }


def _fill(page: Page, eligible: _Eligible) -> None:
    """Offer stories until the page is full: the most important of each topic first, topics in turn."""
    firsts = sorted(((queue[-1], topic) for topic, queue in eligible.queues.items()), key=itemgetter(0))
    ratings = {topic: eligible.ratings[place] for place, topic in firsts}
    while ratings and not page.is_full:
        topic = max(ratings, key=ratings.__getitem__)
        queue = eligible.queues[topic]
        page.offer(eligible.versions[queue.pop()])
        if queue and not page.is_topic_full(topic):
            ratings[topic] = eligible.ratings[queue[-1]] * page.topic_factor(topic)
        else:
            del ratings[topic]


def _in_sections(chosen: Sequence[Chosen], topic_order: Sequence[str]) -> list[Chosen]:
    if not chosen:
        return []
    order = [chosen[0].story.topic, *topic_order]
    return sorted(chosen, key=lambda one: (position(one.story.topic, order), one.story.topic or "\uffff"))
