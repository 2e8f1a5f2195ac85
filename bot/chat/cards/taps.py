"""Taps under digests and cards: for each intent, the function that does it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bot.chat.buttons import reader_intents as stories
from bot.chat.cards import card_taps, follow_taps, saved, under_digest
from bot.chat.cards.follow_taps import ShowList
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
        stories.FollowStory: follow_taps.follow,
        stories.Unfollow: partial(follow_taps.stop, show_list=show_list),
        stories.FollowAgain: partial(follow_taps.take_back, show_list=show_list),
        stories.Teach: card_taps.learn,
        stories.OfferMute: card_taps.offer,
        stories.MuteWord: card_taps.mute,
        stories.AskWhy: card_taps.explain,
        stories.ShowSaved: saved.turn,
        stories.ReadSaved: saved.read,
        stories.KeepSaved: saved.keep,
    }
