"""Ages and years of birth of people with a full name, which papers often give differently."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from summarizer.facts.fact import Fact, Found, search, where
from summarizer.model import Document
from summarizer.text.sentences import NAME
from summarizer.text.syllables import canonical, folded

_AFTER_NAME = re.compile(
    rf"(?P<name>{NAME})\s?[,–-]?\s?\(?\s?(?:"
    r"(?P<age>(?P<years>\d{1,2})\s?tuổi)|(?P<bare_age>\d{1,2})\)\s?tuổi"
    r"|(?P<birth>(?:SN|sinh năm|sinh)[\s:.]*(?P<year>(?:19|20)\d\d))"
    r"|\((?P<bare_year>(?:19[3-9]|20[0-2])\d)(?=[,)]))"
)
_BEFORE_NAME = re.compile(rf"(?P<age>(?P<years>\d(?<!\w.)\d?)\stuổi)\s(?P<name>{NAME})")
_NOT_NOW = re.compile(  # "năm 26 tuổi", "kém bạn gái 2 tuổi"
    r"(?<!\w)(?:năm|lúc|khi|hồi|từ|ở|đến|thứ|(?:hơn|kém)(?:\s\w+){0,6})\s\Z", re.IGNORECASE
)
_BEFORE = 40  # characters that may say so
_ADDRESSES = frozenset({"ông", "bà", "anh", "chị", "em", "cháu", "cụ", "cô", "chú", "bác"})
_A_YEAR_LATER = 1  # years between two ages if it is unknown when they were reported
_COUNTED_TWICE = 1  # years: papers count from birth or from conception, and before the birthday or after


@dataclass(frozen=True, slots=True)
class Age(Fact):
    """A person's age or year of birth, and the year in which an age was reported, if that is known.

    `name` has the syllables without marks; `shown` is the name as written.
    """

    name: tuple[str, ...]
    shown: str
    age: int | None
    born: int | None
    told_in: int | None

    @property
    def what(self) -> str:
        """Name the person."""
        return f"tuổi của {self.shown}"

    def contradicts(self, other: Self) -> float:
        """Compare age with age, and an age with a year of birth by the year in which it was reported."""
        return float(self._is_of(other) and not self._agrees_with(other))

    def supports(self, other: Self) -> bool:
        """Tell whether both give one person the same age."""
        return self._is_of(other) and self._agrees_with(other)

    def _agrees_with(self, other: Self) -> bool:
        if self.born is not None and other.born is not None:
            return self.born == other.born
        mine, theirs = self._birth(), other._birth()
        if mine is None or theirs is None:
            return self.age is None or other.age is None or abs(self.age - other.age) <= _A_YEAR_LATER
        if self.age is not None and other.age is not None:
            return self.age == other.age or mine == theirs  # a birthday or a new year may lie between
        return abs(mine - theirs) <= _COUNTED_TWICE

    def _birth(self) -> int | None:
        """Return the year of birth, perhaps one off; None if it is unknown."""
        if self.born is not None:
            return self.born
        return self.told_in - self.age if self.told_in is not None and self.age is not None else None

    def _is_of(self, other: Self) -> bool:
        """Tell whether both are of one person, whose name may lack its first words in one of them."""
        short, long = sorted((self.name, other.name), key=len)
        return long[-len(short) :] == short


def find_ages(document: Document, told_in: int | None) -> Iterator[Age]:
    """Yield the ages of people in an article that was published in the year `told_in`."""
    for pattern in (_AFTER_NAME, _BEFORE_NAME):
        for found in search(document, pattern):
            match = found.match
            if not _NOT_NOW.search(match.string, max(0, match.start() - _BEFORE), match.start()):
                age = _age(found, told_in)
                if len(age.name) > 1:
                    yield age


def _age(found: Found, told_in: int | None) -> Age:
    groups = {name: text for name, text in found.match.groupdict().items() if text}
    words = groups["name"].split()
    if canonical(words[0]) in _ADDRESSES:
        words = words[1:]
    age = groups.get("years") or groups.get("bare_age")
    born = groups.get("year") or groups.get("bare_year")
    shown = next(name for name in ("age", "bare_age", "birth", "bare_year") if name in groups)
    return Age(
        *where(found, shown),
        name=tuple(folded(canonical(word)) for word in words),
        shown=" ".join(words),
        age=int(age) if age else None,
        born=int(born) if born else None,
        told_in=told_in,
    )
