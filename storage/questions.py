"""Questions that were asked, kept so that the buttons under an answer still turn pages after a restart."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert_into
from storage.tables import questions

_LAST_LOOKED_AT = 10  # what was written since and found nothing


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what it found: article ids, best first, at most 50."""

    id: int
    chat_id: int
    text: str
    article_ids: tuple[int, ...]
    asked_at: dt.datetime


async def record_question(
    connection: AsyncConnection,
    chat_id: int,
    text: str,
    article_ids: Sequence[int],
    *,
    now: dt.datetime,
    message_id: int | None = None,
) -> int:
    """Keep a question and return its number: one for each message, however often that is answered."""
    found = {"text": text, "article_ids": list(article_ids[:50]), "asked_at": now}
    statement = insert_into(connection, questions).values(chat_id=chat_id, message_id=message_id, **found)
    statement = statement.on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=found)
    question_id: int = (await connection.execute(statement.returning(questions.c.id))).scalar_one()
    return question_id


async def find_question(connection: AsyncConnection, question_id: int, chat_id: int) -> Question | None:
    """Return the question if it was asked in this chat."""
    q = questions.c
    query = select(questions).where(q.id == question_id, q.chat_id == chat_id)
    row = (await connection.execute(query)).first()
    return Question(row.id, row.chat_id, row.text, tuple(row.article_ids), row.asked_at) if row else None


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
            return Question(row.id, row.chat_id, row.text, tuple(row.article_ids), row.asked_at)
    return None
