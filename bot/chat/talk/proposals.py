"""Changes that a message asks for, proposed on a button and made when that is tapped.

The message is stored like a question. The tap reads it again as of the moment it was written, so the button
holds only its number, works after a restart, and does nothing that the message does not say.
"""

import datetime as dt

from markupsafe import Markup

from bot.chat.buttons import keyboards
from bot.chat.buttons.intents import Button, Confirm, PauseFor, SetDays, SetTimes
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.settings import choosing_contents, choosing_times
from bot.chat.settings.choices import find_chat_subscriber, find_or_refuse, find_zone
from bot.chat.settings.typed_settings import NoTopicLeftError, TypedTopics, topic_changes
from bot.chat.talk.rule_slots import ParseContext
from bot.chat.talk.understanding import understand
from bot.chat.talk.wishes import PauseUntil, Proposable, SetSchedule, SetTopics
from bot.messages import spoken, subscription_texts, texts
from bot.messages.markup import short_name
from bot.news.narrowing import topic_names
from storage.conversations import find_question, record_question
from storage.off_loop import CHAT
from storage.subscribers import Subscriber

_MOST_PAUSED_DAYS = 31


_Proposal = tuple[Markup, str, tuple[str, Button] | None]  # sentence, label, where else it can be chosen


async def parse_context(context: ChatContext, at: dt.datetime) -> ParseContext:
    """Return what is needed to understand a message of this chat, written at `at`."""
    return ParseContext(at, await find_zone(context), topic_names(context.services.newsroom))


async def propose(context: ChatContext, wish: Proposable) -> None:
    """Offer to do what `context.words` say, which is `wish`."""
    if subscriber := await find_or_refuse(context):
        html, label, panel = _proposal(context, subscriber, wish)
        kept = await _keep(context, context.words)
        await context.send(View(html, keyboards.for_proposal(label, kept, panel)))


async def propose_watch(context: ChatContext, words: str) -> None:
    """Offer to watch the words, or to search for them."""
    shown = short_name(words)
    kept = await _keep(context, words)
    html = texts.PROPOSE_WATCH.format(words=shown, whom=context.whom)
    await context.send(View(html, keyboards.for_watching(shown, kept)))


async def confirm(tap: ButtonContext, wanted: Confirm) -> None:
    """Do what a message of this chat wanted."""
    async with tap.services.database.read() as connection:
        said = await find_question(connection, wanted.question_id, tap.chat_id)
    subscriber = await find_chat_subscriber(tap.services, tap.chat_id)
    if said is None or subscriber is None:
        await tap.refuse(subscription_texts.NOT_SUBSCRIBED if said else subscription_texts.STALE_PROPOSAL)
        return
    wish = await CHAT.run(understand, said.text, await parse_context(tap, said.asked_at))
    match wish:
        case PauseUntil(until) if until > tap.now:
            await choosing_times.pause(tap, until)
        case SetSchedule(changes):
            await choosing_times.change(tap, *changes)
        case SetTopics():
            await _set_topics(tap, subscriber, wish)
        case _:
            await tap.acknowledge(subscription_texts.STALE_PROPOSAL)


async def pause_for(tap: ButtonContext, wanted: PauseFor) -> None:
    """Pause for some days from now on."""
    days = min(wanted.days, _MOST_PAUSED_DAYS)
    await choosing_times.pause(tap, tap.now + dt.timedelta(days=days))


async def _set_topics(tap: ButtonContext, subscriber: Subscriber, wish: SetTopics) -> None:
    newsroom = tap.services.newsroom
    try:
        changes = topic_changes(wish.how, wish.topics, subscriber.choices.topics, newsroom)
    except NoTopicLeftError:
        await tap.acknowledge(subscription_texts.NO_TOPIC_LEFT)
        return
    await tap.show(
        await choosing_contents.changed_topics(tap, subscriber, TypedTopics(changes, wish.how, wish.topics))
    )


async def _keep(context: ChatContext, words: str) -> int:
    async with context.services.database.write() as connection:
        return await record_question(connection, context.chat_id, words, (), now=context.now)


def _proposal(context: ChatContext, subscriber: Subscriber, wish: Proposable) -> _Proposal:
    newsroom = context.services.newsroom
    own = newsroom.edition_for(subscriber.choices).schedule
    match wish:
        case PauseUntil(until):
            moment = spoken.say_moment(until, own.zone, now=context.now)
            html = subscription_texts.PROPOSE_PAUSE.format(moment=moment)
            return html, subscription_texts.BUTTON_YES_PAUSE.format(moment=moment), None
        case SetSchedule(changes):
            times, days = spoken.say_times(own.times), spoken.say_days(own.days)
            for change in changes:
                match change:
                    case SetTimes(typed):
                        times = spoken.say_list(typed)
                    case SetDays(typed_days):
                        days = spoken.say_days(typed_days)
            html = subscription_texts.PROPOSE_SCHEDULE.format(times=times, days=days)
            label = subscription_texts.BUTTON_SET_SCHEDULE.format(times=times, days=days)
            return html, label, (subscription_texts.BUTTON_TIMES, Button.SHOW_SCHEDULE)
        case SetTopics(how, names):
            said = choosing_contents.say_topic_names(names, newsroom)
            html = subscription_texts.PROPOSE_TOPICS[how].format(topics=said)
            label = subscription_texts.BUTTONS_OF_TOPIC_CHANGES[how].format(topics=said)
            return html, label, (subscription_texts.BUTTON_TOPICS, Button.SHOW_TOPICS)
