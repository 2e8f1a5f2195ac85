"""Compose a digest: which stories a slot tells, and in what order.

Pure: the slot, the stories and the reader's choices come in, an ordered `Digest` goes out.
`summarizer.stories.telling` tells one story, `bot.chat.messages.rendering` lays the digest out, and the
scheduler decides when one is due.
"""

import datetime as dt
import math
from collections import Counter, deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from summarizer.stories.differences import with_disagreement, with_news
from summarizer.stories.quoting import common_words, surely_same
from summarizer.stories.telling import (
    Candidate,
    DigestStory,
    Piece,
    Quote,
    QuotePolicy,
    SourceLink,
    leading,
    main_topic,
    showable,
    tell,
)
from summarizer.stories.terms import Terms, article_terms, similarity

__all__ = [
    "Candidate",
    "Digest",
    "DigestStory",
    "Piece",
    "Quote",
    "QuotePolicy",
    "SourceLink",
    "compose",
]

# A written Vietnamese syllable reads about as fast as a short English word.
# Source: 238 words a minute, silent reading of English non-fiction (Brysbaert, J. Memory and Language 2019).
SYLLABLES_PER_MINUTE = 250
_FRESH_HOURS = 18.0  # a story counts half after this long
_APPETITE = 0.8  # each further story of a topic is worth so much less to the reader
_LAST_TOPIC_LOSES = 0.25  # of two fresh stories of one paper each, politics opens before show business
_SAME_EVENT = 0.12  # stories whose leading articles are this similar are one event: grouping misses some
_SOURCE_LINE_SYLLABLES = 6  # the line with the papers' names is read too
_STORIES_COUNTED = 256  # the most important: enough to know which words everybody writes
MOST_LISTED = 80  # of the stories that there was no room for
_SHORTEST_STORY = 20  # syllables: less room than this and the digest is full
_SHARES = {1: 1.0, 2: 0.6}  # of the budget for one topic, by how many there are; more: the next line
_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Digest:
    """Ordered stories for one slot (UTC). `left_out` counts those that the reading budget had no room for.

    `more` are the most important of these by number, and `ranks` the places of the told ones among all.
    """

    edition: str
    title: str
    slot: dt.datetime
    stories: tuple[DigestStory, ...]
    left_out: int
    more: tuple[int, ...] = ()
    ranks: Mapping[int, int] = field(default_factory=dict)


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
    """Choose and order the stories for a slot. `topics` empty: all; `candidates` in any order.

    The most important story opens the digest and its topic comes first; the others follow in `topic_order`.
    `told` leads from the stories that the reader knows to when they were told.
    """
    rated = _by_importance(candidates, slot, topics, topic_order)
    page = _Page(reading_minutes * SYLLABLES_PER_MINUTE, [one.candidate for one in rated])
    queues: dict[str | None, deque[_Rated]] = {}
    for one in rated:
        queues.setdefault(one.topic, deque()).append(one)
    while queues and not page.is_full:
        topic = max(queues, key=lambda topic: queues[topic][0].rating * page.appetite(topic))
        page.offer(queues[topic].popleft())
        if not queues[topic]:
            del queues[topic]
    waiting = {one.candidate.story_id for queue in queues.values() for one in queue}
    left_out = [one.candidate.story_id for one in rated if one.candidate.story_id in waiting | page.left_out]
    stories = _with_differences(_in_sections(page.stories, topic_order), page.surely_same, told or {})
    ranks = {one.candidate.story_id: place for place, one in enumerate(rated, start=1)}
    return Digest(
        edition, title, slot, stories, len(left_out), tuple(left_out[:MOST_LISTED]),
        {story.story_id: ranks[story.story_id] for story in stories},
    )  # fmt: skip


def importance(candidate: Candidate, slot: dt.datetime, topic_order: Sequence[str]) -> float:
    """Rate a story by how many papers tell it, how new its newest article is, and its topic. Above 0.

    Papers that are never shown count here: what everybody reports is news. The first topic of `topic_order`
    weighs a third more than the last one and than a topic that is not in it.
    """
    pieces = [piece for piece in candidate.pieces if not piece.advertorial]
    papers = len({piece.source for piece in pieces})
    hours = max(0.0, (slot - max(piece.moment for piece in pieces)).total_seconds() / 3600)
    place = _position(main_topic(showable(candidate)), topic_order) / max(1, len(topic_order))
    return float((1 + math.log2(papers)) * 0.5 ** (hours / _FRESH_HOURS) * (1 - place * _LAST_TOPIC_LOSES))


class _Rated(NamedTuple):
    """A story that may be told, and what its choice goes by."""

    candidate: Candidate
    topic: str | None
    rating: float


class _Page:
    """The digest as it fills up: what is told, and how much of each topic and paper there is to read."""

    def __init__(self, budget: float, ranked: Sequence[Candidate]) -> None:
        self.stories: list[DigestStory] = []
        self.left_out: set[int] = set()
        self._told: list[Terms] = []
        self.surely_same: dict[int, list[Piece]] = {}  # by story: the articles that it may be told from
        self._frequencies = common_words(one.pieces[-1] for one in ranked[:_STORIES_COUNTED])
        self._budget = budget
        self._read: Counter[tuple[str, str]] = Counter()
        self._caps = {
            "topic": budget * _share(main_topic(showable(candidate)) for candidate in ranked),
            "paper": budget * _share(piece.source for c in ranked for piece in showable(c)),
        }

    def offer(self, rated: _Rated) -> None:
        """Tell the story if there is room for it and its event is not told yet."""
        if self._has_had_enough(rated):
            self.left_out.add(rated.candidate.story_id)
            return
        candidate, pieces = rated.candidate, leading(rated.candidate)
        terms = article_terms(pieces[0].document.title, pieces[0].document.sapo, pieces[0].document.body)
        if any(similarity(terms, told) >= _SAME_EVENT for told in self._told):
            return
        sure = surely_same(pieces, self._frequencies)
        story = self._fitted(candidate, sure)
        if story is None:
            self.left_out.add(candidate.story_id)
            return
        self.surely_same[candidate.story_id] = sure
        self.stories.append(story)
        self._told.append(terms)
        for key in (("all", ""), ("topic", story.topic or ""), ("paper", pieces[0].source)):
            self._read[key] += _cost(story)

    @property
    def is_full(self) -> bool:
        """Tell whether no story has room any more."""
        return bool(self.stories) and self._read["all", ""] + _SHORTEST_STORY > self._budget

    def appetite(self, topic: str | None) -> float:
        """Return how much a further story of a topic is worth, 1 for the first."""
        return float(_APPETITE ** sum(story.topic == topic for story in self.stories))

    def _has_had_enough(self, rated: _Rated) -> bool:
        """Tell, before the work of telling it, whether the story's topic or all its papers are used up."""
        papers = {piece.source for piece in showable(rated.candidate)}
        return self._is_used_up("topic", rated.topic or "") or all(
            self._is_used_up("paper", p) for p in papers
        )

    def _is_used_up(self, what: str, name: str) -> bool:
        done = self._read[what, name]
        return bool(done) and done + _SHORTEST_STORY > self._caps[what]

    def _fitted(self, candidate: Candidate, pieces: Sequence[Piece]) -> DigestStory | None:
        story = None
        for quotes in (2, 1):
            story = tell(candidate, pieces, max_quotes=quotes)
            if self._has_room(story, pieces[0].source):
                return story
        return None if self.stories else story  # at least one story, whatever its length

    def _has_room(self, story: DigestStory, paper: str) -> bool:
        cost = _cost(story)
        if self._read["all", ""] + cost > self._budget:
            return False
        # The first story of a topic or paper is not held against it, however small the budget.
        read = {"topic": self._read["topic", story.topic or ""], "paper": self._read["paper", paper]}
        return all(not done or done + cost <= self._caps[what] for what, done in read.items())


def _with_differences(
    stories: Sequence[DigestStory], pieces: Mapping[int, Sequence[Piece]], told: Mapping[int, dt.datetime]
) -> tuple[DigestStory, ...]:
    different = []
    for story in stories:
        candidate = Candidate(story.story_id, tuple(pieces[story.story_id]))
        if story.story_id in told:
            story = with_news(story, candidate, told[story.story_id])
        different.append(with_disagreement(story, candidate))
    return tuple(different)


def _by_importance(
    candidates: Iterable[Candidate], slot: dt.datetime, topics: Collection[str], topic_order: Sequence[str]
) -> list[_Rated]:
    """Return what may be told, the most important first."""
    eligible = []
    for candidate in candidates:
        pieces = showable(candidate)
        topic = main_topic(pieces)
        if pieces and (not topics or topic in topics):
            eligible.append(_Rated(candidate, topic, importance(candidate, slot, topic_order)))
    return sorted(eligible, key=lambda rated: (-rated.rating, rated.candidate.story_id))


def _share(names: Iterable[Hashable]) -> float:
    return _SHARES.get(len(set(names)), _SHARE)


def _cost(story: DigestStory) -> int:
    return story.syllables + _SOURCE_LINE_SYLLABLES


def _in_sections(stories: Sequence[DigestStory], topic_order: Sequence[str]) -> tuple[DigestStory, ...]:
    if not stories:
        return ()
    order = [stories[0].topic, *topic_order]
    return tuple(sorted(stories, key=lambda s: (_position(s.topic, order), s.topic or "\uffff")))


def _position(topic: str | None, order: Sequence[str | None]) -> int:
    return order.index(topic) if topic in order else len(order)
