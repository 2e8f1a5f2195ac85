"""Numbers spelled out in Vietnamese: "hai mươi lăm", "ba nghìn rưỡi", "năm trăm linh hai"."""

import re
from collections.abc import Sequence

_DIGITS = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
MAGNITUDES = {
    "chục": 10, "trăm": 100, "nghìn": 1_000, "ngàn": 1_000, "vạn": 10_000, "triệu": 1_000_000,
    "tỷ": 1_000_000_000, "tỉ": 1_000_000_000,
}  # fmt: skip
_TENS = {"mười", "mươi"}
_ONLY_LATER = {"mốt", "tư", "lăm"}  # "đầu tư" is no four
_FIRST = "|".join(
    f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in (*_DIGITS, "mười") if word not in _ONLY_LATER
)
_LATER = "|".join([*_DIGITS, *_TENS, *MAGNITUDES, "linh", "lẻ", "rưỡi"])
SPELLED = rf"(?:{_FIRST})(?:\s(?:{_LATER}))*"  # a regular expression for one, without its word boundaries
SCALE = "|".join(word for word, value in MAGNITUDES.items() if value >= 1_000)
VAGUE = rf"(?:{'|'.join(MAGNITUDES)})(?:\s(?:{'|'.join(MAGNITUDES)}))*"  # after "hàng"
_WORD = re.compile(r"\w+")


def spelled_number(text: str) -> float | None:
    """Return the number that lowercase `text` spells; None for two in a row, as in "hai ba người".

    >>> spelled_number("hai mươi lăm"), spelled_number("ba nghìn rưỡi"), spelled_number("hai ba")
    (25, 3500.0, None)
    """
    return _value(_WORD.findall(text))


def magnitude(text: str) -> int:
    """Return what the magnitude words of `text` multiply by: 1 for none.

    >>> magnitude("nghìn tỷ")
    1000000000000
    """
    product = 1
    for word in _WORD.findall(text):
        product *= MAGNITUDES[word]
    return product


def _value(words: Sequence[str]) -> float | None:
    """Add up groups: digits and tens until a magnitude multiplies them; "rưỡi" is half of the last one."""
    total: float = 0
    group: float = 0
    last = 1
    previous = ""
    for word in words:
        if word in _DIGITS:
            if previous in _DIGITS:
                return None
            group += _DIGITS[word]
        elif word == "mươi":
            group += 9 * (group % 10)
        elif word == "mười":
            group += 10
        elif word == "rưỡi":
            group += last / 2 if last > 1 else 0.5
        elif word in MAGNITUDES:
            last = MAGNITUDES[word]
            if last >= 1_000:
                total, group = (total + group) * last if total < last else total + group * last, 0
            else:
                group = group * last
        previous = word
    return total + group
