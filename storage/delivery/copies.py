"""Web copies of editions: the issues of a profile without subscribers.

Corrections change their messages, and retractions their issues, as they do for readers in Telegram.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.states import IssueStatus, MessageKind
from storage.engine import insert_into
from storage.profiles import Choices, Profile, columns_of, profile_of
from storage.tables import UtcTime, corrections, issue_stories, issues, messages, profiles

_MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class Copy:
    """An issue for the web. `changed_at` is when it was made or last corrected."""

    slot_at: dt.datetime
    is_retracted: bool
    changed_at: dt.datetime
    parts: Sequence[str] = ()
    headlines: Sequence[str] = ()


async def join_copy(connection: AsyncConnection, edition: str, *, now: dt.datetime) -> Profile:
    """Return the profile that holds the copies of an edition; make it if it is missing."""
    key = f"copy:{edition}"
    statement = insert_into(connection, profiles).values(
        key=key, created_at=now, **columns_of(Choices(edition))
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    return profile_of((await connection.execute(select(profiles).where(profiles.c.key == key))).one())


async def find_copies(
    connection: AsyncConnection, edition: str, *, since: dt.datetime, limit: int
) -> list[Copy]:
    """Return the latest copies of an edition that were not retracted, newest first."""
    i, p = issues.c, profiles.c
    query = (
        select(i.id, i.slot_at, i.status, i.made_at)
        .join(profiles, p.id == i.profile_id)
        .where(p.key == f"copy:{edition}", i.status == IssueStatus.MADE, i.slot_at >= since)
    )
    rows = (await connection.execute(query.order_by(i.slot_at.desc()).limit(limit))).all()
    return [await _whole(connection, row.id, row.slot_at, row.status, row.made_at) for row in rows]


async def find_copy(connection: AsyncConnection, edition: str, slot_at: dt.datetime) -> Copy | None:
    """Return the copy of one slot, retracted or not."""
    i, p = issues.c, profiles.c
    query = (
        select(i.id, i.slot_at, i.status, i.made_at)
        .join(profiles, p.id == i.profile_id)
        .where(p.key == f"copy:{edition}", i.slot_at == slot_at)
        .where(i.status.in_([IssueStatus.MADE, IssueStatus.RETRACTED]))
    )
    row = (await connection.execute(query)).first()
    return await _whole(connection, row.id, row.slot_at, row.status, row.made_at) if row else None


async def _whole(
    connection: AsyncConnection, issue_id: int, slot_at: dt.datetime, status: str, made_at: dt.datetime
) -> Copy:
    m, t, c = messages.c, issue_stories.c, corrections.c
    is_retracted = status == IssueStatus.RETRACTED
    if is_retracted:
        return Copy(slot_at, is_retracted, made_at)
    parts = select(m.html).where(m.issue_id == issue_id, m.kind == MessageKind.DIGEST).order_by(m.part)
    told = select(t.headline).where(t.issue_id == issue_id, t.headline.is_not(None)).order_by(t.position)
    corrected = (
        select(func.max(c.confirmed_at, type_=UtcTime))
        .join(issue_stories, t.story_id == c.story_id)
        .where(t.issue_id == issue_id, c.confirmed_at >= made_at)
    )
    last = (await connection.execute(corrected)).scalar_one_or_none()
    return Copy(
        slot_at,
        is_retracted,
        max(slot_at, made_at, last or made_at),
        list((await connection.execute(parts.limit(_MOST_PARTS))).scalars()),
        list((await connection.execute(told.limit(100))).scalars()),
    )
