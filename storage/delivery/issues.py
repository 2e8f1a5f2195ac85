"""Issues ("số"): one row for each slot of each profile, whether made, empty or skipped, and its deliveries.

UNIQUE (profile, slot) is what makes an issue once, whatever restarts. The rows of an issue, its parts and one
delivery per subscriber and part are written in one transaction, before anything is sent.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Integer, and_, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert_into
from storage.tables import deliveries, issue_parts, issue_stories, issues, subscribers
from storage.times import UtcTime

ALERT = "alert"  # the status of an issue without a slot: messages about watches
Release = Callable[[int, int], dt.datetime]  # quiet hours (start, end in minutes) → when it may go out


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story of an issue: the part it stands in, counted from 0, and the headline as readers see it."""

    story_id: int
    part: int
    headline: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A slot and what came of it. `status`: made, empty, skipped, retracted or correction; skipped and
    retracted ones have a reason."""

    profile_id: int
    edition: str
    slot_at: dt.datetime
    window_start: dt.datetime
    status: str
    reason: str | None = None
    parts: tuple[str, ...] = ()
    stories: tuple[ToldStory, ...] = ()


async def record_issue(connection: AsyncConnection, issue: Issue, *, now: dt.datetime) -> int | None:
    """Write the slot's row with its parts and stories; return its id, or None when the slot was taken."""
    statement = insert_into(connection, issues).values(
        profile_id=issue.profile_id, edition=issue.edition, slot_at=issue.slot_at,
        window_start=issue.window_start, status=issue.status, reason=issue.reason, made_at=now,
    )  # fmt: skip
    statement = statement.on_conflict_do_nothing(index_elements=["profile_id", "slot_at"])
    issue_id: int | None = (await connection.execute(statement.returning(issues.c.id))).scalar_one_or_none()
    if issue_id is None:
        return None
    if issue.parts:
        rows = [{"issue_id": issue_id, "part": n, "html": html} for n, html in enumerate(issue.parts)]
        await connection.execute(insert(issue_parts), rows)
    if issue.stories:
        told = [
            {"issue_id": issue_id, "position": n, **asdict(story)} for n, story in enumerate(issue.stories)
        ]
        await connection.execute(insert(issue_stories), told)
    return issue_id


async def enqueue_deliveries(
    connection: AsyncConnection,
    issue_id: int,
    profile_id: int,
    parts: int,
    *,
    release: Release,
    now: dt.datetime,
) -> int:
    """Write one pending delivery per active subscriber of the profile and part; return how many.

    The rows are made inside the database, one statement for each pair of quiet hours in use.
    """
    listening = and_(subscribers.c.profile_id == profile_id, subscribers.c.status == "active")
    s = subscribers.c
    pairs = await connection.execute(select(s.quiet_start, s.quiet_end).where(listening).distinct())
    written = 0
    for start, end in pairs.all():
        these = and_(listening, s.quiet_start == start, s.quiet_end == end)
        for part in range(parts):
            rows = select(
                literal(issue_id),
                s.id,
                literal(part, Integer),
                literal("pending"),
                literal(release(start, end), UtcTime),
                literal(0, Integer),
                literal(now, UtcTime),
            ).where(these)
            columns = ["issue_id", "subscriber_id", "part", "status", "not_before", "tries", "changed_at"]
            statement = insert(deliveries).from_select(columns, rows)
            written += (await connection.execute(statement)).rowcount
    return written


async def find_last_issues(
    connection: AsyncConnection, profile_id: int, *, limit: int
) -> list[tuple[dt.datetime, str]]:
    """Return slot and status of the profile's latest issues, made or empty, newest first."""
    i = issues.c
    query = select(i.slot_at, i.status).where(
        i.profile_id == profile_id, i.status.in_(["made", "retracted", "empty"])
    )
    rows = await connection.execute(query.order_by(i.slot_at.desc()).limit(limit))
    return [(row.slot_at, row.status) for row in rows]


async def find_told_stories(
    connection: AsyncConnection, profile_id: int, *, since: dt.datetime
) -> dict[int, dt.datetime]:
    """Return the stories that the profile's issues told since `since`, and when each was told last."""
    query = (
        select(issue_stories.c.story_id, func.max(issues.c.made_at, type_=UtcTime).label("latest"))
        .join(issues, issues.c.id == issue_stories.c.issue_id)
        .where(issues.c.profile_id == profile_id, issues.c.made_at >= since)
        .group_by(issue_stories.c.story_id)
        .limit(5_000)
    )
    return {row.story_id: row.latest for row in await connection.execute(query)}


async def find_issues(
    connection: AsyncConnection, *, since: dt.datetime, limit: int = 50
) -> Sequence[tuple[str, dt.datetime, str, str | None]]:
    """Return (edition, slot, status, reason) of the latest issues that have a slot, newest first."""
    i = issues.c
    has_slot = and_(i.slot_at >= since, i.status != ALERT)
    query = select(i.edition, i.slot_at, i.status, i.reason).where(has_slot)
    rows = await connection.execute(query.order_by(i.slot_at.desc(), i.id.desc()).limit(limit))
    return [(row.edition, row.slot_at, row.status, row.reason) for row in rows]
