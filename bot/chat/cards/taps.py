"""Taps under digests and cards: for each intent, the function that does it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bot.chat.buttons import reader_intents as stories
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
        stories.OpenCard: Cards().open,
        stories.ShowMore: under_digest.show,
        stories.TurnMore: under_digest.turn,
        stories.SaveStory: card_taps.save,
        stories.FollowStory: kept_stories.follow,
        stories.Unfollow: partial(kept_stories.stop, show_list=show_list),
        stories.FollowAgain: partial(kept_stories.take_back, show_list=show_list),
        stories.Teach: card_taps.learn,
        stories.OfferMute: card_taps.offer,
        stories.MuteWord: card_taps.mute,
        stories.AskWhy: card_taps.explain,
        stories.ShowSaved: kept_stories.turn,
        stories.ReadSaved: kept_stories.read,
        stories.KeepSaved: kept_stories.keep,
    }
