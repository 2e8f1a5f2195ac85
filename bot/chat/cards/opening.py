"""Open a story's card under a digest, for anybody who reads there."""

import datetime as dt

from bot.chat.buttons.story_intents import (
    OpenCard,
)
from bot.chat.cards.card_buttons import card_buttons
from bot.chat.cards.card_page import Looking, card_page
from bot.chat.cards.card_taps import find_standing, sharing_of
from bot.chat.context import ButtonContext, ChatContext, Screen
from bot.chat.permissions import Guard, Limit
from bot.messages import card_texts
from bot.news.stories import find_candidate
from storage.shown_stories import record_shown
from storage.story_history import SentStory, find_corrections_of, find_sent
from storage.subscribers import find_subscriber
from storage.threads import CHAT
from summarizer.stories.cards import tell_at_length

_TWICE = (Limit(1, dt.timedelta(seconds=5)),)  # two taps at once are one


class Cards:
    """Opens cards, each once for taps in quick succession."""

    def __init__(self) -> None:
        self._opened = Guard()

    async def open(self, tap: ButtonContext, wanted: OpenCard) -> None:
        """Send the card as a reply to the message whose button was tapped."""
        if not self._opened.admit((tap.chat_id, wanted.article_id), _TWICE, tap.now).is_admitted:
            await tap.acknowledge(card_texts.OPENED_ALREADY)
            return
        screen = await card_screen(tap, wanted.article_id)
        if isinstance(screen, str):
            await tap.acknowledge(screen)
            return
        await tap.acknowledge()
        await tap.reply(screen)


async def card_screen(context: ChatContext, article_id: int) -> Screen | str:
    """Return the card of the story to which the article belongs, or say why there is none."""
    candidate = await find_candidate(context.services, article_id)
    if candidate is None:
        return card_texts.CARD_GONE
    card = await CHAT.run(tell_at_length, candidate)
    if card is None:
        return card_texts.CARD_HIDDEN
    newsroom = context.services.newsroom
    as_of = max(piece.was_ready_at for piece in candidate.pieces)
    async with context.services.database.write() as connection:
        await record_shown(connection, context.chat_id, [card.story_id], shown_at=as_of)
        subscriber = await find_subscriber(connection, context.chat_id)
        sent = await find_sent(connection, context.chat_id, card.story_id)
        corrected = await find_corrections_of(connection, card.story_id)
    standing = await find_standing(context, candidate)
    zone = newsroom.edition_for(subscriber.choices).schedule.zone if subscriber else newsroom.zone
    looking = Looking(context.now, zone, context.is_group, _moments(sent))
    topic = newsroom.topics.get(card.topic or "", "")
    html = await CHAT.run(lambda: card_page(card, looking, topic_title=topic, corrections=corrected))
    return Screen(html, card_buttons(card.article_id, standing, sharing_of(context)))


def _moments(sent: list[SentStory]) -> list[dt.datetime]:
    return [one.sent_at for one in sent]
