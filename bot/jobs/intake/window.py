"""The grouping window of a process: stories of the last days' articles, learnt from the database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.times.clock import Clock
from storage.articles import StoredArticle
from storage.engine import Database
from storage.off_loop import INTAKE
from storage.processed import Grouped, find_grouped
from summarizer.stories.grouping import Arrival, Grouper, pack, unpack
from summarizer.stories.neighbours import Weighed, weigh
from summarizer.stories.roundups import is_roundup

# The stories are the database's: grouping keeps a window of articles with their stories in memory, and
# learns from the database what an earlier run or another process has grouped. When a transaction fails,
# memory may hold stories that the database does not; it is then learnt anew.

GROUPED_FOR = dt.timedelta(days=7)  # an event is reported within a week or is another story
_LEARN_BATCH = 1_000
_COMMIT_LAG = dt.timedelta(minutes=2)  # a process writes down when it began; its commit is seen later
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Placed(NamedTuple):
    """The story of an article, and what grouping keeps of the article; None and None of a round-up."""

    story: int | None
    packed: bytes | None


class Window:
    """Finds the stories of articles, one batch at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._forget()

    def _forget(self) -> None:
        self._grouper = Grouper()
        self._learned_until = _BEGINNING
        self._recent: dict[int, dt.datetime] = {}  # when each article of the last minutes was processed
        self._is_sure = True

    async def place(self, batch: Sequence[StoredArticle]) -> list[Placed]:
        """Return the articles' stories. `keep` must follow when they are stored: else all is learnt anew."""
        self._is_sure = False
        return await INTAKE.run(self._group, batch)

    def keep(self, ids: Mapping[int, int], processed_at: Mapping[int, dt.datetime]) -> None:
        """Note that the last batch is stored: the ids of its new stories, when each article was processed."""
        self._grouper.rename(ids)
        self._is_sure = True
        self._recent |= processed_at

    def _group(self, batch: Sequence[StoredArticle]) -> list[Placed]:
        """Return the articles' stories; one that is to be founded has a negative key until it is.

        An updated article keeps the story it had. A round-up of several events joins no story and opens none.
        """
        placed = []
        for number, article in enumerate(batch, start=2):
            if is_roundup(article.title, article.sapo):
                placed.append(Placed(None, None))
                continue
            arrival = _arrival(article)
            story = article.story_id if article.story_id is not None else self._grouper.find(arrival)
            story = self._grouper.add(arrival, -number if story is None else story)
            placed.append(Placed(story, pack(self._grouper.weighed(arrival))))
        return placed

    async def learn(self) -> None:
        """Learn what was grouped elsewhere since the last time."""
        if not self._is_sure:
            self._forget()
        since = self._clock.now() - GROUPED_FOR
        self._grouper.forget_before(since)
        after = (self._learned_until - _COMMIT_LAG, 0)
        while True:
            async with self._database.read() as connection:
                grouped = await find_grouped(connection, since=since, after=after, limit=_LEARN_BATCH)
            new = [one for one in grouped if self._recent.get(one.article_id) != one.processed_at]
            await INTAKE.run(self._add_known, new)
            self._recent |= {one.article_id: one.processed_at for one in new}
            if len(grouped) < _LEARN_BATCH:
                break
            after = (grouped[-1].processed_at, grouped[-1].article_id)
        self._learned_until = max([self._learned_until, *self._recent.values()])
        horizon = self._learned_until - _COMMIT_LAG
        self._recent = {article: at for article, at in self._recent.items() if at > horizon}

    def _add_known(self, grouped: Sequence[Grouped]) -> None:
        self._grouper.learn([(one.article_id, one.story_id, _weighed(one)) for one in grouped])


def _weighed(known: Grouped) -> Weighed:
    moment = known.published_at.timestamp() if known.published_at else float("nan")
    if known.packed is not None:
        return unpack(known.packed, moment, known.source)
    return weigh(
        Arrival(known.article_id, known.title, known.sapo, known.lead, known.published_at, known.source)
    )


def _arrival(article: StoredArticle) -> Arrival:
    published = article.published
    moment = published.at if published and published.precision != "month" else None
    return Arrival(article.id, article.title, article.sapo, article.body, moment, article.source)
