"""Numbers that are spelled out: places in a list, hours. Pure."""

import re

from summarizer.text.syllables import folded

_ONE_TO_TEN = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
NUMERALS = {numeral: number for number, numeral in enumerate(_ONE_TO_TEN, start=1)}
_ONES = {numeral: number for numeral, number in NUMERALS.items() if number < 10} | {"lăm": 5, "mốt": 1}
_TENS = {"mười": 10, "hai mươi": 20, "ba mươi": 30, "bốn mươi": 40, "năm mươi": 50}
_TO_59 = {
    **NUMERALS,
    **_TENS,
    **{f"{ten} {one}": tens + ones for ten, tens in _TENS.items() for one, ones in _ONES.items()},
}


def _pattern(numerals: dict[str, int]) -> re.Pattern[str]:
    said = "|".join(sorted(numerals, key=len, reverse=True))
    return re.compile(
        rf"\b(?P<hour>{said})(?= (?:giờ|gio)\b)|(?<=\bgiờ )(?P<minute>{said})\b|(?<=\bkém )(?P<to>{said})\b"
        rf"|(?<=\bgio )(?P<unmarked>{said})\b(?! (?:sang|trua|chieu|toi)\b)"
    )


_MARKED = _pattern(_TO_59)
_UNMARKED_TO_59 = {folded(said): number for said, number in _TO_59.items() if said != "sáu"}  # "sau": after
_UNMARKED = _pattern(_UNMARKED_TO_59)


def with_digits(plain: str) -> str:
    """Return a prepared text with the hours that are spelled out as digits.

    >>> with_digits("gửi lúc bảy giờ kém mười lăm"), with_digits("muoi hai gio trua")
    ('gửi lúc 7 giờ kém 15', '12 gio trua')
    """
    pattern, numbers = (_UNMARKED, _UNMARKED_TO_59) if plain.isascii() else (_MARKED, _TO_59)
    return pattern.sub(lambda found: str(numbers[found[0]]), plain)
