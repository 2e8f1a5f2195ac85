"""Taps under digests and cards: for each intent, the function that does it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bot.chat.buttons import reader_intents as readers
from bot.chat.cards import card_taps, kept_stories, under_digest
from bot.chat.cards.kept_stories import ShowList
from bot.chat.cards.under_digest import Cards
from bot.chat.context import ButtonContext

Press = Callable[[ButtonContext, Any], Awaitable[None]]  # the second argument: the intent of that kind


def story_presses(show_list: ShowList) -> dict[type[Any], Press]:
    """Return the function for each intent; the dispatcher has checked who may press.

    `show_list` shows what the chat watches and follows, with a way back from the last stop.
    """
    return {
        readers.OpenCard: Cards().open,
        readers.ShowMore: under_digest.show,
        readers.TurnMore: under_digest.turn,
        readers.SaveStory: card_taps.save,
        readers.FollowStory: kept_stories.follow,
        readers.Unfollow: partial(kept_stories.stop, show_list=show_list),
        readers.FollowAgain: partial(kept_stories.take_back, show_list=show_list),
        readers.Teach: card_taps.learn,
        readers.OfferMute: card_taps.offer,
        readers.MuteWord: card_taps.mute,
        readers.AskWhy: card_taps.explain,
        readers.ShowSaved: kept_stories.turn,
        readers.ReadSaved: kept_stories.read,
        readers.KeepSaved: kept_stories.keep,
    }
