"""What a reader asks of digests beside times and topics, as data: lengths, sound, words and papers."""

import zlib
from dataclasses import dataclass

from storage.profiles import Length
from summarizer.text.syllables import word_forms


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
