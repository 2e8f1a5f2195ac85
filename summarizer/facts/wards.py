"""Wards and communes that papers name differently in one district: "phường An Bình" and "phường An Khánh"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from summarizer.facts.fact import Fact, search, where
from summarizer.model import Document
from summarizer.text.capitals import UPPER
from summarizer.text.syllables import canonical, folded

_NAME = rf"(?:[{UPPER}][^\W\d_]+(?:\s[{UPPER}][^\W\d_]+){{0,3}}|\d{{1,2}})"
_WARD = re.compile(
    rf"(?P<ward>[PpXxTt](?<!\w.)(?:hường|ã|hị trấn|T\.?|\.)\s?(?P<name>{_NAME})),?\s\(?"
    r"(?:[Qq]uận|[Hh]uyện|[Tt]hị xã|[Tt]hành phố|[Tt][PpXx]\.?|Q\.|H\.)\s?"
    rf"(?P<district>{_NAME})"
)
_FULL_NAME = re.compile(rf"[{UPPER}](?<!\w.)[^\W\d_]{{1,20}}(?:\s[{UPPER}][^\W\d_]{{1,20}}){{2,4}}")
_LIVES = re.compile(r"(?<!\w)(?:ngụ|trú|quê|ở|sống)(?:\s\w+){0,2}\s*\Z")  # that a person does in it
_BEFORE = 25  # characters that may say so
_LEAST_LIKE = 0.6  # and a person, a school or the like in both
_LEAST_LIKE_OF_ALIKE = 0.4  # where the names are: "Phước Long" and "Long Phước"


@dataclass(frozen=True, slots=True)
class Ward(Fact):
    """A ward or commune of a district in canonical spelling, and parts of the full names beside it."""

    name: str
    district: str
    is_home: bool
    names: frozenset[tuple[str, ...]]

    @property
    def what(self) -> str:
        """Name the kind."""
        return "tên phường, xã"

    def contradicts(self, other: Self) -> float:
        """Rate two wards of one district told in like sentences; a home is not where something happened."""
        if self.district != other.district or self.name == other.name or self.is_home != other.is_home:
            return 0.0
        likeness = self.likeness(other)
        if self._is_like(other):
            return likeness if likeness >= _LEAST_LIKE_OF_ALIKE else 0.0
        return likeness if likeness >= _LEAST_LIKE and self.names & other.names else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both wards have one name."""
        return self.name == other.name

    def _is_like(self, other: Self) -> bool:
        """Tell names that are easily mixed up: without marks, in another order, or short of a word."""
        mine, theirs = folded(self.name).split(), folded(other.name).split()
        return sorted(mine) == sorted(theirs) or mine[1:] == theirs or theirs[1:] == mine


def find_wards(document: Document) -> Iterator[Ward]:
    """Yield the wards and communes that an article names with their district."""
    for found in search(document, _WARD):
        match = found.match
        name, district = canonical(match["name"]), canonical(match["district"])
        is_home = bool(_LIVES.search(match.string, max(0, match.start() - _BEFORE), match.start()))
        names = frozenset(_triples(match.string[found.place.start : found.place.end]))
        yield Ward(*where(found, "ward"), name=name, district=district, is_home=is_home, names=names)


def _triples(sentence: str) -> Iterator[tuple[str, ...]]:
    """Yield each three words in a row of the names in a sentence: "ĐH Nam Cần", "Nam Cần Thơ"."""
    for name in _FULL_NAME.findall(sentence):
        words = canonical(name).split()
        yield from zip(words, words[1:], words[2:], strict=False)
