"""Intents of readers about their digests and about single stories, as data."""

import zlib
from dataclasses import dataclass
from typing import Literal

from storage.profiles import Length
from summarizer.text.syllables import word_forms

# Digests: length, sound, recap, figures, words and papers.


def spelled(phrase: str) -> str:
    """Return a phrase in one spelling, to be compared with others."""
    return " ".join(word.canonical for word in word_forms(phrase))


@dataclass(frozen=True, slots=True)
class SetLength:
    """How long digests are: see `summarizer.page`."""

    length: Length


@dataclass(frozen=True, slots=True)
class SetSilent:
    """Send digests without a sound, or with it."""

    is_silent: bool


@dataclass(frozen=True, slots=True)
class SetWeekly:
    """Send a recap of the week on Sundays, or none."""

    is_wanted: bool


@dataclass(frozen=True, slots=True)
class SetBreaking:
    """Send breaking news: never (0), outside quiet hours (1), or always (2)."""

    level: int


@dataclass(frozen=True, slots=True)
class SetFigure:
    """Put a daily figure on top of digests or remove it, by the checksum of its label."""

    checksum: int
    is_wanted: bool

    @classmethod
    def of(cls, label: str, *, is_wanted: bool) -> "SetFigure":
        return cls(zlib.crc32(label.encode()), is_wanted)


@dataclass(frozen=True, slots=True)
class ChooseFigure:
    """Put the figure with this label on top of digests, or remove it."""

    label: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """Leave out the words `out`, prefer the `wanted`, and take those `gone` off both lists; as typed."""

    out: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropWord:
    """Take a word off its list, by the checksum of its spelling."""

    checksum: int

    @classmethod
    def of(cls, phrase: str) -> "DropWord":
        return cls(zlib.crc32(spelled(phrase).encode()))


@dataclass(frozen=True, slots=True)
class DropTaste:
    """Forget a taste, by the checksum of its trait."""

    checksum: int

    @classmethod
    def of(cls, kind: str, key: str) -> "DropTaste":
        return cls(zlib.crc32(f"{kind}:{key}".encode()))


@dataclass(frozen=True, slots=True)
class ChangePapers:
    """Leave out the papers `out`, prefer the `wanted`, treat those `gone` as others; by source names."""

    out: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetPaper:
    """Leave a paper out or take it back. It says which, so that a second tap changes nothing."""

    source: str
    is_out: bool


DigestChoice = SetLength | SetSilent | SetWeekly | SetBreaking | DropWord | SetPaper


# Stories: the buttons under a digest and on a card.


@dataclass(frozen=True, slots=True)
class OpenCard:
    """Open the card of an article's story."""

    article_id: int


@dataclass(frozen=True, slots=True)
class ShowMore:
    """Show the stories that a digest had no room for, in a new message."""

    list_id: int


@dataclass(frozen=True, slots=True)
class TurnMore:
    """Show another page of that list, counted from 0, in place."""

    list_id: int
    page: int


@dataclass(frozen=True, slots=True)
class SaveStory:
    """Save an article's story for later, or remove it from the list."""

    article_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class FollowStory:
    """Follow an article's story, or stop."""

    article_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class SetFollow:
    """Stop following a story, or undo that. Tapped in the list, or under an alert, which keeps its text."""

    follow_id: int
    is_in_list: bool
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Teach:
    """Want more (1) or less (-1) of what an article's story is about; 0 undoes that."""

    article_id: int
    liking: Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class OfferMute:
    """Show the words of an article's story in place of its card's buttons, or these again."""

    article_id: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class MuteWord:
    """Leave out a word of an article's story, by the checksum of its spelling."""

    article_id: int
    checksum: int

    @classmethod
    def of(cls, phrase: str, article_id: int) -> "MuteWord":
        return cls(article_id, DropWord.of(phrase).checksum)


@dataclass(frozen=True, slots=True)
class AskWhy:
    """Ask why this chat got an article's story."""

    article_id: int


@dataclass(frozen=True, slots=True)
class ShowSaved:
    """Show a page, counted from 0, of the saved stories, in place."""

    page: int


@dataclass(frozen=True, slots=True)
class ReadSaved:
    """Open a saved story from that page of the list; this marks it as read."""

    saved_id: int
    page: int


@dataclass(frozen=True, slots=True)
class KeepSaved:
    """Put a story that was read back on the list."""

    saved_id: int


_OnCard = OpenCard | SaveStory | FollowStory | Teach | OfferMute | MuteWord | AskWhy
StoryIntent = _OnCard | ShowMore | TurnMore | SetFollow | ShowSaved | ReadSaved | KeepSaved
