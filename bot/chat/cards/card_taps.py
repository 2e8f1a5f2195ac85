"""What a reader answers to a story from its card: keep it, more or less of such, and why it came."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.buttons.story_intents import (
    AskWhy,
    SaveStory,
    Teach,
)
from bot.chat.cards.card_buttons import Sharing, Standing, card_buttons
from bot.chat.context import ButtonContext, ChatContext
from bot.chat.settings.choices import take_tastes
from bot.chat.settings.list_panels import say_trait
from bot.messages import card_texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from bot.news.stories import find_candidate
from storage.follows import find_follow_of
from storage.saved_stories import MOST_SAVED, drop_saved, is_saved, save_story
from storage.story_history import SentStory, find_sent
from storage.subscribers import Subscriber, find_subscriber
from storage.tastes import find_liking, teach, unteach
from storage.threads import CHAT
from summarizer.digest import Candidate
from summarizer.model import Piece
from summarizer.stories.telling import main_topic, showable
from summarizer.stories.traits import Trait, traits_of

_LONGEST_LINE = 190  # UTF-16 units: Telegram shows 200 over a button
_LONGEST_NAME = 40


async def save(tap: ButtonContext, wanted: SaveStory) -> None:
    """Keep the story for later, or keep it no longer."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None or not showable(candidate):
        await tap.acknowledge(card_texts.CARD_GONE)
        return
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        if subscriber is None:
            line = card_texts.NEEDS_START
        elif wanted.is_wanted:
            line = await _save(connection, tap, subscriber, candidate, wanted.article_id)
        else:
            await drop_saved(connection, subscriber.id, articles_of(candidate))
            line = card_texts.NOT_SAVED
    await tap.acknowledge(line)
    await show_standing(tap, candidate, wanted.article_id)


async def _save(
    connection: AsyncConnection,
    tap: ButtonContext,
    subscriber: Subscriber,
    candidate: Candidate,
    article_id: int,
) -> str:
    if await is_saved(connection, tap.chat_id, articles_of(candidate)):
        return card_texts.SAVED
    piece = headline_piece(candidate, article_id)
    title = " ".join(piece.document.title.split())
    kept = await save_story(connection, subscriber.id, piece.article_id, title, piece.url, now=tap.now)
    return card_texts.SAVED if kept else card_texts.SAVED_FULL.format(most=MOST_SAVED)


def headline_piece(candidate: Candidate, article_id: int) -> Piece:
    """Return the article if it may be shown, else the newest of the story that may."""
    shown = showable(candidate)
    return next((one for one in shown if one.article_id == article_id), shown[0])


async def learn(tap: ButtonContext, wanted: Teach) -> None:
    """Learn that the chat wants more or less of what the story is about, or take that back."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None:
        await tap.acknowledge(card_texts.CARD_GONE)
        return
    traits = await CHAT.run(traits_of, candidate)
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        if subscriber is None:
            line = card_texts.NEEDS_START
        else:
            await unteach(connection, subscriber.id, articles_of(candidate))
            line = card_texts.UNTAUGHT
            if wanted.liking:
                pairs = [(trait.kind, trait.key) for trait in traits]
                await teach(
                    connection, subscriber.id, wanted.article_id, pairs, liking=wanted.liking, now=tap.now
                )
                line = card_texts.TAUGHT[wanted.liking].format(traits=_said(traits, tap.services.newsroom))
            await take_tastes(connection, subscriber, tap.services)
    await tap.acknowledge(shortened(line, _LONGEST_LINE))
    await show_standing(tap, candidate, wanted.article_id)


async def explain(tap: ButtonContext, wanted: AskWhy) -> None:
    """Say in one sentence why the story was told here."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None or not showable(candidate):
        await tap.acknowledge(card_texts.CARD_GONE)
        return
    async with tap.services.database.read() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        sent = await find_sent(connection, tap.chat_id, candidate.story_id)
    line = _why(candidate, subscriber, sent, tap.services.newsroom)
    await tap.acknowledge(shortened(line, _LONGEST_LINE))


async def find_standing(context: ChatContext, candidate: Candidate) -> Standing:
    """Look up what the chat said of the story."""
    articles = articles_of(candidate)
    async with context.services.database.read() as connection:
        return Standing(
            await is_saved(connection, context.chat_id, articles),
            await find_follow_of(connection, context.chat_id, articles, now=context.now) is not None,
            await find_liking(connection, context.chat_id, articles),
        )


def sharing_of(context: ChatContext) -> Sharing:
    """Return how stories can be shared from here."""
    return Sharing(context.bot.username, bool(context.bot.supports_inline_queries))


async def show_standing(tap: ButtonContext, candidate: Candidate, article_id: int) -> None:
    """Mark under the card what the chat has said of its story by now."""
    standing = await find_standing(tap, candidate)
    await tap.show_buttons(card_buttons(article_id, standing, sharing_of(tap)))


def articles_of(candidate: Candidate) -> list[int]:
    """Return the numbers of a story's articles."""
    return [piece.article_id for piece in candidate.pieces]


def _said(traits: Sequence[Trait], newsroom: Newsroom) -> str:
    return ", ".join(say_trait(trait.kind, trait.key, newsroom) for trait in traits)


def _why(
    candidate: Candidate, subscriber: Subscriber | None, sent: Sequence[SentStory], newsroom: Newsroom
) -> str:
    pieces = showable(candidate)
    papers = len({piece.source for piece in candidate.pieces if not piece.advertorial})
    topic = main_topic(pieces)
    reasons = []
    if papers > 1:
        reasons.append(card_texts.WHY_PAPERS.format(count=papers))
    else:
        paper = shortened(one_line(pieces[0].source_title), _LONGEST_NAME)
        reasons.append(card_texts.WHY_ONE_PAPER.format(paper=paper))
    if subscriber and topic in subscriber.choices.topics:
        reasons.append(card_texts.WHY_TOPIC.format(topic=newsroom.topics.get(topic or "", topic)))
    if sent and (rank := sent[-1].rank):
        edition = newsroom.find_edition(sent[-1].edition)
        title = edition.title if edition else sent[-1].edition
        reasons.append(card_texts.WHY_RANK.format(rank=rank, edition=shortened(title, _LONGEST_NAME)))
    return card_texts.WHY.format(reasons=", ".join(reasons))
