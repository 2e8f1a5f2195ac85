"""Syllables and words of a text as comparable tokens: one spelling for each, with marks and without."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from summarizer.text.repair import composed

# Three forms of a word are used, and none of them is shown: `canonical` (lowercase, NFC, one tone
# placement, the look-alikes of đ replaced) compares text with diacritics; `folded` (no diacritics, d for đ)
# compares text typed without; `syllables` cuts text into canonical tokens. No FTS engine folds đ, so it is
# done here. Source: the tone placement rule (oa, oe, uy at the end of a syllable, not after q) is the old
# style, "hòa".

_WORD = re.compile(r"[^\W_]+")
_LONGEST_KEPT = 1_000  # characters of a text whose syllables are kept
_LONGEST_WORD = 16  # characters of a text whose folded form is kept
_INVISIBLE = "\u200b\u200c\u200d\ufeff\u00ad"
_LOOKALIKES = str.maketrans("ÐðĐ", "đđđ", _INVISIBLE)
_LOOKALIKE = re.compile(f"[{''.join(map(chr, _LOOKALIKES))}]")
_A, _E, _Y, _O, _U = "àáảãạ", "èéẻẽẹ", "ỳýỷỹỵ", "òóỏõọ", "ùúủũụ"
_NEW_TO_OLD = {
    new + vowel: old + plain
    for new, marked, olds, plain in (("o", _A, _O, "a"), ("o", _E, _O, "e"), ("u", _Y, _U, "y"))
    for vowel, old in zip(marked, olds, strict=True)
}
# A letter first: that is faster than a look-behind at every place.
_NEW_STYLE = re.compile(rf"(?:o[{_A}{_E}]|u(?<!qu)[{_Y}])(?!\w)")
_QUY_OLD_STYLE = re.compile(rf"q([{_U}])y(?!\w)")


def canonical(text: str) -> str:
    """Return the canonical form of `text`, in which equal words with diacritics are equal. Length may change.

    >>> canonical("Hoà Bình, Thuỷ Ðiện, quý")
    'hòa bình, thủy điện, quý'
    """
    low = composed(text).lower()
    if _LOOKALIKE.search(low):  # rare, and translating is the slowest step
        low = low.translate(_LOOKALIKES)
    low = _NEW_STYLE.sub(lambda m: _NEW_TO_OLD[m.group()], low)
    return _QUY_OLD_STYLE.sub(lambda m: "qu" + _Y[_U.index(m.group(1))], low)


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys(range(0x300, 0x370))
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        table[code] = bare.lower()
    table.update((ord(c), "d") for c in "đĐðÐ")
    return table


_FOLD = _fold_table()


def folded(text: str) -> str:
    """Return `text` lowercase without any mark, d for đ.

    >>> folded("Đường phố Hạ Long")
    'duong pho ha long'
    """
    return _folded_word(text) if len(text) <= _LONGEST_WORD else composed(text).lower().translate(_FOLD)


@lru_cache(maxsize=1 << 14)  # each word of a question is folded dozens of times
def _folded_word(word: str) -> str:
    return composed(word).lower().translate(_FOLD)


def syllables(text: str) -> list[str]:
    """Cut `text` into canonical syllables (and numbers), in order.

    >>> syllables("TP.HCM: 3,5 tỷ đồng")
    ['tp', 'hcm', '3', '5', 'tỷ', 'đồng']
    """
    return list(_cut(text)) if len(text) <= _LONGEST_KEPT else _WORD.findall(canonical(text))


@lru_cache(maxsize=512)  # several rules in a row read the same line
def _cut(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(canonical(text)))


# The words of a text, in the two forms for comparing with a question.
#
# Index, query, ranking and highlighting share this cut: letters and digits are separate words, so `U23`,
# `u 23` and `U-23` are the same two words. Text must be in NFC and without invisible characters, as intake
# stores it.

_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d+")
I_MARKED, Y_MARKED = "iìíỉĩị", "yỳýỷỹỵ"
_OPEN_I = re.compile(rf"(?:[hklmst]|qu)[{I_MARKED}]")
_MAX_LENGTH = 64  # longer words are cut for the index


class Forms(NamedTuple):
    """A word with its diacritics in one spelling, and without any."""

    canonical: str
    folded: str


FIELD_END = Forms("¶", "¶")  # between the words of two fields, so that no phrase spans both


@lru_cache(maxsize=1 << 14)  # Vietnamese has some 7,000 syllables: nearly every word is a hit
def _forms(word: str) -> Forms:
    same = in_house_style(canonical(word[:_MAX_LENGTH]))
    return Forms(same, folded(same))


def in_house_style(word: str) -> str:
    """Return a canonical word in one of the spellings that papers use.

    House rules differ on i or y at the end of an open syllable, and on Đắk or Đăk.

    >>> in_house_style("tỉ"), in_house_style("mỹ"), in_house_style("quí"), in_house_style("thi")
    ('tỷ', 'mỹ', 'quý', 'thi')
    """
    if _OPEN_I.fullmatch(word):
        return word[:-1] + Y_MARKED[I_MARKED.index(word[-1])]
    return "đắk" if word == "đăk" else word


def word_forms(text: str) -> list[Forms]:
    """Return the forms of the words of `text`, in order.

    >>> [word.folded for word in word_forms("Thuỷ Điện, U23")]
    ['thuy', 'dien', 'u', '23']
    """
    return list(map(_forms, _WORD_OR_NUMBER.findall(text)))


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words of `text`, one for each of `word_forms(text)`.

    >>> word_spans("  Hạ Long")
    [(2, 4), (5, 9)]
    """
    return [found.span() for found in _WORD_OR_NUMBER.finditer(text)]


def fits(typed: str, word: Forms) -> bool:
    """Tell whether `word` matches a typed word that is equal without diacritics: d may mean đ.

    >>> fits("dường", Forms("đường", "duong")), fits("ha", Forms("hạ", "ha")), fits("hà", Forms("hạ", "ha"))
    (True, True, False)
    """
    return typed in (word.canonical, word.folded) or (
        typed[0] == "d" and word.canonical[0] == "đ" and typed[1:] == word.canonical[1:]
    )


# Cut the sentences of a text into canonical syllables, all at once.
#
# Lowercase and tone placement are done once for all sentences, which is twice as fast.


def tokens_of(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """Yield each span of `text`, which is repaired and cut between words, and its syllables, when asked for.

    >>> [tokens for _, tokens in tokens_of("Hoà ốm. Trời mưa 3,5 mm.", [(0, 7), (8, 24)])]
    [['hòa', 'ốm'], ['trời', 'mưa', '3', '5', 'mm']]
    """
    form = canonical(text)
    has_places = len(form) == len(text)  # a letter like İ grows in lowercase, and places would shift
    for start, end in spans:
        yield (start, end), _WORD.findall(form, start, end) if has_places else syllables(text[start:end])
