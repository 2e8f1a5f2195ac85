"""Leave a word out from a story's card: its buttons turn into the story's words, and a tap mutes one."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.choice_intents import ChangeWords, spelled
from bot.chat.buttons.story_intents import MuteWord, OfferMute
from bot.chat.cards.card_taps import show_standing
from bot.chat.context import ButtonContext, Screen
from bot.chat.settings.choices import change_choices
from bot.chat.settings.list_panels import name_trait
from bot.chat.settings.lists import MOST_WORDS, is_phrase
from bot.chat.settings.muted import say_if_all_muted
from bot.messages import card_texts, texts, wish_texts
from bot.messages.markup import shortened
from bot.news.newsroom import Newsroom
from bot.news.stories import find_candidate
from storage.threads import CHAT
from summarizer.digest import Candidate
from summarizer.stories.traits import traits_of

_LONGEST_LABEL = 30  # UTF-16 units: two stand side by side


async def offer(tap: ButtonContext, wanted: OfferMute) -> None:
    """Show the words of the story under its card, or what stood there before."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None:
        await tap.acknowledge(card_texts.CARD_GONE)
    elif wanted.is_wanted:
        phrases = await CHAT.run(phrases_of, candidate, tap.services.newsroom)
        await tap.acknowledge(card_texts.CHOOSE_WORD)
        await tap.show_buttons(_buttons(wanted.article_id, phrases))
    else:
        await show_standing(tap, candidate, wanted.article_id)


async def mute(tap: ButtonContext, wanted: MuteWord) -> None:
    """Leave the word out of this chat's digests from now on."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    phrases = await CHAT.run(phrases_of, candidate, tap.services.newsroom) if candidate else []
    phrase = next((one for one in phrases if MuteWord.of(one, 1).checksum == wanted.checksum), None)
    if candidate is None or phrase is None:
        await tap.acknowledge(card_texts.CARD_GONE)
        return
    changed = await change_choices(tap.services, tap.chat_id, ChangeWords(out=(phrase,)))
    if changed is None:
        await tap.acknowledge(card_texts.NEEDS_START)
        return
    is_out = spelled(phrase) in map(spelled, changed.after.choices.words_out)
    full = wish_texts.LIST_FULL.format(most=MOST_WORDS)
    await tap.acknowledge(card_texts.MUTED.format(word=phrase) if is_out else str(full))
    await show_standing(tap, candidate, wanted.article_id)
    for note in await say_if_all_muted(tap, changed):
        await tap.reply(Screen(note))


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
    words = [
        InlineKeyboardButton(
            shortened(wish_texts.BUTTON_WORD_OUT.format(word=phrase), _LONGEST_LABEL),
            callback_data=encode(MuteWord.of(phrase, article_id)),
        )
        for phrase in phrases
    ]
    back = encode(OfferMute(article_id, is_wanted=False))
    rows = [words[at : at + 2] for at in range(0, len(words), 2)]
    return InlineKeyboardMarkup([*rows, [InlineKeyboardButton(texts.BUTTON_BACK, callback_data=back)]])
