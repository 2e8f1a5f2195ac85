"""Changes that a message asks for, proposed on a button and made when that is tapped.

The message is kept as a question is. The tap reads it again as of the moment it was written, so the button
holds only its number, works after a restart, and does nothing that the message does not say.
"""

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup

from bot.chat.buttons import talk_keyboards
from bot.chat.buttons.intents import Confirm, PauseFor, Press, SetDays, SetTimes
from bot.chat.context import Screen, Tap, Visit
from bot.chat.questions.results import shown_question
from bot.chat.settings import choosing_times, choosing_topics
from bot.chat.settings.choices import change_choices, find_chosen
from bot.chat.settings.typed_settings import NoTopicLeftError, TypedTopics, topic_changes
from bot.chat.talk.rule_slots import Listener
from bot.chat.talk.understanding import understand
from bot.chat.talk.wishes import PauseUntil, SetSchedule, SetTopics, Wish
from bot.messages import spoken, texts
from bot.news.narrowing import topic_names
from storage.conversations import find_question, record_question
from storage.subscribers import Subscriber
from storage.threads import CHAT

_MOST_PAUSED_DAYS = 31


@dataclass(frozen=True, slots=True)
class _Proposal:
    """What is proposed: the sentence, the button's label, and where something else can be chosen."""

    html: Markup
    label: str
    panel: tuple[str, Press] | None = None


async def listener(visit: Visit, at: dt.datetime) -> Listener:
    """Return by what a message of this chat, written at `at`, is understood."""
    newsroom = visit.desk.newsroom
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    zone = newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone
    return Listener(at, zone, topic_names(newsroom))


async def propose(visit: Visit, wish: Wish) -> None:
    """Offer to do what `visit.words` say, which is `wish`."""
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    proposal = _proposal(visit, subscriber, wish) if subscriber else None
    if proposal is None:
        await visit.send(Screen(texts.NOT_SUBSCRIBED))
        return
    kept = await _keep(visit, visit.words)
    await visit.send(Screen(proposal.html, talk_keyboards.for_proposal(proposal.label, kept, proposal.panel)))


async def propose_watch(visit: Visit, words: str) -> None:
    """Offer to watch the words, or to search for them."""
    shown = shown_question(words)
    kept = await _keep(visit, words)
    html = texts.PROPOSE_WATCH.format(words=shown)
    await visit.send(Screen(html, talk_keyboards.for_watching(shown, kept)))


async def confirm(tap: Tap, wanted: Confirm) -> None:
    """Do what a message of this chat wanted."""
    async with tap.desk.database.read() as connection:
        said = await find_question(connection, wanted.question_id, tap.chat_id)
    subscriber = await find_chosen(tap.desk, tap.chat_id)
    if said is None or subscriber is None:
        await tap.acknowledge(texts.NOT_SUBSCRIBED_LINE if said else texts.STALE_PROPOSAL)
        return
    wish = await CHAT.run(understand, said.text, await listener(tap, said.asked_at))
    match wish:
        case PauseUntil(until) if until > tap.now:
            await choosing_times.pause(tap, until)
        case SetSchedule(changes):
            changed = await change_choices(tap.desk, tap.chat_id, *changes)
            if changed is None or changed.is_same:
                await tap.acknowledge(texts.UNCHANGED if changed else texts.STALE_BUTTON)
                return
            undo = choosing_times.undo_of(changed)
            await tap.show(choosing_times.changed_screen(tap.desk, changed, texts.SAVED, undo=undo))
        case SetTopics():
            await _set_topics(tap, subscriber, wish)
        case _:
            await tap.acknowledge(texts.STALE_PROPOSAL)


async def pause_for(tap: Tap, wanted: PauseFor) -> None:
    """Pause for some days from now on."""
    days = min(wanted.days, _MOST_PAUSED_DAYS)
    await choosing_times.pause(tap, tap.now + dt.timedelta(days=days))


async def _set_topics(tap: Tap, subscriber: Subscriber, wish: SetTopics) -> None:
    newsroom = tap.desk.newsroom
    try:
        changes = topic_changes(wish.how, wish.topics, subscriber.choices.topics, newsroom)
    except NoTopicLeftError:
        await tap.acknowledge(texts.NO_TOPIC_LEFT)
        return
    await tap.show(
        await choosing_topics.changed_topics(tap, subscriber, TypedTopics(changes, wish.how, wish.topics))
    )


async def _keep(visit: Visit, words: str) -> int:
    async with visit.desk.database.write() as connection:
        return await record_question(connection, visit.chat_id, words, (), now=visit.now)


def _proposal(visit: Visit, subscriber: Subscriber, wish: Wish) -> _Proposal | None:
    newsroom = visit.desk.newsroom
    own = newsroom.edition_for(subscriber.choices).schedule
    match wish:
        case PauseUntil(until):
            moment = spoken.say_moment(until, own.zone, now=visit.now)
            label = texts.BUTTON_YES_PAUSE.format(moment=moment)
            return _Proposal(texts.PROPOSE_PAUSE.format(moment=moment), label)
        case SetSchedule(changes):
            times, days = spoken.say_times(own.times), spoken.say_days(own.days)
            for change in changes:
                match change:
                    case SetTimes(typed):
                        times = spoken.say_list(typed)
                    case SetDays(typed_days):
                        days = spoken.say_days(typed_days)
            label = texts.BUTTON_SET_SCHEDULE.format(times=times, days=days)
            panel = (texts.BUTTON_TIMES, Press.SHOW_SCHEDULE)
            return _Proposal(texts.PROPOSE_SCHEDULE.format(times=times, days=days), label, panel)
        case SetTopics(how, names):
            said = choosing_topics.say_names(names, newsroom)
            panel = (texts.BUTTON_TOPICS, Press.SHOW_TOPICS)
            html = texts.PROPOSE_TOPICS[how].format(topics=said)
            return _Proposal(html, texts.BUTTONS_OF_TOPIC_CHANGES[how].format(topics=said), panel)
        case _:
            return None
