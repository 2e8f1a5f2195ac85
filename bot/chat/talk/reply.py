"""What is done about a message to the bot itself, and about words that a bare command asked for."""

import datetime as dt

from bot.chat import commands, digest_now, my_data
from bot.chat.buttons import talk_keyboards
from bot.chat.context import Screen, Visit
from bot.chat.questions import watch_buttons
from bot.chat.settings import choosing_times, choosing_topics
from bot.chat.settings.choices import find_chosen
from bot.chat.settings.panels import next_arrival, quiet_of, quiet_screen
from bot.chat.talk import listed_articles, proposals
from bot.chat.talk.rule_slots import asks_something
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
from bot.messages import texts
from storage.conversations import await_words as write_awaited
from storage.conversations import is_awaiting, take_awaited
from storage.threads import CHAT
from summarizer.text.syllables import canonical

# A command sent bare from the menu asks for its words; the next message is its answer.
#
# It is kept in the database, so a restart forgets nothing, and expires after ten minutes.

_PATIENCE = dt.timedelta(minutes=10)
_CALLING_OFF = frozenset(
    ("thôi", "không", "hủy", "bỏ qua", "thôi không", "thôi khỏi", "khỏi", "cancel", "/cancel")
)


async def await_words(visit: Visit, command: str | None) -> None:
    """Take the next message for the words of `command`; None: of no command any more."""
    async with visit.desk.database.read() as connection:
        was_awaiting = await is_awaiting(connection, visit.chat_id)
    if command is None and not was_awaiting:
        return
    async with visit.desk.database.write() as connection:
        if command is None:
            await take_awaited(connection, visit.chat_id, now=visit.now)
        else:
            await write_awaited(connection, visit.chat_id, command, until=visit.now + _PATIENCE)


async def take_awaited_command(visit: Visit) -> str | None:
    """Return the command whose words are awaited now, and await them no longer."""
    async with visit.desk.database.read() as connection:
        if not await is_awaiting(connection, visit.chat_id):
            return None
    async with visit.desk.database.write() as connection:
        return await take_awaited(connection, visit.chat_id, now=visit.now)


def is_called_off(words: str) -> bool:
    """Tell whether the answer to a command's question is that there is none."""
    return " ".join(canonical(words).split()).strip(".!") in _CALLING_OFF


def is_its_answer(command: str, visit: Visit, wish: Wish | None) -> bool:
    """Tell whether a message is the words that `command` asked for, and not another wish or a question.

    "theo dõi giá vàng" answers /theodoi with what it says; "giá vàng bao nhiêu" is asked, not watched.
    """
    if command == "theodoi" and isinstance(wish, WatchWords):
        visit.words = wish.words
        return True
    if wish is not None and wish is not Plain.DIGEST:
        return False
    return wish is None and not (command == "theodoi" and asks_something(visit.words))


# What is done about a message to the bot itself.
#
# What changes settings is only proposed (`bot.chat.talk.proposals`). What turns out to be a question
# after all is left to the caller, with `visit.words` made whole.


async def find_wish(visit: Visit) -> Wish | None:
    """Return what the words want from the bot, said now in this chat; None where they are a question."""
    listener = await proposals.listener(visit, visit.now)
    return await CHAT.run(understand, visit.words, listener)


async def reply(visit: Visit, wish: Wish) -> bool:
    """Do what is no change, propose what is one; False where `visit.words` are a question after all."""
    match wish:
        case FollowUp():
            return await listed_articles.follow_up(visit, wish)
        case ShowAddress():
            return await listed_articles.show_address(visit, wish)
        case ShowItem(number):
            return await listed_articles.show_item(visit, number)
        case ShowPage(number):
            return await listed_articles.show_page(visit, number)
        case Plain.MORE:
            return await listed_articles.show_more(visit)
        case Plain():
            await _plain(visit, wish)
        case WatchWords(words):
            await proposals.propose_watch(visit, words)
        case UnwatchWords(words):
            await watch_buttons.offer_to_stop(visit, words)
        case _:
            await proposals.propose(visit, wish)
    return True


async def _plain(visit: Visit, wish: Plain) -> None:
    visit.words = ""
    match wish:
        case Plain.THANKS:
            await visit.send(Screen(texts.THANKS))
        case Plain.FINE:
            await visit.send(Screen(texts.FINE))
        case Plain.WHO:
            await visit.send(Screen(texts.WHO))
        case Plain.GREETING | Plain.HELP:
            await commands.show(visit)
        case Plain.DIGEST:
            await digest_now.obey(visit)
        case Plain.WATCHES:
            await watch_buttons.show(visit)
        case Plain.SCHEDULE:
            await choosing_times.obey(visit)
        case Plain.TOPICS:
            await choosing_topics.obey(visit)
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
            return Screen(texts.LENGTH, talk_keyboards.for_length())
        case Plain.RESUME if is_paused:
            return Screen(texts.PROPOSE_RESUME, talk_keyboards.for_resuming())
        case Plain.RESUME:
            edition = visit.desk.newsroom.edition_for(subscriber.choices)
            moment = next_arrival(edition, quiet_of(subscriber), visit.now)
            return Screen(texts.NOT_PAUSED.format(moment=moment), talk_keyboards.for_times())
        case Plain.PAUSE:
            return Screen(texts.ASK_PAUSE, talk_keyboards.for_pause_lengths())
        case _:
            return Screen(texts.LEAVE, talk_keyboards.for_leaving())
