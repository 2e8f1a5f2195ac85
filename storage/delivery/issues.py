"""Issues ("số"): one row for each slot of each profile, whether made, empty or skipped.

UNIQUE (profile, slot) is what makes an issue once, whatever restarts. The rows of an issue, its messages and
one delivery per subscriber and message are written in one transaction, before anything is sent.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.messages import Buttons, Message, Release, enqueue, record_message
from storage.delivery.states import IssueStatus, MessageKind
from storage.statements import insert_into
from storage.tables import issue_stories, issues, messages, subscribers
from storage.times import UtcTime


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest."""

    html: str
    buttons: Buttons = ()


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story of an issue: the part it stands in, counted from 0, and the headline as readers see it.

    `rank` is its place by importance among all that the issue could tell, from 1; None: not known.
    """

    story_id: int
    part: int
    headline: str
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A slot with its result. A skipped or retracted slot has a reason."""

    profile_id: int
    edition: str
    slot_at: dt.datetime
    window_start: dt.datetime
    status: IssueStatus
    reason: str | None = None
    parts: tuple[Part, ...] = ()
    stories: tuple[ToldStory, ...] = ()


async def record_issue(connection: AsyncConnection, issue: Issue, *, now: dt.datetime) -> int | None:
    """Write the slot's row with its messages and stories; return its id, None when the slot was taken."""
    statement = insert_into(connection, issues).values(
        profile_id=issue.profile_id, edition=issue.edition, slot_at=issue.slot_at,
        window_start=issue.window_start, status=issue.status, reason=issue.reason, made_at=now,
    )  # fmt: skip
    statement = statement.on_conflict_do_nothing(index_elements=["profile_id", "slot_at"])
    issue_id: int | None = (await connection.execute(statement.returning(issues.c.id))).scalar_one_or_none()
    if issue_id is None:
        return None
    before = None
    for number, part in enumerate(issue.parts):
        message = Message(MessageKind.DIGEST, part.html, part.buttons, issue_id, number, after_id=before)
        before = await record_message(connection, message, now=now)
    if issue.stories:
        told = [
            {"issue_id": issue_id, "position": n, **asdict(story)} for n, story in enumerate(issue.stories)
        ]
        await connection.execute(insert(issue_stories), told)
    return issue_id


async def enqueue_issue(
    connection: AsyncConnection, issue_id: int, profile_id: int, *, release: Release, now: dt.datetime
) -> int:
    """Queue the issue's messages for every active subscriber of the profile; return how many deliveries."""
    m = messages.c
    ids = await connection.execute(select(m.id).where(m.issue_id == issue_id).order_by(m.part))
    audience = subscribers.c.profile_id == profile_id
    return await enqueue(connection, ids.scalars().all(), audience, release=release, now=now)


async def find_last_issues(
    connection: AsyncConnection, profile_id: int, *, limit: int
) -> Sequence[IssueStatus]:
    """Return the statuses of the profile's latest issues that were composed, newest first."""
    i = issues.c
    query = select(i.status).where(i.profile_id == profile_id, i.status != IssueStatus.SKIPPED)
    rows = await connection.execute(query.order_by(i.slot_at.desc()).limit(limit))
    return [IssueStatus(status) for status in rows.scalars()]


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
