"""An operator's "send now": an issue outside the schedule for every profile of an edition."""

import datetime as dt

from bot.desk import Desk
from bot.digests import window_for
from bot.failures import contained
from bot.jobs.publishing import publish
from bot.jobs.slots import SharedComposer
from storage.profiles import Profile, find_profiles, has_listeners


async def send_edition_now(desk: Desk, edition_name: str) -> int:
    """Make and queue an issue of the edition for each of its profiles; return how many deliveries.

    Quiet hours hold here too, and what was sent now is not told again at the next slot.
    """
    now = desk.clock.now()
    async with desk.database.read() as connection:
        profiles = [p for p in await find_profiles(connection) if p.choices.edition == edition_name]
    composer = SharedComposer(desk)
    queued = 0
    for profile in profiles:
        with contained("send_now", profile=profile.id, edition=edition_name):
            queued += await _send(desk, composer, profile, now)
    return queued


async def _send(desk: Desk, composer: SharedComposer, profile: Profile, now: dt.datetime) -> int:
    edition = desk.newsroom.edition_for(profile.choices)
    window = window_for(edition, now, covered_until=profile.last_slot_at)
    composed = await composer.compose(profile, edition, window)
    if not composed.parts:
        return 0
    async with desk.database.write() as connection:
        if not await has_listeners(connection, profile.id):
            return 0
        return await publish(connection, profile, edition, window, composed, now=now)
