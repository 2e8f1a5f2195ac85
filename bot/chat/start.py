"""/start: subscribe, or come back, and read a first digest at once.

A deep link may carry a question (`bot.chat.questions.deep_links`): then that is answered, and nothing else is
begun. Any other payload is ignored.
"""

from bot.chat.commands import register_operator_commands
from bot.chat.digest_now import send_digest
from bot.chat.messages import keyboards, spoken, texts
from bot.chat.messages.screen import Screen
from bot.chat.questions import ask
from bot.chat.questions.deep_links import read_payload
from bot.chat.settings.choices import default_choices, join
from bot.chat.settings.panels import next_arrival, quiet_of
from bot.chat.visit import Visit
from bot.times.schedule import QuietHours
from storage.profiles import Choices
from storage.subscribers import QUIET_END, QUIET_START, find_subscriber, subscribe


async def obey(visit: Visit) -> None:
    """Welcome the chat and send its first digest, or say when that comes; or answer what the link asks."""
    if words := read_payload(visit.words):
        visit.words = words
        await ask.obey(visit)
        return
    choices, quiet, is_new = await _subscribe(visit)
    edition = visit.desk.newsroom.edition_for(choices)
    welcome = texts.WELCOME if is_new else texts.WELCOME_BACK
    if is_new and visit.is_group:
        welcome = texts.WELCOME_CHANNEL if visit.is_channel else texts.WELCOME_GROUP
    html = welcome.format(
        edition=edition.title,
        times=spoken.say_times(edition.schedule.times),
        days=spoken.say_days(edition.schedule.days),
        bot=visit.bot.username,
    )
    await visit.send(Screen(html, keyboards.for_welcome()))
    if visit.is_operator:
        await register_operator_commands(visit.bot, visit.chat_id)
    if not await send_digest(visit, edition):
        moment = next_arrival(edition, quiet, visit.now)
        await visit.send(Screen(texts.FIRST_LATER.format(moment=moment)))


async def _subscribe(visit: Visit) -> tuple[Choices, QuietHours, bool]:
    """Make the chat an active subscriber, with its old choices where it had some."""
    newsroom, now = visit.desk.newsroom, visit.now
    async with visit.desk.database.write() as connection:
        known = await find_subscriber(connection, visit.chat_id)
        choices = known.choices if known else default_choices(newsroom)
        profile_id = await join(connection, choices, newsroom, now=now)
        await subscribe(
            connection,
            visit.chat_id,
            kind=visit.chat.type,
            profile_id=profile_id,
            now=now,
            thread_id=visit.thread_id,
        )
    quiet = quiet_of(known) if known else QuietHours(QUIET_START, QUIET_END)
    return choices, quiet, known is None
