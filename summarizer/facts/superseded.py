"""Figures that another text tells otherwise: beside the newer count of a thing an older one misleads.

Asked only of sentences of one story, so that less must agree than where papers are said to disagree: the same
fate of people, the same unit with the same words around it, another score of one match.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from summarizer.facts.claims import Claim, figures, find_claims, states_of
from summarizer.facts.numbers import Quantity
from summarizer.facts.quantity_words import PEOPLE, TIME_UNITS
from summarizer.facts.same_thing import are_opposed, same_thing
from summarizer.model import Document
from summarizer.text.capitals import UPPER
from summarizer.text.syllables import canonical

_CLAUSE_END = re.compile(r"[,.](?!\d)|[;:()\n]")
_TOTAL = re.compile(
    r"(?<!\w)(?:lên|là|đạt|còn|thành|tới|đến)\s(?:(?:đến|tới|thành|hơn|gần|ít nhất)\s)?"
    r"(\d{1,3}(?:\.\d{3})+|\d{1,6})(?=\s?(?:[,.;)]|\Z)(?!\d))"
)
_COUNTS_PEOPLE = re.compile(r"(?<!\w)số (?:người|ca|nạn nhân|trường hợp|lượng|nghi phạm)(?!\w)")
_LIKE_PEOPLE = PEOPLE | {"ca", "trường hợp", "hành khách", "thuyền viên", "thợ mỏ", "công nhân", "bệnh nhân"}
_LIKE_PEOPLE |= {"du khách"}
_NO_SCORE = r"[\d/-]|[.,]\d|\s?(?:%|tuổi|ngày|tháng|năm|giờ|phút)"
_SCORE = re.compile(rf"(?<![\d/.,-])(\d{{1,2}})\s?[-–]\s?(\d{{1,2}})(?!{_NO_SCORE})")
_OF_A_MATCH = re.compile(r"(?<!\w)(?:thắng|thua|hòa|hoà|dẫn|bại|tỷ số|tỉ số|chung cuộc|gỡ|ngược dòng)(?!\w)")
_NAME = re.compile(rf"(?<!\w)[{UPPER}]\w+")
_SAYS_SIDE = frozenset(("Đội", "CLB", "Tuyển"))  # before the name of any side
_SHARED, _FEWEST_SHARED = 0.6, 2  # of the words around two figures of one unit


class _Tally(NamedTuple):
    """How many people suffered a fate; `states` says which, more than one where they are counted together."""

    states: frozenset[str]
    low: float
    high: float


def gives_other_figure(sentence: str, told: Iterable[str]) -> bool:
    """Tell whether a sentence gives a figure for something for which one of `told` gives another.

    >>> gives_other_figure("Đã có 5 người thiệt mạng.", ["Số người chết tăng lên 9."])
    True
    >>> gives_other_figure("Năm người bị thương.", ["Bão làm ba người chết."])
    False
    """
    return any(_differs(sentence, other) for other in told)


def _differs(one: str, other: str) -> bool:
    return (
        any(_is_other_tally(mine, theirs) for mine in _tallies(one) for theirs in _tallies(other))
        or any(_is_other_amount(mine, theirs) for mine in _claims(one) for theirs in _claims(other))
        or _is_other_score(one, other)
    )


def _is_other_tally(one: _Tally, other: _Tally) -> bool:
    return one.states == other.states and not (one.low <= other.high and other.low <= one.high)


def _is_other_amount(one: Claim, other: Claim) -> bool:
    if one.quantity.agrees_with(other.quantity) or one.measure != other.measure:
        return False
    if same_thing(other, one):
        return True
    shared, fewer = len(one.words & other.words), min(len(one.words), len(other.words))
    is_alike = shared >= max(_FEWEST_SHARED, _SHARED * fewer) and one.state == other.state
    return is_alike and not are_opposed(one, other)


def _is_other_score(one: str, other: str) -> bool:
    """Tell whether both give a score of a match between sides that both name, and not the same one."""
    if not (_OF_A_MATCH.search(canonical(one)) and _OF_A_MATCH.search(canonical(other))):
        return False
    mine, theirs = ({tuple(sorted(map(int, pair))) for pair in _SCORE.findall(text)} for text in (one, other))
    names = set(_NAME.findall(one)) & set(_NAME.findall(other)) - _SAYS_SIDE
    return bool(mine and theirs and names) and not mine & theirs


@lru_cache(maxsize=1_024)
def _tallies(text: str) -> tuple[_Tally, ...]:
    counted = [quantity for quantity in figures(text) if quantity.unit not in TIME_UNITS]
    found = [_tally(text, counted, number) for number in range(len(counted))]
    return (*filter(None, found), *_totals(text))


def _tally(text: str, counted: list[Quantity], number: int) -> _Tally | None:
    """Return whom a figure counts by what became of them, told by its clause up to the figures beside it."""
    quantity = counted[number]
    if quantity.unit or quantity.qualifier == "vague" or not _are_people(quantity):
        return None
    start, end = _clause(text, quantity.start, quantity.end)
    left = max(start, counted[number - 1].end if number else 0)
    right = min(end, counted[number + 1].start if number + 1 < len(counted) else end)
    after, before = canonical(text[quantity.end : right]), canonical(text[left : quantity.start])
    states = states_of(after) or states_of(before)
    most = quantity.value if quantity.qualifier == "at least" else quantity.high  # as counted by then
    return _Tally(states, quantity.low, most) if states else None


def _are_people(quantity: Quantity) -> bool:
    return quantity.noun in _LIKE_PEOPLE or quantity.noun.split(" ")[0] in _LIKE_PEOPLE


def _totals(text: str) -> Iterator[_Tally]:
    """Yield bare numbers of people: "số người chết tăng lên 9"."""
    for total in _TOTAL.finditer(text):
        start, _ = _clause(text, total.start(), total.end())
        said = canonical(text[start : total.start()])
        states = states_of(said) if _COUNTS_PEOPLE.search(said) else frozenset[str]()
        if states:
            value = float(total[1].replace(".", ""))
            yield _Tally(states, value, value)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    before = [mark.end() for mark in _CLAUSE_END.finditer(text, 0, start)]
    after = _CLAUSE_END.search(text, end)
    return (before[-1] if before else 0), (after.start() if after else len(text))


@lru_cache(maxsize=1_024)
def _claims(text: str) -> tuple[Claim, ...]:
    document = Document("", text)
    return tuple(find_claims(document, {quantity.measure for quantity in figures(text)}))
