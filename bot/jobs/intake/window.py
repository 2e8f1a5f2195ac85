"""The grouping window of a process: the last days' articles with their stories, learned from the database.

The database determines the window: the grouped articles in the order of their turns, back to the stored
horizon. So an article gets the same story, whichever process groups and however often another one took over.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.text_work.tasks import ProcessedNew
from storage.articles import StoredArticle
from storage.engine import Database
from storage.off_loop import INTAKE
from storage.processing.processed import Grouped, Horizon, find_grouped, find_horizon
from summarizer.stories.grouping import Grouper, unpack
from summarizer.stories.neighbours import Arrival, ArticleFeatures, features_of

GROUPED_FOR = dt.timedelta(days=7)  # an event is reported within a week or is another story
_MOST = 49_000  # turns in the window
_EACH = 200  # turns after which the horizon moves
_LEARN_BATCH = 1_000
_NEW_STORIES = 1 << 62  # stories that are not stored yet have keys from here on, above all ids


class Ready(NamedTuple):
    """An article whose language work is done, and its turn."""

    turn: int
    article: StoredArticle
    worked: ProcessedNew


class _Entry(NamedTuple):
    turn: int
    stored_at: dt.datetime


class Window:
    """Finds the stories of articles, one batch at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._forget()

    def _forget(self) -> None:
        self._grouper = Grouper()
        self._entries: dict[int, _Entry] = {}  # by article, its latest turn
        self._learned_until = 0
        self._is_sure = True
        self.horizon = Horizon()

    async def learn(self) -> None:
        """Learn what other processes grouped since the last time; all anew if a batch was not stored."""
        if not self._is_sure:
            self._forget()
        while True:
            async with self._database.read() as connection:
                horizon = await find_horizon(connection)
                grouped = await find_grouped(
                    connection, horizon, after=self._learned_until, limit=_LEARN_BATCH
                )
            await INTAKE.run(self._add_known, grouped, horizon)
            if len(grouped) < _LEARN_BATCH:
                break

    async def place(self, batch: Sequence[Ready]) -> list[int | None]:
        """Return the articles' stories, None for a round-up; call `keep` once they are stored.

        A story that is not stored yet has a key: see `is_new`.
        """
        self._is_sure = False
        return await INTAKE.run(self._place, batch)

    def keep(self, ids: Mapping[int, int]) -> None:
        """Note that the last batch is stored: the ids of its new stories, by their keys."""
        self._grouper.rename(ids)
        self._is_sure = True

    def _place(self, batch: Sequence[Ready]) -> list[int | None]:
        return [self._placed(one, _NEW_STORIES + number) for number, one in enumerate(batch)]

    def _placed(self, ready: Ready, own_key: int) -> int | None:
        """Return the story of an article. An updated one keeps the story it had."""
        turn, article, worked = ready
        if turn // _EACH > self.horizon.turn // _EACH:
            self._move_horizon(Horizon(turn, max(0, turn - _MOST), article.stored_at - GROUPED_FOR))
        self._learned_until = turn
        if worked.is_roundup:
            return None
        if worked.packed is None:  # its features could not be computed
            return own_key if article.story_id is None else article.story_id
        features = unpack(worked.packed, _moment(published_of(article)), article.source, worked.order)
        story = article.story_id if article.story_id is not None else self._grouper.nearest(features)
        story = own_key if story is None else story
        self._grouper.enter(article.id, features, story)
        self._entries[article.id] = _Entry(turn, article.stored_at)
        return story

    def _move_horizon(self, horizon: Horizon) -> None:
        """Forget what is beyond a new horizon."""
        self.horizon = horizon
        kept = {
            article_id: one
            for article_id, one in self._entries.items()
            if one.turn >= horizon.first and one.stored_at >= horizon.since
        }
        self._grouper.forget(sorted(self._entries.keys() - kept.keys()))
        self._entries = kept

    def _add_known(self, grouped: Sequence[Grouped], horizon: Horizon) -> None:
        if horizon.turn > self.horizon.turn:
            self._move_horizon(horizon)
        self._grouper.learn([(one.article_id, one.story_id, _features(one)) for one in grouped])
        for one in grouped:
            self._entries[one.article_id] = _Entry(one.turn, one.stored_at)
            self._learned_until = one.turn


def is_new(story: int) -> bool:
    """Tell whether `Window.place` gave the key of a story that is not stored yet."""
    return story >= _NEW_STORIES


def _features(known: Grouped) -> ArticleFeatures:
    moment = _moment(known.published_at)
    if known.packed is not None:
        return unpack(known.packed, moment, known.source)
    return features_of(
        Arrival(known.article_id, known.title, known.sapo, known.lead, known.published_at, known.source)
    )


def published_of(article: StoredArticle) -> dt.datetime | None:
    """Return when an article was published, None if that is unknown or known to the month only."""
    published = article.published
    return published.at if published and published.precision != "month" else None


def _moment(published: dt.datetime | None) -> float:
    return published.timestamp() if published else float("nan")
