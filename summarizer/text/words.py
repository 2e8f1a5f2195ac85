"""The words of a text, in the two forms in which they compare with what someone typed.

One cut for index, query, ranking and marking: letters and digits part, so that `U23`, `u 23` and `U-23` are
the same two words. Text is expected in NFC and without invisible characters, as intake stores it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from summarizer.text.syllables import canonical, folded

_WORD = re.compile(r"[^\W\d_]+|\d+")
_I, _Y = "iìíỉĩị", "yỳýỷỹỵ"
_OPEN_I = re.compile(rf"(?:[hklmst]|qu)[{_I}]")
_MAX_LENGTH = 64  # longer ones are no words; an index takes them cut


class Forms(NamedTuple):
    """A word with its marks in one spelling, and without any."""

    canonical: str
    folded: str


@lru_cache(maxsize=1 << 14)  # Vietnamese has some 7,000 syllables: nearly every word is a hit
def _forms(word: str) -> Forms:
    same = in_house_style(canonical(word[:_MAX_LENGTH]))
    return Forms(same, folded(same))


def in_house_style(word: str) -> str:
    """Return a canonical word in the one spelling that stands for the several of the papers.

    They write i or y at the end of an open syllable as their house rules say, and Đắk or Đăk.

    >>> in_house_style("tỉ"), in_house_style("mỹ"), in_house_style("quí"), in_house_style("thi")
    ('tỷ', 'mỹ', 'quý', 'thi')
    """
    if _OPEN_I.fullmatch(word):
        return word[:-1] + _Y[_I.index(word[-1])]
    return "đắk" if word == "đăk" else word


def word_forms(text: str) -> list[Forms]:
    """Return the forms of the words of `text`, in order.

    >>> [word.folded for word in word_forms("Thuỷ Điện, U23")]
    ['thuy', 'dien', 'u', '23']
    """
    return list(map(_forms, _WORD.findall(text)))


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return where the words of `text` stand, one span for each of `word_forms(text)`.

    >>> word_spans("  Hạ Long")
    [(2, 4), (5, 9)]
    """
    return [found.span() for found in _WORD.finditer(text)]


def fits(typed: str, word: Forms) -> bool:
    """Tell whether `word` is what was typed, given that they are equal without marks: d may mean đ.

    >>> fits("dường", Forms("đường", "duong")), fits("ha", Forms("hạ", "ha")), fits("hà", Forms("hạ", "ha"))
    (True, True, False)
    """
    return typed in (word.canonical, word.folded) or (
        typed[0] == "d" and word.canonical[0] == "đ" and typed[1:] == word.canonical[1:]
    )
