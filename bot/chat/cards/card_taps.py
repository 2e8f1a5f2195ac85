"""Taps on a card: save the story, want more or less of such, leave a word out, ask why it came."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import InlineKeyboardMarkup

from bot.chat.buttons.keyboards import button, half_button, rows_of
from bot.chat.buttons.reader_intents import (
    AskWhy,
    ChangeWords,
    MuteWord,
    OfferMute,
    SaveStory,
    Teach,
    spelled,
)
from bot.chat.cards.card_page import Sharing, StoryState, card_buttons
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.settings.choices import MOST_WORDS, apply_tastes, change_choices, is_phrase, say_if_all_muted
from bot.chat.settings.panels import name_trait, say_trait
from bot.messages import subscription_texts, texts
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from bot.news.stories import find_candidate
from storage.alerts.follows import find_follow_of
from storage.off_loop import CHAT
from storage.reactions import MOST_SAVED, drop_saved, find_liking, is_saved, save_story, teach, unteach
from storage.shown_stories import SentStory, find_sent
from storage.subscribers import Subscriber, find_subscriber
from summarizer.model import Candidate, Piece
from summarizer.reader_tastes import traits_of
from summarizer.stories.digest_story import main_topic, showable

_LONGEST_LINE = 190  # UTF-16 units: Telegram shows 200 over a button
_LONGEST_NAME = 40


async def story_or_answer(tap: ButtonContext, article_id: int) -> Candidate | None:
    """Return the story of the article; if there is nothing to show of it, answer the tap and return None."""
    candidate = await find_candidate(tap.services, article_id)
    if candidate is not None and showable(candidate):
        return candidate
    await tap.acknowledge(texts.CARD_GONE)
    return None


async def save(tap: ButtonContext, wanted: SaveStory) -> None:
    """Save the story for later, or remove it from the list."""
    candidate = await story_or_answer(tap, wanted.article_id)
    if candidate is None:
        return
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        if subscriber is None:
            line = texts.NEEDS_START
        elif wanted.is_wanted:
            line = await _save(connection, tap, subscriber.id, candidate, wanted.article_id)
        else:
            await drop_saved(connection, subscriber.id, articles_of(candidate))
            line = texts.NOT_SAVED
    await tap.acknowledge(line)
    await show_story_state(tap, candidate, wanted.article_id)


async def _save(
    connection: AsyncConnection, tap: ButtonContext, subscriber_id: int, candidate: Candidate, article_id: int
) -> str:
    if await is_saved(connection, tap.chat_id, articles_of(candidate)):
        return texts.STORY_SAVED
    piece = headline_piece(candidate, article_id)
    title = " ".join(piece.document.title.split())
    kept = await save_story(connection, subscriber_id, piece.article_id, title, piece.url, now=tap.now)
    return texts.STORY_SAVED if kept else texts.SAVED_FULL.format(most=MOST_SAVED)


def headline_piece(candidate: Candidate, article_id: int) -> Piece:
    """Return the article if it may be shown, else the newest of the story that may."""
    shown = showable(candidate)
    return next((one for one in shown if one.article_id == article_id), shown[0])


async def learn(tap: ButtonContext, wanted: Teach) -> None:
    """Learn that the chat wants more or less of what the story is about, or undo that."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None:
        await tap.acknowledge(texts.CARD_GONE)
        return
    traits = await CHAT.run(traits_of, candidate)
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        if subscriber is None:
            line = texts.NEEDS_START
        else:
            await unteach(connection, subscriber.id, articles_of(candidate))
            line = texts.UNTAUGHT
            if wanted.liking:
                pairs = [(trait.kind, trait.key) for trait in traits]
                await teach(
                    connection, subscriber.id, wanted.article_id, pairs, liking=wanted.liking, now=tap.now
                )
                said = ", ".join(say_trait(*pair, tap.services.newsroom) for pair in pairs)
                line = texts.TAUGHT[wanted.liking].format(traits=said)
            await apply_tastes(connection, subscriber, tap.services)
    await tap.acknowledge(shortened(line, _LONGEST_LINE))
    await show_story_state(tap, candidate, wanted.article_id)


async def explain(tap: ButtonContext, wanted: AskWhy) -> None:
    """Say in one sentence why the chat got the story."""
    candidate = await story_or_answer(tap, wanted.article_id)
    if candidate is None:
        return
    async with tap.services.database.read() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        sent = await find_sent(connection, tap.chat_id, candidate.story_id)
    line = _say_reasons(candidate, subscriber, sent, tap.services.newsroom)
    await tap.acknowledge(shortened(line, _LONGEST_LINE))


async def find_story_state(context: ChatContext, candidate: Candidate) -> StoryState:
    """Look up what the chat did with the story."""
    articles = articles_of(candidate)
    async with context.services.database.read() as connection:
        return StoryState(
            await is_saved(connection, context.chat_id, articles),
            await find_follow_of(connection, context.chat_id, articles, now=context.now) is not None,
            await find_liking(connection, context.chat_id, articles),
        )


def sharing_of(context: ChatContext) -> Sharing:
    """Return how stories can be shared from here."""
    return Sharing(context.bot.username, bool(context.bot.supports_inline_queries))


async def show_story_state(tap: ButtonContext, candidate: Candidate, article_id: int) -> None:
    """Update the marks on the card's buttons."""
    state = await find_story_state(tap, candidate)
    await tap.show_buttons(card_buttons(article_id, state, sharing_of(tap)))


def articles_of(candidate: Candidate) -> list[int]:
    """Return the numbers of a story's articles."""
    return [piece.article_id for piece in candidate.pieces]


def _say_reasons(
    candidate: Candidate, subscriber: Subscriber | None, sent: Sequence[SentStory], newsroom: Newsroom
) -> str:
    pieces = showable(candidate)
    papers = len({piece.source for piece in candidate.pieces if not piece.advertorial})
    topic = main_topic(pieces)
    paper = shortened(one_line(pieces[0].source_title), _LONGEST_NAME)
    of_one = texts.WHY_ONE_PAPER.format(paper=paper)
    reasons = [texts.WHY_PAPERS.format(count=papers) if papers > 1 else of_one]
    if subscriber and topic in subscriber.choices.topics:
        reasons.append(texts.WHY_TOPIC.format(topic=newsroom.topics.get(topic or "", topic)))
    if sent and (rank := sent[-1].rank):
        edition = newsroom.find_edition(sent[-1].edition)
        title = edition.title if edition else sent[-1].edition
        reasons.append(texts.WHY_RANK.format(rank=rank, edition=shortened(title, _LONGEST_NAME)))
    return texts.WHY.format(reasons=", ".join(reasons))


# Leave a word out: the story's words replace the buttons of its card, and a tap mutes one.


async def offer(tap: ButtonContext, wanted: OfferMute) -> None:
    """Show the story's words in place of its card's buttons, or these again."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None:
        await tap.acknowledge(texts.CARD_GONE)
    elif wanted.is_wanted:
        phrases = await CHAT.run(phrases_of, candidate, tap.services.newsroom)
        await tap.acknowledge(texts.CHOOSE_WORD)
        await tap.show_buttons(_buttons(wanted.article_id, phrases))
    else:
        await show_story_state(tap, candidate, wanted.article_id)


async def mute(tap: ButtonContext, wanted: MuteWord) -> None:
    """Leave the word out of this chat's digests from now on."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    phrases = await CHAT.run(phrases_of, candidate, tap.services.newsroom) if candidate else []
    phrase = next((one for one in phrases if MuteWord.of(one, 1).checksum == wanted.checksum), None)
    if candidate is None or phrase is None:
        await tap.acknowledge(texts.CARD_GONE)
        return
    changed = await change_choices(tap.services, tap.chat_id, ChangeWords(out=(phrase,)))
    if changed is None:
        await tap.acknowledge(texts.NEEDS_START)
        return
    is_out = spelled(phrase) in map(spelled, changed.after.choices.words_out)
    full = subscription_texts.LIST_FULL.format(most=MOST_WORDS)
    await tap.acknowledge(texts.MUTED.format(word=phrase) if is_out else str(full))
    await show_story_state(tap, candidate, wanted.article_id)
    for note in await say_if_all_muted(tap, changed):
        await tap.reply(View(note))


def phrases_of(candidate: Candidate, newsroom: Newsroom) -> list[str]:
    """Return the words by which a story can be left out: people and what it is about, then its topic."""
    traits = [trait for trait in traits_of(candidate) if trait.kind != "paper"]
    traits.sort(key=lambda trait: trait.kind == "topic")
    named = {
        spelled(name): name
        for trait in traits
        if is_phrase(name := name_trait(trait.kind, trait.key, newsroom))
    }
    return list(named.values())


def _buttons(article_id: int, phrases: Sequence[str]) -> InlineKeyboardMarkup:
    label = subscription_texts.BUTTON_WORD_OUT
    words = [half_button(label.format(word=phrase), MuteWord.of(phrase, article_id)) for phrase in phrases]
    back = button(texts.BUTTON_BACK, OfferMute(article_id, is_wanted=False))
    return InlineKeyboardMarkup([*rows_of(words, 2), [back]])
