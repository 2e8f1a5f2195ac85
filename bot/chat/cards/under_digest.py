"""The buttons under a digest: a number for each story of a message, *Xem thêm* for what was left out."""

import datetime as dt
from collections.abc import Sequence
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.story_intents import (
    OpenCard,
    ShowMore,
)
from bot.messages import texts
from bot.messages.rendering import RenderedPart
from bot.news.digests import Composed
from storage.delivery.messages import Buttons
from storage.story_lists import record_story_lists
from summarizer.digest import MOST_LISTED

MOST_NUMBERS = 8  # of one row: Telegram draws no more


async def buttons_under(
    connection: AsyncConnection, digests: Sequence[Composed], *, now: dt.datetime
) -> list[list[Buttons]]:
    """Return the buttons of each message of each digest, and keep the lists that they page through."""
    lists = [_left_out(composed) for composed in digests]
    ids = iter(await record_story_lists(connection, [one for own in lists for one in own], now=now))
    return [
        [_buttons(part, list_id) for part, list_id in zip(composed.rendered, ids, strict=False)]
        for composed in digests
    ]


def _left_out(composed: Composed) -> list[list[int]]:
    """Return by message the stories past its numbers; under the last one what was left out, too."""
    told = iter(composed.digest.stories)
    of_parts = [
        [story.story_id for story in islice(told, len(part.headlines))][MOST_NUMBERS:]
        for part in composed.rendered
    ]
    if of_parts:
        of_parts[-1] += composed.digest.more
    return [stories[:MOST_LISTED] for stories in of_parts]


def _buttons(part: RenderedPart, list_id: int | None) -> Buttons:
    row = number_row(part.article_ids, first=part.first_number)
    more = [(texts.BUTTON_MORE, encode(ShowMore(list_id)))] if list_id else []
    return [each for each in (row, more) if each]


def number_row(article_ids: Sequence[int], *, first: int = 1) -> list[tuple[str, str]]:
    """Return a button for each of the first stories, by the article of its headline, numbered from `first`.

    >>> number_row([31, 0, 47])
    [('1', 'tin:mo:31'), ('3', 'tin:mo:47')]
    """
    numbered = enumerate(article_ids[:MOST_NUMBERS], start=first)
    return [(str(number), encode(OpenCard(article))) for number, article in numbered if article]


def keyboard_of(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Return the buttons as Telegram takes them."""
    rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
