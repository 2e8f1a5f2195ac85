"""An operator's "send now": an issue outside the schedule for every profile of an edition."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from bot.desk import Desk
from bot.digests import window_for
from bot.failures import contained
from bot.jobs.publishing import publish
from bot.jobs.slots import SharedComposer
from bot.newsroom import Edition
from storage.candidates import Window
from storage.profiles import Profile, find_heard, find_profiles, set_covered_until

_BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)


async def send_edition_now(desk: Desk, edition_name: str) -> int:
    """Make and queue an issue of the edition for each of its profiles; return how many deliveries.

    Quiet hours hold here too, and what was sent now is not told again at the next slot.
    """
    now = desk.clock.now()
    async with desk.database.read() as connection:
        profiles = [p for p in await find_profiles(connection) if p.choices.edition == edition_name]
    composer = SharedComposer(desk)
    queued = 0
    profiles.sort(key=_told_until)
    for _, same in groupby(profiles, key=_told_until):
        for profile in same:
            with contained("send_now", profile=profile.id, edition=edition_name):
                edition = desk.newsroom.edition_for(profile.choices)
                window = window_for(edition, now, covered_until=profile.last_slot_at)
                queued += await _send(desk, composer, [(profile, edition)], window, now)
    return queued


def _told_until(profile: Profile) -> dt.datetime:
    return profile.last_slot_at or _BEGINNING


async def _send(
    desk: Desk,
    composer: SharedComposer,
    wanted: Sequence[tuple[Profile, Edition]],
    window: Window,
    now: dt.datetime,
) -> int:
    queued = 0
    for made in await composer.compose(wanted, window):
        if not made.composed.parts and not any(variant.composed.parts for variant in made.variants):
            continue
        async with desk.database.write() as connection:
            if await find_heard(connection, [made.profile.id]):
                queued += await publish(connection, [made], now=now)
                await set_covered_until(connection, made.profile.id, window.end)
    return queued
