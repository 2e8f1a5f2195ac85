"""/tamdung and /tieptuc, each with the way back in one tap."""

import datetime as dt

from bot.chat.messages import keyboards, spoken, talk_keyboards, talk_texts, texts
from bot.chat.messages.screen import Screen
from bot.chat.questions.results import shown_question
from bot.chat.settings.choices import find_chosen, join
from bot.chat.settings.panels import next_arrival, quiet_of
from bot.chat.talk.spans import UnreadableSpanError, parse_pause
from bot.chat.visit import Visit
from storage.subscribers import find_subscriber, set_status


async def obey(visit: Visit) -> None:
    """Pause: for as long as the words say, without words until further notice."""
    words = visit.words.strip()
    if not words:
        await pause(visit)
        return
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    newsroom = visit.desk.newsroom
    zone = newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone
    try:
        until = parse_pause(words, now=visit.now, zone=zone)
    except UnreadableSpanError:
        html = talk_texts.UNREAD_PAUSE.format(words=shown_question(words))
        await visit.send(Screen(html, talk_keyboards.for_pause_lengths()))
    else:
        await pause(visit, until)


async def pause(visit: Visit, until: dt.datetime | None = None) -> None:
    """Send no digests until then, None: until further notice; what is queued is called off."""
    async with visit.desk.database.write() as connection:
        subscriber = await find_subscriber(connection, visit.chat_id)
        if subscriber is not None:
            await set_status(connection, visit.chat_id, "paused", now=visit.now, paused_until=until)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
        return
    html = texts.PAUSED
    if until is not None:
        zone = visit.desk.newsroom.edition_for(subscriber.choices).schedule.zone
        html = talk_texts.PAUSED_UNTIL.format(moment=spoken.say_moment(until, zone, now=visit.now))
    await visit.show(Screen(html, keyboards.for_pause(is_paused=True)))


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
