"""Messages about a list of articles, about an earlier question, and about the address of an article.

The list or question is that of the message replied to, else the last one of the chat.
"""

import datetime as dt
import math
import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from telegram import Message

from bot.chat.buttons.callbacks import parse
from bot.chat.buttons.intents import AskAgain, ShowView, TurnPage, WatchQuestion
from bot.chat.context import ChatContext, View
from bot.chat.questions import ask
from bot.chat.questions.answer_pages import article_in_detail
from bot.chat.questions.results import RESULTS_PER_PAGE
from bot.chat.talk.wishes import LAST, FollowUp, ShowAddress, completed
from bot.messages import texts
from bot.messages.markup import short_name
from bot.news.answers import as_shown, describe, local_day
from storage.articles import find_article_at
from storage.conversations import Question, find_last_question, find_page, find_question, keep_page
from storage.off_loop import CHAT
from summarizer.questions.query import parse_query

_REMEMBERED = dt.timedelta(hours=12)  # so long "bài 2" means the last list, and a question has a subject
_FEWEST_SLUG_WORDS = 2
_MOST_SLUG_WORDS = 14
_NUMBER_IN_SLUG = re.compile(r"(?:post|art|[a-z]{0,4})?\d{4,}|amp|html?|tpo|bv")


async def follow_up(context: ChatContext, wish: FollowUp) -> bool:
    """Complete the question with the subject of the last one; the caller answers it."""
    if last := await _last(context):
        readers = await ask.readers_of(context)
        said = replace(wish, words=_as_typed(context.words, wish.words))
        context.words = completed(last.text, said, readers.today())
    return False


def _as_typed(message: str, words: str) -> str:
    """Return words of a message with its capitals: only "Vinh" is a city."""
    start = message.lower().find(words)
    return message[start : start + len(words)] if start >= 0 else words


async def show_item(context: ChatContext, number: int) -> bool:
    """Show an article of the last list in detail."""
    last = await _last(context)
    count = len(last.article_ids) if last else 0
    number = max(1, count) if number == LAST else number
    if last is None:
        await context.send(View(texts.NO_LIST))
    elif number > count:
        await context.send(View(texts.NO_SUCH_ITEM.format(count=count)))
    else:
        await _show_article(context, last.text, last.article_ids[number - 1], number)
    return True


async def show_page(context: ChatContext, number: int) -> bool:
    """Show a page of the last list; for the first, the caller answers the question again."""
    last = await _last(context)
    pages = math.ceil(len(last.article_ids) / RESULTS_PER_PAGE) if last else 0
    number = max(1, pages) if number == LAST else number
    if last is None:
        await context.send(View(texts.NO_LIST))
    elif number > pages:
        await context.send(View(texts.NO_SUCH_PAGE.format(count=pages)))
    elif number == 1:
        context.words = last.text
        return False
    else:
        await _turn_to(context, last, number - 1)
    return True


async def show_more(context: ChatContext) -> bool:
    """Show the next page of the last list."""
    last = await _last(context)
    if last is None:
        await context.send(View(texts.NO_LIST))
        return True
    async with context.services.database.read() as connection:
        page = await find_page(connection, context.chat_id, last.id) + 1
    if page * RESULTS_PER_PAGE >= len(last.article_ids):
        await context.send(View(texts.NO_MORE.format(words=short_name(last.text))))
    else:
        await _turn_to(context, last, page)
    return True


async def show_address(context: ChatContext, wish: ShowAddress) -> bool:
    """Show the article at an address; if it is not stored, the caller searches for its words."""
    async with context.services.database.read() as connection:
        article = await find_article_at(connection, with_scheme(wish.url))
    if article is not None and context.services.newsroom.may_show(article.source):
        await _show_article(context, article.title, article.id, 1)
        return True
    words = wish.words or slug_words(wish.url)
    if not words:
        await context.send(View(texts.NO_WORDS_IN_ADDRESS))
        return True
    await context.send(View(texts.NOT_STORED))
    context.words = words
    return False


def with_scheme(url: str) -> str:
    """Return `url` with `https://` before it if it has no scheme."""
    return url if "://" in url else f"https://{url}"


def slug_words(url: str) -> str:
    """Return the words in an address, "" where there are none.

    >>> slug_words("https://bao.example/the-thao/mua-lon-o-ha-long-20261122101500.htm")
    'mua lon o ha long'
    """
    try:
        path = urlsplit(with_scheme(url)).path
    except ValueError:
        return ""
    segments = [re.split(r"[-_.]+", segment) for segment in unquote(path[:500]).lower().split("/")]
    words = max(segments, key=len, default=[])
    kept = [word for word in words if word and not _NUMBER_IN_SLUG.fullmatch(word)][:_MOST_SLUG_WORDS]
    return " ".join(kept) if len(kept) >= _FEWEST_SLUG_WORDS else ""


async def _last(context: ChatContext) -> Question | None:
    """Return the question that the message replied to answers, else the last one of the chat."""
    replied = context.message.reply_to_message if context.message else None
    number = _question_under(replied) if replied else None
    async with context.services.database.read() as connection:
        meant = await find_question(connection, number, context.chat_id) if number is not None else None
        if meant is None or not meant.article_ids:
            meant = await find_last_question(connection, context.chat_id, since=context.now - _REMEMBERED)
    return await as_shown(context.services, meant) if meant else None


def _question_under(answer: Message) -> int | None:
    """Return the number of the question that the buttons under an answer carry."""
    rows = answer.reply_markup.inline_keyboard if answer.reply_markup else ()
    intents = [
        parse(button.callback_data) for row in rows for button in row if isinstance(button.callback_data, str)
    ]
    asked = (one for one in intents if isinstance(one, TurnPage | ShowView | AskAgain | WatchQuestion))
    return next((one.question_id for one in asked), None)


async def _turn_to(context: ChatContext, last: Question, page: int) -> None:
    async with context.services.database.write() as connection:
        await keep_page(connection, context.chat_id, last.id, page, now=context.now)
    await ask.show_page(context, last, page)


async def _show_article(context: ChatContext, text: str, article_id: int, number: int) -> None:
    readers = await ask.readers_of(context)
    query = parse_query(text, today=local_day(context.now, readers.zone))
    found = await describe(context.services, query, [article_id])
    if not found:
        await context.send(View(texts.ARTICLE_GONE))
        return
    await context.send(View(await CHAT.run(article_in_detail, number, found[0], readers)))
