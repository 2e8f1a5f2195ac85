"""Questions that were asked, kept so that the buttons under an answer still turn pages after a restart."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search import Found
from storage.search.by_day import Day
from storage.statements import insert_into
from storage.tables import questions

_LAST_LOOKED_AT = 10  # what was written since and found nothing


@dataclass(frozen=True, slots=True)
class Kept:
    """What the search told beside the articles, so that no button has to search again.

    `attempt` is the number of the reading that was searched, `days` how many articles matched on each day.
    """

    attempt: int = 0
    found: Found = field(default_factory=Found)
    days: tuple[Day, ...] = ()


_KEPT = TypeAdapter(Kept)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what it found: article ids, best first, at most 50."""

    id: int
    chat_id: int
    text: str
    article_ids: tuple[int, ...]
    asked_at: dt.datetime
    kept: Kept = field(default_factory=Kept)


async def record_question(
    connection: AsyncConnection,
    chat_id: int,
    text: str,
    article_ids: Sequence[int],
    *,
    now: dt.datetime,
    message_id: int | None = None,
    kept: Kept | None = None,
) -> int:
    """Keep a question and return its number: one for each message, however often that is answered."""
    found = {"text": text, "article_ids": list(article_ids[:50]), "asked_at": now, "kept": None}
    if kept:
        found["kept"] = _KEPT.dump_python(replace(kept, found=replace(kept.found, ids=())), mode="json")
    statement = insert_into(connection, questions).values(chat_id=chat_id, message_id=message_id, **found)
    statement = statement.on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=found)
    question_id: int = (await connection.execute(statement.returning(questions.c.id))).scalar_one()
    return question_id


async def find_question(connection: AsyncConnection, question_id: int, chat_id: int) -> Question | None:
    """Return the question if it was asked in this chat."""
    q = questions.c
    query = select(questions).where(q.id == question_id, q.chat_id == chat_id)
    row = (await connection.execute(query)).first()
    return _question(row) if row else None


async def find_last_question(
    connection: AsyncConnection, chat_id: int, *, since: dt.datetime
) -> Question | None:
    """Return the last question of this chat since then that found something."""
    q = questions.c
    query = select(questions).where(q.chat_id == chat_id, q.asked_at >= since)
    for row in await connection.execute(
        query.order_by(q.asked_at.desc(), q.id.desc()).limit(_LAST_LOOKED_AT)
    ):
        if row.article_ids:
            return _question(row)
    return None


def _question(row: Row[Any]) -> Question:
    """Read a row; what an earlier version kept tells nothing beside the articles."""
    ids = tuple(row.article_ids)
    try:
        kept = _KEPT.validate_python(row.kept)
    except ValidationError:
        kept = Kept(found=Found(total=len(ids)))
    kept = replace(kept, found=replace(kept.found, ids=ids))
    return Question(row.id, row.chat_id, row.text, ids, row.asked_at, kept)
