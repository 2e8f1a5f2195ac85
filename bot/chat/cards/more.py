"""*Xem thêm*: page through the stories that a digest had no room for, the most important first."""

import math
from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.story_intents import (
    ShowMore,
    TurnMore,
)
from bot.chat.cards.under_digest import number_row
from bot.chat.context import ButtonContext, Screen
from bot.messages import card_texts, texts
from bot.messages.markup import MAX_UNITS
from bot.messages.rendering import listed
from bot.news.stories import find_candidates
from storage.story_lists import find_story_list
from storage.subscribers import find_subscriber
from storage.threads import CHAT
from summarizer.digest import Candidate, DigestStory
from summarizer.stories.telling import leading, tell

PER_PAGE = 6
_HEAD_UNITS = 64


async def show(tap: ButtonContext, wanted: ShowMore) -> None:
    """Send the first page as a reply to the digest."""
    screen = await _page(tap, wanted.list_id, 0)
    if screen is None:
        await tap.acknowledge(card_texts.MORE_GONE)
        return
    await tap.acknowledge()
    await tap.reply(screen)


async def turn(tap: ButtonContext, wanted: TurnMore) -> None:
    """Show another page in place."""
    screen = await _page(tap, wanted.list_id, wanted.page)
    if screen is None:
        await tap.acknowledge(card_texts.MORE_GONE)
    else:
        await tap.show(screen)


async def _page(tap: ButtonContext, list_id: int, page: int) -> Screen | None:
    """Return a page of the list; None where the list, or this page of it, is not there."""
    newsroom = tap.services.newsroom
    async with tap.services.database.read() as connection:
        story_ids = await find_story_list(connection, list_id)
        subscriber = await find_subscriber(connection, tap.chat_id)
    wanted = story_ids[page * PER_PAGE : (page + 1) * PER_PAGE]
    if not wanted:
        return None
    candidates = await find_candidates(tap.services, wanted)
    stories = await CHAT.run(_told, candidates)
    zone = newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone
    pages = math.ceil(len(story_ids) / PER_PAGE)
    head = card_texts.MORE.format(page=page + 1, pages=pages)
    body = await CHAT.run(
        lambda: listed(
            stories, now=tap.now, zone=zone, topic_titles=newsroom.topics, room=MAX_UNITS - _HEAD_UNITS
        )
    )
    html = Markup("\n\n").join([head, *(body or [card_texts.NOTHING_ON_PAGE])])
    articles = [story.reports[0].article_id for story in stories]
    return Screen(html, _keyboard(articles, list_id, page, pages))


def _told(candidates: Sequence[Candidate]) -> list[DigestStory]:
    """Tell each story in a sentence, those of one topic together, the topic of the most important first."""
    told = [
        tell(candidate, pieces, max_quotes=1) for candidate in candidates if (pieces := leading(candidate))
    ]
    topics = list(dict.fromkeys(story.topic for story in told))
    return sorted(told, key=lambda story: topics.index(story.topic))


def _keyboard(articles: Sequence[int], list_id: int, page: int, pages: int) -> InlineKeyboardMarkup:
    turning = []
    if page > 0:
        turning.append((texts.BUTTON_PREVIOUS, encode(TurnMore(list_id, page - 1))))
    if page < pages - 1:
        turning.append((texts.BUTTON_NEXT, encode(TurnMore(list_id, page + 1))))
    rows = [
        [InlineKeyboardButton(label, callback_data=data) for label, data in row]
        for row in (number_row(articles), turning)
        if row
    ]
    return InlineKeyboardMarkup(rows)
