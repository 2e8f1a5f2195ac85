"""The minute's tick: which profiles are due, and one issue for each of them.

The truth is in the tables: a slot's row is unique, the profile moves on in the same transaction as the issue,
its parts and its deliveries are written. A kill at any point leaves the slot whole or not begun. A profile
whose issue fails stays due, is tried again at the next tick, and holds nobody up.
"""

import datetime as dt
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.digests import FIRST_WINDOW, Composed, Gathered, compose_gathered, gather, window_for
from bot.failures import contained
from bot.jobs.publishing import is_drying_up, publish, record_skipped
from bot.jobs.slot_plan import OVERTAKEN, SlotPlan, plan_slots
from bot.newsroom import Edition
from bot.operators import notices
from bot.times.schedule import Schedule
from storage.candidates import Window
from storage.delivery.issues import find_told_stories
from storage.notes import find_note, write_note
from storage.profiles import (
    Profile,
    find_due,
    find_profiles,
    has_listeners,
    move_on,
    put_to_sleep,
    set_covered_until,
)

Tell = Callable[[str], Awaitable[None]]
LOOKED_UNTIL = "slots looked at until"  # a note
_BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)
_log = structlog.get_logger(__name__)


async def run_due_slots(desk: Desk, tell_admins: Tell) -> int:
    """Make the issue of every profile that is due; return how many deliveries were queued."""
    now = desk.clock.now()
    async with desk.database.write() as connection:  # what came by now is due in the table, made or not
        await write_note(connection, LOOKED_UNTIL, now.isoformat(), now=now)
    composer = SharedComposer(desk)
    queued = 0
    last: Profile | None = None
    while True:
        async with desk.database.read() as connection:
            due = await find_due(connection, now=now, after=last)
        if not due:
            break
        last = due[-1]
        for profile in sorted(due, key=_window_order):
            with contained("slot", profile=profile.id, edition=profile.choices.edition):
                queued += await _run(desk, composer, profile, tell_admins, now)
    return queued


def _window_order(profile: Profile) -> tuple[dt.datetime, dt.datetime, str]:
    """Bring profiles together that look back on the same window."""
    return profile.next_due_at or _BEGINNING, profile.last_slot_at or _BEGINNING, profile.choices.edition


class SharedComposer:
    """Composes digests one after the other; those of the same window share one gathering.

    Only the last gathering is kept: a day's articles are megabytes.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._gathered: Gathered | None = None

    async def compose(self, profile: Profile, edition: Edition, window: Window) -> Composed:
        """Compose the digest of `edition` for the slot `window.until`, without what `profile` was told."""
        database, newsroom = self._desk.database, self._desk.newsroom
        if self._gathered is None or self._gathered.window != window:
            self._gathered = await gather(database, newsroom, window)
        async with database.read() as connection:
            told = await find_told_stories(connection, profile.id, since=min(window.after, window.oldest))
        return await compose_gathered(edition, self._gathered, told)


async def _run(
    desk: Desk, composer: SharedComposer, profile: Profile, tell_admins: Tell, now: dt.datetime
) -> int:
    if not await _is_heard(desk, profile) or profile.next_due_at is None:
        return 0
    edition = desk.newsroom.edition_for(profile.choices)
    covered_until = profile.last_slot_at or profile.next_due_at - FIRST_WINDOW
    if covered_until > now:  # a clock that was ahead said so; what was told is left out by its stories
        covered_until = profile.next_due_at - FIRST_WINDOW
    plan = plan_slots(
        edition.schedule,
        profile.next_due_at,
        now=now,
        late_window=desk.newsroom.late_window,
        covered_until=covered_until,
    )
    if plan.make is None:
        await _skip(desk, profile, plan, covered_until, now)
        return 0
    window = window_for(edition, plan.make, covered_until=covered_until, came_by=now)
    composed = await composer.compose(profile, edition, window)
    queued, is_dry = await _apply(desk, profile, edition, plan, window, composed, now)
    if is_dry:
        await tell_admins(notices.two_empty_issues(edition.title))
    return queued


async def _is_heard(desk: Desk, profile: Profile) -> bool:
    """Tell whether somebody listens; if not, the profile sleeps from now on."""
    async with desk.database.read() as connection:
        if await has_listeners(connection, profile.id):
            return True
    async with desk.database.write() as connection:
        if await put_to_sleep(connection, profile):
            _log.info("profile asleep", profile=profile.id)
    return False


async def _apply(
    desk: Desk,
    profile: Profile,
    edition: Edition,
    plan: SlotPlan,
    window: Window,
    composed: Composed,
    now: dt.datetime,
) -> tuple[int, bool]:
    """Write everything of the slot; return how many deliveries, and whether the edition dries up."""
    async with desk.database.write() as connection:
        if not await move_on(connection, profile, next_due_at=plan.next_due_at):
            return 0, False
        for slot, reason in plan.skipped:
            await record_skipped(connection, profile, slot, reason, now=now)
        queued = await publish(connection, profile, edition, window, composed, now=now)
        if not composed.parts and composed.eligible and profile.choices.topics:
            return queued, False  # there is news, only none of the few topics that these readers chose
        return queued, await is_drying_up(connection, profile, edition, now=now)


async def _skip(
    desk: Desk, profile: Profile, plan: SlotPlan, covered_until: dt.datetime, now: dt.datetime
) -> None:
    """Record the skipped slots; the next one looks back to where the first of them would have."""
    async with desk.database.write() as connection:
        if await move_on(connection, profile, next_due_at=plan.next_due_at):
            await set_covered_until(connection, profile.id, covered_until)
            for slot, reason in plan.skipped:
                await record_skipped(connection, profile, slot, reason, now=now)
    _log.warning("slots skipped", edition=profile.choices.edition, count=len(plan.skipped))


async def reschedule_profiles(desk: Desk) -> int:
    """After a change of the newsroom file give every profile its next slot anew; return how many moved.

    A slot that has come already stays: it is made, or recorded as skipped. So are the slots of the new
    schedule that came since slots were looked at last: while the bot was down, say.
    """
    now = desk.clock.now()
    moved = 0
    async with desk.database.write() as connection:
        looked_until = await find_looked_until(connection) or now
        for profile in await find_profiles(connection):
            if profile.next_due_at is None:
                continue
            with contained("reschedule", profile=profile.id):  # a zone that there is not any more, say
                schedule = desk.newsroom.edition_for(profile.choices).schedule
                moved += await _reschedule(connection, profile, schedule, looked_until, now)
    return moved


async def _reschedule(
    connection: AsyncConnection,
    profile: Profile,
    schedule: Schedule,
    looked_until: dt.datetime,
    now: dt.datetime,
) -> bool:
    came = schedule.slots_between(looked_until, now)
    due_at = profile.next_due_at
    if due_at is not None and due_at <= now:
        for slot in came:
            if slot < due_at:
                await record_skipped(connection, profile, slot, OVERTAKEN, now=now)
        return False
    next_due_at = came[0] if came else schedule.next_after(now)
    return next_due_at != due_at and await move_on(connection, profile, next_due_at=next_due_at)


async def find_looked_until(connection: AsyncConnection) -> dt.datetime | None:
    """Return the moment up to which the slots that came were looked at, None at the very first start."""
    note = await find_note(connection, LOOKED_UNTIL)
    return dt.datetime.fromisoformat(note) if note else None
