"""The buttons under a digest: open a story's card, or page through stories that had no room."""

import datetime as dt
import math
from collections.abc import Sequence
from functools import partial
from itertools import islice

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.keyboards import turning
from bot.chat.buttons.reader_intents import OpenCard, ShowMore, TurnMore
from bot.chat.cards.card_page import Viewer, card_buttons, card_page
from bot.chat.cards.card_taps import find_story_state, sharing_of
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.rate_limits import Limit, RequestLimiter, SharedRequestLimiter, limiter_for
from bot.chat.settings.choices import zone_of
from bot.messages import texts
from bot.messages.markup import MAX_UNITS
from bot.messages.rendering import RenderedPart, listed
from bot.news.digests import Composed
from bot.news.stories import find_candidate, find_candidates
from storage.candidates import find_story_list, record_story_lists
from storage.delivery.messages import Buttons
from storage.off_loop import CHAT
from storage.shown_stories import find_corrections_of, find_sent, record_shown
from storage.subscribers import find_subscriber
from summarizer.digest import MOST_LISTED
from summarizer.model import Candidate, DigestStory
from summarizer.stories.cards import make_card
from summarizer.stories.digest_story import compose_story, leading

MOST_NUMBERS = 8  # of one row: Telegram draws no more


async def buttons_under(
    connection: AsyncConnection, digests: Sequence[Composed], *, now: dt.datetime
) -> list[list[Buttons]]:
    """Return the buttons of each message of each digest, and store the lists that they page through."""
    lists = [_left_out(composed) for composed in digests]
    ids = iter(await record_story_lists(connection, [one for own in lists for one in own], now=now))
    return [
        [_buttons(part, list_id) for part, list_id in zip(composed.rendered, ids, strict=False)]
        for composed in digests
    ]


def _left_out(composed: Composed) -> list[list[int]]:
    """Return each message's stories without a number; for the last, also those left out of the digest."""
    stories = iter(composed.digest.stories)
    of_parts = [
        [story.story_id for story in islice(stories, len(part.headlines))][MOST_NUMBERS:]
        for part in composed.rendered
    ]
    if of_parts:
        of_parts[-1] += composed.digest.more
    return [ids[:MOST_LISTED] for ids in of_parts]


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
    rows = [
        [InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons if row
    ]
    return InlineKeyboardMarkup(rows) if rows else None


_TWICE = (Limit(1, dt.timedelta(seconds=5)),)  # two taps at once are one


class Cards:
    """Opens cards, for any reader of a digest; two taps in quick succession open one."""

    def __init__(self) -> None:
        self._opened: RequestLimiter | SharedRequestLimiter | None = None

    async def open(self, tap: ButtonContext, wanted: OpenCard) -> None:
        """Send the card as a reply to the message whose button was tapped."""
        self._opened = self._opened or limiter_for(tap.services, "cards")
        card = (tap.chat_id, wanted.article_id)
        if not (await self._opened.ask(card, _TWICE, tap.now)).is_admitted:
            await tap.acknowledge(texts.OPENED_ALREADY)
            return
        view = await card_view(tap, wanted.article_id)
        if isinstance(view, str):
            await tap.acknowledge(view)
            return
        await tap.acknowledge()
        await tap.reply(view)


async def card_view(context: ChatContext, article_id: int) -> View | str:
    """Return the card of the story to which the article belongs, or say why there is none."""
    candidate = await find_candidate(context.services, article_id)
    if candidate is None:
        return texts.CARD_GONE
    card = await CHAT.run(make_card, candidate)
    if card is None:
        return texts.CARD_HIDDEN
    newsroom = context.services.newsroom
    as_of = max(piece.was_ready_at for piece in candidate.pieces)
    async with context.services.database.write() as connection:
        await record_shown(connection, context.chat_id, [card.story_id], shown_at=as_of)
        subscriber = await find_subscriber(connection, context.chat_id)
        sent = await find_sent(connection, context.chat_id, card.story_id)
        corrected = await find_corrections_of(connection, card.story_id)
    state = await find_story_state(context, candidate)
    zone = zone_of(subscriber, newsroom)
    viewer = Viewer(context.now, zone, context.is_group, [one.sent_at for one in sent])
    topic = newsroom.topics.get(card.topic or "", "")
    html = await CHAT.run(lambda: card_page(card, viewer, topic_title=topic, corrections=corrected))
    return View(html, card_buttons(card.article_id, state, sharing_of(context)))


# *Xem thêm*: page through the stories that a digest had no room for, the most important first.

PER_PAGE = 6
_HEAD_UNITS = 64


async def show_more(tap: ButtonContext, wanted: ShowMore | TurnMore) -> None:
    """Send the first page as a reply to the digest, or show another page in its place."""
    view = await _page(tap, wanted.list_id, wanted.page if isinstance(wanted, TurnMore) else 0)
    if view is None:
        await tap.acknowledge(texts.MORE_GONE)
    elif isinstance(wanted, TurnMore):
        await tap.show(view)
    else:
        await tap.acknowledge()
        await tap.reply(view)


async def _page(tap: ButtonContext, list_id: int, page: int) -> View | None:
    """Return a page of the list; None if the list or this page is gone."""
    newsroom = tap.services.newsroom
    async with tap.services.database.read() as connection:
        story_ids = await find_story_list(connection, list_id)
        subscriber = await find_subscriber(connection, tap.chat_id)
    wanted = story_ids[page * PER_PAGE : (page + 1) * PER_PAGE]
    if not wanted:
        return None
    candidates = await find_candidates(tap.services, wanted)
    stories = await CHAT.run(_as_digest_stories, candidates)
    zone = zone_of(subscriber, newsroom)
    pages = math.ceil(len(story_ids) / PER_PAGE)
    head = texts.MORE.format(page=page + 1, pages=pages)
    body = await CHAT.run(
        lambda: listed(
            stories, now=tap.now, zone=zone, topic_titles=newsroom.topics, room=MAX_UNITS - _HEAD_UNITS
        )
    )
    html = Markup("\n\n").join([head, *(body or [texts.NOTHING_ON_PAGE])])
    numbers = keyboard_of([number_row([story.reports[0].article_id for story in stories])])
    rows = [*(numbers.inline_keyboard if numbers else ()), *turning(page, pages, partial(TurnMore, list_id))]
    return View(html, InlineKeyboardMarkup(rows))


def _as_digest_stories(candidates: Sequence[Candidate]) -> list[DigestStory]:
    """Return each story with one sentence, by topic; the topic of the most important story first."""
    stories = [
        compose_story(candidate, pieces, max_quotes=1)
        for candidate in candidates
        if (pieces := leading(candidate))
    ]
    topics = list(dict.fromkeys(story.topic for story in stories))
    return sorted(stories, key=lambda story: topics.index(story.topic))
