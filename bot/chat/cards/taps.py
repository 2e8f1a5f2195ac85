"""Taps under digests and cards, each to the module that does what it asks for."""

from bot.chat.buttons.story_intents import (
    AskWhy,
    FollowAgain,
    FollowStory,
    KeepSaved,
    OpenCard,
    ReadSaved,
    SaveStory,
    ShowMore,
    ShowSaved,
    StoryIntent,
    Teach,
    TurnMore,
    Unfollow,
)
from bot.chat.cards import card_taps, follow_taps, more, saved
from bot.chat.cards.follow_taps import ShowList
from bot.chat.cards.opening import Cards
from bot.chat.context import ButtonContext


class StoryTaps:
    """Does what a tap asks for; who may ask was settled before.

    `show_list` shows what the chat watches and follows, with a way back from the last stop.
    """

    def __init__(self, show_list: ShowList) -> None:
        self._cards = Cards()
        self._show_list = show_list

    async def press(self, tap: ButtonContext, intent: StoryIntent) -> None:
        """Do what a button asks for."""
        match intent:
            case OpenCard():
                await self._cards.open(tap, intent)
            case ShowMore():
                await more.show(tap, intent)
            case TurnMore():
                await more.turn(tap, intent)
            case SaveStory():
                await card_taps.save(tap, intent)
            case FollowStory():
                await follow_taps.follow(tap, intent)
            case Unfollow():
                await follow_taps.stop(tap, intent, self._show_list)
            case FollowAgain():
                await follow_taps.take_back(tap, intent, self._show_list)
            case Teach():
                await card_taps.learn(tap, intent)
            case AskWhy():
                await card_taps.explain(tap, intent)
            case ShowSaved():
                await saved.turn(tap, intent)
            case ReadSaved():
                await saved.read(tap, intent)
            case KeepSaved():
                await saved.keep(tap, intent)
