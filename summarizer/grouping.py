"""Group articles into stories: reports of one event, one article at a time, with bounded work each.

An article joins the story to whose articles it is most similar on average, or founds one. The average decides
and not the best match, so that a story cannot drift from link to link into another one. Which story an
article was in before a restart is the caller's to remember (`add` with `story`).
"""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from summarizer.neighbours import Arrival, Neighbours, Weighed, weigh

__all__ = ["Arrival", "Grouper", "StoryKey"]

StoryKey = int

# Where B-cubed F is best, and flat around, on 314 VN-MDS articles hidden among 2,998 others.
JOIN_AT = 0.13
_NO_STORY = -1


class Grouper:
    """The stories of the last `window` articles."""

    def __init__(self, window: int = 50_000) -> None:
        self._neighbours = Neighbours(window)
        self._stories: NDArray[np.int64] = np.full(window, _NO_STORY)  # of article n, at n modulo the window
        self._sizes: dict[StoryKey, int] = {}
        self._next_story: StoryKey = 1

    def find(self, arrival: Arrival) -> StoryKey | None:
        """Return the story, of those known, that an article belongs to; nothing of the article is kept."""
        return self._nearest(weigh(arrival))

    def add(self, arrival: Arrival, story: StoryKey | None = None) -> StoryKey:
        """Put an article into `story`, or into the one that is found or founded for it, and return that.

        A story founded here gets a number above all that were given or founded before.
        """
        article = weigh(arrival)
        if story is None:
            story = self._nearest(article)
        if story is None:
            story = self._next_story
        self._next_story = max(self._next_story, story + 1)
        place = self._neighbours.add(article) % self._neighbours.window
        self._leave(place)
        self._stories[place] = story
        self._sizes[story] = self._sizes.get(story, 0) + 1
        return story

    def forget_before(self, moment: dt.datetime) -> None:
        """Forget the articles published before `moment`; those without a time leave with the window."""
        for number in self._neighbours.forget_before(moment):
            self._leave(number % self._neighbours.window)

    def __len__(self) -> int:
        """Return how many articles are kept."""
        return sum(self._sizes.values())

    def _nearest(self, article: Weighed) -> StoryKey | None:
        numbers, cosines = self._neighbours.near(article)
        stories, member_of = np.unique(self._stories[numbers % self._neighbours.window], return_inverse=True)
        sizes = np.array([self._sizes[story] for story in stories.tolist()])
        means = np.bincount(member_of, cosines, minlength=stories.size) / sizes
        if not means.size or means.max() < JOIN_AT:
            return None
        return int(stories[np.argmax(means)])

    def _leave(self, place: int) -> None:
        story = int(self._stories[place])
        if story == _NO_STORY:
            return
        self._stories[place] = _NO_STORY
        self._sizes[story] -= 1
        if not self._sizes[story]:
            del self._sizes[story]
