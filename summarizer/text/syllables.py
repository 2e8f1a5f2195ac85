"""Vietnamese syllables as comparable tokens: one spelling for each, with marks and without.

Three forms of a word are used and none of them is ever shown: `canonical` (lowercase, NFC, one tone
placement, the look-alikes of đ mended) compares accented text; `folded` (no marks, d for đ) compares what was
typed without accents; `syllables` cuts text into canonical tokens. No FTS engine folds đ, so we do it here.
Source: the tone placement rule (oa, oe, uy at the end of a syllable, not after q) is the old style, "hòa".
"""

import re
import unicodedata
from functools import lru_cache

from summarizer.text.normal_form import composed

_WORD = re.compile(r"[^\W_]+")
_LONGEST_KEPT = 1_000  # characters of a text whose syllables are kept
_INVISIBLE = "\u200b\u200c\u200d\ufeff\u00ad"
_LOOKALIKES = str.maketrans("ÐðĐ", "đđđ", _INVISIBLE)
_LOOKALIKE = re.compile(f"[{''.join(map(chr, _LOOKALIKES))}]")
_A, _E, _Y, _O, _U = "àáảãạ", "èéẻẽẹ", "ỳýỷỹỵ", "òóỏõọ", "ùúủũụ"
_NEW_TO_OLD = {
    new + vowel: old + plain
    for new, marked, olds, plain in (("o", _A, _O, "a"), ("o", _E, _O, "e"), ("u", _Y, _U, "y"))
    for vowel, old in zip(marked, olds, strict=True)
}
_NEW_STYLE = re.compile(
    rf"(?:o[{_A}{_E}]|u(?<!qu)[{_Y}])(?!\w)"
)  # a letter first: no looking back everywhere
_QUY_OLD_STYLE = re.compile(rf"q([{_U}])y(?!\w)")


def canonical(text: str) -> str:
    """Return `text` in the one form in which accented words compare equal. Length may change.

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
    return composed(text).lower().translate(_FOLD)


def syllables(text: str) -> list[str]:
    """Cut `text` into canonical syllables (and numbers), in order.

    >>> syllables("TP.HCM: 3,5 tỷ đồng")
    ['tp', 'hcm', '3', '5', 'tỷ', 'đồng']
    """
    return list(_cut(text)) if len(text) <= _LONGEST_KEPT else _WORD.findall(canonical(text))


@lru_cache(maxsize=512)  # one line is asked after by several rules in a row
def _cut(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(canonical(text)))
