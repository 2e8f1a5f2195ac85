"""Issues that operators approve: composed before their time, and sent when the gate allows it.

`storage.delivery.gates` stores the decisions; operators' messages and taps are in
`bot.chat.operators.gate_messages`. A kill at any point leaves a profile prepared or not, released or not.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import structlog

from bot.jobs.digests.composing import SharedComposer, covered_by, left_out
from bot.jobs.digests.publishing import Due, batches, groups, record_prepared, record_skipped
from bot.news.digests import FIRST_WINDOW, window_for
from bot.news.newsroom import Approval, Edition, Newsroom
from bot.news.services import Services
from bot.process.metrics import log_errors
from bot.times.schedule import release_in
from storage.candidates import Window
from storage.delivery.gates import (
    Gate,
    close_gates,
    find_dropped,
    find_open_gates,
    open_gate,
    touch_gate,
)
from storage.delivery.prepared_issues import (
    find_unprepared,
    find_with_issue,
    queue_prepared,
    withdraw_prepared,
    withdraw_stale,
)
from storage.profiles import Profile, set_next_slot, set_next_slots

NOT_APPROVED = "không được duyệt"  # the reason of a slot that was skipped
_log = structlog.get_logger(__name__)
Gates = Mapping[tuple[str, dt.datetime], Gate]  # those that are open, by edition and slot


async def prepare_early(services: Services) -> None:
    """Compose the issues of editions with approval, `approve` before their time."""
    newsroom, now = services.newsroom, services.clock.now()
    approvals = {one.name: one.approval for one in newsroom.editions if one.approval and not one.is_paused}
    async with services.database.read() as connection:
        open_now = await find_open_gates(connection)
    if open_now:
        async with services.database.write() as connection:
            await withdraw_stale(connection, [one.name for one in newsroom.editions])
            await close_gates(connection, now=now)
    if not approvals:
        return
    leads = {name: one.lead for name, one in approvals.items()}
    async with services.database.read() as connection:
        found = await find_unprepared(connection, leads, now=now)
    wanted = [
        (profile, edition, slot)
        for profile in found
        if (slot := profile.next_due_at) is not None
        and not (edition := newsroom.edition_at(profile.choices, slot)).is_paused
        and edition.approval is not None
        and slot - now <= edition.approval.lead
    ]
    composer = SharedComposer(services)
    for same in groups(wanted, lambda one: (one[1].name, one[2])):
        _, edition, slot = same[0]
        gate = await _open(services, approvals[edition.name], edition.name, slot)
        await _prepare(services, composer, gate, [(profile, edition) for profile, edition, _ in same])


async def _open(services: Services, approval: Approval, edition: str, slot: dt.datetime) -> Gate:
    """Return the gate of a slot; open it if there is none.

    If it is opened after its time, because the bot was down for example, it waits for the same duration.
    """
    now = services.clock.now()
    ends_at = slot if now < slot else min(now + approval.lead, slot + services.newsroom.late_window)
    async with services.database.write() as connection:
        return await open_gate(
            connection, edition, slot, ends_at=ends_at, waits=approval.waits_for_answer, now=now
        )


async def _prepare(
    services: Services, composer: SharedComposer, gate: Gate, wanted: Sequence[tuple[Profile, Edition]]
) -> None:
    """Compose and write the issues of profiles that have none for the slot of this gate."""
    async with services.database.read() as connection:
        dropped = await find_dropped(connection, gate.id)
    now = services.clock.now()
    windows = [
        (profile, edition, _window(services.newsroom, gate, profile, edition, now))
        for profile, edition in wanted
    ]
    for batch in batches(windows, lambda one: (one[2].after, one[2].end, one[2].oldest)):
        with log_errors("gate", edition=gate.edition, slot=gate.slot_at.isoformat()):
            own = [(profile, edition) for profile, edition, _ in batch]
            made = await composer.compose(own, batch[0][2], left_out(dropped))
            async with services.database.write() as connection:
                if await find_dropped(connection, gate.id) != dropped:  # a tap meanwhile: composed anew
                    return
                await record_prepared(connection, made, now=now) if made else None
                await touch_gate(connection, gate.id)
    _log.info("issues prepared", edition=gate.edition, slot=gate.slot_at.isoformat(), issues=len(wanted))


def _window(newsroom: Newsroom, gate: Gate, profile: Profile, edition: Edition, now: dt.datetime) -> Window:
    """Return the window of an issue: it ends when the gate was opened.

    If an issue sent by hand covers the news beyond that, the window begins there.
    """
    covered_until = profile.last_slot_at
    if covered_until is None or covered_until > now:  # as in `slots`
        covered_until = gate.slot_at - FIRST_WINDOW
    ends_at = now if covered_until >= gate.opened_at else gate.opened_at
    covered_until = covered_by(edition, newsroom, profile, gate.slot_at) or covered_until
    return window_for(edition, gate.slot_at, covered_until=covered_until, ends_at=ends_at)


async def find_gates(services: Services) -> dict[tuple[str, dt.datetime], Gate]:
    async with services.database.read() as connection:
        return {(gate.edition, gate.slot_at): gate for gate in await find_open_gates(connection)}


def is_gated(one: Due, gates: Gates) -> bool:
    """Tell whether the issue of a profile that is due goes through a gate."""
    return one.edition.approval is not None or (one.edition.name, one.window.until) in gates


async def run_gated(services: Services, composer: SharedComposer, due: Sequence[Due], gates: Gates) -> int:
    """Send the issues of profiles whose gates allow it; return the number of queued deliveries."""
    for late in (one for one in due if one.plan.skipped):
        with log_errors("gate", profile=late.profile.id):
            await _move_to_latest(services, late, gates)
    queued = 0
    ready = (one for one in due if not one.plan.skipped)
    for same in groups(ready, lambda one: (one.edition.name, one.window.until)):
        name, slot = same[0].edition.name, same[0].window.until
        with log_errors("gate", edition=name, slot=slot.isoformat()):
            queued += await _run_gate(services, composer, same, gates.get((name, slot)))
    return queued


async def _move_to_latest(services: Services, one: Due, gates: Gates) -> None:
    """Skip the slots before a later due one; the next check prepares that one."""
    skipped = [
        (slot, NOT_APPROVED if (one.edition.name, slot) in gates else reason)
        for slot, reason in one.plan.skipped
    ]
    async with services.database.write() as connection:
        if await set_next_slot(connection, one.profile, next_due_at=one.window.until):
            await withdraw_prepared(connection, profile_id=one.profile.id)
            now = services.clock.now()
            await record_skipped(connection, one.profile, services.newsroom, skipped, now=now)


async def _run_gate(
    services: Services, composer: SharedComposer, due: Sequence[Due], gate: Gate | None
) -> int:
    first, now = due[0], services.clock.now()
    if gate is None:
        approval = first.edition.approval or Approval(dt.timedelta())
        gate = await _open(services, approval, first.edition.name, first.window.until)
    async with services.database.read() as connection:
        have = await find_with_issue(connection, [one.profile.id for one in due], gate.slot_at)
    missing = [(one.profile, one.edition) for one in due if one.profile.id not in have]
    if missing:
        await _prepare(services, composer, gate, missing)
    if first.edition.approval is not None and not gate.may_be_sent(now):
        return 0
    async with services.database.read() as connection:
        have = await find_with_issue(connection, [one.profile.id for one in due], gate.slot_at)
    queued = 0
    ready = (one for one in due if one.profile.id in have)
    for batch in batches(ready, lambda one: (one.edition.schedule.zone, one.plan.next_due_at)):
        queued += await _release(services, gate, batch)
    return queued


async def _release(services: Services, gate: Gate, batch: Sequence[Due]) -> int:
    """Queue the prepared issues of these profiles, of one zone, and set their next slots."""
    now, first = services.clock.now(), batch[0]
    async with services.database.write() as connection:
        moved = await set_next_slots(
            connection,
            [one.profile.id for one in batch],
            due_at=gate.slot_at,
            next_due_at=first.plan.next_due_at,
            covered_until=gate.opened_at,
        )
        zone = first.edition.schedule.zone
        queued = await queue_prepared(
            connection, moved, gate.slot_at, release=release_in(zone, now), zone=zone, now=now
        )
        await close_gates(connection, now=now)
    _log.info("issues released", edition=gate.edition, slot=gate.slot_at.isoformat(), queued=queued)
    return queued
