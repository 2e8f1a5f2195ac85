"""Lists of stories that a digest had no room for: what its *Xem thêm* pages through.

A list is kept once, however many digests left out the same stories in the same order.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into
from storage.tables import story_lists


async def record_story_lists(
    connection: AsyncConnection, wanted: Sequence[Sequence[int]], *, now: dt.datetime
) -> list[int | None]:
    """Keep lists of stories, the most important first; return the id of each, None for an empty one."""
    keys = [_key_of(story_ids) for story_ids in wanted]
    rows = {
        key: {"key": key, "story_ids": list(story_ids), "made_at": now}
        for key, story_ids in zip(keys, wanted, strict=True)
        if key
    }
    if not rows:
        return [None] * len(wanted)
    statement = insert_into(connection, story_lists)
    statement = statement.on_conflict_do_update(
        index_elements=["key"], set_={"made_at": statement.excluded.made_at}
    )
    made = await connection.execute(
        statement.returning(story_lists.c.key, story_lists.c.id), list(rows.values())
    )
    ids = {row.key: row.id for row in made}
    return [ids[key] if key else None for key in keys]


def _key_of(story_ids: Sequence[int]) -> str:
    if not story_ids:
        return ""
    return hashlib.sha256(json.dumps(list(story_ids)).encode()).hexdigest()


async def find_story_list(connection: AsyncConnection, list_id: int) -> tuple[int, ...]:
    """Return the stories of a list, the most important first; empty where it is gone."""
    query = select(story_lists.c.story_ids).where(story_lists.c.id == list_id)
    return tuple((await connection.execute(query)).scalar_one_or_none() or ())


async def prune_story_lists(connection: AsyncConnection, *, before: dt.datetime, limit: int) -> None:
    """Delete up to `limit` lists that no digest used since `before`."""
    old = select(story_lists.c.id).where(story_lists.c.made_at < before).limit(limit)
    await connection.execute(delete(story_lists).where(story_lists.c.id.in_(old)))
