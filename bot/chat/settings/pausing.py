"""/tamdung and /tieptuc, each with the way back in one tap."""

from bot.chat.messages import keyboards, texts
from bot.chat.messages.screen import Screen
from bot.chat.settings.choices import join
from bot.chat.settings.panels import next_arrival, quiet_of
from bot.chat.visit import Visit
from storage.subscribers import find_subscriber, set_status


async def pause(visit: Visit) -> None:
    """Send no digests until further notice; what is queued is called off."""
    async with visit.desk.database.write() as connection:
        subscriber = await find_subscriber(connection, visit.chat_id)
        if subscriber is not None:
            await set_status(connection, visit.chat_id, "paused", now=visit.now)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    else:
        await visit.show(Screen(texts.PAUSED, keyboards.for_pause(is_paused=True)))


async def resume(visit: Visit) -> None:
    """Send digests again, with all choices as they were."""
    newsroom = visit.desk.newsroom
    async with visit.desk.database.write() as connection:
        subscriber = await find_subscriber(connection, visit.chat_id)
        if subscriber is not None:
            await join(connection, subscriber.choices, newsroom, now=visit.now)
            await set_status(connection, visit.chat_id, "active", now=visit.now)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
        return
    moment = next_arrival(newsroom.edition_for(subscriber.choices), quiet_of(subscriber), visit.now)
    await visit.show(Screen(texts.RESUMED.format(moment=moment), keyboards.for_pause(is_paused=False)))
