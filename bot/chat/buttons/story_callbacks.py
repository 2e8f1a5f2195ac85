"""Callback data of the buttons under digests and cards; `callbacks` says what is read and written. Pure."""

import re
from collections.abc import Callable
from typing import Literal

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

_NUMBER = r"[1-9][0-9]{0,17}"
_PAGE = "[0-9]|[1-9][0-9]"
_PLACES = {True: "ds", False: "tin"}  # the list of what is followed, an alert
_LIKINGS: dict[Literal[-1, 0, 1], str] = {1: "hon", -1: "it", 0: "bo"}


def encode_story(intent: StoryIntent) -> str:
    """Return the callback data of a button that asks for `intent`.

    >>> encode_story(Teach(31, -1))
    'tin:gu:it:31'
    """
    match intent:
        case OpenCard(article_id):
            return f"tin:mo:{article_id}"
        case ShowMore(list_id):
            return f"tin:them:{list_id}"
        case TurnMore(list_id, page):
            return f"tin:trang:{list_id}:{page}"
        case SaveStory(article_id, is_wanted):
            return f"tin:danh:{'+' if is_wanted else '-'}{article_id}"
        case FollowStory(article_id, is_wanted):
            return f"tin:theo:{'+' if is_wanted else '-'}{article_id}"
        case Unfollow(follow_id, is_in_list):
            return f"chuyen:thoi:{_PLACES[is_in_list]}:{follow_id}"
        case FollowAgain(follow_id, is_in_list):
            return f"chuyen:lai:{_PLACES[is_in_list]}:{follow_id}"
        case Teach(article_id, liking):
            return f"tin:gu:{_LIKINGS[liking]}:{article_id}"
        case AskWhy(article_id):
            return f"tin:visao:{article_id}"
        case ShowSaved(page):
            return f"dedanh:trang:{page}"
        case ReadSaved(saved_id, page):
            return f"dedanh:doc:{saved_id}:{page}"
        case KeepSaved(saved_id):
            return f"dedanh:lai:{saved_id}"


def _taught(liking: Literal[-1, 0, 1]) -> "_Reader":
    return lambda match: Teach(int(match[1]), liking)


_Reader = Callable[[re.Match[str]], StoryIntent]
STORY_PATTERNS: tuple[tuple[str, _Reader], ...] = (
    (rf"tin:mo:({_NUMBER})", lambda match: OpenCard(int(match[1]))),
    (rf"tin:them:({_NUMBER})", lambda match: ShowMore(int(match[1]))),
    (rf"tin:trang:({_NUMBER}):({_PAGE})", lambda m: TurnMore(int(m[1]), int(m[2]))),
    (rf"tin:danh:([+-])({_NUMBER})", lambda m: SaveStory(int(m[2]), m[1] == "+")),
    (rf"tin:theo:([+-])({_NUMBER})", lambda m: FollowStory(int(m[2]), m[1] == "+")),
    (rf"chuyen:thoi:(ds|tin):({_NUMBER})", lambda m: Unfollow(int(m[2]), m[1] == _PLACES[True])),
    (rf"chuyen:lai:(ds|tin):({_NUMBER})", lambda m: FollowAgain(int(m[2]), m[1] == _PLACES[True])),
    *((rf"tin:gu:{word}:({_NUMBER})", _taught(liking)) for liking, word in _LIKINGS.items()),
    (rf"tin:visao:({_NUMBER})", lambda match: AskWhy(int(match[1]))),
    (rf"dedanh:trang:({_PAGE})", lambda match: ShowSaved(int(match[1]))),
    (rf"dedanh:doc:({_NUMBER}):({_PAGE})", lambda m: ReadSaved(int(m[1]), int(m[2]))),
    (rf"dedanh:lai:({_NUMBER})", lambda match: KeepSaved(int(match[1]))),
)
