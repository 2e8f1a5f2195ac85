"""Particulars that papers report differently: names and ages of people, wards, number plates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from summarizer.facts.fact import Fact, PatternMatch, fact_fields, search
from summarizer.model import Document
from summarizer.text.sentences import NAME, UPPER
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
    what: ClassVar[str] = "tên một người"

    def contradicts(self, other: Self) -> float:
        """Rate two names in similar sentences that differ in one similar syllable."""
        pairs = zip(self.syllables, other.syllables, strict=False)
        differing = [(mine, theirs) for mine, theirs in pairs if mine != theirs]
        if len(self.syllables) != len(other.syllables) or len(differing) != 1 or not _alike(*differing[0]):
            return 0.0
        mine, theirs = map(folded, differing[0])
        return self.similarity_from(other, _LEAST_LIKE_PERSONS if mine == theirs else _LEAST_LIKE_OF_LETTERS)

    def supports(self, other: Self) -> bool:
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
        yield PersonName(*fact_fields(found), syllables=tuple(canonical(found.match.group()).split()))


# Ages and years of birth under a full name.

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
_BEFORE_AGE = 40  # characters that may say so
_ADDRESSES = frozenset({"ông", "bà", "anh", "chị", "em", "cháu", "cụ", "cô", "chú", "bác"})
_A_YEAR_LATER = 1  # years between two ages if it is unknown when they were reported
_COUNTING_DIFFERENCE = 1  # year: papers count from birth or conception, before or after the birthday


@dataclass(frozen=True, slots=True)
class Age(Fact):
    """A person's age or year of birth."""

    name: tuple[str, ...]  # its syllables without marks
    shown: str  # the name as written
    age: int | None
    born: int | None
    reported_in: int | None  # the year, if that is known

    @property
    def what(self) -> str:
        return f"tuổi của {self.shown}"

    def contradicts(self, other: Self) -> float:
        """Compare age with age, and an age with a year of birth by the year in which it was reported."""
        return float(self._is_of(other) and not self._agrees_with(other))

    def supports(self, other: Self) -> bool:
        return self._is_of(other) and self._agrees_with(other)

    def _agrees_with(self, other: Self) -> bool:
        if self.born is not None and other.born is not None:
            return self.born == other.born
        mine, theirs = self._birth(), other._birth()
        if mine is None or theirs is None:
            return self.age is None or other.age is None or abs(self.age - other.age) <= _A_YEAR_LATER
        if self.age is not None and other.age is not None:
            return self.age == other.age or mine == theirs  # a birthday or a new year may lie between
        return abs(mine - theirs) <= _COUNTING_DIFFERENCE

    def _birth(self) -> int | None:
        """Return the year of birth, perhaps one off; None if it is unknown."""
        if self.born is not None:
            return self.born
        return self.reported_in - self.age if self.reported_in is not None and self.age is not None else None

    def _is_of(self, other: Self) -> bool:
        """Tell whether both are of one person, whose name may lack its first words in one of them."""
        short, long = sorted((self.name, other.name), key=len)
        return long[-len(short) :] == short


def find_ages(document: Document, reported_in: int | None) -> Iterator[Age]:
    """Yield the ages of people in an article that was published in the year `reported_in`."""
    for pattern in (_AFTER_NAME, _BEFORE_NAME):
        for found in search(document, pattern):
            match = found.match
            if not _NOT_NOW.search(match.string, max(0, match.start() - _BEFORE_AGE), match.start()):
                age = _age(found, reported_in)
                if len(age.name) > 1:
                    yield age


def _age(found: PatternMatch, reported_in: int | None) -> Age:
    groups = {name: text for name, text in found.match.groupdict().items() if text}
    words = groups["name"].split()
    if canonical(words[0]) in _ADDRESSES:
        words = words[1:]
    age = groups.get("years") or groups.get("bare_age")
    born = groups.get("year") or groups.get("bare_year")
    shown = next(name for name in ("age", "bare_age", "birth", "bare_year") if name in groups)
    return Age(
        *fact_fields(found, shown),
        name=tuple(folded(canonical(word)) for word in words),
        shown=" ".join(words),
        age=int(age) if age else None,
        born=int(born) if born else None,
        reported_in=reported_in,
    )


# Different wards and communes of one district: "phường An Bình" and "phường An Khánh".

_WARD_NAME = rf"(?:[{UPPER}][^\W\d_]+(?:\s[{UPPER}][^\W\d_]+){{0,3}}|\d{{1,2}})"
_WARD = re.compile(
    rf"(?P<ward>[PpXxTt](?<!\w.)(?:hường|ã|hị trấn|T\.?|\.)\s?(?P<name>{_WARD_NAME})),?\s\(?"
    r"(?:[Qq]uận|[Hh]uyện|[Tt]hị xã|[Tt]hành phố|[Tt][PpXx]\.?|Q\.|H\.)\s?"
    rf"(?P<district>{_WARD_NAME})"
)
_FULL_NAME = re.compile(rf"[{UPPER}](?<!\w.)[^\W\d_]{{1,20}}(?:\s[{UPPER}][^\W\d_]{{1,20}}){{2,4}}")
_LIVES = re.compile(r"(?<!\w)(?:ngụ|trú|quê|ở|sống)(?:\s\w+){0,2}\s*\Z")  # before somebody's home
_BEFORE_WARD = 25  # characters that may say so
_LEAST_LIKE_WARDS = 0.6  # and a person, a school or the like in both
_LEAST_LIKE_OF_ALIKE_WARDS = 0.4  # if the names are alike: "Phước Long" and "Long Phước"


@dataclass(frozen=True, slots=True)
class Ward(Fact):
    """A ward or commune of a district in canonical spelling, and parts of the full names beside it."""

    name: str
    district: str
    is_home: bool
    names: frozenset[tuple[str, ...]]
    what: ClassVar[str] = "tên phường, xã"

    def contradicts(self, other: Self) -> float:
        """Rate two wards of one district in similar sentences; a home is not the place of an event."""
        if self.district != other.district or self.name == other.name or self.is_home != other.is_home:
            return 0.0
        if self._is_like(other):
            return self.similarity_from(other, _LEAST_LIKE_OF_ALIKE_WARDS)
        return self.similarity_from(other, _LEAST_LIKE_WARDS) if self.names & other.names else 0.0

    def supports(self, other: Self) -> bool:
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
        is_home = bool(_LIVES.search(match.string, max(0, match.start() - _BEFORE_WARD), match.start()))
        names = frozenset(_triples(match.string[found.place.start : found.place.end]))
        yield Ward(*fact_fields(found, "ward"), name=name, district=district, is_home=is_home, names=names)


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
_CERTAINTY = 0.9


@dataclass(frozen=True, slots=True)
class Plate(Fact):
    """A vehicle's number plate; `code` has its letters and digits only."""

    code: str
    what: ClassVar[str] = "biển số xe"

    def contradicts(self, other: Self) -> float:
        """Rate two plates that differ in a character or two."""
        off = sum(map(str.__ne__, self.code, other.code))
        return _CERTAINTY if len(self.code) == len(other.code) and 0 < off <= _MOST_OFF else 0.0

    def supports(self, other: Self) -> bool:
        return self.code == other.code


def find_plates(document: Document) -> Iterator[Plate]:
    """Yield the number plates that an article names."""
    for found in search(document, _PLATE):
        yield Plate(*fact_fields(found), code=_NO_MARK.sub("", found.match.group()))
