"""The stories that a digest may choose from, each with its articles; and those for which it had no room."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import StoredArticle, find_articles
from storage.engine import chunks, insert_into
from storage.tables import UtcTime, articles, story_lists

_MOST_STORIES = 1_000  # a day of every Vietnamese paper's feed is about 3,000 articles, 1,500 stories
_MOST_ARTICLES_OF_A_STORY = 12
_MOST_RECALLED, _MOST_OF_A_TOPIC = 300, 30  # stories of a longer time
_COMMIT_LAG = dt.timedelta(seconds=10)  # what is processed at one moment is seen a little later


@dataclass(frozen=True, slots=True)
class Window:
    """The conditions under which a story is eligible for the slot `until`; all times in UTC.

    One of its articles became ready (was first processed) after `after` and came out at `oldest` or later. A
    late issue also takes articles that became ready by `came_by`, which is after the slot. An issue made
    before its slot takes only articles that became ready by `ends_at`. With `by_publication` the publication
    time counts instead of becoming ready, to look back at a past moment.
    """

    after: dt.datetime
    until: dt.datetime
    oldest: dt.datetime
    by_publication: bool = False
    came_by: dt.datetime | None = None
    ends_at: dt.datetime | None = None

    @property
    def end(self) -> dt.datetime:
        """Return until when articles count that became ready; the next window begins there."""
        if self.ends_at is not None:
            return self.ends_at
        return self.until if self.came_by is None else max(self.until, self.came_by)

    def came_out(self) -> ColumnElement[dt.datetime]:
        """Return when an article came out: published, or arrived where that is unknown."""
        return func.coalesce(articles.c.published_at, articles.c.stored_at, type_=articles.c.stored_at.type)

    def condition(self) -> list[ColumnElement[bool]]:
        """Return the conditions on an article that makes its story eligible."""
        a = articles.c
        is_processed = [a.processed_at.is_not(None), a.story_id.is_not(None)]
        if self.by_publication:
            came_out = self.came_out()
            return [*is_processed, came_out > self.after, came_out >= self.oldest, self.is_seen()]
        is_new = [a.ready_at > self.after - _COMMIT_LAG, self.is_seen()]
        # Stored before the last slot, but ready only after it: its age is judged as it was for that slot.
        missed = and_(a.stored_at <= self.after, self.came_out() >= self.after - (self.until - self.oldest))
        return [*is_processed, *is_new, or_(self.came_out() >= self.oldest, missed)]

    def is_seen(self) -> ColumnElement[bool]:
        """Return the condition that an article was there at the end of the window."""
        return self.came_out() <= self.until if self.by_publication else articles.c.ready_at <= self.end


async def find_eligible(connection: AsyncConnection, window: Window) -> dict[int, list[StoredArticle]]:
    """Return the articles of each eligible story by its id, newest story first, at most 12 articles of each.

    A story comes with its older articles too, but with none from after the window. If there are more stories
    than `_MOST_STORIES`, sources take turns with their newest ones, so that a source with thousands does not
    displace the others.
    """
    stories = await _find_stories(connection, window)
    found: dict[int, list[StoredArticle]] = {story: [] for story in stories}
    for batch in chunks(stories, 500):
        found |= await find_articles_of(connection, batch, window.is_seen())
    return found


async def find_most_reported(
    connection: AsyncConnection, *, after: dt.datetime, until: dt.datetime
) -> dict[int, list[StoredArticle]]:
    """Return the articles of the stories that most papers reported between two moments, some of each topic.

    Articles that were published before `after` do not count, even if they were stored later.
    """
    a, came_out = articles.c, Window(after, until, after).came_out()
    papers, newest = func.count(a.source.distinct()).label("papers"), func.max(a.id).label("newest")
    reported = (
        select(a.story_id, papers, newest, func.max(a.topic).label("topic"))
        .where(a.processed_at.is_not(None), a.story_id.is_not(None), a.advertorial.is_(False))
        .where(a.ready_at > after, a.ready_at <= until, came_out >= after, came_out <= until)
        .group_by(a.story_id)
        .subquery()
    )
    r = reported.c
    order = (r.papers.desc(), r.newest.desc())
    place = func.row_number().over(partition_by=r.topic, order_by=order).label("place")
    ranked = select(r.story_id, *(r.papers, r.newest), place).subquery()
    best = select(ranked.c.story_id).where(ranked.c.place <= _MOST_OF_A_TOPIC)
    best = best.order_by(ranked.c.papers.desc(), ranked.c.newest.desc()).limit(_MOST_RECALLED)
    stories = list((await connection.execute(best)).scalars())
    found = await find_articles_of(connection, stories, a.ready_at <= until)
    return {story: found.get(story, []) for story in stories}


async def find_first_ready(connection: AsyncConnection) -> dt.datetime | None:
    first: dt.datetime | None = await connection.scalar(select(func.min(articles.c.ready_at, type_=UtcTime)))
    return first


async def _find_stories(connection: AsyncConnection, window: Window) -> list[int]:
    """Return the eligible stories, newest first, at most `_MOST_STORIES`."""
    a = articles.c
    turn = func.row_number().over(partition_by=a.source, order_by=a.id.desc()).label("turn")
    eligible = select(a.id, a.story_id, turn).where(*window.condition()).subquery()
    newest = func.max(eligible.c.id)
    query = (
        select(eligible.c.story_id, newest)
        .group_by(eligible.c.story_id)
        .order_by(func.min(eligible.c.turn), newest.desc())
        .limit(_MOST_STORIES)
    )
    found = (await connection.execute(query)).all()
    return [story for story, _ in sorted(found, key=lambda row: -row[1])]


async def find_articles_of(
    connection: AsyncConnection, stories: Sequence[int], *conditions: ColumnElement[bool]
) -> dict[int, list[StoredArticle]]:
    """Return the newest 12 articles of each of a few stories, of those that meet the conditions, oldest
    first. A story that is gone is absent."""
    a = articles.c
    place = func.row_number().over(partition_by=a.story_id, order_by=a.id.desc()).label("place")
    members = select(a.id, a.story_id, place).where(a.story_id.in_(stories), a.processed_at.is_not(None))
    ranked = members.where(*conditions).subquery().c
    query = select(ranked.id, ranked.story_id).where(ranked.place <= _MOST_ARTICLES_OF_A_STORY)
    rows = (await connection.execute(query.order_by(ranked.id))).all()
    by_id = await find_articles(connection, [row.id for row in rows])
    found: dict[int, list[StoredArticle]] = {}
    for row in rows:
        found.setdefault(row.story_id, []).append(by_id[row.id])
    return found


# Stories for which a digest had no room; its button *Xem thêm* shows them.
#
# A list is stored once, however many digests left out the same stories in the same order.


async def record_story_lists(
    connection: AsyncConnection, wanted: Sequence[Sequence[int]], *, now: dt.datetime
) -> list[int | None]:
    """Store lists of stories, the most important first; return the id of each, None for an empty one."""
    keys = [_key_of(story_ids) for story_ids in wanted]
    rows = {
        key: {"key": key, "story_ids": list(story_ids), "made_at": now}
        for key, story_ids in zip(keys, wanted, strict=True)
        if key
    }
    if not rows:
        return [None] * len(wanted)
    statement = insert_into(connection, story_lists)
    used = {"made_at": statement.excluded.made_at}
    statement = statement.on_conflict_do_update(index_elements=["key"], set_=used)
    made = statement.returning(story_lists.c.key, story_lists.c.id)
    ids = {row.key: row.id for row in await connection.execute(made, list(rows.values()))}
    return [ids[key] if key else None for key in keys]


def _key_of(story_ids: Sequence[int]) -> str:
    if not story_ids:
        return ""
    return hashlib.sha256(json.dumps(list(story_ids)).encode()).hexdigest()


async def find_story_list(connection: AsyncConnection, list_id: int) -> tuple[int, ...]:
    """Return the stories of a list, the most important first; none if the list is deleted."""
    query = select(story_lists.c.story_ids).where(story_lists.c.id == list_id)
    return tuple((await connection.execute(query)).scalar_one_or_none() or ())


async def prune_story_lists(connection: AsyncConnection, *, before: dt.datetime, limit: int) -> None:
    """Delete up to `limit` lists that no digest used since `before`."""
    old = select(story_lists.c.id).where(story_lists.c.made_at < before).limit(limit)
    await connection.execute(delete(story_lists).where(story_lists.c.id.in_(old)))
