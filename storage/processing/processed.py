"""The results of processing an article: the places of its summary, its story and its topic."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import StoredArticle
from storage.engine import chunks, insert_into
from storage.processing.article_turns import IS_STATE, next_turns
from storage.search.index import record_changes
from storage.tables import UtcTime, articles, grouping_state, packed_articles, stories, summary_places
from summarizer.model import Place, Summary, sentence_at
from summarizer.stories.grouping import fingerprint
from summarizer.stories.terms import LEAD_SYLLABLES

_PAST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LEAD = 12 * LEAD_SYLLABLES  # characters; grouping reads no more of a body


@dataclass(frozen=True, slots=True)
class Findings:
    """The results for an article: `places` of the summary's sentences, with document index 0.

    `topic` is the newsroom's name of the topic, `topic_by_words` that of the classifier. A round-up belongs
    to no story. `packed` is the article's form for grouping. `turn` is the turn in which it was grouped
    (`storage.processing.article_turns`); None: it gets the next.
    """

    article: StoredArticle
    places: Sequence[Place]
    story_id: int | None
    topic: str | None = None
    topic_by_words: str | None = None
    packed: bytes | None = None
    turn: int | None = None


class Horizon(NamedTuple):
    """The articles that grouping compares with: all from `turn` on, and some earlier ones.

    The earlier ones are those from turn `first` on that were stored at `since` or later. The transaction
    that saves the article of `turn` moves the horizon.
    """

    turn: int = 0
    first: int = 0
    since: dt.datetime = _PAST


@dataclass(frozen=True, slots=True)
class Grouped:
    """The part of a processed article that grouping needs; `lead` is the start of its body.

    `published_at` is None if the time is unknown, or known to the month only. `packed` is None if the
    article was packed by another version or not at all; otherwise `lead` is empty.
    """

    turn: int
    article_id: int
    story_id: int
    source: str
    title: str
    sapo: str
    lead: str
    published_at: dt.datetime | None
    stored_at: dt.datetime
    packed: bytes | None


async def make_stories(connection: AsyncConnection, count: int, *, now: dt.datetime) -> list[int]:
    """Create several stories and return their ids, ascending."""
    if not count:
        return []
    made = insert(stories).returning(stories.c.id)
    return sorted((await connection.execute(made, [{"created_at": now}] * count)).scalars())


async def save_work(connection: AsyncConnection, done: Sequence[Findings], *, now: dt.datetime) -> int:
    """Save the results of articles whose text has not changed since, each with a change for the search index;
    return their number."""
    if any(one.turn is None for one in done):
        turns = await next_turns(connection, len(done))
        done = [replace(one, turn=turn) for one, turn in zip(done, turns, strict=True)]
    versions = {one.article.id: one.article.version for one in done}
    unchanged = await find_unchanged(connection, versions, articles.c.processed_at.is_(None))
    kept = [one for one in done if one.article.id in unchanged]
    if not kept:
        return 0
    await _save_findings(connection, kept, now)
    ids = [one.article.id for one in kept]
    await replace_places(connection, {one.article.id: one.places for one in kept})
    await _save_packed(connection, kept)
    await record_changes(connection, ids)
    return len(kept)


async def replace_places(connection: AsyncConnection, places: Mapping[int, Sequence[Place]]) -> None:
    """Set the summaries of articles."""
    await connection.execute(delete(summary_places).where(summary_places.c.article_id.in_(places)))
    rows = [
        {"article_id": article, "position": position, "field": one.field, "start": one.start, "end": one.end}
        for article, chosen in places.items()
        for position, one in enumerate(chosen)
    ]
    if rows:
        await connection.execute(insert(summary_places), rows)


async def find_unchanged(
    connection: AsyncConnection, versions: Mapping[int, int], condition: ColumnElement[bool]
) -> set[int]:
    """Return the articles that still have these versions, and lock them until the end of the transaction."""
    a = articles.c
    same = select(a.id, a.version).where(a.id.in_(versions), condition).order_by(a.id).with_for_update()
    return {row.id for row in await connection.execute(same) if row.version == versions[row.id]}


async def _save_findings(connection: AsyncConnection, kept: Sequence[Findings], now: dt.datetime) -> None:
    rows = [
        {"article": one.article.id, **{f"new_{name}": getattr(one, name) for name in _SAVED}} for one in kept
    ]
    ready_at = func.coalesce(articles.c.ready_at, literal(now, UtcTime))
    found: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _SAVED}
    statement = update(articles).where(articles.c.id == bindparam("article"))
    await connection.execute(statement.values(processed_at=now, ready_at=ready_at, **found), rows)


_SAVED = ("story_id", "topic", "topic_by_words", "turn")  # columns of `articles` and fields of `Findings`


async def _save_packed(connection: AsyncConnection, kept: Sequence[Findings]) -> None:
    rows = [
        {"article_id": one.article.id, "fingerprint": fingerprint(), "packed": one.packed}
        for one in kept
        if one.packed is not None
    ]
    if rows:
        statement = insert_into(connection, packed_articles)
        renewed = {name: statement.excluded[name] for name in ("fingerprint", "packed")}
        statement = statement.on_conflict_do_update(index_elements=["article_id"], set_=renewed)
        await connection.execute(statement, rows)


async def forget_packed(connection: AsyncConnection, *, before: dt.datetime, limit: int) -> int:
    """Delete at most `limit` packed forms of articles stored before `before`; return how many."""
    packed, a = packed_articles.c, articles.c
    old = select(packed.article_id).join(articles, a.id == packed.article_id).where(a.stored_at < before)
    ids = list((await connection.execute(old.order_by(packed.article_id).limit(limit))).scalars())
    await connection.execute(delete(packed_articles).where(packed.article_id.in_(ids)))
    return len(ids)


async def find_horizon(connection: AsyncConnection) -> Horizon:
    s = grouping_state.c
    query = select(s.horizon_turn, s.horizon_first, s.horizon_since).where(IS_STATE)
    row = (await connection.execute(query)).first()
    return Horizon(row[0], row[1], row[2] or _PAST) if row else Horizon()


async def move_horizon(connection: AsyncConnection, horizon: Horizon) -> None:
    values = {f"horizon_{name}": value for name, value in horizon._asdict().items()}
    await connection.execute(update(grouping_state).where(IS_STATE).values(values))


async def find_grouped(
    connection: AsyncConnection, horizon: Horizon, *, after: int, limit: int
) -> list[Grouped]:
    """Return the articles within `horizon` that have a story, in the order of their turns, above `after`."""
    a = articles.c
    is_packed = packed_articles.c.fingerprint == fingerprint()
    packed = case((is_packed, packed_articles.c.packed), else_=None)
    lead = case((is_packed, ""), else_=func.substr(a.body, 1, _LEAD))
    is_fine = or_(a.published_precision.is_(None), a.published_precision != "month")
    published_at = case((is_fine, a.published_at), else_=None)
    is_within = or_(a.turn >= horizon.turn, a.stored_at >= horizon.since)
    query: Select[Any] = (
        select(a.turn, a.id, a.story_id, a.source, a.title, a.sapo, lead, published_at, a.stored_at, packed)
        .outerjoin(packed_articles, packed_articles.c.article_id == a.id)
        .where(a.turn > max(after, horizon.first - 1), is_within, a.story_id.is_not(None))
        .order_by(a.turn)
        .limit(limit)
    )
    return [Grouped(*row) for row in await connection.execute(query)]


_PLACES = (  # built once, because it is used often
    select(summary_places)
    .where(summary_places.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(summary_places.c.article_id, summary_places.c.position)
)


async def find_summaries(connection: AsyncConnection, stored: Iterable[StoredArticle]) -> dict[int, Summary]:
    """Return the summary of each article, cut out of its text at the stored places; document index 0."""
    by_id = {article.id: article for article in stored}
    places: dict[int, list[Place]] = {article_id: [] for article_id in by_id}
    for batch in chunks(list(by_id), 500):
        for row in await connection.execute(_PLACES, {"ids": batch}):
            places[row.article_id].append(Place(0, row.field, row.start, row.end))
    return {
        article_id: tuple(sentence_at([by_id[article_id].document], place) for place in found)
        for article_id, found in places.items()
    }
