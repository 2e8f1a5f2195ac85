"""Where the talk with a chat stands: the command whose words are awaited, and the page of a list shown last.

One row a chat; `delete_subscriber` and `move_chat` of `storage.subscribers` know of it.
"""

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert_into
from storage.tables import conversations

_c = conversations.c


async def await_words(connection: AsyncConnection, chat_id: int, command: str, *, until: dt.datetime) -> None:
    """Take the next message of the chat, if it comes before `until`, for the words of `command`."""
    await _write(connection, chat_id, {"awaited": command, "expires_at": until})


async def take_awaited(connection: AsyncConnection, chat_id: int, *, now: dt.datetime) -> str | None:
    """Return the command whose words are awaited at `now`, and await them no longer."""
    query = select(_c.awaited, _c.expires_at).where(_c.chat_id == chat_id, _c.awaited.is_not(None))
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    await _write(connection, chat_id, {"awaited": None, "expires_at": row.expires_at})
    return row.awaited if now < row.expires_at else None


async def is_awaiting(connection: AsyncConnection, chat_id: int) -> bool:
    """Tell whether a command of this chat waits for its words, or waited too long."""
    query = select(_c.chat_id).where(_c.chat_id == chat_id, _c.awaited.is_not(None))
    return (await connection.execute(query)).first() is not None


async def find_page(connection: AsyncConnection, chat_id: int, question_id: int) -> int:
    """Return the page of this question's list that the chat saw last, counted from 0."""
    query = select(_c.page).where(_c.chat_id == chat_id, _c.question_id == question_id)
    page: int | None = (await connection.execute(query)).scalar_one_or_none()
    return page or 0


async def keep_page(
    connection: AsyncConnection, chat_id: int, question_id: int, page: int, *, now: dt.datetime
) -> None:
    """Remember the page of a list that the chat saw last."""
    await _write(connection, chat_id, {"question_id": question_id, "page": page, "expires_at": now})


async def forget_conversation(connection: AsyncConnection, chat_id: int) -> None:
    """Forget where the talk with this chat stands."""
    await connection.execute(delete(conversations).where(_c.chat_id == chat_id))


async def prune_conversations(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete what has been over since `before`."""
    await connection.execute(delete(conversations).where(_c.expires_at < before))


async def _write(connection: AsyncConnection, chat_id: int, values: dict[str, object]) -> None:
    statement = insert_into(connection, conversations).values(chat_id=chat_id, **values)
    statement = statement.on_conflict_do_update(index_elements=["chat_id"], set_=values)
    await connection.execute(statement)
