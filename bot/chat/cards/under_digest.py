"""The buttons under a digest: a number for each story of a message, *Xem thêm* for what was left out."""

import datetime as dt
from collections.abc import Sequence
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.callbacks import encode
from bot.chat.intents import OpenCard, ShowMore
from bot.chat.messages import texts
from bot.digests import Composed
from storage.delivery.messages import Buttons
from storage.story_lists import record_story_list
from summarizer.digest import MOST_LISTED

MOST_NUMBERS = 8  # of one row: Telegram draws no more


async def buttons_under(
    connection: AsyncConnection, composed: Composed, *, now: dt.datetime
) -> list[Buttons]:
    """Return the buttons of each message of a digest, and keep the lists that they page through.

    Stories past the numbers of a message open its list, before those that the digest left out.
    """
    told = iter(composed.digest.stories)
    buttons: list[Buttons] = []
    for part in composed.rendered:
        stories = [story.story_id for story in islice(told, len(part.headlines))]
        is_last = len(buttons) == len(composed.rendered) - 1
        unnumbered = stories[MOST_NUMBERS:]
        left_out = [*unnumbered, *(composed.digest.more if is_last else ())][:MOST_LISTED]
        list_id = await record_story_list(connection, left_out, now=now)
        row = number_row(part.article_ids)
        more = [(texts.BUTTON_MORE, encode(ShowMore(list_id)))] if list_id else []
        buttons.append([each for each in (row, more) if each])
    return buttons


def number_row(article_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Return a numbered button for each of the first stories, whose headlines are these articles'.

    >>> number_row([31, 0, 47])
    [('1', 'tin:mo:31'), ('3', 'tin:mo:47')]
    """
    numbered = enumerate(article_ids[:MOST_NUMBERS], start=1)
    return [(str(number), encode(OpenCard(article))) for number, article in numbered if article]


def keyboard_of(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Return the buttons as Telegram takes them."""
    rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
