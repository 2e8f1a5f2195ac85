"""An operator's "send now": an issue outside the schedule for every profile of an edition."""

from bot.desk import Desk
from bot.digests import compose_digest, window_for
from bot.jobs.slots import publish
from storage.profiles import find_profiles, has_listeners


async def send_edition_now(desk: Desk, edition_name: str) -> int:
    """Make and queue an issue of the edition for each of its profiles; return how many deliveries.

    Quiet hours hold here too, and what was sent now is not told again at the next slot.
    """
    now = desk.clock.now()
    async with desk.database.read() as connection:
        profiles = [p for p in await find_profiles(connection) if p.choices.edition == edition_name]
    queued = 0
    for profile in profiles:
        edition = desk.newsroom.edition_for(profile.choices)
        window = window_for(edition, now, told_until=profile.last_slot_at)
        composed = await compose_digest(desk.database, desk.newsroom, edition, window)
        if not composed.parts:
            continue
        async with desk.database.write() as connection:
            if await has_listeners(connection, profile.id):
                queued += await publish(connection, profile, edition, window, composed, now=now)
    return queued
