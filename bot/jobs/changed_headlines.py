"""Tell the admins, once, that a paper changed a headline which readers were sent: they may correct it."""

from bot.desk import Desk
from bot.jobs.slots import Tell
from bot.operators import delivery_notices as notices
from storage.changed_headlines import find_untold_headlines, mark_told
from storage.delivery.corrections import LOOK_BACK, count_readers

_MOST_AT_ONCE = 4  # a message; the others follow a minute later


async def tell_changed_headlines(desk: Desk, tell: Tell) -> None:
    """Tell of changed headlines that nobody has heard of, with the command that corrects each."""
    now = desk.clock.now()
    async with desk.database.read() as connection:
        found = await find_untold_headlines(connection, now=now, limit=_MOST_AT_ONCE)
    if not found:
        return
    async with desk.database.write() as connection:
        await mark_told(connection, found, now=now)
        since = now - LOOK_BACK
        readers = [await count_readers(connection, one.story_id, since=since) for one in found]
    told = []
    for one, count in zip(found, readers, strict=True):
        source = desk.newsroom.find_source(one.source)
        told.append(notices.headline_changed(one, source.title if source else one.source, count))
    await tell("\n\n".join(told))
