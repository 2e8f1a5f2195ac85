"""The minute's tick: which profiles are due, and one issue for each of them.

The truth is in the tables: a slot's row is unique, the profile moves on in the same transaction as the issue,
its parts and its deliveries are written. A kill at any point leaves the slot whole or not begun.
"""

import datetime as dt
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import notices
from bot.desk import Desk
from bot.digests import Composed, compose_digest, window_for
from bot.jobs.slot_plan import SlotPlan, plan_slots
from bot.newsroom import Edition
from bot.schedule import QuietHours
from storage.candidates import Window
from storage.issues import Issue, enqueue_deliveries, find_last_issues, record_issue
from storage.profiles import Profile, find_due, find_profiles, has_listeners, move_on, set_told_until

_MOST_ROUNDS = 20
Tell = Callable[[str], Awaitable[None]]
_log = structlog.get_logger(__name__)


async def run_due_slots(desk: Desk, tell_admins: Tell) -> int:
    """Make the issue of every profile that is due; return how many deliveries were queued."""
    queued = 0
    for _ in range(_MOST_ROUNDS):
        async with desk.database.read() as connection:
            due = await find_due(connection, now=desk.clock.now())
        for profile in due:
            queued += await _run(desk, profile, tell_admins)
        if not due:
            break
    return queued


async def _run(desk: Desk, profile: Profile, tell_admins: Tell) -> int:
    now = desk.clock.now()
    edition = desk.newsroom.edition_for(profile.choices)
    async with desk.database.read() as connection:
        is_heard = await has_listeners(connection, profile.id)
    if not is_heard:
        async with desk.database.write() as connection:
            if not await has_listeners(connection, profile.id):
                await move_on(connection, profile, next_due_at=None)
        return 0
    if profile.next_due_at is None:
        return 0
    plan = plan_slots(edition.schedule, profile.next_due_at, now=now, late_window=desk.newsroom.late_window)
    if plan.make is None:
        await _skip(desk, profile, edition, plan, now)
        return 0
    window = window_for(edition, plan.make, told_until=profile.last_slot_at)
    composed = await compose_digest(desk.database, desk.newsroom, edition, window)
    async with desk.database.write() as connection:
        queued = await _apply(connection, profile, edition, plan, window, composed, now)
        emptiness = await _empty_in_a_row(connection, profile) if not composed.parts else 0
    if emptiness == 2:
        await tell_admins(notices.two_empty_issues(edition.title))
    return queued


async def _apply(
    connection: AsyncConnection,
    profile: Profile,
    edition: Edition,
    plan: SlotPlan,
    window: Window,
    composed: Composed,
    now: dt.datetime,
) -> int:
    if not await move_on(connection, profile, next_due_at=plan.next_due_at):
        return 0
    for slot, reason in plan.skipped:
        await _record_skipped(connection, profile, slot, reason, now)
    return await publish(connection, profile, edition, window, composed, now=now)


async def publish(
    connection: AsyncConnection,
    profile: Profile,
    edition: Edition,
    window: Window,
    composed: Composed,
    *,
    now: dt.datetime,
) -> int:
    """Record the issue of the slot `window.until` and queue its deliveries; 0 when the slot was taken."""
    issue = Issue(
        profile_id=profile.id,
        edition=edition.name,
        slot_at=window.until,
        window_start=window.after,
        status="made" if composed.parts else "empty",
        parts=composed.parts,
        story_ids=tuple(story.story_id for story in composed.digest.stories),
    )
    issue_id = await record_issue(connection, issue, now=now)
    if issue_id is None:
        return 0
    await set_told_until(connection, profile.id, window.until)
    zone = edition.schedule.zone
    queued = await enqueue_deliveries(
        connection,
        issue_id,
        profile.id,
        len(composed.parts),
        release=lambda start, end: QuietHours(start, end).release(now, zone),
        now=now,
    )
    _log.info(
        "issue", edition=edition.name, slot=window.until.isoformat(), status=issue.status, queued=queued
    )
    return queued


async def _skip(desk: Desk, profile: Profile, edition: Edition, plan: SlotPlan, now: dt.datetime) -> None:
    async with desk.database.write() as connection:
        if await move_on(connection, profile, next_due_at=plan.next_due_at):
            for slot, reason in plan.skipped:
                await _record_skipped(connection, profile, slot, reason, now)
    _log.warning("slots skipped", edition=edition.name, count=len(plan.skipped))


async def _record_skipped(
    connection: AsyncConnection, profile: Profile, slot: dt.datetime, reason: str, now: dt.datetime
) -> None:
    start = profile.last_slot_at or slot
    issue = Issue(profile.id, profile.choices.edition, slot, start, "skipped", reason)
    await record_issue(connection, issue, now=now)


async def _empty_in_a_row(connection: AsyncConnection, profile: Profile) -> int:
    """Return how many of the profile's latest three issues in a row were empty."""
    count = 0
    for _, status in await find_last_issues(connection, profile.id, limit=3):
        if status != "empty":
            break
        count += 1
    return count


async def reschedule_profiles(desk: Desk) -> int:
    """After a change of the newsroom file give every profile its next slot anew; return how many moved.

    A slot that has come already stays: it is made as it was declared, or recorded as skipped.
    """
    now = desk.clock.now()
    moved = 0
    async with desk.database.write() as connection:
        for profile in await find_profiles(connection):
            next_due_at = desk.newsroom.edition_for(profile.choices).schedule.next_after(now)
            is_to_come = profile.next_due_at is not None and profile.next_due_at > now
            if is_to_come and profile.next_due_at != next_due_at:
                moved += await move_on(connection, profile, next_due_at=next_due_at)
    return moved
