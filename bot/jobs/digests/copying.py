"""The web copy of each edition: composed at its times as for a reader without own choices.

A copy passes the edition's gate. An edition that needs approval and has no readers is not copied, because no
operator is asked. Late slots are left out, as for readers.
"""

import datetime as dt

from bot.jobs.digests.gate import left_out
from bot.jobs.digests.publishing import record_copy
from bot.news.digests import FIRST_WINDOW, compose_gathered, gather, window_for
from bot.news.newsroom import Edition
from bot.news.services import Services
from bot.process.metrics import log_errors
from storage.delivery.copies import join_copy
from storage.delivery.gates import find_dropped, find_gate_of
from storage.notes import find_note, write_note
from storage.profiles import set_covered_until
from storage.shown_stories import find_told

_NOTE = "copied until: "  # and the edition's name: the note has its last slot that was copied


async def publish_copies(services: Services) -> int:
    """Write the copies of slots that are due; return how many."""
    if services.newsroom.feeds_address is None:
        return 0
    made = 0
    for edition in services.newsroom.editions:
        with log_errors("copy", edition=edition.name):
            made += not edition.is_paused and await _publish(services, edition)
    return made


async def _publish(services: Services, edition: Edition) -> bool:
    """Write the copy of an edition's latest slot, unless it is written or waits at the gate."""
    now = services.clock.now()
    slots = edition.schedule.slots_between(now - services.newsroom.late_window, now)
    if not slots:
        return False
    slot = slots[-1]
    async with services.database.read() as connection:
        note = await find_note(connection, _NOTE + edition.name)
        if note is not None and dt.datetime.fromisoformat(note) >= slot:
            return False
        gate = await find_gate_of(connection, edition.name, slot)
        dropped = await find_dropped(connection, gate.id) if gate else []
    if gate is None and edition.approval is not None:
        return False
    if gate is not None and not (gate.was_sent if gate.closed_at else gate.lets_go(now)):
        return False
    async with services.database.write() as connection:
        profile = await join_copy(connection, edition.name, now=now)
    covered_until = profile.last_slot_at or slot - FIRST_WINDOW
    ends_at = gate.opened_at if gate else None
    window = window_for(edition, slot, covered_until=covered_until, came_by=now, ends_at=ends_at)
    gathered = await gather(services.database, services.newsroom, window, left_out(dropped))
    since = min(window.after, window.oldest)
    async with services.database.read() as connection:
        old = gathered.prepared.reported_before(since)
        told = await find_told(connection, [profile.id], since=since, old=old)
    composed = await compose_gathered(edition, gathered, told[profile.id])
    async with services.database.write() as connection:
        await record_copy(connection, profile.id, edition.name, window, composed)
        await set_covered_until(connection, profile.id, window.end)
        await write_note(connection, _NOTE + edition.name, slot.isoformat(), now=now)
    return bool(composed.parts)
