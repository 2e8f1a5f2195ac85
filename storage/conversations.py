"""The state of chats: unhandled updates, the list shown last, and questions with their results."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import chunks, insert_new, replacing
from storage.notes import find_note, forget_note, write_note
from storage.search.search import Day, SearchResults
from storage.tables import conversations, questions, updates

# Otherwise a kill between the confirmation and the handlers would lose an update that is only in memory. The
# number of a handled update is kept for a while, so that it is not handled twice. An update that cannot be
# read is set aside with the reason. If an update is not handled because its sender sent too many, only its
# number is kept.

_TRIES = "tries of updates left over"  # a note: there are few, and only after a crash
PASSED_OVER = "too many of one sender"


@dataclass(frozen=True, slots=True)
class KeptUpdate:
    """An update to store.

    `payload` is its JSON, or None; `failure` says why it is not to be handled. `chat_id` and `person_id` are
    given where several processes share the updates.
    """

    update_id: int
    payload: str | None
    failure: str | None = None
    chat_id: int | None = None
    person_id: int | None = None


async def keep_updates(
    connection: AsyncConnection, kept: Sequence[KeptUpdate], *, now: dt.datetime
) -> set[int]:
    """Keep updates; return the numbers of those that were not seen before."""
    rows = [{**asdict(one), "received_at": now} for one in kept]
    new: set[int] = set()
    for some in chunks(rows, 1_000):
        statement = insert_new(connection, updates).values(some).returning(updates.c.update_id)
        new.update((await connection.execute(statement)).scalars())
    return new


async def pass_over(connection: AsyncConnection, update_id: int) -> None:
    """Keep only the number of an update, because its sender sent too many."""
    values = {"payload": None, "failure": PASSED_OVER, "chat_id": None, "person_id": None}
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(values))


async def find_unshared(connection: AsyncConnection, *, limit: int) -> list[tuple[int, str]]:
    """Return number and payload of waiting updates that a process kept for itself, oldest first."""
    u = updates.c
    waiting = select(u.update_id, u.payload)
    waiting = waiting.where(u.payload.is_not(None), u.failure.is_(None), u.chat_id.is_(None))
    return [(row[0], row[1]) for row in await connection.execute(waiting.order_by(u.update_id).limit(limit))]


async def share_update(connection: AsyncConnection, update_id: int, *, chat_id: int, person_id: int) -> None:
    """Leave a waiting update to whichever process claims its chat."""
    values = {"chat_id": chat_id, "person_id": person_id}
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(values))


async def set_aside(connection: AsyncConnection, update_id: int, failure: str) -> None:
    """Store why an update cannot be read; it is not tried again."""
    await connection.execute(update(updates).where(updates.c.update_id == update_id).values(failure=failure))


async def count_set_aside(connection: AsyncConnection) -> int:
    """Return how many updates are set aside because they cannot be read."""
    u = updates.c
    query = select(func.count()).select_from(updates).where(u.failure.is_not(None), u.failure != PASSED_OVER)
    return (await connection.execute(query)).scalar_one()


async def count_passed_over(connection: AsyncConnection) -> int:
    """Return how many updates were not handled because their sender sent too many."""
    query = select(func.count()).select_from(updates).where(updates.c.failure == PASSED_OVER)
    return (await connection.execute(query)).scalar_one()


async def mark_handled(connection: AsyncConnection, update_ids: Collection[int]) -> None:
    """Delete the payloads of updates and keep their numbers."""
    for some in chunks(sorted(update_ids), 1_000):
        await connection.execute(update(updates).where(updates.c.update_id.in_(some)).values(payload=None))


async def find_unhandled(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Return number and payload of updates neither handled nor set aside, oldest first."""
    u = updates.c
    waiting = select(u.update_id, u.payload).where(u.payload.is_not(None), u.failure.is_(None))
    return [(row[0], row[1]) for row in await connection.execute(waiting.order_by(u.update_id).limit(10_000))]


async def find_tries(connection: AsyncConnection) -> dict[int, int]:
    """Return the attempts at each update that an earlier process left over."""
    found: dict[str, int] = json.loads(await find_note(connection, _TRIES) or "{}")
    return {int(number): tries for number, tries in found.items()}


async def write_tries(connection: AsyncConnection, tries: Mapping[int, int], *, now: dt.datetime) -> None:
    await write_note(connection, _TRIES, json.dumps(tries), now=now)


async def forget_tries(connection: AsyncConnection) -> None:
    await forget_note(connection, _TRIES)


async def forget_handled(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete the numbers of handled updates, and updates set aside, that were received before `before`."""
    u = updates.c
    is_done = or_(u.payload.is_(None), u.failure.is_not(None))
    await connection.execute(delete(updates).where(is_done, u.received_at < before))


# The state of a chat, one row each: a command that waits for its words, and the list page shown last.
#
# `delete_subscriber` and `move_chat` of `storage.subscribers` delete it.

_c = conversations.c


async def await_words(connection: AsyncConnection, chat_id: int, command: str, *, until: dt.datetime) -> None:
    """Take the next message of the chat as the words of `command`, if it comes before `until`."""
    await _write(connection, chat_id, {"awaited": command, "expires_at": until})


async def take_awaited(connection: AsyncConnection, chat_id: int, *, now: dt.datetime) -> str | None:
    """Return the command that waits for its words at `now`, and end the wait."""
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
    return (await connection.execute(query)).scalar_one_or_none() or 0


async def keep_page(
    connection: AsyncConnection, chat_id: int, question_id: int, page: int, *, now: dt.datetime
) -> None:
    """Remember the page of a list that the chat saw last."""
    await _write(connection, chat_id, {"question_id": question_id, "page": page, "expires_at": now})


async def forget_conversation(connection: AsyncConnection, chat_id: int) -> None:
    await connection.execute(delete(conversations).where(_c.chat_id == chat_id))


async def prune_conversations(connection: AsyncConnection, *, before: dt.datetime) -> None:
    """Delete states that expired before `before`."""
    await connection.execute(delete(conversations).where(_c.expires_at < before))


async def _write(connection: AsyncConnection, chat_id: int, values: dict[str, object]) -> None:
    await connection.execute(replacing(connection, conversations, chat_id=chat_id, **values))


# Questions that were asked, kept so that the buttons under an answer still turn pages after a restart.

_LAST_LOOKED_AT = 10  # questions: those that found nothing are skipped


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """Results of the search beside the articles, stored so that no button has to search again.

    `attempt` is the number of the reading that was searched, `days` how many articles matched on each day.
    """

    attempt: int = 0
    found: SearchResults = field(default_factory=SearchResults)
    days: tuple[Day, ...] = ()


_KEPT = TypeAdapter(KeptAnswer)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the articles found: ids, best first, at most 50."""

    id: int
    chat_id: int
    text: str
    article_ids: tuple[int, ...]
    asked_at: dt.datetime
    kept: KeptAnswer = field(default_factory=KeptAnswer)


async def record_question(
    connection: AsyncConnection,
    chat_id: int,
    text: str,
    article_ids: Sequence[int],
    *,
    now: dt.datetime,
    message_id: int | None = None,
    kept: KeptAnswer | None = None,
) -> int:
    """Store a question and return its id; a message keeps one question, however often it is answered."""
    found = {"text": text, "article_ids": list(article_ids[:50]), "asked_at": now, "kept": None}
    if kept:
        found["kept"] = _KEPT.dump_python(replace(kept, found=replace(kept.found, ids=())), mode="json")
    place = {"chat_id": chat_id, "message_id": message_id}
    statement = replacing(connection, questions, *place, **place, **found).returning(questions.c.id)
    return int((await connection.execute(statement)).scalar_one())


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
    latest = query.order_by(q.asked_at.desc(), q.id.desc()).limit(_LAST_LOOKED_AT)
    rows = await connection.execute(latest)
    return next((_question(row) for row in rows if row.article_ids), None)


def _question(row: Row[Any]) -> Question:
    """Read a row; rows of an earlier version have only the articles."""
    ids = tuple(row.article_ids)
    try:
        kept = _KEPT.validate_python(row.kept)
    except ValidationError:
        kept = KeptAnswer(found=SearchResults(total=len(ids)))
    kept = replace(kept, found=replace(kept.found, ids=ids))
    return Question(row.id, row.chat_id, row.text, ids, row.asked_at, kept)
