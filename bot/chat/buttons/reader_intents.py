"""What readers ask of their digests and of single stories, as data."""

import zlib
from dataclasses import dataclass
from typing import Literal

from storage.profiles import Length
from summarizer.text.syllables import word_forms

# What a reader asks of digests beside times and topics, as data: lengths, sound, words and papers.


def spelled(phrase: str) -> str:
    """Return how a phrase compares with others: words in one spelling."""
    return " ".join(word.canonical for word in word_forms(phrase))


@dataclass(frozen=True, slots=True)
class SetLength:
    """How long digests are: see `summarizer.page`."""

    length: Length


@dataclass(frozen=True, slots=True)
class SetSilent:
    """Digests without a sound, or with it."""

    is_silent: bool


@dataclass(frozen=True, slots=True)
class SetWeekly:
    """A recap of the week on Sundays, or none."""

    is_wanted: bool


@dataclass(frozen=True, slots=True)
class SetBreaking:
    """Breaking news: none (0), some (1), or some in quiet hours too (2)."""

    level: int


@dataclass(frozen=True, slots=True)
class SetFigure:
    """A daily figure on top of digests or not, by the checksum of its label; it says which."""

    checksum: int
    is_wanted: bool

    @classmethod
    def of(cls, label: str, *, is_wanted: bool) -> "SetFigure":
        """Return the wish for the figure with this label."""
        return cls(zlib.crc32(label.encode()), is_wanted)


@dataclass(frozen=True, slots=True)
class ChooseFigure:
    """The figure with this label, on top of digests or not."""

    label: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """Words to leave out, to have more of, and to forget; as typed, in bounds."""

    out: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropWord:
    """A word of a list to forget, by the checksum of how it is spelled."""

    checksum: int

    @classmethod
    def of(cls, phrase: str) -> "DropWord":
        """Return the wish to forget `phrase`."""
        return cls(zlib.crc32(spelled(phrase).encode()))


@dataclass(frozen=True, slots=True)
class DropTaste:
    """A taste to forget, by the checksum of its trait."""

    checksum: int

    @classmethod
    def of(cls, kind: str, key: str) -> "DropTaste":
        """Return the wish to forget the taste for this trait."""
        return cls(zlib.crc32(f"{kind}:{key}".encode()))


@dataclass(frozen=True, slots=True)
class ChangePapers:
    """Papers, by their sources' names, to leave out, to have more of, and to have as by default."""

    out: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetPaper:
    """A paper to leave out or to have. It says which, so that the same tap twice changes nothing."""

    source: str
    is_out: bool


# What a tap under a digest or a story's card asks for, as data.


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
