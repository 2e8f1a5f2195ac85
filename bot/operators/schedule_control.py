"""What operators see and change of the schedule: coming and past issues, and changes of the newsroom file.

A draft is written only if the file has not changed since. The bot takes it over like an edit by hand.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.news.newsroom import Newsroom
from bot.news.newsroom_changes import Declared, Draft, Edit, NewsroomFile, NotEditableError
from bot.news.services import Services
from bot.operators.reader_lookup import find_sending_holds
from bot.operators.reasons import Reason, why_gate, why_issue
from bot.times.schedule import QuietHours, Schedule
from storage.delivery.gates import find_open_gates
from storage.delivery.history import SentIssue, find_sent_issues
from storage.notes import (
    AuditEntry,
    AuditKind,
    find_audit_entries,
    find_note,
    forget_note,
    record_audit_entry,
    write_note,
)
from storage.off_loop import INTAKE
from storage.profiles import Audience, count_by_profile, find_audiences, find_profiles

DAYS_SHOWN = 7
_UNDO = "newsroom: what undoes the last change"  # the key of a note


@dataclass(frozen=True, slots=True)
class ComingSlot:
    """A slot of an edition: its readers, and how many of them have quiet hours then."""

    slot_at: dt.datetime
    edition: str
    title: str
    zone: str
    readers: int
    quiet: int


@dataclass(frozen=True, slots=True)
class ComingIssue:
    """A coming slot, with the number of its readers and the reason of its gate."""

    edition: str
    slot_at: dt.datetime
    zone: str
    readers: int
    gate: Reason | None = None


async def read_declared(file: NewsroomFile) -> Declared:
    """Read the file again and return its values."""
    return await INTAKE.run(file.declared)


async def draft(file: NewsroomFile, edit: Edit) -> Draft:
    return await INTAKE.run(file.draft, edit)


async def write(services: Services, file: NewsroomFile, wanted: Draft, admin: int, detail: str) -> None:
    """Write a draft, take it over, and store the undo."""
    if wanted.newsroom is None:
        raise NotEditableError("\n".join(wanted.problems))
    await INTAKE.run(file.write, wanted)
    await file.adopt(wanted)
    now = services.clock.now()
    async with services.database.write() as connection:
        await write_note(
            connection, _UNDO, json.dumps([wanted.after, wanted.before], ensure_ascii=False), now=now
        )
        await record_audit_entry(connection, admin, AuditKind.CHANGED_FILE, detail, now=now)


async def undo(services: Services, file: NewsroomFile, admin: int) -> bool:
    """Undo the last change; False if the file has been changed since."""
    async with services.database.read() as connection:
        note = await find_note(connection, _UNDO)
    if note is None:
        return False
    after, before = json.loads(note)
    wanted = await INTAKE.run(file.redraft, after, before)
    if wanted.newsroom is None:
        return False
    await INTAKE.run(file.write, wanted)
    await file.adopt(wanted)
    async with services.database.write() as connection:
        await forget_note(connection, _UNDO)
        await record_audit_entry(connection, admin, AuditKind.CHANGED_BACK, now=services.clock.now())
    return True


async def last_change(services: Services) -> AuditEntry | None:
    """Return the last change of the file, None if it cannot be undone."""
    async with services.database.read() as connection:
        if await find_note(connection, _UNDO) is None:
            return None
        found = await find_audit_entries(connection, limit=1, kind=AuditKind.CHANGED_FILE)
    return found[0] if found else None


async def list_coming_slots(services: Services, newsrooms: Sequence[Newsroom]) -> list[list[ComingSlot]]:
    """Return the slots of the coming days under each of these newsrooms."""
    now = services.clock.now()
    async with services.database.read() as connection:
        audiences = await find_audiences(connection)
    return [await INTAKE.run(coming_slots, newsroom, audiences, now) for newsroom in newsrooms]


def coming_slots(newsroom: Newsroom, audiences: Sequence[Audience], now: dt.datetime) -> list[ComingSlot]:
    """Return the slots of the coming days in order, including those without readers. Pure."""
    groups: Counter[tuple[str, Schedule, QuietHours]] = Counter()
    for one in newsroom.editions:
        if not one.is_paused:
            groups[one.name, one.schedule, QuietHours(0, 0)] += 0
    for each in audiences:
        quiet = QuietHours(each.quiet_start, each.quiet_end)
        for edition in newsroom.editions_for(each.choices):
            if not edition.is_paused:
                groups[edition.name, edition.schedule, quiet] += each.readers
    until = now + dt.timedelta(days=DAYS_SHOWN)
    slots = {schedule: schedule.slots_between(now, until) for _, schedule, _ in groups}
    readers: Counter[tuple[dt.datetime, str, str]] = Counter()
    held: Counter[tuple[dt.datetime, str, str]] = Counter()
    for (name, schedule, quiet), count in groups.items():
        for slot in slots[schedule]:
            readers[slot, name, schedule.zone] += count
            if count and quiet.covers(slot, schedule.zone):
                held[slot, name, schedule.zone] += count
    titles = {edition.name: edition.title for edition in newsroom.editions}
    return [
        ComingSlot(slot, name, titles[name], zone, readers[slot, name, zone], held[slot, name, zone])
        for slot, name, zone in sorted(readers)
    ]


@dataclass(frozen=True, slots=True)
class SlotChange:
    """A slot before and after a change; None: there is none."""

    before: ComingSlot | None
    after: ComingSlot | None

    @property
    def slot(self) -> ComingSlot:
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is always there
        return found


def compare(before: Sequence[ComingSlot], after: Sequence[ComingSlot]) -> list[SlotChange]:
    """Return the slots of both lists in order, joined by moment, edition and zone. Pure."""
    old = {(one.slot_at, one.edition, one.zone): one for one in before}
    new = {(one.slot_at, one.edition, one.zone): one for one in after}
    return [SlotChange(old.get(key), new.get(key)) for key in sorted({*old, *new})]


async def list_issues(
    services: Services, *, days: int, limit: int
) -> tuple[list[ComingIssue], list[tuple[SentIssue, Reason]]]:
    """Return the next slot of each edition and zone, and the latest issues with their states."""
    now, newsroom = services.clock.now(), services.newsroom
    async with services.database.read() as connection:
        profiles = await find_profiles(connection)
        listeners = await count_by_profile(connection)
        sending = await find_sending_holds(connection)
        since = now - dt.timedelta(days=days)
        past = await find_sent_issues(connection, now=now, since=since, limit=limit)
        gates = {(one.edition, one.slot_at): one for one in await find_open_gates(connection)}
    coming: Counter[tuple[dt.datetime, str, str]] = Counter()
    for profile in profiles:
        if profile.next_due_at is not None and profile.id in listeners:
            edition = newsroom.edition_at(profile.choices, profile.next_due_at)
            if edition.is_paused:
                continue
            coming[profile.next_due_at, edition.name, edition.schedule.zone] += listeners[profile.id]
    return (
        [
            ComingIssue(
                name,
                slot,
                zone,
                count,
                why_gate(gate, zone, now) if (gate := gates.get((name, slot))) else None,
            )
            for (slot, name, zone), count in sorted(coming.items())
        ],
        [(one, why_issue(one, sending, zone=newsroom.zone, now=now)) for one in past],
    )
