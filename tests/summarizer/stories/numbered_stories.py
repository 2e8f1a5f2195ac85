"""Stories as a test lets articles arrive, numbered as they begin."""

from summarizer.stories.grouping import Grouper
from summarizer.stories.neighbours import Arrival, features_of


class NumberedStories(Grouper):
    """A grouper that takes articles as they are."""

    def __len__(self) -> int:
        """Return how many articles are kept."""
        return len(self._numbers)

    def find(self, arrival: Arrival) -> int | None:
        """Return the known story that an article belongs to, without adding the article."""
        return self.nearest(features_of(arrival))

    def add(self, arrival: Arrival, story: int | None = None) -> int:
        """Put an article into `story`, or into the story found or begun for it, and return that."""
        article = features_of(arrival)
        if story is None:
            story = self.nearest(article)
        if story is None:
            story = max(self._sizes, default=0) + 1
        self.enter(arrival.article_id, article, story)
        return story
