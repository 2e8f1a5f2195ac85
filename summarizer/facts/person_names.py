"""Names of one person that papers write differently: "Hoa Xuân Doanh" and "Hoa Xuân Oánh".

Vietnamese names only, one syllable apart: how a foreign name is spelled tells nothing about what happened,
and "Quý" is "Quí".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from summarizer.facts.fact import Fact, search, where
from summarizer.model import Document
from summarizer.text.capitals import UPPER
from summarizer.text.syllables import canonical, folded

_FAMILIES = {  # by their first letter, so that few places of a text need more than a look
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
_NAME = re.compile(rf"(?:{_FAMILY})(?:\s[{UPPER}][^\W\d_{UPPER}]+){{2,3}}(?!\s?[{UPPER}])(?!\w)")
_ONE_VOWEL = str.maketrans("ýỳỷỹỵy", "íìỉĩịi")
_VOWEL = re.compile("[aeiouy]")
_LEAST_LIKE = 0.25
_LEAST_LIKE_OF_LETTERS = 0.45  # where more than marks differ: "Thanh" and "Thạch" may be two people


@dataclass(frozen=True, slots=True)
class PersonName(Fact):
    """A Vietnamese name in canonical syllables."""

    syllables: tuple[str, ...]

    @property
    def what(self) -> str:
        """Name the kind: the names themselves are what is shown."""
        return "tên một người"

    def contradicts(self, other: Self) -> float:
        """Rate two names in like sentences that are one syllable apart, and that one much alike."""
        pairs = zip(self.syllables, other.syllables, strict=False)
        differing = [(mine, theirs) for mine, theirs in pairs if mine != theirs]
        if len(self.syllables) != len(other.syllables) or len(differing) != 1 or not _alike(*differing[0]):
            return 0.0
        likeness = self.likeness(other)
        mine, theirs = map(folded, differing[0])
        return likeness if likeness >= (_LEAST_LIKE if mine == theirs else _LEAST_LIKE_OF_LETTERS) else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both are one name."""
        return self.syllables == other.syllables


@lru_cache(maxsize=4_096)
def _alike(one: str, other: str) -> bool:
    """Tell whether two syllables are a mark or a letter apart, and no two spellings of one nor initials."""
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
    for found in search(document, _NAME):
        yield PersonName(*where(found), syllables=tuple(canonical(found.match.group()).split()))
