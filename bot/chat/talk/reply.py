"""Answers to messages to the bot itself, and to the words that a bare command asked for."""

import datetime as dt

from bot.chat import commands, digest_now, my_data
from bot.chat.buttons import keyboards, settings_keyboards
from bot.chat.context import ChatContext, Handler, View
from bot.chat.membership import may_set
from bot.chat.questions import watch_buttons
from bot.chat.settings import choosing_contents, choosing_times
from bot.chat.settings.choices import find_chat_subscriber
from bot.chat.settings.panels import next_arrival, quiet_of, quiet_view
from bot.chat.talk import listed_articles, proposals
from bot.chat.talk.rule_slots import asks_something
from bot.chat.talk.understanding import understand
from bot.chat.talk.wishes import (
    FollowUp,
    ShowAddress,
    ShowItem,
    ShowPage,
    SimpleWish,
    UnwatchWords,
    WatchWords,
    Wish,
)
from bot.messages import subscription_texts, texts
from storage.conversations import await_words as write_awaited
from storage.conversations import is_awaiting, take_awaited
from storage.off_loop import CHAT
from summarizer.text.syllables import canonical

# A command sent bare from the menu asks for its words; the next message is its answer.
#
# It is kept in the database, so a restart forgets nothing, and expires after ten minutes.

_WAIT_FOR_WORDS = dt.timedelta(minutes=10)
_CALLING_OFF = frozenset(
    ("thôi", "không", "hủy", "bỏ qua", "thôi không", "thôi khỏi", "khỏi", "cancel", "/cancel")
)


async def await_words(context: ChatContext, command: str | None) -> None:
    """Take the next message as the words of `command`; None: stop waiting for words."""
    if command is None:
        await take_awaited_command(context)
        return
    async with context.services.database.write() as connection:
        await write_awaited(connection, context.chat_id, command, until=context.now + _WAIT_FOR_WORDS)


async def take_awaited_command(context: ChatContext) -> str | None:
    """Return the command that waits for words, if any, and stop waiting."""
    async with context.services.database.read() as connection:
        if not await is_awaiting(connection, context.chat_id):
            return None
    async with context.services.database.write() as connection:
        return await take_awaited(connection, context.chat_id, now=context.now)


def is_called_off(words: str) -> bool:
    """Tell whether the words decline a command's question for words: "thôi"."""
    return " ".join(canonical(words).split()).strip(".!") in _CALLING_OFF


def answers_command(command: str, context: ChatContext, wish: Wish | None) -> bool:
    """Tell whether a message is the words that `command` asked for, and not another wish or a question.

    "theo dõi giá vàng" answers /theodoi with what it says; "giá vàng bao nhiêu" is asked, not watched.
    """
    if command == "theodoi" and isinstance(wish, WatchWords):
        context.words = wish.words
        return True
    return wish is None and not (command == "theodoi" and asks_something(context.words))


_PROMPTS = {texts.EMPTY_QUESTION: "tim", texts.EMPTY_TREND: "xuhuong"}
_ABOUT_A_LIST = (FollowUp, ShowItem, ShowPage)
_ANSWERS = {SimpleWish.THANKS: texts.THANKS, SimpleWish.FINE: texts.FINE, SimpleWish.WHO: texts.WHO}
_NEWS: dict[SimpleWish, Handler] = {
    SimpleWish.GREETING: commands.show,
    SimpleWish.HELP: commands.show,
    SimpleWish.DIGEST: digest_now.handle,
}
_FOR_READERS = {SimpleWish.MORE, SimpleWish.BLAME, *_ANSWERS, *_NEWS}
_HANDLERS: dict[SimpleWish, Handler] = _NEWS | {
    SimpleWish.WATCHES: watch_buttons.show,
    SimpleWish.SCHEDULE: choosing_times.handle,
    SimpleWish.TOPICS: choosing_contents.handle_topics,
    SimpleWish.DATA: my_data.show,
    SimpleWish.DELETE: my_data.ask_to_delete,
}


def prompted_command(context: ChatContext) -> str | None:
    """Return the command whose question for words this message replies to."""
    replied = context.message.reply_to_message if context.message else None
    asked = replied.text if replied else None
    return next((name for prompt, name in _PROMPTS.items() if asked == prompt.striptags()), None)


def asks_more(context: ChatContext, wish: Wish | None) -> bool:
    """Tell whether a reply to the bot goes on with its answer or asks, and is not mere talk."""
    if isinstance(wish, _ABOUT_A_LIST) or wish is SimpleWish.MORE:
        return True
    return wish is None and "?" in context.words and asks_something(context.words)


async def reply_in_group(context: ChatContext, wish: Wish | None) -> bool:
    """Do as `reply` does, but let only administrators change the group's choices."""
    is_for_readers = wish is None or isinstance(wish, (*_ABOUT_A_LIST, ShowAddress)) or wish in _FOR_READERS
    if not context.words:
        await commands.show(context)
    elif not is_for_readers and not await may_set(context):
        await context.send(View(subscription_texts.ONLY_ADMINISTRATORS))
    else:
        return wish is not None and await reply(context, wish)
    return True


# Messages to the bot itself. A change of settings is only proposed (`bot.chat.talk.proposals`). What turns
# out to be a question is left to the caller, completed in `context.words`.


async def find_wish(context: ChatContext) -> Wish | None:
    """Return the wish in the words; None for a question."""
    parsing = await proposals.parse_context(context, context.now)
    return await CHAT.run(understand, context.words, parsing)


async def reply(context: ChatContext, wish: Wish) -> bool:
    """Fulfil a wish, or propose it if it is a change; False if `context.words` are a question after all."""
    match wish:
        case FollowUp():
            return await listed_articles.follow_up(context, wish)
        case ShowAddress():
            return await listed_articles.show_address(context, wish)
        case ShowItem(number):
            return await listed_articles.show_item(context, number)
        case ShowPage(number):
            return await listed_articles.show_page(context, number)
        case SimpleWish.MORE:
            return await listed_articles.show_more(context)
        case SimpleWish():
            await _fulfil_simple(context, wish)
        case WatchWords(words):
            await proposals.propose_watch(context, words)
        case UnwatchWords(words):
            await watch_buttons.offer_to_stop(context, words)
        case _:
            await proposals.propose(context, wish)
    return True


async def _fulfil_simple(context: ChatContext, wish: SimpleWish) -> None:
    context.words = ""
    if handler := _HANDLERS.get(wish):
        await handler(context)
    else:
        answer = _ANSWERS.get(wish)
        await context.send(View(answer) if answer else await _choice(context, wish))


async def _choice(context: ChatContext, wish: SimpleWish) -> View:
    """Return the view with a subscriber's options for this wish."""
    subscriber = await find_chat_subscriber(context.services, context.chat_id)
    if subscriber is None:
        return View(subscription_texts.NOT_SUBSCRIBED)
    match wish:
        case SimpleWish.QUIET:
            return quiet_view(subscriber)
        case SimpleWish.LENGTH:
            length = subscription_texts.LENGTHS_EXPLAINED[subscriber.choices.length]
            keyboard = settings_keyboards.for_length(subscriber.choices)
            return View(subscription_texts.LENGTH.format(length=length), keyboard)
        case SimpleWish.RESUME if subscriber.status == "paused":
            return View(subscription_texts.PROPOSE_RESUME, keyboards.TO_RESUME)
        case SimpleWish.RESUME:
            edition = context.services.newsroom.edition_for(subscriber.choices)
            moment = next_arrival(edition, quiet_of(subscriber), context.now)
            return View(subscription_texts.NOT_PAUSED.format(moment=moment), keyboards.TO_SCHEDULE)
        case SimpleWish.PAUSE:
            return View(subscription_texts.ASK_PAUSE, keyboards.PAUSE_LENGTHS)
        case _:
            return View(subscription_texts.LEAVE, keyboards.LEAVING)
