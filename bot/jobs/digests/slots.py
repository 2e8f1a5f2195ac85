"""Make issues: one for each due profile every minute, or all of an edition on an operator's order."""

import datetime as dt
from collections.abc import Sequence, Set

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.digests.composing import SharedComposer, covered_by
from bot.jobs.digests.gate import NOT_APPROVED, Gates, find_gates, is_gated, run_gated
from bot.jobs.digests.publishing import (
    Due,
    Made,
    batches,
    find_twice_empty,
    publish,
    queue_rest,
    record_skipped,
)
from bot.news.digests import FIRST_WINDOW, window_for
from bot.news.newsroom import Newsroom
from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from bot.process.metrics import log_errors
from bot.times.schedule import OVERTAKEN, TOO_LATE, SlotPlan, plan_slots
from storage.delivery.prepared_issues import withdraw_prepared
from storage.notes import find_note, write_note
from storage.profiles import (
    Profile,
    count_active_readers,
    deactivate,
    find_due,
    find_profiles,
    set_covered_until,
    set_next_slot,
    set_next_slots,
)

# A slot's row is unique. One transaction writes issues, parts and deliveries and sets the next slot of the
# profiles, so a kill at any point leaves a slot complete or not begun. Profiles of one window are composed
# and written a hundred at a time. A profile whose issue fails stays due, is tried again a minute later, and
# does not delay the others.

CHECKED_UNTIL = "slots looked at until"  # a note
_log = structlog.get_logger(__name__)


async def run_due_slots(services: Services, notify_admins: NotifyAdmins) -> int:
    """Make the issue of every profile that is due; return how many deliveries were queued."""
    now = services.clock.now()
    async with services.database.write() as connection:  # every slot until now is in the table, due or made
        await write_note(connection, CHECKED_UNTIL, now.isoformat(), now=now)
    return await _DueSlots(services, notify_admins, await find_gates(services), now).run()


class _DueSlots:
    """One run over the profiles that are due at `now`."""

    def __init__(
        self, services: Services, notify_admins: NotifyAdmins, gates: Gates, now: dt.datetime
    ) -> None:
        self._services = services
        self._notify_admins = notify_admins
        self._gates = gates
        self._now = now
        self._composer = SharedComposer(services)

    async def run(self) -> int:
        queued = await queue_rest(self._services)  # of an earlier slot, after a kill
        last: Profile | None = None
        while True:
            async with self._services.database.read() as connection:
                found = await find_due(connection, now=self._now, after=last)
                readers = await count_active_readers(connection, [profile.id for profile in found])
            if not found:
                return queued
            last = found[-1]
            if unread := [profile for profile in found if profile.id not in readers]:
                await self._put_to_sleep(unread)
            read = [profile for profile in found if profile.id in readers]
            due = [one for profile in read if (one := await self._plan(profile))]
            gated = [one for one in due if is_gated(one, self._gates)]
            queued += await run_gated(self._services, self._composer, gated, self._gates)
            for batch in batches((one for one in due if not is_gated(one, self._gates)), _order):
                queued += await self._make(batch)
            queued += await queue_rest(self._services)

    async def _put_to_sleep(self, profiles: Sequence[Profile]) -> None:
        """Clear the next slots of profiles without active subscribers, in one transaction."""
        with log_errors("sleep", profiles=len(profiles)):
            async with self._services.database.write() as connection:
                for profile in profiles:
                    if await deactivate(connection, profile):
                        _log.info("profile asleep", profile=profile.id)

    async def _plan(self, profile: Profile) -> Due | None:
        """Decide what is made for a profile; None if its slots are skipped."""
        newsroom, now = self._services.newsroom, self._now
        with log_errors("slot", profile=profile.id, edition=profile.choices.edition):
            if profile.next_due_at is None:
                return None
            edition = newsroom.edition_for(profile.choices)
            covered_until = profile.last_slot_at or profile.next_due_at - FIRST_WINDOW
            if covered_until > now:  # set by a clock that was ahead; known stories are left out anyway
                covered_until = profile.next_due_at - FIRST_WINDOW
            plan = plan_slots(
                edition.schedule,
                profile.next_due_at,
                now=now,
                late_window=newsroom.late_window,
                covered_until=covered_until,
                is_paused=edition.is_paused,
            )
            if plan.make is None:
                held = {slot for name, slot in self._gates if name in profile.choices.editions}
                await self._skip(profile, plan, covered_until, held)
                return None
            if profile.choices.more_editions or profile.choices.times:
                edition = newsroom.edition_at(profile.choices, plan.make)
            covered_until = covered_by(edition, newsroom, profile, plan.make) or covered_until
            window = window_for(edition, plan.make, covered_until=covered_until, came_by=now)
            return Due(profile, edition, plan, window)
        return None

    async def _make(self, batch: Sequence[Due]) -> int:
        """Make the issues of a batch; if writing them together fails, one by one."""
        plans = {one.profile.id: one.plan for one in batch}
        made: list[Made] = []
        with log_errors("slots", slot=batch[0].window.until.isoformat()):
            wanted = [(one.profile, one.edition) for one in batch]
            made = await self._composer.compose(wanted, batch[0].window)
        if not made:
            return 0
        with log_errors("slots", profiles=len(made)):
            return await self._write(made, plans)
        queued = 0
        for one in made if len(made) > 1 else ():
            with log_errors("slot", profile=one.profile.id, edition=one.edition.name):
                queued += await self._write([one], plans)
        return queued

    async def _write(self, made: Sequence[Made], plans: dict[int, SlotPlan]) -> int:
        """Write everything of these profiles' slots; return how many deliveries."""
        first, now = made[0], self._now
        async with self._services.database.write() as connection:
            moved = await set_next_slots(
                connection,
                [one.profile.id for one in made],
                due_at=first.profile.next_due_at or now,
                next_due_at=plans[first.profile.id].next_due_at,
                covered_until=first.window.end,
            )
            ours = [one for one in made if one.profile.id in moved]
            if not ours:
                return 0
            for one in ours:
                skipped = plans[one.profile.id].skipped
                await record_skipped(connection, one.profile, self._services.newsroom, skipped, now=now)
            queued = await publish(connection, ours, now=now)
            twice_empty = await find_twice_empty(connection, ours, now=now)
        for edition in twice_empty:
            await self._notify_admins(notices.two_empty_issues(edition.title))
        return queued

    async def _skip(
        self, profile: Profile, plan: SlotPlan, covered_until: dt.datetime, held: Set[dt.datetime]
    ) -> None:
        """Record the skipped slots; the next issue begins where the first of them would have.

        Slots that were `held` at a gate until it was too late have that reason.
        """
        skipped = [
            (slot, NOT_APPROVED if slot in held and reason == TOO_LATE else reason)
            for slot, reason in plan.skipped
        ]
        async with self._services.database.write() as connection:
            if await set_next_slot(connection, profile, next_due_at=plan.next_due_at):
                await set_covered_until(connection, profile.id, covered_until)
                if held:
                    await withdraw_prepared(connection, profile_id=profile.id)
                await record_skipped(connection, profile, self._services.newsroom, skipped, now=self._now)
        _log.warning("slots skipped", edition=profile.choices.edition, count=len(plan.skipped))


def _order(one: Due) -> tuple[dt.datetime, ...]:
    """Issues of the same window and the same next slot are written together."""
    window = one.window
    due_at = one.profile.next_due_at or window.until
    return window.until, window.after, window.oldest, due_at, one.plan.next_due_at


async def reschedule_profiles(services: Services) -> int:
    """Set the next slot of every profile after a change of the newsroom file; return how many changed.

    A slot that is due already stays: it is made, or recorded as skipped. So are slots of the new schedule
    since the last check for due slots, while the bot was down for example.
    """
    now = services.clock.now()
    moved = 0
    async with services.database.write() as connection:
        checked_until = await find_checked_until(connection) or now
        for profile in await find_profiles(connection):
            with log_errors("reschedule", profile=profile.id):  # for example a zone that no longer exists
                moved += await _reschedule(connection, profile, services.newsroom, checked_until, now)
    return moved


async def _reschedule(
    connection: AsyncConnection,
    profile: Profile,
    newsroom: Newsroom,
    checked_until: dt.datetime,
    now: dt.datetime,
) -> bool:
    schedule = newsroom.edition_for(profile.choices).schedule
    came = schedule.slots_between(checked_until, now)
    due_at = profile.next_due_at
    if due_at is not None and due_at <= now:
        overtaken = [(slot, OVERTAKEN) for slot in came if slot < due_at]
        await record_skipped(connection, profile, newsroom, overtaken, now=now)
        return False
    next_due_at = came[0] if came else schedule.next_after(now)
    return next_due_at != due_at and await set_next_slot(connection, profile, next_due_at=next_due_at)


async def find_checked_until(connection: AsyncConnection) -> dt.datetime | None:
    """Return the moment of the last check for due slots, None at the first start."""
    note = await find_note(connection, CHECKED_UNTIL)
    return dt.datetime.fromisoformat(note) if note else None


_BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)


async def send_edition_now(services: Services, edition_name: str) -> int:
    """Make and queue an issue of the edition for each of its profiles; return how many deliveries.

    Quiet hours apply here too, and the next issue does not repeat these stories.
    """
    now = services.clock.now()
    if await find_gates(services):
        async with services.database.write() as connection:
            # composed anew later: by then readers know these stories
            await withdraw_prepared(connection, edition=edition_name)
    async with services.database.read() as connection:
        profiles = [p for p in await find_profiles(connection) if edition_name in p.choices.editions]
    composer, queued = SharedComposer(services), 0
    for profile in sorted(profiles, key=lambda one: one.last_slot_at or _BEGINNING):  # by shared windows
        with log_errors("send_now", profile=profile.id, edition=edition_name):
            queued += await _send_now(services, composer, profile, edition_name, now)
    return queued + await queue_rest(services)


async def _send_now(
    services: Services, composer: SharedComposer, profile: Profile, edition_name: str, now: dt.datetime
) -> int:
    editions, queued = services.newsroom.editions_for(profile.choices), 0
    edition = next((one for one in editions if one.name == edition_name), editions[0])
    window = window_for(edition, now, covered_until=profile.last_slot_at)
    for made in await composer.compose([(profile, edition)], window):
        if not made.composed.parts and not any(variant.composed.parts for variant in made.variants):
            continue
        async with services.database.write() as connection:
            if await count_active_readers(connection, [profile.id]):
                queued += await publish(connection, [made], now=now)
                await set_covered_until(connection, profile.id, window.end)
    return queued
