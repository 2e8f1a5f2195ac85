"""What is done about a message to the bot itself.

What changes settings is only proposed (`bot.chat.talk.proposals`). What turns out to be a question after all
is left to the caller, with `visit.words` made whole.
"""

from bot.chat import digest_now, help, my_data
from bot.chat.messages import talk_keyboards, talk_texts, texts
from bot.chat.messages.screen import Screen
from bot.chat.questions import watches
from bot.chat.settings import schedule, topics
from bot.chat.settings.choices import find_chosen
from bot.chat.settings.panels import next_arrival, quiet_of, quiet_screen
from bot.chat.talk import articles, proposals
from bot.chat.talk.understanding import understand
from bot.chat.talk.wishes import (
    FollowUp,
    Plain,
    ShowAddress,
    ShowItem,
    ShowPage,
    UnwatchWords,
    WatchWords,
    Wish,
)
from bot.chat.visit import Visit
from bot.threads import CHAT


async def find_wish(visit: Visit) -> Wish | None:
    """Return what the words want from the bot, said now in this chat; None where they are a question."""
    listener = await proposals.listener(visit, visit.now)
    return await CHAT.run(understand, visit.words, listener)


async def reply(visit: Visit, wish: Wish) -> bool:
    """Do what is no change, propose what is one; False where `visit.words` are a question after all."""
    match wish:
        case FollowUp():
            return await articles.follow_up(visit, wish)
        case ShowAddress():
            return await articles.show_address(visit, wish)
        case ShowItem(number):
            return await articles.show_item(visit, number)
        case ShowPage(number):
            return await articles.show_page(visit, number)
        case Plain.MORE:
            return await articles.show_more(visit)
        case Plain():
            await _plain(visit, wish)
        case WatchWords(words):
            await proposals.propose_watch(visit, words)
        case UnwatchWords(words):
            await watches.offer_to_stop(visit, words)
        case _:
            await proposals.propose(visit, wish)
    return True


async def _plain(visit: Visit, wish: Plain) -> None:
    visit.words = ""
    match wish:
        case Plain.THANKS:
            await visit.send(Screen(talk_texts.THANKS))
        case Plain.FINE:
            await visit.send(Screen(talk_texts.FINE))
        case Plain.WHO:
            await visit.send(Screen(talk_texts.WHO))
        case Plain.GREETING | Plain.HELP:
            await help.show(visit)
        case Plain.DIGEST:
            await digest_now.obey(visit)
        case Plain.WATCHES:
            await watches.show(visit)
        case Plain.SCHEDULE:
            await schedule.obey(visit)
        case Plain.TOPICS:
            await topics.obey(visit)
        case Plain.DATA:
            await my_data.show(visit)
        case Plain.DELETE:
            await my_data.ask_to_delete(visit)
        case _:
            await visit.send(await _choice(visit, wish))


async def _choice(visit: Visit, wish: Plain) -> Screen:
    """Return the buttons among which a subscriber chooses."""
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    if subscriber is None:
        return Screen(texts.NOT_SUBSCRIBED)
    is_paused = subscriber.status == "paused"
    match wish:
        case Plain.QUIET:
            return quiet_screen(subscriber)
        case Plain.LENGTH:
            return Screen(talk_texts.LENGTH, talk_keyboards.for_length())
        case Plain.RESUME if is_paused:
            return Screen(talk_texts.PROPOSE_RESUME, talk_keyboards.for_resuming())
        case Plain.RESUME:
            edition = visit.desk.newsroom.edition_for(subscriber.choices)
            moment = next_arrival(edition, quiet_of(subscriber), visit.now)
            return Screen(talk_texts.NOT_PAUSED.format(moment=moment), talk_keyboards.for_times())
        case Plain.PAUSE:
            return Screen(talk_texts.ASK_PAUSE, talk_keyboards.for_pause_lengths())
        case _:
            return Screen(talk_texts.LEAVE, talk_keyboards.for_leaving())
