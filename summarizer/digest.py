"""Compose a digest: choose and order the stories of a slot for a reader.

Pure: the stories of the slot and the reader's choices come in, an ordered `Digest` goes out.
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

from summarizer.model import Candidate, DigestStory, Piece, Quote, QuotePolicy, SourceLink
from summarizer.page import SYLLABLES_PER_MINUTE, Chosen, Length, Page, budget_of, is_listed
from summarizer.reader_tastes import Taste
from summarizer.stories.prepared import Numbers, Prepared, Version, importance, position

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

_WANTED, _LIKED = 2.0, 1.5  # factors for a story with a wanted word, or of a liked paper
_MANY = 3  # papers; with so many or more, one may fill at most two fifths
MOST_LISTED = 80  # of the stories that had no room


@dataclass(frozen=True, slots=True)
class Digest:
    """Ordered stories for one slot (UTC). `left_out` counts those beyond the reading budget.

    `more` are the ids of the most important of these. `ranks` maps the id of each chosen story to its rank
    among all eligible ones, from 1. `syllables` is the length of the digest; `is_listed`: the headlines are
    also listed at the top.
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
    """The choices of a reader. Empty `topics` means all; `papers_out` and `papers_in` are sources by name.

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
    order of topics. `told` maps the stories that the reader knows to the moment at which they were told. Such
    a story comes again only if there is news, and ranks by its news.
    """
    eligible = _eligible(prepared, wishes, told or {})
    page = Page(
        prepared,
        wishes.length,
        budget_of(wishes.length, wishes.reading_minutes),
        topics=len(eligible.queues),
        papers=_count_papers(eligible.versions),
    )
    _fill(page, eligible)
    page.settle()
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
        wishes.length,
        page.syllables,
        is_listed(len(chosen), wishes.length),
        tuple(left_out[:MOST_LISTED]),
        ranks,
    )


class _Eligible(NamedTuple):
    """The eligible stories for a reader, the most important first, and the weight of each.

    `queues` maps each topic to the places of its stories in `versions`, the most important last.
    """

    versions: list[Version]
    worth: list[float]
    queues: dict[str | None, list[int]]


def _eligible(prepared: Prepared, wishes: Wishes, told: Mapping[int, dt.datetime]) -> _Eligible:
    """Filter and order the stories of the slot by a reader's choices."""
    worth = prepared.ratings.copy()
    is_wanted = _marked(worth, prepared.saying(wishes.words_in))
    is_muted = _marked(worth, prepared.saying(wishes.words_out))
    is_liked = _marked(worth, prepared.of_papers(wishes.papers_in))
    is_there = is_wanted | _marked(worth, prepared.of_topics(wishes.topics)) if wishes.topics else ~is_muted
    changed = _changed(prepared, wishes, told)
    for number, version in changed.items():
        is_there[number] = version is not None and bool(
            not wishes.topics or version.topic in wishes.topics or is_wanted[number]
        )
        if version is not None:
            worth[number] = version.rating
            is_liked[number] = not version.papers.isdisjoint(wishes.papers_in)
    worth[is_wanted] *= _WANTED
    worth[is_liked] *= _LIKED
    for story, factor in prepared.suitability.factors(wishes.tastes).items() if wishes.tastes else ():
        worth[prepared.by_id[story].number] *= factor
    numbers = np.flatnonzero(is_there & ~is_muted)
    numbers = numbers[np.lexsort((prepared.ids[numbers], -worth[numbers]))]
    versions = [changed.get(number) or prepared.versions[number] for number in numbers.tolist()]
    queues: defaultdict[str | None, list[int]] = defaultdict(list)
    for place in range(len(versions) - 1, -1, -1):
        queues[versions[place].topic].append(place)
    return _Eligible(versions, worth[numbers].tolist(), queues)


def _marked(like: NDArray[np.float64], numbers: Numbers) -> NDArray[np.bool_]:
    """Return an array as long as `like`, true at `numbers`."""
    marked = np.zeros(len(like), dtype=bool)
    marked[numbers] = True
    return marked


def _changed(
    prepared: Prepared, wishes: Wishes, told: Mapping[int, dt.datetime]
) -> dict[int, Version | None]:
    """Return the versions for this reader of known stories and of stories of muted papers, by number."""
    numbers = {prepared.by_id[story].number for story in told.keys() & prepared.by_id.keys()}
    numbers.update(prepared.of_papers(wishes.papers_out).tolist())
    versions = (prepared.versions[number] for number in numbers)
    return {
        one.number: prepared.version_for(one, told.get(one.story_id), wishes.papers_out) for one in versions
    }


def _count_papers(versions: Sequence[Version]) -> int:
    """Return the number of papers that report these stories; 3 means 3 or more."""
    papers: set[str] = set()
    for version in versions:
        papers |= version.papers
        if len(papers) >= _MANY:
            break
    return min(len(papers), _MANY)


def _fill(page: Page, eligible: _Eligible) -> None:
    """Offer stories until the page is full: the most important of each topic first, topics in turn."""
    firsts = sorted(((queue[-1], topic) for topic, queue in eligible.queues.items()), key=itemgetter(0))
    worth = {topic: eligible.worth[place] for place, topic in firsts}
    while worth and not page.is_full:
        topic = max(worth, key=worth.__getitem__)
        queue = eligible.queues[topic]
        page.offer(eligible.versions[queue.pop()])
        if queue and not page.has_had_enough_of(topic):
            worth[topic] = eligible.worth[queue[-1]] * page.appetite(topic)
        else:
            del worth[topic]


def _in_sections(chosen: Sequence[Chosen], topic_order: Sequence[str]) -> list[Chosen]:
    if not chosen:
        return []
    order = [chosen[0].story.topic, *topic_order]
    return sorted(chosen, key=lambda one: (position(one.story.topic, order), one.story.topic or "\uffff"))
