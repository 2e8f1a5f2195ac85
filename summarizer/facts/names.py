"""Names that papers write differently: of a person, of a ward, and number plates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from summarizer.facts.fact import Fact, search, where
from summarizer.model import Document
from summarizer.text.sentences import UPPER
from summarizer.text.syllables import canonical, folded

# Names of one person that papers write differently: "Hoa Xuân Doanh" and "Hoa Xuân Oánh".
#
# Only Vietnamese names that differ in one syllable. The spelling of foreign names does not matter, and "Quý"
# is "Quí".

_FAMILIES = {  # by their first letter, for a quick check of most places
    "B": "ùi ạch",
    "C": "ao hu hâu ầm",
    "D": "ương anh oãn iệp",
    "G": "iàng iang",
    "H": "uỳnh oàng ồ à ứa oa ờ",
    "K": "iều im hổng huất",
    "L": "ê ý âm ương ưu a ò ường ục",
    "M": "ai ạc",
    "N": "guyễn gô ghiêm ông inh",
    "P": "hạm han hùng",
    "Q": "uách uàng",
    "S": "ơn ùng",
    "T": "rần rịnh rương ô ạ hái ống ăng hạch riệu hào hân ôn ừ",
    "V": "ũ õ ương àng ừ iên",
    "Â": "u",
    "Đ": "ặng ỗ inh oàn ào àm iêu",
}
_FAMILY = "|".join(rf"{first}(?<!\w.)(?:{'|'.join(rest.split())})" for first, rest in _FAMILIES.items())
_PERSON = re.compile(rf"(?:{_FAMILY})(?:\s[{UPPER}][^\W\d_{UPPER}]+){{2,3}}(?!\s?[{UPPER}])(?!\w)")
_ONE_VOWEL = str.maketrans("ýỳỷỹỵy", "íìỉĩịi")
_VOWEL = re.compile("[aeiouy]")
_LEAST_LIKE_PERSONS = 0.25
_LEAST_LIKE_OF_LETTERS = 0.45  # if letters differ: "Thanh" and "Thạch" may be two people


@dataclass(frozen=True, slots=True)
class PersonName(Fact):
    """A Vietnamese name in canonical syllables."""

    syllables: tuple[str, ...]

    @property
    def what(self) -> str:
        """Name the kind: the names themselves are what is shown."""
        return "tên một người"

    def contradicts(self, other: Self) -> float:
        """Rate two names in similar sentences that differ in one similar syllable."""
        pairs = zip(self.syllables, other.syllables, strict=False)
        differing = [(mine, theirs) for mine, theirs in pairs if mine != theirs]
        if len(self.syllables) != len(other.syllables) or len(differing) != 1 or not _alike(*differing[0]):
            return 0.0
        similarity = self.similarity(other)
        mine, theirs = map(folded, differing[0])
        return (
            similarity
            if similarity >= (_LEAST_LIKE_PERSONS if mine == theirs else _LEAST_LIKE_OF_LETTERS)
            else 0.0
        )

    def supports(self, other: Self) -> bool:
        """Tell whether both are one name."""
        return self.syllables == other.syllables


@lru_cache(maxsize=4_096)
def _alike(one: str, other: str) -> bool:
    """Tell whether two syllables differ in a mark or a letter; spellings of one and initials do not count."""
    if one.translate(_ONE_VOWEL) == other.translate(_ONE_VOWEL):
        return False
    short, long = sorted((folded(one), folded(other)), key=len)
    if not _VOWEL.search(short) or len(long) - len(short) > 1:
        return False
    if len(long) == len(short):
        return sum(map(str.__ne__, short, long)) <= 1
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def find_person_names(document: Document) -> Iterator[PersonName]:
    """Yield the full Vietnamese names of people in an article."""
    for found in search(document, _PERSON):
        yield PersonName(*where(found), syllables=tuple(canonical(found.match.group()).split()))


# Different wards and communes of one district: "phường An Bình" and "phường An Khánh".

_WARD_NAME = rf"(?:[{UPPER}][^\W\d_]+(?:\s[{UPPER}][^\W\d_]+){{0,3}}|\d{{1,2}})"
_WARD = re.compile(
    rf"(?P<ward>[PpXxTt](?<!\w.)(?:hường|ã|hị trấn|T\.?|\.)\s?(?P<name>{_WARD_NAME})),?\s\(?"
    r"(?:[Qq]uận|[Hh]uyện|[Tt]hị xã|[Tt]hành phố|[Tt][PpXx]\.?|Q\.|H\.)\s?"
    rf"(?P<district>{_WARD_NAME})"
)
_FULL_NAME = re.compile(rf"[{UPPER}](?<!\w.)[^\W\d_]{{1,20}}(?:\s[{UPPER}][^\W\d_]{{1,20}}){{2,4}}")
_LIVES = re.compile(r"(?<!\w)(?:ngụ|trú|quê|ở|sống)(?:\s\w+){0,2}\s*\Z")  # before somebody's home
_BEFORE = 25  # characters that may say so
_LEAST_LIKE_WARDS = 0.6  # and a person, a school or the like in both
_LEAST_LIKE_OF_ALIKE_WARDS = 0.4  # where the names are: "Phước Long" and "Long Phước"


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
        """Rate two wards of one district in similar sentences; a home is not the place of an event."""
        if self.district != other.district or self.name == other.name or self.is_home != other.is_home:
            return 0.0
        similarity = self.similarity(other)
        if self._is_like(other):
            return similarity if similarity >= _LEAST_LIKE_OF_ALIKE_WARDS else 0.0
        return similarity if similarity >= _LEAST_LIKE_WARDS and self.names & other.names else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both wards have one name."""
        return self.name == other.name

    def _is_like(self, other: Self) -> bool:
        """Tell whether names are easily confused: without diacritics, in another order, or a word missing."""
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


# Different number plates of one vehicle: "79H1-2832" and "71H9 – 2832".

_PLATE = re.compile(
    r"\d(?<![\w.].)\d\s?[-–]?\s?[A-ZĐ][A-Z0-9Đ]?\s?[-–]?\s?(?:\d{3}[.\s]\d{2}|\d{4,5})(?![\w.]*\d)"
)
_NO_MARK = re.compile(r"[^A-Z0-9Đ]")
_MOST_OFF = 2  # characters; with more it is another vehicle
_SURENESS = 0.9


@dataclass(frozen=True, slots=True)
class Plate(Fact):
    """A vehicle's number plate; `code` has its letters and digits only."""

    code: str

    @property
    def what(self) -> str:
        """Name the kind: there is one such vehicle in most stories."""
        return "biển số xe"

    def contradicts(self, other: Self) -> float:
        """Rate two plates that differ in a character or two."""
        off = sum(map(str.__ne__, self.code, other.code))
        return _SURENESS if len(self.code) == len(other.code) and 0 < off <= _MOST_OFF else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both are one plate."""
        return self.code == other.code


def find_plates(document: Document) -> Iterator[Plate]:
    """Yield the number plates that an article names."""
    for found in search(document, _PLATE):
        yield Plate(*where(found), code=_NO_MARK.sub("", found.match.group()))
