"""Fill a digest with stories, within the reading budget and fair shares of topics and papers.

Lengths: *gọn* is one screen of headlines; *vừa* has one or two sentences a story; *đầy đủ* has up to four. A
digest of more than five stories opens with its headlines, which count too.
"""

from dataclasses import dataclass
from typing import Literal

from summarizer.model import DigestStory
from summarizer.stories.prepared import Prepared, Version

Length = Literal["gon", "vua", "daydu"]
LENGTHS: tuple[Length, ...] = ("gon", "vua", "daydu")

# A written Vietnamese syllable reads about as fast as a short English word.
# Source: 238 words a minute, silent reading of English non-fiction (Brysbaert, J. Memory and Language 2019).
SYLLABLES_PER_MINUTE = 250
LISTED_FROM = 6  # stories; a digest of so many or more opens with a list of its headlines
SOURCE_LINE_SYLLABLES = 6  # for the line with the papers' names
_SCREEN_SYLLABLES = 170  # of headlines and papers on a phone's screen
_FULLER = 2.0  # times an edition's reading time, for *đầy đủ*
_REPEATED_TOPIC = 0.8  # factor for each further story of a topic
_SHORTEST_STORY = 20  # syllables; with less room the digest is full
_SHORTEST_HEADLINE = 12  # with its papers
_SHARES = {1: 1.0, 2: 0.6}  # largest share of the budget for one topic or paper, by how many there are
_SHARE = 0.4  # if there are more
_QUOTES: dict[Length, tuple[int, ...]] = {"gon": (0,), "vua": (2, 1), "daydu": (4, 3, 2, 1)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A story on the page, and its version."""

    version: Version
    story: DigestStory
    syllables: int


def budget_of(length: Length, reading_minutes: float) -> float:
    """Return how many syllables a digest of this length may have."""
    budget = reading_minutes * SYLLABLES_PER_MINUTE
    match length:
        case "gon":
            return min(budget, _SCREEN_SYLLABLES)
        case "daydu":
            return _FULLER * budget
        case _:
            return budget


class Page:
    """Takes offered stories while there is room."""

    def __init__(
        self, prepared: Prepared, length: Length, budget: float, *, topics: int, papers: int
    ) -> None:
        self.chosen: list[Chosen] = []
        self._first_too_long: Chosen | None = None  # the first story that had no room
        self.events: set[int] = set()  # numbers of stories shown, or whose event a shown one is about
        self._shown = 0  # the bits of those that are shown
        self._prepared = prepared
        self._quotes = _QUOTES[length]
        self._is_listed = length != "gon"
        self._budget = budget
        self._shortest = _SHORTEST_STORY if self._is_listed else _SHORTEST_HEADLINE
        self._topic_cap, self._paper_cap = (budget * _SHARES.get(n, _SHARE) for n in (topics, papers))
        self.syllables = 0
        self._titles = 0  # syllables of the headlines so far
        self._of_topic: dict[str | None, int] = {}  # syllables so far
        self._of_paper: dict[str, int] = {}
        self._stories_of_topic: dict[str | None, int] = {}

    def offer(self, version: Version) -> None:
        """Take the story if there is room for it and no story taken before is about its event."""
        if self.is_topic_full(version.topic) or self._are_papers_full(version):
            return
        if self._prepared.is_covered_by(version, self._shown):
            self.events.add(version.number)
        elif chosen := self._fitting(version):
            self._take(chosen)

    @property
    def is_full(self) -> bool:
        """Tell whether no story has room any more."""
        return bool(self.chosen) and self.syllables + self._shortest > self._budget

    def topic_factor(self, topic: str | None) -> float:
        """Return the factor for a further story of a topic, 1 for the first."""
        return float(_REPEATED_TOPIC ** self._stories_of_topic.get(topic, 0))

    def is_topic_full(self, topic: str | None) -> bool:
        """Tell whether no story of the topic has room any more."""
        done = self._of_topic.get(topic, 0)
        return bool(done) and done + self._shortest > self._topic_cap

    def _are_papers_full(self, version: Version) -> bool:
        done = (self._of_paper.get(paper, 0) for paper in version.papers)
        return all(read and read + self._shortest > self._paper_cap for read in done)

    def take_first_if_empty(self) -> None:
        """If no story had room, take the first one, whatever its length."""
        if not self.chosen and self._first_too_long is not None:
            self._take(self._first_too_long)

    def _fitting(self, version: Version) -> Chosen | None:
        composed = None
        for quotes in self._quotes:
            composed = version.with_quotes(quotes)
            if self._has_room(version, composed[1]):
                return Chosen(version, *composed)
        if self._first_too_long is None and composed is not None:
            self._first_too_long = Chosen(version, *composed)
        return None

    def _has_room(self, version: Version, syllables: int) -> bool:
        cost = syllables + SOURCE_LINE_SYLLABLES
        if self.syllables + cost + self._cost_of_list(version) > self._budget:
            return False
        # The first story of a topic or paper does not count against its share, however small the budget.
        of_topic, of_paper = self._of_topic.get(version.topic, 0), self._of_paper.get(version.paper, 0)
        return (not of_topic or of_topic + cost <= self._topic_cap) and (
            not of_paper or of_paper + cost <= self._paper_cap
        )

    def _cost_of_list(self, version: Version) -> int:
        """Return the growth of the list at the top: with the sixth story the whole list appears."""
        stories = len(self.chosen) + 1
        if not self._is_listed or stories < LISTED_FROM:
            return 0
        return version.title_syllables + (self._titles if stories == LISTED_FROM else 0)

    def _take(self, one: Chosen) -> None:
        cost, version = one.syllables + SOURCE_LINE_SYLLABLES, one.version
        self.syllables += cost + self._cost_of_list(version)
        self._titles += version.title_syllables
        self._of_topic[version.topic] = self._of_topic.get(version.topic, 0) + cost
        self._of_paper[version.paper] = self._of_paper.get(version.paper, 0) + cost
        self._stories_of_topic[version.topic] = self._stories_of_topic.get(version.topic, 0) + 1
        self.chosen.append(one)
        self.events.add(version.number)
        self._shown |= 1 << version.number


def is_listed(stories: int, length: Length) -> bool:
    """Tell whether a digest of so many stories opens with its headlines."""
    return length != "gon" and stories >= LISTED_FROM
