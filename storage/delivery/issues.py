"""Issues ("số"): one row for each slot of each profile, whether made, empty or skipped.

UNIQUE (profile, slot) makes sure that an issue is made once, also after a restart. An issue, its messages and
one delivery per subscriber and message are written in one transaction, before anything is sent. Web
copies are issues too.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.delivery.history import find_issue_messages
from storage.delivery.messages import Buttons, Message, Release, enqueue_rows, record_messages
from storage.delivery.states import IssueStatus, MessageKind
from storage.engine import insert_into
from storage.profiles import Choices, Profile, columns_of, profile_of
from storage.tables import UtcTime, corrections, issue_stories, issues, messages, profiles, subscribers


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest."""

    html: str
    buttons: Buttons = ()
    preview_url: str | None = None  # the page whose picture is above the text


@dataclass(frozen=True, slots=True)
class IssueStory:
    """A story of an issue: its part, counted from 0, and the headline as readers see it.

    `rank` is its place by importance among all candidates of the issue, from 1; None: not known.
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
    stories: tuple[IssueStory, ...] = ()


async def record_issue(connection: AsyncConnection, issue: Issue, *, now: dt.datetime) -> int | None:
    """Write the slot's row with its messages and stories; return its id, None if the slot has an issue."""
    return (await record_issues(connection, [issue], now=now))[0]


async def record_issues(
    connection: AsyncConnection, wanted: Sequence[Issue], *, now: dt.datetime
) -> list[int | None]:
    """Write the rows of slots of different profiles; return the id of each, None if the slot has an issue."""
    rows = [
        {
            "profile_id": issue.profile_id, "edition": issue.edition, "slot_at": issue.slot_at,
            "window_start": issue.window_start, "status": issue.status, "reason": issue.reason,
            "made_at": now,
        }
        for issue in wanted
    ]  # fmt: skip
    if not rows:
        return []
    statement = insert_into(connection, issues).on_conflict_do_nothing(
        index_elements=["profile_id", "slot_at"]
    )
    made = await connection.execute(statement.returning(issues.c.id, issues.c.profile_id), rows)
    ids = {profile: number for number, profile in made}
    made_now = [(ids[issue.profile_id], issue) for issue in wanted if issue.profile_id in ids]
    await _record_parts(connection, made_now, now)
    of_stories = [
        {"issue_id": number, "position": position, **asdict(story)}
        for number, issue in made_now
        for position, story in enumerate(issue.stories)
    ]
    if of_stories:
        await connection.execute(insert(issue_stories), of_stories)
    return [ids.get(issue.profile_id) for issue in wanted]


async def _record_parts(
    connection: AsyncConnection, made: Sequence[tuple[int, Issue]], now: dt.datetime
) -> None:
    """Write the first parts of all issues, then the second parts, because each names the part before it."""
    before: dict[int, int] = {}
    for part in range(max((len(issue.parts) for _, issue in made), default=0)):
        wanted = [
            Message(
                MessageKind.DIGEST, issue.parts[part].html, issue.parts[part].buttons, number, part,
                after_id=before.get(number), preview_url=issue.parts[part].preview_url,
            )
            for number, issue in made
            if part < len(issue.parts)
        ]  # fmt: skip
        before = await record_messages(connection, wanted, now=now)


async def enqueue_issues(
    connection: AsyncConnection,
    issue_ids: Sequence[int],
    audience: ColumnElement[bool],
    *,
    release: Release,
    now: dt.datetime,
    is_variant: bool = False,
) -> int:
    """Queue each issue's messages for those of the `audience` who are active subscribers of its profile.

    Return how many deliveries. A variant goes to subscribers of the profile of which it is a variant.
    """
    s, m, i, v = subscribers.c, messages.c, issues.c, profiles.c
    its_reader = s.profile_id == (v.variant_of if is_variant else v.id)
    rows = (
        select(m.id, s.id)
        .select_from(messages)
        .join(issues, i.id == m.issue_id)
        .join(profiles, v.id == i.profile_id)
        .join(subscribers, its_reader)
        .where(i.id.in_(issue_ids), s.status == "active", audience)
        .order_by(m.part, s.id)
    )
    return await enqueue_rows(connection, rows, release=release, now=now)


async def count_parts(connection: AsyncConnection, edition: str) -> int:
    """Return how many messages the edition's latest issue had, 1 if there is none."""
    i, m = issues.c, messages.c
    latest = select(i.id).where(i.edition == edition, i.status == IssueStatus.MADE)
    latest = latest.order_by(i.slot_at.desc(), i.id).limit(1)
    query = select(func.count()).select_from(messages).where(m.issue_id == latest.scalar_subquery())
    return max(1, (await connection.execute(query)).scalar_one())


async def find_last_issues(
    connection: AsyncConnection, profile_id: int, *, limit: int
) -> Sequence[IssueStatus]:
    """Return the statuses of the profile's latest issues, newest first, without skipped ones."""
    i = issues.c
    query = select(i.status).where(i.profile_id == profile_id, i.status != IssueStatus.SKIPPED)
    rows = await connection.execute(query.order_by(i.slot_at.desc()).limit(limit))
    return [IssueStatus(status) for status in rows.scalars()]


# Web copies of editions: the issues of a profile without subscribers.
# Corrections change their messages, and retractions their issues, as they do for readers in Telegram.


@dataclass(frozen=True, slots=True)
class WebCopy:
    """An issue for the web. `changed_at` is when it was made or last corrected."""

    slot_at: dt.datetime
    is_retracted: bool
    changed_at: dt.datetime
    parts: Sequence[str] = ()
    headlines: Sequence[str] = ()


async def get_copy_profile(connection: AsyncConnection, edition: str, *, now: dt.datetime) -> Profile:
    """Return the profile that holds the copies of an edition; make it if it is missing."""
    key = f"copy:{edition}"
    values = {"key": key, "created_at": now, **columns_of(Choices(edition))}
    statement = insert_into(connection, profiles).values(values)
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    return profile_of((await connection.execute(select(profiles).where(profiles.c.key == key))).one())


async def find_copies(
    connection: AsyncConnection, edition: str, *, since: dt.datetime, limit: int
) -> list[WebCopy]:
    """Return the latest copies of an edition that were not retracted, newest first."""
    i = issues.c
    query = _select_copies(edition).where(i.status == IssueStatus.MADE, i.slot_at >= since)
    rows = (await connection.execute(query.order_by(i.slot_at.desc()).limit(limit))).all()
    return [await _web_copy(connection, row) for row in rows]


async def find_copy(connection: AsyncConnection, edition: str, slot_at: dt.datetime) -> WebCopy | None:
    """Return the copy of one slot, retracted or not."""
    i = issues.c
    is_made = i.status.in_([IssueStatus.MADE, IssueStatus.RETRACTED])
    query = _select_copies(edition).where(i.slot_at == slot_at, is_made)
    row = (await connection.execute(query)).first()
    return await _web_copy(connection, row) if row else None


def _select_copies(edition: str) -> Select[Any]:
    p = profiles.c
    return select(issues).join(profiles, p.id == issues.c.profile_id).where(p.key == f"copy:{edition}")


async def _web_copy(connection: AsyncConnection, issue: Row[Any]) -> WebCopy:
    t, c = issue_stories.c, corrections.c
    if issue.status == IssueStatus.RETRACTED:
        return WebCopy(issue.slot_at, True, issue.made_at)
    headlines = select(t.headline).where(t.issue_id == issue.id, t.headline.is_not(None)).order_by(t.position)
    corrected = (
        select(func.max(c.confirmed_at, type_=UtcTime))
        .join(issue_stories, t.story_id == c.story_id)
        .where(t.issue_id == issue.id, c.confirmed_at >= issue.made_at)
    )
    last = (await connection.execute(corrected)).scalar_one_or_none()
    return WebCopy(
        issue.slot_at, False, max(issue.slot_at, issue.made_at, last or issue.made_at),
        await find_issue_messages(connection, issue.id),
        list((await connection.execute(headlines.limit(100))).scalars()),
    )  # fmt: skip
