"""The queue of articles in work, in the order of their grouping, shared by any number of processes.

A process claims articles. Each article gets the next turn, a number that it keeps if another process takes
it over. Turns are given out under the lock of one row, so their order depends on the stored articles and not
on the speed of a process. A claim lasts some seconds and its process renews it. The answers of the language
work wait with their turns until grouping takes them in order. Times are those of `storage.processes.leases`.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import SET_ASIDE, WAITS, StoredArticle, article_of
from storage.engine import insert_into
from storage.processes.leases import server_now
from storage.sources import MOST_TRIES, begin_tries, undo_tries
from storage.tables import article_turns, articles, grouping_state

CLAIM_SECONDS = 15.0
MOST_AHEAD = 2_000  # turns given out and not grouped: no more are given until grouping has caught up
_CLAIM = dt.timedelta(seconds=CLAIM_SECONDS)
_PAST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SOURCES_AT_ONCE = 5  # whose articles make up one batch of work
_STATE_ID = 1
_t = article_turns.c
IS_STATE = grouping_state.c.id == _STATE_ID
_IS_FRESH = and_(articles.c.processed_at.is_(None), articles.c.tries == 0)
_IS_CURRENT = and_(_t.article_id == articles.c.id, _t.version == articles.c.version)


@dataclass(frozen=True, slots=True)
class ClaimedArticle:
    """An article that this process has claimed, and its turn."""

    turn: int
    article: StoredArticle


class QueuedTurn(NamedTuple):
    """A turn that is not grouped yet. It `is_stale` if its text was replaced or processed since."""

    turn: int
    owner: str | None
    is_answered: bool
    is_stale: bool


async def claim_articles(
    connection: AsyncConnection, owner: str, limit: int, *, as_stored: bool
) -> list[ClaimedArticle]:
    """Claim at most `limit` articles that never failed: those that were released, else some that wait.

    Sources take turns unless `as_stored`: then articles come in the order of their ids. No new article is
    claimed while grouping is far behind.
    """
    state = await _locked_state(connection)
    is_free = and_(_t.answer.is_(None), _t.owner.is_(None))
    if back := await _claim_turns(connection, owner, and_(is_free, articles.c.tries == 0), limit):
        return back
    if await count_turns(connection) >= MOST_AHEAD:
        return []
    if as_stored:
        fresh = select(articles).where(_IS_FRESH).order_by(articles.c.id).limit(limit)
        found = [article_of(row) for row in await connection.execute(fresh)]
    else:
        found = await find_next(connection, limit, after=state.last_source)
    return await _give_turns(connection, owner, found, state.last_turn) if found else []


async def claim_suspect(connection: AsyncConnection, owner: str) -> ClaimedArticle | None:
    """Claim one article whose earlier process ended, or did not answer in time."""
    state = await _locked_state(connection)
    is_left = and_(_t.answer.is_(None), or_(_t.owner.is_(None), _is_over(await server_now(connection))))
    may_be_tried = articles.c.tries.between(1, MOST_TRIES - 1)
    if left := await _claim_turns(connection, owner, and_(is_left, may_be_tried), 1):
        return left[0]
    a = articles.c
    waits = select(articles).where(a.processed_at.is_(None), may_be_tried, ~exists().where(_IS_CURRENT))
    row = (await connection.execute(waits.order_by(a.id).limit(1))).first()
    return (await _give_turns(connection, owner, [article_of(row)], state.last_turn))[0] if row else None


async def find_exhausted(connection: AsyncConnection) -> list[StoredArticle]:
    """Return unclaimed articles at which as many processes died as may (`MOST_TRIES`)."""
    a = articles.c
    is_over = or_(_t.owner.is_(None), _is_over(await server_now(connection)))
    is_in_work = exists().where(_IS_CURRENT, or_(_t.answer.is_not(None), ~is_over))
    tried = select(articles).where(a.processed_at.is_(None), a.tries >= MOST_TRIES, a.tries < SET_ASIDE)
    tried = tried.where(~is_in_work)
    return [article_of(row) for row in await connection.execute(tried.order_by(a.id).limit(100))]


async def renew_claims(connection: AsyncConnection, owner: str) -> None:
    until = await server_now(connection) + _CLAIM
    own = and_(_t.owner == owner, _t.answer.is_(None), _t.claimed_until > _PAST)
    await connection.execute(update(article_turns).where(own).values(claimed_until=until))


async def find_owners(connection: AsyncConnection) -> list[str]:
    """Return the processes that have articles in work."""
    query = select(_t.owner).where(_t.answer.is_(None), _t.owner.is_not(None)).distinct().limit(100)
    return list((await connection.execute(query)).scalars())


async def end_claims(connection: AsyncConnection, owners: Collection[str]) -> None:
    """End the claims of processes that have died; their articles are suspect."""
    dead = and_(_t.owner.in_(owners), _t.answer.is_(None))
    await connection.execute(update(article_turns).where(dead).values(claimed_until=_PAST))


async def give_back(connection: AsyncConnection, owner: str, claimed: Sequence[ClaimedArticle]) -> None:
    """Release claimed articles unprocessed; the attempt does not count."""
    await _locked_state(connection)
    own = and_(_t.owner == owner, _t.answer.is_(None), _t.turn.in_([one.turn for one in claimed]))
    back = update(article_turns).where(own).values(owner=None, claimed_until=None)
    ids = list((await connection.execute(back.returning(_t.article_id))).scalars())
    await undo_tries(connection, ids)


async def _claim_turns(
    connection: AsyncConnection, owner: str, condition: ColumnElement[bool], limit: int
) -> list[ClaimedArticle]:
    """Claim existing turns in their order; skip those that another process is claiming now."""
    query = select(_t.turn, articles).join(articles, _IS_CURRENT).where(condition)
    # By a plain IS NULL SQLite would look at every waiting article, of an archive at each claim.
    is_waiting = case((articles.c.processed_at.is_(None), 1), else_=0) == 1
    query = query.where(is_waiting).order_by(_t.turn).limit(limit)
    rows = (await connection.execute(query.with_for_update(of=article_turns, skip_locked=True))).all()
    if not rows:
        return []
    found = [ClaimedArticle(row[0], article_of(row)) for row in rows]
    values = {"owner": owner, "claimed_until": await server_now(connection) + _CLAIM}
    theirs = _t.turn.in_([one.turn for one in found])
    await connection.execute(update(article_turns).where(theirs).values(values))
    await begin_tries(connection, [one.article.id for one in found])
    return found


async def _give_turns(
    connection: AsyncConnection, owner: str, waiting: Sequence[StoredArticle], last_turn: int
) -> list[ClaimedArticle]:
    """Give the next turns to articles; an article whose text changed meanwhile gets a new turn."""
    claimed = [ClaimedArticle(turn, article) for turn, article in enumerate(waiting, start=last_turn + 1)]
    until = await server_now(connection) + _CLAIM
    given_now = {"owner": owner, "claimed_until": until, "answer": None}
    rows = [
        {"turn": one.turn, "article_id": one.article.id, "version": one.article.version} | given_now
        for one in claimed
    ]
    statement = insert_into(connection, article_turns)
    given = {name: statement.excluded[name] for name in rows[0] if name != "article_id"}
    await connection.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=given), rows)
    await begin_tries(connection, [one.article.id for one in claimed])
    after = {"last_turn": claimed[-1].turn, "last_source": waiting[-1].source}
    await connection.execute(update(grouping_state).where(IS_STATE).values(after))
    return claimed


def _is_over(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition that a claim is over, or longer than any: the clock was set back since."""
    return or_(_t.claimed_until < now, _t.claimed_until > now + 2 * _CLAIM)


async def _locked_state(connection: AsyncConnection) -> Any:
    """Return the row of the state, locked until the transaction ends."""
    query = select(grouping_state).where(IS_STATE).with_for_update()
    row = (await connection.execute(query)).first()
    if row is None:
        given = select(func.coalesce(func.max(articles.c.turn), 0)).scalar_subquery()
        first = insert_into(connection, grouping_state).values(id=_STATE_ID, last_turn=given)
        await connection.execute(first.on_conflict_do_nothing())
        row = (await connection.execute(query)).one()
    return row


async def next_turns(connection: AsyncConnection, count: int) -> list[int]:
    """Return `count` turns for articles that are saved without a claim."""
    last = int((await _locked_state(connection)).last_turn)
    await connection.execute(update(grouping_state).where(IS_STATE).values(last_turn=last + count))
    return list(range(last + 1, last + count + 1))


async def save_answers(connection: AsyncConnection, owner: str, answers: Mapping[int, bytes]) -> None:
    """Store the answers for these turns, as far as this process still has their claims."""
    own = and_(_t.turn == bindparam("own_turn"), _t.owner == owner, _t.answer.is_(None))
    rows = [{"own_turn": turn, "found": answer} for turn, answer in answers.items()]
    await connection.execute(update(article_turns).where(own).values(answer=bindparam("found")), rows)


async def count_turns(connection: AsyncConnection) -> int:
    """Return how many turns were given out and are not grouped."""
    return (await connection.execute(select(func.count()).select_from(article_turns))).scalar_one()


async def find_queued_turns(connection: AsyncConnection, limit: int) -> list[QueuedTurn]:
    """Return the first turns that are not grouped, in order."""
    is_stale = or_(_t.version != articles.c.version, articles.c.processed_at.is_not(None))
    is_stale = or_(is_stale, articles.c.tries >= SET_ASIDE)
    query = select(_t.turn, _t.owner, _t.answer.is_not(None), is_stale)
    query = query.join(articles, articles.c.id == _t.article_id).order_by(_t.turn).limit(limit)
    return [QueuedTurn(*row) for row in await connection.execute(query)]


async def find_answers(
    connection: AsyncConnection, turns: Collection[int]
) -> list[tuple[ClaimedArticle, bytes]]:
    """Return the articles of these turns without their bodies, each with its answer, in order."""
    body = func.substr(articles.c.body, 1, 0).label("body")
    columns = [column for column in articles.c if column is not articles.c.body]
    query: Select[Any] = select(_t.turn.label("own_turn"), _t.answer, *columns, body)
    query = query.join(articles, _IS_CURRENT).where(_t.turn.in_(turns), _t.answer.is_not(None))
    rows = await connection.execute(query.order_by(_t.turn))
    return [(ClaimedArticle(row.own_turn, article_of(row)), row.answer) for row in rows]


async def delete_turns(connection: AsyncConnection, turns: Collection[int]) -> None:
    """Delete turns that are grouped, or never will be."""
    await connection.execute(delete(article_turns).where(_t.turn.in_(turns)))


async def find_next(
    connection: AsyncConnection, limit: int, *, after: str | None = None
) -> list[StoredArticle]:
    """Return at most `limit` articles of a few sources that wait for a first try, each source's oldest first.

    Sources take turns in the order of their names, beginning after the name `after`. So a source with many
    articles does not keep the others waiting.
    """
    names = await _find_waiting_sources(connection, after)
    found: list[StoredArticle] = []
    for name in names:
        waiting = select(articles).where(_IS_FRESH, articles.c.source == name)
        rows = await connection.execute(waiting.order_by(articles.c.id).limit(max(1, limit // len(names))))
        found += [article_of(row) for row in rows]
    return found


async def _find_waiting_sources(connection: AsyncConnection, after: str | None) -> list[str]:
    """Return the next sources with waiting articles: those behind `after`, then those from the beginning."""
    source, names = articles.c.source, list[str]()
    for begin, end in ((after, None), (None, after))[: 1 if after is None else 2]:
        last = begin
        while len(names) < _SOURCES_AT_ONCE:  # one lookup in the index for each
            query = select(func.min(source)).where(_IS_FRESH)
            query = query if last is None else query.where(source > last)
            query = query if end is None else query.where(source <= end)
            last = (await connection.execute(query)).scalar_one()
            if last is None:
                break
            names.append(last)
    return names


async def is_any_waiting(connection: AsyncConnection) -> bool:
    """Tell whether some article is not processed, in work or not."""
    return (await connection.execute(select(articles.c.id).where(WAITS).limit(1))).first() is not None


async def is_processing_steady(
    connection: AsyncConnection, *, now: dt.datetime, longest_break: dt.timedelta
) -> bool:
    """Tell whether articles are being processed without a break longer than `longest_break`, until `now`."""
    at = articles.c.processed_at
    first = (await connection.execute(select(func.min(at)).where(at > now - longest_break))).scalar_one()
    before = (await connection.execute(select(func.max(at)).where(at <= now - longest_break))).scalar_one()
    return first is not None and before is not None and first - before <= longest_break
