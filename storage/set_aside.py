"""Texts that end the process at work on them: set aside, named, and not tried again.

An article's tries are counted before the work on it begins, so that the end of the whole bot counts too. One
that was tried and is not processed is suspect: it is tried alone, after all others. One that ended the text
process, or was in work each of `MOST_TRIES` times that the bot died, is set aside until its text changes.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import SET_ASIDE, StoredArticle, article_of
from storage.inbox import record_refusals
from storage.intake import Draft, Refusal
from storage.statements import insert_into
from storage.tables import articles, set_aside_texts

MOST_TRIES = 3  # the first with others, then alone
_MOST_FOUND = 100


async def begin_tries(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Count a try for each article. Commit this before the work on them begins."""
    await connection.execute(update(articles).where(_waiting(ids)).values(tries=articles.c.tries + 1))


async def undo_tries(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Take the try back of articles whose processing was broken off by something else."""
    was_tried = and_(_waiting(ids), articles.c.tries > 0)
    await connection.execute(update(articles).where(was_tried).values(tries=articles.c.tries - 1))


async def find_suspect(connection: AsyncConnection) -> StoredArticle | None:
    """Return an article that was tried and may be tried again, alone."""
    return next(iter(await _find_tried(connection, 1, MOST_TRIES, limit=1)), None)


async def find_exhausted(connection: AsyncConnection) -> list[StoredArticle]:
    """Return articles that were in work each of the last times that the bot died."""
    return await _find_tried(connection, MOST_TRIES, SET_ASIDE, limit=_MOST_FOUND)


async def _find_tried(
    connection: AsyncConnection, at_least: int, below: int, *, limit: int
) -> list[StoredArticle]:
    a = articles.c
    query = select(articles).where(a.worked_at.is_(None), a.tries >= at_least, a.tries < below)
    return [article_of(row) for row in await connection.execute(query.order_by(a.id).limit(limit))]


async def set_articles_aside(
    connection: AsyncConnection, found: Sequence[tuple[StoredArticle, str]], *, now: dt.datetime
) -> None:
    """Set articles aside, each with the reason in Vietnamese; it is kept among the refusals."""
    for article, reason in found:
        is_same = and_(_waiting([article.id]), articles.c.version == article.version)
        await connection.execute(update(articles).where(is_same).values(tries=SET_ASIDE))
        refusal = Refusal(article.url or article.external_id, reason)
        await record_refusals(connection, article.source, [refusal], now=now)


async def is_set_aside(connection: AsyncConnection, article_id: int) -> bool:
    """Tell whether an article is not tried again until its text changes."""
    query = select(articles.c.tries).where(articles.c.id == article_id, articles.c.worked_at.is_(None))
    return (await connection.execute(query)).scalar_one_or_none() == SET_ASIDE


def _waiting(ids: Collection[int]) -> ColumnElement[bool]:
    return and_(articles.c.id.in_(ids), articles.c.worked_at.is_(None), articles.c.tries < SET_ASIDE)


def draft_hash(draft: Draft) -> str:
    """Return what the text of a draft is known by."""
    text = "\0".join((draft.title, draft.sapo, draft.body))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


async def set_drafts_aside(connection: AsyncConnection, hashes: Collection[str], *, now: dt.datetime) -> None:
    """Remember the hashes of drafts that ended the process."""
    rows = [{"hash": each, "seen_at": now} for each in hashes]
    statement = insert_into(connection, set_aside_texts).on_conflict_do_nothing()
    await connection.execute(statement, rows)


async def find_set_aside(connection: AsyncConnection, hashes: Collection[str]) -> set[str]:
    """Return those of a few hundred hashes that are of drafts set aside."""
    query = select(set_aside_texts.c.hash).where(set_aside_texts.c.hash.in_(hashes))
    return set((await connection.execute(query)).scalars())
