"""What a tap under a digest or a story's card asks for, as data."""

from dataclasses import dataclass
from typing import Literal

from bot.chat.buttons.choice_intents import DropWord


@dataclass(frozen=True, slots=True)
class OpenCard:
    """The card of the story that an article belongs to."""

    article_id: int


@dataclass(frozen=True, slots=True)
class ShowMore:
    """What a digest had no room for, from the beginning, as a new message."""

    list_id: int


@dataclass(frozen=True, slots=True)
class TurnMore:
    """Another page, counted from 0, of such a list, in place."""

    list_id: int
    page: int


@dataclass(frozen=True, slots=True)
class SaveStory:
    """The story of an article, to be kept for later or not; it says which, like `SetTopic`."""

    article_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class FollowStory:
    """The story of an article, to be followed from now on or not."""

    article_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Unfollow:
    """No more alerts of a followed story; tapped in the list, or under an alert, which keeps its text."""

    follow_id: int
    is_in_list: bool


@dataclass(frozen=True, slots=True)
class FollowAgain:
    """That taken back, in the same place."""

    follow_id: int
    is_in_list: bool


@dataclass(frozen=True, slots=True)
class Teach:
    """More (1) or less (-1) of what the story of an article is about; 0 takes that back."""

    article_id: int
    liking: Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class OfferMute:
    """The words of an article's story in the place of its card's buttons, or these back."""

    article_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class MuteWord:
    """A word of an article's story to leave out, by the checksum of how it is spelled."""

    article_id: int
    checksum: int

    @classmethod
    def of(cls, phrase: str, article_id: int) -> "MuteWord":
        """Return the wish to leave `phrase` out."""
        return cls(article_id, DropWord.of(phrase).checksum)


@dataclass(frozen=True, slots=True)
class AskWhy:
    """Why the story of an article was told here."""

    article_id: int


@dataclass(frozen=True, slots=True)
class ShowSaved:
    """A page, counted from 0, of the stories kept for later, in place."""

    page: int


@dataclass(frozen=True, slots=True)
class ReadSaved:
    """A story kept for later, opened from that page of the list; it is read by that."""

    saved_id: int
    page: int


@dataclass(frozen=True, slots=True)
class KeepSaved:
    """A story that was read, back on the list."""

    saved_id: int


StoryIntent = (
    OpenCard
    | ShowMore
    | TurnMore
    | SaveStory
    | FollowStory
    | Unfollow
    | FollowAgain
    | Teach
    | OfferMute
    | MuteWord
    | AskWhy
    | ShowSaved
    | ReadSaved
    | KeepSaved
)
