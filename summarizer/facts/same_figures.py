"""Decide whether two figures count the same thing, and whether a newer one replaces an older one."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from summarizer.facts.claims import Claim, figures, find_claims, states_of
from summarizer.facts.number_words import PEOPLE, TIME_UNITS
from summarizer.facts.numbers import Quantity
from summarizer.model import Document
from summarizer.text.sentences import UPPER
from summarizer.text.syllables import canonical

# Rules for two figures from two articles of one story: unit or noun, the fate of the people counted and the
# direction of a change must be the same. Days, years, names and opposites near the figures must not differ.
# Then the words beside the figures decide.

_SHARED = 0.7  # of the fewer words around two figures, if the words beside them are similar
_SHARED_BY_NEIGHBOURS = 0.5  # where those beside them are the same
_FEWEST_WORDS = 4
_SAME_SHARE = 0.9  # two shares of what is itself the same figure
# A figure beside one of these is of another thing.
_MARKS = frozenset(("thuần", "ròng", "gộp", "thuế", "nữ", "nam", "nặng", "phụ"))
_OPPOSING = (
    "thu/chi nhập/xuất nam/nữ mua/bán lãi/lỗ trong/ngoài nội/ngoại lớn/nhỏ cao/thấp trên/dưới trái/phải"
    " vợ/chồng dài/rộng dài/cao rộng/cao nặng/nhẹ thắng/thua"
)
_OPPOSITES = [pair.split("/") for pair in _OPPOSING.split()]


def same_thing(one: Claim, other: Claim) -> float:
    """Rate how certain it is that two claims count the same thing: 0 (they do not) to 1.

    >>> from summarizer.facts.claims import find_claims
    >>> from summarizer.model import Document
    >>> texts = "Bão làm ba người chết.", "Đã có 5 người thiệt mạng.", "Năm người bị thương."
    >>> dead, killed, hurt = (find_claims(Document("", text), {("", "người")})[0] for text in texts)
    >>> same_thing(dead, killed) > 0, same_thing(dead, hurt) > 0
    (True, False)
    """
    if one.measure != other.measure or one.state != other.state:
        return 0.0
    if one.change != other.change or _differ_in_context(one, other):
        return 0.0
    if one.anchor and other.anchor and one.anchor.measure == other.anchor.measure:
        if not one.anchor.agrees_with(other.anchor):
            return 0.0
        if one.quantity.unit == "%":
            return _SAME_SHARE
    return _similarity(one, other)


def _differ_in_context(one: Claim, other: Claim) -> bool:
    sets = zip((one.names, *one.periods), (other.names, *other.periods), strict=True)
    if any(mine and theirs and not mine & theirs for mine, theirs in sets):
        return True
    return are_opposed(one, other)


def are_opposed(one: Claim, other: Claim) -> bool:
    """Tell whether nearby words separate two figures: gross and net, buying and selling."""
    mine, theirs = one.words - other.words, other.words - one.words
    if (mine | theirs) & _MARKS:
        return True
    return any((a in mine and b in theirs) or (b in mine and a in theirs) for a, b in _OPPOSITES)


def _similarity(one: Claim, other: Claim) -> float:
    shared = len(one.words & other.words) / max(_FEWEST_WORDS, min(len(one.words), len(other.words)))
    if one.state:
        return (1 + shared) / 2
    neighbours = _neighbours_alike(one, other)
    enough = _SHARED_BY_NEIGHBOURS if neighbours >= 2 else _SHARED
    return shared if neighbours and shared >= enough else 0.0


def _neighbours_alike(one: Claim, other: Claim) -> int:
    """Count how strongly the words right beside two figures agree, before them and after them: 0 to 4."""
    alike = 0
    if min(len(one.lead), len(other.lead)) > 1:
        if one.lead[-2:] == other.lead[-2:]:
            alike += 2
        elif _ends_in(one.lead, other.lead) or _ends_in(other.lead, one.lead):
            alike += 1
    if len(one.following) > 1 and one.following[:2] == other.following[:2]:
        alike += 1 if one.quantity.unit else 2
    return alike


def _ends_in(lead: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether the last two words of `lead` stand together among the last four of `other`."""
    return (lead[-2], lead[-1]) in pairwise(other[-4:])


# Outdated figures: an older count beside the newer one of the same thing misleads.
#
# Only sentences of one story are compared, so the rules are looser than for a disagreement of papers: the
# same fate of people, a number of people that has risen, the same unit with the same words around it,
# another score of one match.

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
_AGE = re.compile(r"(?<!\w)(?:tuổi (\d{1,3})|(\d{1,3}) tuổi)(?!\w)")
_NAME = re.compile(rf"(?<!\w)[{UPPER}]\w+")
_SAYS_SIDE = frozenset(("Đội", "CLB", "Tuyển"))  # before the name of any side
_RISEN_TO = re.compile(r"(?<!\w)lên (?:(?:tới|đến|thành|con số|hơn|gần|trên|khoảng|ít nhất) )*\Z")
_REACH = 24  # characters before a figure in which that is said
_EARLIER_SHARE = 0.2  # of a number that has risen: less was the number of something else
_SHARED_BY_UPDATES, _FEWEST_SHARED_BY_UPDATES = 0.6, 2  # of the words around two figures of one unit


class _Tally(NamedTuple):
    """A number of people with a fate; `states` names it, or several that are counted together."""

    states: frozenset[str]
    low: float
    high: float

    def differs_from(self, other: "_Tally") -> bool:
        return self.states == other.states and not (self.low <= other.high and other.low <= self.high)


def gives_other_figure(sentence: str, others: Iterable[str]) -> bool:
    """Tell whether a sentence gives another figure than one of `others` for the same thing.

    >>> gives_other_figure("Đã có 5 người thiệt mạng.", ["Số người chết tăng lên 9."])
    True
    >>> gives_other_figure("Năm người bị thương.", ["Bão làm ba người chết."])
    False
    """
    return any(_differs(sentence, other) for other in others)


def _differs(one: str, other: str) -> bool:
    return (
        any(mine.differs_from(theirs) for mine in _tallies(one) for theirs in _tallies(other))
        or any(_is_other_amount(mine, theirs) for mine in _claims(one) for theirs in _claims(other))
        or _has_risen(one, other)
        or _has_risen(other, one)
        or _is_other_score(one, other)
        or _is_other_age(one, other)
    )


def _is_other_amount(one: Claim, other: Claim) -> bool:
    if one.quantity.agrees_with(other.quantity) or one.measure != other.measure:
        return False
    if same_thing(other, one):
        return True
    shared, fewer = len(one.words & other.words), min(len(one.words), len(other.words))
    is_alike = (
        shared >= max(_FEWEST_SHARED_BY_UPDATES, _SHARED_BY_UPDATES * fewer) and one.state == other.state
    )
    return is_alike and not are_opposed(one, other)


def _has_risen(text: str, other: str) -> bool:
    """Tell whether `text` gives a risen number of people, and `other` may give the number before.

    "Số nạn nhân lên tới 3.460 người" beside "lừa gần 2.000 người", whatever words are around the older one.
    """
    newer = [claim for claim in _claims(text) if _RISEN_TO.search(_before(text, claim))]
    older = [claim for claim in _claims(other) if _are_people(claim.quantity)] if newer else []
    return any(
        _are_people(mine.quantity)
        and mine.state == theirs.state
        and _EARLIER_SHARE * mine.quantity.value <= theirs.quantity.value < mine.quantity.value
        and not are_opposed(mine, theirs)
        for mine in newer
        for theirs in older
    )


def _before(text: str, claim: Claim) -> str:
    return canonical(text[max(0, claim.quantity.start - _REACH) : claim.quantity.start])


def _is_other_score(one: str, other: str) -> bool:
    """Tell whether both give a score of a match between sides that both name, and not the same one."""
    if not (_OF_A_MATCH.search(canonical(one)) and _OF_A_MATCH.search(canonical(other))):
        return False
    mine, theirs = ({tuple(sorted(map(int, pair))) for pair in _SCORE.findall(text)} for text in (one, other))
    names = set(_NAME.findall(one)) & set(_NAME.findall(other)) - _SAYS_SIDE
    return bool(mine and theirs and names) and not mine & theirs


def _is_other_age(one: str, other: str) -> bool:
    """Tell whether two sentences give different ages and share a name."""
    mine, theirs = ({age for pair in _AGE.findall(text) for age in pair if age} for text in (one, other))
    names = set(_NAME.findall(one)) & set(_NAME.findall(other))
    return len(mine) == len(theirs) == 1 and mine != theirs and bool(names)


@lru_cache(maxsize=1_024)
def _tallies(text: str) -> tuple[_Tally, ...]:
    counted = [quantity for quantity in figures(text) if quantity.unit not in TIME_UNITS]
    found = [_tally(text, counted, number) for number in range(len(counted))]
    return (*filter(None, found), *_totals(text))


def _tally(text: str, counted: list[Quantity], number: int) -> _Tally | None:
    """Return the people that a figure counts, with their fate from its clause up to the next figures."""
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
