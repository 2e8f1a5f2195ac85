"""Compose the digests of slots: for the readers of profiles, and for the web copy of an edition.

Most readers of a profile get one digest; readers who know other stories get variants. A web copy is composed
as for a reader without own choices, at the edition's times, and passes its gate.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.digests.publishing import Made, Variant, record_copy
from bot.news.digests import (
    FIRST_WINDOW,
    NOTHING,
    Gathered,
    LeftOut,
    compose_gathered,
    compose_one,
    gather,
    window_for,
)
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import Services
from bot.process.metrics import log_errors
from storage.candidates import Window
from storage.delivery.gates import Dropped, find_dropped, find_gate_of
from storage.delivery.issues import get_copy_profile
from storage.notes import find_note, write_note
from storage.off_loop import DIGESTS
from storage.profiles import Profile, count_active_readers, set_covered_until
from storage.shown_stories import Known, find_issued_stories, find_known, find_readers_apart

_COPIED = "copied until: "  # and the edition's name: the note has its last slot that was copied
_WEEK, _MINUTE = dt.timedelta(days=7), dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The stories of a profile's issues, its number of readers, and the knowledge of readers who differ."""

    known: Known
    reader_count: int
    apart: Mapping[int, Known]


async def find_knowledge(
    connection: AsyncConnection, reader_counts: Mapping[int, int], *, since: dt.datetime, old: Collection[int]
) -> dict[int, Knowledge]:
    """Return the knowledge of the readers of profiles; `reader_counts` is by profile.

    For the stories `old`, which had reports before `since`, earlier issues count too.
    """
    issued = await find_issued_stories(connection, list(reader_counts), since=since, old=old)
    apart = await find_readers_apart(connection, list(reader_counts), since=since)
    readers = {reader for own in apart.values() for reader in own}
    known = await find_known(connection, readers, since=since, old=old)
    return {
        profile: Knowledge(
            issued[profile], count, {reader: known[reader] for reader in apart.get(profile, ())}
        )
        for profile, count in reader_counts.items()
    }


def compose_for(profile: Profile, edition: Edition, gathered: Gathered, knowledge: Knowledge) -> Made:
    """Compose what the readers of a profile get: variants for readers who know other candidates."""
    own = gathered.prepared.known_stories(knowledge.known)
    groups: dict[frozenset[tuple[int, int]], list[int]] = defaultdict(list)
    for reader, own_known in knowledge.apart.items():
        groups[gathered.prepared.known_stories(own_known)].append(reader)
    known = knowledge.known
    same = groups.pop(own, [])
    if groups and not same and sum(map(len, groups.values())) >= knowledge.reader_count:
        # No reader knows exactly the profile's issues: the largest group's digest becomes the profile's own.
        largest = max(groups, key=lambda one: (len(groups[one]), sorted(one)))
        known = knowledge.apart[groups.pop(largest)[0]]
    variants = [
        Variant(compose_one(edition, gathered, knowledge.apart[readers[0]]), tuple(readers))
        for readers in groups.values()
    ]
    return Made(profile, edition, gathered.window, compose_one(edition, gathered, known), tuple(variants))


def compose_all(
    wanted: Sequence[tuple[Profile, Edition]], gathered: Gathered, knowledge: Mapping[int, Knowledge]
) -> list[Made]:
    """Compose for several profiles; one that fails is logged and left out."""
    made: list[Made] = []
    for profile, edition in wanted:
        with log_errors("slot", profile=profile.id, edition=edition.name):
            made.append(compose_for(profile, edition, gathered, knowledge[profile.id]))
    return made


class SharedComposer:
    """Composes digests; those of the same window share one gathering.

    Only the last gathering is kept: a day's articles are megabytes.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._gathered: Gathered | None = None
        self._without = NOTHING

    async def compose(
        self, wanted: Sequence[tuple[Profile, Edition]], window: Window, without: LeftOut = NOTHING
    ) -> list[Made]:
        """Compose what the readers of these profiles get for the slot `window.until`.

        Left out are the stories `without`, profiles without active readers, and those that fail.
        """
        database, newsroom = self._services.database, self._services.newsroom
        if self._gathered is None or (self._gathered.window, self._without) != (window, without):
            self._gathered = await gather(database, newsroom, window, without)
            self._without = without
        since = min(window.after, window.oldest)
        async with database.read() as connection:
            reader_counts = await count_active_readers(connection, [profile.id for profile, _ in wanted])
            old = self._gathered.prepared.reported_before(since)
            knowledge = await find_knowledge(connection, reader_counts, since=since, old=old)
        read = [one for one in wanted if one[0].id in reader_counts]
        return await DIGESTS.run(compose_all, read, self._gathered, knowledge)


def covered_by(
    edition: Edition, newsroom: Newsroom, profile: Profile, slot: dt.datetime
) -> dt.datetime | None:
    """Return the start of the window of an edition whose readers also have editions on other topics.

    Those editions cover other news, so the window begins at its own last slot, at most a week ago.
    """
    if not profile.choices.more_editions:
        return None
    others = newsroom.editions_for(profile.choices)
    if profile.last_slot_at is None or all(one.topics == edition.topics for one in others):
        return None
    own = edition.schedule.slots_between(slot - _WEEK, slot - _MINUTE)
    return min(profile.last_slot_at, own[-1]) if own else None


def left_out(dropped: Sequence[Dropped]) -> LeftOut:
    """Return the stories that are dropped from all issues of a gate."""
    articles = frozenset(number for one in dropped for number in one.article_ids)
    return LeftOut(frozenset(one.story_id for one in dropped), articles)


async def publish_copies(services: Services) -> int:
    """Write the web copies of slots that are due; return how many."""
    if services.newsroom.feeds_address is None:
        return 0
    made = 0
    for edition in services.newsroom.editions:
        with log_errors("copy", edition=edition.name):
            made += not edition.is_paused and await _publish_copy(services, edition)
    return made


async def _publish_copy(services: Services, edition: Edition) -> bool:
    """Write the copy of an edition's latest slot, unless it is written or waits at the gate.

    An edition that needs approval and has no readers is not copied, because no operator is asked. Late slots
    are left out, as for readers.
    """
    now = services.clock.now()
    slots = edition.schedule.slots_between(now - services.newsroom.late_window, now)
    if not slots:
        return False
    slot = slots[-1]
    async with services.database.read() as connection:
        note = await find_note(connection, _COPIED + edition.name)
        if note is not None and dt.datetime.fromisoformat(note) >= slot:
            return False
        gate = await find_gate_of(connection, edition.name, slot)
        dropped = await find_dropped(connection, gate.id) if gate else []
    if gate is None and edition.approval is not None:
        return False
    if gate is not None and not (gate.was_sent if gate.closed_at else gate.may_be_sent(now)):
        return False
    async with services.database.write() as connection:
        profile = await get_copy_profile(connection, edition.name, now=now)
    covered_until = profile.last_slot_at or slot - FIRST_WINDOW
    ends_at = gate.opened_at if gate else None
    window = window_for(edition, slot, covered_until=covered_until, came_by=now, ends_at=ends_at)
    gathered = await gather(services.database, services.newsroom, window, left_out(dropped))
    since = min(window.after, window.oldest)
    async with services.database.read() as connection:
        old = gathered.prepared.reported_before(since)
        known = await find_issued_stories(connection, [profile.id], since=since, old=old)
    composed = await compose_gathered(edition, gathered, known[profile.id])
    async with services.database.write() as connection:
        await record_copy(connection, profile.id, edition.name, window, composed)
        await set_covered_until(connection, profile.id, window.end)
        await write_note(connection, _COPIED + edition.name, slot.isoformat(), now=now)
    return bool(composed.parts)
