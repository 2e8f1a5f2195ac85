"""Make issues: one for each due profile every minute, or all of an edition on an operator's order."""

import datetime as dt
from collections.abc import Iterator, Sequence, Set
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.digests.composing import SharedComposer, covered_by
from bot.jobs.digests.gate import NOT_APPROVED, Gates, find_gates, is_gated, run_gated
from bot.jobs.digests.publishing import Due, Made, find_twice_empty, publish, queue_rest, record_skipped
from bot.news.digests import FIRST_WINDOW, window_for
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import NotifyAdmins, Services
from bot.operators import notices
from bot.process.metrics import log_errors
from bot.times.schedule import OVERTAKEN, TOO_LATE, SlotPlan, plan_slots
from storage.candidates import Window
from storage.delivery.prepared_issues import withdraw_prepared
from storage.engine import chunks
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
_TOGETHER = 100  # profiles composed and written in one transaction: bounds its length, and memory
_log = structlog.get_logger(__name__)


async def run_due_slots(services: Services, notify_admins: NotifyAdmins) -> int:
    """Make the issue of every profile that is due; return how many deliveries were queued."""
    now = services.clock.now()
    async with services.database.write() as connection:  # every slot until now is in the table, due or made
        await write_note(connection, CHECKED_UNTIL, now.isoformat(), now=now)
    composer, gates = SharedComposer(services), await find_gates(services)
    queued = await queue_rest(services)  # of an earlier slot, after a kill
    last: Profile | None = None
    while True:
        async with services.database.read() as connection:
            found = await find_due(connection, now=now, after=last)
            readers = await count_active_readers(connection, [profile.id for profile in found])
        if not found:
            break
        last = found[-1]
        if unread := [profile for profile in found if profile.id not in readers]:
            await _put_to_sleep(services, unread)
        read = [profile for profile in found if profile.id in readers]
        due = [one for profile in read if (one := await _plan(services, profile, now, gates))]
        queued += await run_gated(services, composer, [one for one in due if is_gated(one, gates)], gates)
        for batch in _together([one for one in due if not is_gated(one, gates)]):
            queued += await _run(services, composer, batch, notify_admins, now)
        queued += await queue_rest(services)
    return queued


def _together(due: Sequence[Due]) -> Iterator[Sequence[Due]]:
    """Cut into batches of the same window and the same next slot."""
    ordered = sorted(due, key=lambda one: (_order(one), one.profile.id))
    for _, same in groupby(ordered, key=_order):
        yield from chunks(list(same), _TOGETHER)


def _order(one: Due) -> tuple[dt.datetime, ...]:
    window = one.window
    due_at = one.profile.next_due_at or window.until
    return window.until, window.after, window.oldest, due_at, one.plan.next_due_at


async def _plan(services: Services, profile: Profile, now: dt.datetime, gates: Gates) -> Due | None:
    """Decide what is made for a profile; None if its slots are skipped."""
    with log_errors("slot", profile=profile.id, edition=profile.choices.edition):
        if profile.next_due_at is None:
            return None
        edition = services.newsroom.edition_for(profile.choices)
        covered_until = profile.last_slot_at or profile.next_due_at - FIRST_WINDOW
        if covered_until > now:  # set by a clock that was ahead; known stories are left out anyway
            covered_until = profile.next_due_at - FIRST_WINDOW
        plan = plan_slots(
            edition.schedule,
            profile.next_due_at,
            now=now,
            late_window=services.newsroom.late_window,
            covered_until=covered_until,
            is_paused=edition.is_paused,
        )
        if plan.make is None:
            held = {slot for name, slot in gates if name in profile.choices.editions}
            await _skip(services, profile, plan, covered_until, now, held)
            return None
        if profile.choices.more_editions or profile.choices.times:
            edition = services.newsroom.edition_at(profile.choices, plan.make)
        covered_until = covered_by(edition, services.newsroom, profile, plan.make) or covered_until
        window = window_for(edition, plan.make, covered_until=covered_until, came_by=now)
        return Due(profile, edition, plan, window)
    return None


async def _put_to_sleep(services: Services, profiles: Sequence[Profile]) -> None:
    """Clear the next slots of profiles without active subscribers, in one transaction."""
    with log_errors("sleep", profiles=len(profiles)):
        async with services.database.write() as connection:
            for profile in profiles:
                if await deactivate(connection, profile):
                    _log.info("profile asleep", profile=profile.id)


async def _run(
    services: Services,
    composer: SharedComposer,
    batch: Sequence[Due],
    notify_admins: NotifyAdmins,
    now: dt.datetime,
) -> int:
    """Make the issues of a batch; if writing them together fails, one by one."""
    plans = {one.profile.id: one.plan for one in batch}
    made: list[Made] = []
    with log_errors("slots", slot=batch[0].window.until.isoformat()):
        made = await composer.compose([(one.profile, one.edition) for one in batch], batch[0].window)
    if not made:
        return 0
    with log_errors("slots", profiles=len(made)):
        return await _write(services, made, plans, notify_admins, now)
    queued = 0
    for one in made if len(made) > 1 else ():
        with log_errors("slot", profile=one.profile.id, edition=one.edition.name):
            queued += await _write(services, [one], plans, notify_admins, now)
    return queued


async def _write(
    services: Services,
    made: Sequence[Made],
    plans: dict[int, SlotPlan],
    notify_admins: NotifyAdmins,
    now: dt.datetime,
) -> int:
    """Write everything of these profiles' slots; return how many deliveries."""
    first = made[0]
    async with services.database.write() as connection:
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
            for slot, reason in plans[one.profile.id].skipped:
                edition = services.newsroom.edition_at(one.profile.choices, slot)
                await record_skipped(connection, one.profile, edition, slot, reason, now=now)
        queued = await publish(connection, ours, now=now)
        twice_empty = await find_twice_empty(connection, ours, now=now)
    for edition in twice_empty:
        await notify_admins(notices.two_empty_issues(edition.title))
    return queued


async def _skip(
    services: Services,
    profile: Profile,
    plan: SlotPlan,
    covered_until: dt.datetime,
    now: dt.datetime,
    held: Set[dt.datetime],
) -> None:
    """Record the skipped slots; the next issue begins where the first of them would have.

    Slots that were `held` at a gate until it was too late have that reason.
    """
    async with services.database.write() as connection:
        if await set_next_slot(connection, profile, next_due_at=plan.next_due_at):
            await set_covered_until(connection, profile.id, covered_until)
            if held:
                await withdraw_prepared(connection, profile_id=profile.id)
            for slot, reason in plan.skipped:
                why = NOT_APPROVED if slot in held and reason == TOO_LATE else reason
                edition = services.newsroom.edition_at(profile.choices, slot)
                await record_skipped(connection, profile, edition, slot, why, now=now)
    _log.warning("slots skipped", edition=profile.choices.edition, count=len(plan.skipped))


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
            if profile.next_due_at is None:
                continue
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
        for slot in came:
            if slot < due_at:
                edition = newsroom.edition_at(profile.choices, slot)
                await record_skipped(connection, profile, edition, slot, OVERTAKEN, now=now)
        return False
    next_due_at = came[0] if came else schedule.next_after(now)
    return next_due_at != due_at and await set_next_slot(connection, profile, next_due_at=next_due_at)


async def find_checked_until(connection: AsyncConnection) -> dt.datetime | None:
    """Return the moment of the last check for due slots, None at the first start."""
    note = await find_note(connection, CHECKED_UNTIL)
    return dt.datetime.fromisoformat(note) if note else None


# "Send now": an issue outside the schedule for every profile of an edition.

_BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)


async def send_edition_now(services: Services, edition_name: str) -> int:
    """Make and queue an issue of the edition for each of its profiles; return how many deliveries.

    Quiet hours apply here too, and the next issue does not repeat these stories.
    """
    now = services.clock.now()
    if await find_gates(services):
        async with (
            services.database.write() as connection
        ):  # composed anew later: by then readers know these stories
            await withdraw_prepared(connection, edition=edition_name)
    async with services.database.read() as connection:
        profiles = [p for p in await find_profiles(connection) if edition_name in p.choices.editions]
    composer = SharedComposer(services)
    queued = 0
    profiles.sort(key=_covered_until)
    for _, same in groupby(profiles, key=_covered_until):
        for profile in same:
            with log_errors("send_now", profile=profile.id, edition=edition_name):
                edition = _by_name(services.newsroom.editions_for(profile.choices), edition_name)
                window = window_for(edition, now, covered_until=profile.last_slot_at)
                queued += await _send(services, composer, [(profile, edition)], window, now)
    return queued + await queue_rest(services)


def _by_name(editions: Sequence[Edition], name: str) -> Edition:
    return next((one for one in editions if one.name == name), editions[0])


def _covered_until(profile: Profile) -> dt.datetime:
    return profile.last_slot_at or _BEGINNING


async def _send(
    services: Services,
    composer: SharedComposer,
    wanted: Sequence[tuple[Profile, Edition]],
    window: Window,
    now: dt.datetime,
) -> int:
    queued = 0
    for made in await composer.compose(wanted, window):
        if not made.composed.parts and not any(variant.composed.parts for variant in made.variants):
            continue
        async with services.database.write() as connection:
            if await count_active_readers(connection, [made.profile.id]):
                queued += await publish(connection, [made], now=now)
                await set_covered_until(connection, made.profile.id, window.end)
    return queued
