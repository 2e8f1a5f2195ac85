"""Find the quantities in Vietnamese prose: how many, of what, and how exact.

Examples are "hơn 200 căn nhà", "hai mươi lăm người", "2,5 tỷ đồng", "hàng chục xe", "3-5 ngày", "65.400m2".
Dates, clock times, ordinals, names and codes with digits are skipped. `same_figures` decides whether two
quantities are of the same thing.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.facts.number_words import (
    ABBREVIATED_HEADS,
    CLASSIFIERS,
    NO_HEADS,
    NO_MONEY,
    ORDINALS,
    PEOPLE,
    QUALIFIERS,
    SCALE,
    SHORT_HEADS,
    SPELLED,
    TIME_UNITS,
    UNITS,
    VAGUE,
    Qualifier,
    magnitude,
    spelled_number,
)
from summarizer.text.syllables import canonical

Measure = tuple[str, str]  # unit, noun

_DIGITS = r"\d+(?:[.,]\d+)*"
_NUMBER = re.compile(
    rf"(?<![\w.,/°–-])(?:(?P<digits>{_DIGITS})(?:\s?[-–]\s?(?P<to>{_DIGITS}))?(?P<scale>(?:\s?(?:{SCALE})(?!\w))*)"
    rf"|(?P<spelled>{SPELLED})(?!\w)|(?P<vague>hàng\s{VAGUE})(?!\w))"
)
_QUALIFIER = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, QUALIFIERS), key=len, reverse=True))})\s+\Z", re.IGNORECASE
)
_UNIT = re.compile(
    rf"(?!\sđồng\s(?:{NO_MONEY})(?!\w))\s?"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})(?!\w)"
    r"(?P<per>\s?/\s?[^\W\d_]+)?",
    re.IGNORECASE,
)
_NOUN = re.compile(r"\s(?P<one>[^\W\d_]+)(?:\s(?P<two>[^\W\d_]+))?(?:\s(?P<three>[^\W\d_]+))?")
_WORD_BEFORE = re.compile(r"(\w+)[\s“\"'(]*\Z")
_OPENS_SENTENCE = re.compile(r"(?:\A|[.!?…:\n\"“(])\s*\w+[\s“\"'(]*\Z")
_AMBIGUOUS = frozenset({"một", "năm"})  # an article, and the word for a year
_SURELY_COUNTED = re.compile(
    rf"\s(?:{'|'.join(sorted(PEOPLE | SHORT_HEADS | CLASSIFIERS | set(UNITS), key=len, reverse=True))})(?!\w)"
)
_HALF = re.compile(r"\s(?:rưỡi|lẻ)(?!\w)")  # "một tháng rưỡi": rare, and easily half understood
_CLOCK = re.compile(r"\s*(?:\d|sáng|trưa|chiều|tối|đêm|ngày|khuya|kém|hôm|cùng ngày)", re.IGNORECASE)
_BORN = re.compile(r"(?<!\w)(?:SN|sinh năm|sinh)[\s:.]*\Z", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\s(?:này|đó|ấy|kia|trên|nói trên|còn lại|khác|nữa)(?!\w)", re.IGNORECASE)
_ROUNDING = 0.05  # a round number may stand for what is this much more or less


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something, at `start` to `end` of a text."""

    value: float
    low: float  # to `high`: the range that the words admit; "hơn 200" is 200 to 300
    high: float
    qualifier: Qualifier
    unit: str  # in its one spelling; "" if things are counted
    noun: str  # what is counted then, one or two canonical syllables
    start: int
    end: int

    @property
    def measure(self) -> Measure:
        """Return unit and noun as they compare; "nạn nhân" are people."""
        return self.unit, "người" if self.noun == "nạn nhân" else self.noun

    def agrees_with(self, other: "Quantity") -> bool:
        """Tell whether both may be true of the same thing, one of them rounded perhaps."""
        return self.low <= other.high and other.low <= self.high


def find_quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities of `text`, in order.

    >>> for q in find_quantities("Hơn 200 căn nhà đổ, ba người bị thương, thiệt hại 2,5 tỷ đồng ngày 5/11."):
    ...     print(q.value, q.qualifier, q.unit or q.noun)
    200.0 over nhà
    3.0 exact người
    2500000000.0 exact đồng
    """
    for match in _NUMBER.finditer(text):
        quantity = _birth_year(text, match) or _quantity(text, match)
        if quantity:
            yield quantity


def _birth_year(text: str, match: re.Match[str]) -> Quantity | None:
    born = _BORN.search(text, max(0, match.start() - 12), match.start())
    if born is None or not re.fullmatch(r"(?:19|20)\d\d", match["digits"] or ""):
        return None
    year = float(match["digits"])
    return Quantity(year, year, year, "exact", "năm sinh", "", born.start(), match.end())


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    if (match["spelled"] or "").lower() in _AMBIGUOUS and not _SURELY_COUNTED.match(text, match.end()):
        return None
    counted = _counted(text, match)
    if counted is None:
        return None
    unit, noun, end = counted
    numbers = _numbers(match, has_unit=bool(unit))
    if numbers is None or _HALF.match(text, end):
        return None
    low, high, step = numbers
    before = _QUALIFIER.search(text, max(0, match.start() - 16), match.start())
    start = before.start() if before else match.start()
    qualifier: Qualifier = QUALIFIERS[canonical(before.group().strip())] if before else "exact"
    if match["vague"]:
        qualifier = "vague"
    elif high > low:
        qualifier = "range"
    bounds = (low, high) if qualifier == "range" else _admitted(low, step, qualifier)
    return Quantity(low, *bounds, qualifier, unit, noun, start, end)


def _counted(text: str, match: re.Match[str]) -> tuple[str, str, int] | None:
    """Return the unit, the noun and where they end; None when the number counts nothing."""
    before = _WORD_BEFORE.search(text, max(0, match.start() - 24), match.start())
    word = before.group(1) if before else ""
    measured = _UNIT.match(text, match.end())
    if measured:
        unit = UNITS[canonical(measured["unit"])]
        if unit in TIME_UNITS and (word.lower() in ORDINALS or _CLOCK.match(text, measured.end())):
            return None
        return unit + "".join(canonical(measured["per"] or "").split()), "", measured.end()
    if word.lower() in ORDINALS or (match["digits"] and _is_name(text, word, match.start())):
        return None
    return _noun(text, match)


def _is_name(text: str, word: str, end: int) -> bool:
    """Tell whether the number belongs to the word before it: "Nexus 5"."""
    return word[:1].isupper() and not _OPENS_SENTENCE.search(text, max(0, end - 40), end)


def _noun(text: str, match: re.Match[str]) -> tuple[str, str, int] | None:
    found = _NOUN.match(text, match.end())
    if found is None:
        return None
    words = [found[name] or "" for name in ("one", "two", "three")]
    if words[0].lower() in ABBREVIATED_HEADS:
        return "", ABBREVIATED_HEADS[words[0].lower()], found.end("one")
    plain = [canonical(word) if word.islower() else "" for word in words]
    first = 1 if plain[0] in CLASSIFIERS and plain[1] and plain[1] not in NO_HEADS else 0
    if not plain[first] or plain[first] in NO_HEADS:
        return None
    follows = plain[first + 1] if first < 2 and plain[first] not in SHORT_HEADS else ""
    last = first + bool(follows and follows not in NO_HEADS)
    end = found.end(("one", "two", "three")[last])
    if _POINTS_BACK.match(text, end):
        return None
    return "", " ".join(plain[first : last + 1]), end


def _numbers(match: re.Match[str], *, has_unit: bool) -> tuple[float, float, float] | None:
    """Return the number, or the first and last of a range, and the step that it is rounded to."""
    if match["vague"]:
        value = float(magnitude(match["vague"].removeprefix("hàng")))
        return value, value, value
    if match["spelled"]:
        spelled = spelled_number(match["spelled"].lower())
        return None if spelled is None else (float(spelled), float(spelled), _step(float(spelled)))
    scale = magnitude(match["scale"])
    is_measured = has_unit or scale > 1
    low = _parsed(match["digits"], is_measured=is_measured)
    high = _parsed(match["to"], is_measured=is_measured) if match["to"] else low
    if low is None or high is None or high < low:
        return None
    decimals = re.search(r"[.,](\d{1,2})\Z", match["digits"])
    step = 10.0 ** -len(decimals.group(1)) if decimals else _step(low)
    return low * scale, high * scale, step * scale


def _parsed(digits: str, *, is_measured: bool) -> float | None:
    """Read digits: three after a dot are thousands; three after one comma too, unless `is_measured`.

    >>> _parsed("1.353,6", is_measured=True), _parsed("19,234", is_measured=True)
    (1353.6, 19.234)
    >>> _parsed("2,500", is_measured=False)
    2500.0
    """
    groups = re.split(r"[.,]", digits)
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return float(digits) if len(digits) < 16 else None
    tail_is_thousands = len(groups[-1]) == 3 and (marks[-1] == "." or not is_measured or len(marks) > 1)
    whole, fraction = (groups, "0") if tail_is_thousands else (groups[:-1], groups[-1])
    if any(len(group) != 3 for group in whole[1:]) or len(digits) > 20:
        return None
    return float("".join(whole) + "." + fraction)


def _step(value: float) -> float:
    """Return what the number is rounded to: 100 for 2.300, 1 for 2.314."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def _admitted(value: float, step: float, qualifier: Qualifier) -> tuple[float, float]:
    rough = max(step, value / 10)
    match qualifier:
        case "over":
            return value, value + rough
        case "under":
            return value - rough, value
        case "about":
            return value - max(step / 2, value / 10), value + max(step / 2, value / 10)
        case "at least":
            return value, math.inf
        case "at most":
            return -math.inf, value
        case "vague":
            return value, value * 20
    slack = min(step, value * _ROUNDING) if step != 1 else 0.0
    return value - slack / 2, value + slack  # papers cut off more often than they round up
