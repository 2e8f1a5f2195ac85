"""Claims of an article in figures: each quantity with the words for the thing counted.

The noun and the words after it name the thing ("căn nhà bị tốc mái"), or the words before it do ("tổng mức
đầu tư"); for people it is their fate. Left out are forecasts, conditions, parts of a whole, and figures that
mean "many". `particulars` has the ages of people.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from summarizer.facts.fact import sentence_around
from summarizer.facts.number_words import AGES, PEOPLE, TIME_UNITS
from summarizer.facts.numbers import Measure, Quantity, find_quantities
from summarizer.model import PROSE_FIELDS, Document, FieldName, Place
from summarizer.text.syllables import canonical, syllables

CHARACTERS_READ = 2_000  # of a body: papers report the event itself first
_REACH = 70  # characters on either side of a figure that may name the thing counted
_LONGEST_PHRASE = 6  # words that name the thing counted
_STATE_LEADS, _STATE_FOLLOWS = 12, 30  # characters between a figure and the fate of the people counted
_ANCHORED = 2  # content words between a figure and the one that it belongs to
_LEAD_WORDS, _FOLLOWING_WORDS = 8, 6

_STATES = {
    "chết": "chết|thiệt mạng|tử vong|tử nạn|bỏ mạng|tử thương|qua đời|sinh mạng|hy sinh|hi sinh|xấu số",
    "bị thương": "bị thương|thương tích|trọng thương",
    "thương vong": "thương vong",
    "mất tích": "mất tích",
    "bị bắt": "bị bắt|bắt giữ|bị bắt giữ|tạm giữ|bị tạm giữ|bắt quả tang",
    "sơ tán": "sơ tán|di dời",
    "nhập viện": "nhập viện|cấp cứu|đi viện",
    "bị ngộ độc": "ngộ độc",
    "được cứu": "cứu sống|được cứu|cứu được|giải cứu|sống sót",
    "bị mắc kẹt": "mắc kẹt|vùi lấp",
    "bị khởi tố": "khởi tố|bị khởi tố",
    "bị bỏng": "bị bỏng|bỏng",
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words.split("|")}
_STATE = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(_STATE_OF, key=len, reverse=True))})(?!\w)")
_UNREAL = (
    "sẽ|dự kiến|dự báo|dự đoán|dự tính|dự toán|kế hoạch|mục tiêu|phấn đấu|có thể|nếu|giả sử|chỉ tiêu|khả năng"
    "|quy định|mỗi|trung bình|bình quân|hy vọng|đề xuất|đề nghị|yêu cầu|còn lại|lần lượt|trong đó|trong số"
    "|một số|thêm|riêng|từng|trước đây|lần trước|trước đó|năm ngoái|năm trước|hồi|kỷ lục|hoặc|chưa đầy|thứ"
    "|có khi|thường|ví dụ|chẳng hạn|chậm nhất|sớm nhất"
)
_NO_COUNT = re.compile(rf"(?<!\w)(?:{_UNREAL})(?!\w)")
_CHANGE = re.compile(
    r"(?<!\w)(tăng|giảm|vượt|hụt|hơn|kém|lên|xuống|từ|còn|đến|tới|nâng|bớt|thêm)\s(?:\w+\s){0,2}\Z"
)
_PERIODS = (
    re.compile(r"(?<![\w/.-])\d{1,2}[/.-]\d{1,2}(?!\d)"),
    re.compile(r"(?<!\w)(?:19|20)\d\d(?!\w)"),
    re.compile(r"(?<!\w)quý (?:\d|[IV]+)"),
    re.compile(r"(?<!\w)tháng \d+"),
    re.compile(r"(?<!\w)\d+ tháng"),
    re.compile(r"(?<!\w)(?:sáng|trưa|chiều|tối|đêm)(?!\w)"),
    re.compile(r"(?<!\w)(?:đầu|giữa|cuối|mở|đóng)(?= (?:phiên|ngày|tuần|tháng|năm|quý|cửa))"),
)
_BREAK = re.compile(r"[,;:.()\n]")
_COORDINATE = re.compile(r"\s(?:vĩ|kinh|Vĩ|Kinh)(?!\w)")
_CLAUSE_END = re.compile(r"[;:.(]|, ")
_CAPITAL = re.compile(r"(?<!\w)[^\W\d_a-zàáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]\w*")
_OPENING_MARK = re.compile(r"[.!?…“\"(:]\s?\Z")
_FUNCTION_WORDS = (
    "của và là các những một với cho đã được này khi tại ở có từ theo về để cũng sẽ ra vào trên đó như do bị"
    " mà còn thì vẫn đang rằng số khoảng hơn gần cả đạt ước lên tới đến gồm bao trị"
)
_EMPTY = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure in an article and the thing counted. `lead` and `following` are content syllables near it."""

    quantity: Quantity
    place: Place  # of its sentence
    state: str
    lead: tuple[str, ...]
    following: tuple[str, ...]
    names: frozenset[str]
    # days, years, quarters, months, numbers of months, times of day, phases
    periods: tuple[frozenset[str], ...]
    change: str
    anchor: Quantity | None  # the figure just before, which this one belongs to: "63.600 tỷ đồng (7,8%)"

    @property
    def measure(self) -> Measure:
        return self.quantity.measure

    @property
    def is_price(self) -> bool:
        """Tell whether it is a price, which changes from day to day."""
        currency, _, each = self.quantity.unit.partition("/")
        return currency in ("đồng", "USD", "euro") and (bool(each) or "giá" in self.lead)

    @property
    def words(self) -> frozenset[str]:
        """Return the content syllables around the figure."""
        return frozenset(self.lead + self.following)


@lru_cache(maxsize=1_024)  # a story is composed for many profiles
def figures(text: str) -> tuple[Quantity, ...]:
    """Return the quantities at the start of a field's text, in order."""
    return tuple(find_quantities(text[:CHARACTERS_READ]))


def figures_of(document: Document) -> Iterator[Quantity]:
    """Yield the quantities of lead and body."""
    for field in PROSE_FIELDS:
        yield from figures(document.field(field))


def find_claims(document: Document, measures: Collection[Measure]) -> list[Claim]:
    """Return the claims of `document` in figures of these `measures`. Places: document 0."""
    found = (
        _claim(document.field(field), field, number)
        for field in PROSE_FIELDS
        for number, quantity in enumerate(figures(document.field(field)))
        if quantity.measure in measures
    )
    return [claim for claim in found if claim]


@lru_cache(maxsize=1_024)
def _claim(text: str, field: FieldName, number: int) -> Claim | None:
    """Read the words around the figure with this number; None if it counts nothing real."""
    quantity = figures(text)[number]
    if quantity.qualifier == "vague" or quantity.unit in AGES or _COORDINATE.match(text, quantity.end):
        return None
    start, end = sentence_around(text, quantity.start, CHARACTERS_READ + _REACH)
    beside = figures(text)[max(0, number - 12) : number + 12]
    in_sentence = [other for other in beside if start <= other.start < end]
    left, right = _surroundings(quantity, in_sentence, start, end)
    before = canonical(text[left : quantity.start])
    after = canonical(_CLAUSE_END.split(text[quantity.end : right], maxsplit=1)[0])
    state = _state(quantity, before, after)
    if _NO_COUNT.search(before) or (quantity.value == 1 and not quantity.unit and not state):
        return None
    change = _CHANGE.search(before)
    lead = content_words(before)
    return Claim(
        quantity=quantity,
        place=Place(0, field, start, end),
        state=state,
        lead=lead[-_LEAD_WORDS:],
        following=content_words(after)[:_FOLLOWING_WORDS],
        names=frozenset(names(text, start, left, right)),
        periods=tuple(frozenset(kind.findall(text, start, end)) for kind in _PERIODS),
        change=change.group(1) if change else "",
        anchor=_before(quantity, in_sentence) if len(lead) <= _ANCHORED else None,
    )


def _before(quantity: Quantity, in_sentence: Sequence[Quantity]) -> Quantity | None:
    earlier = (other for other in in_sentence if other.start < quantity.start)
    return max(earlier, key=lambda other: other.start, default=None)


def _surroundings(
    quantity: Quantity, in_sentence: Sequence[Quantity], start: int, end: int
) -> tuple[int, int]:
    """Return the range of text that may name the thing counted; it ends at other figures."""
    others = [other for other in in_sentence if other.unit not in TIME_UNITS]
    left = max([start, quantity.start - _REACH, *(o.end for o in others if o.end <= quantity.start)])
    right = min([end, quantity.end + _REACH, *(o.start for o in others if o.start >= quantity.end)])
    return left, right


def names(text: str, start: int, left: int, right: int) -> Iterator[str]:
    """Yield the words between `left` and `right` that are capitalised and do not open a sentence."""
    for word in _CAPITAL.finditer(text, left, right):
        opens = word.start() == start or _OPENING_MARK.search(text, max(0, word.start() - 2), word.start())
        if word.group()[0].isupper() and not opens:
            yield word.group()


def _state(quantity: Quantity, before: str, after: str) -> str:
    """Return the fate of the people counted: "ba người chết", "làm chết ba người"; else ""."""
    if quantity.noun not in PEOPLE:
        return ""
    follows = _STATE.search(after)
    if follows and follows.start() < _STATE_FOLLOWS:
        return _STATE_OF[follows.group()] + (" nặng" if "nặng" in after else "")
    leads = list(_STATE.finditer(before))
    if not leads or "," in before[leads[-1].end() :] or len(before) - leads[-1].end() > _STATE_LEADS:
        return ""
    return _STATE_OF[leads[-1].group()]


def states_of(text: str) -> frozenset[str]:
    """Return the fates of people in canonical `text`: "chết và mất tích" are two."""
    return frozenset(_STATE_OF[found] for found in _STATE.findall(text))


def content_words(text: str) -> tuple[str, ...]:
    """Return the syllables of `text` without function words."""
    return tuple(word for word in syllables(text) if word not in _EMPTY)


def what_is_counted(document: Document, claim: Claim, other: Claim) -> str:
    """Name the thing that `claim` and `other` count, in the words of `document`; "" if they do not name it.

    "số nhà tốc mái", "tổng mức đầu tư", "số người bị thương", "số tuyến phố ở Hạ Long".
    """
    text = document.field(claim.place.field)
    if claim.state:
        return f"số {claim.quantity.noun} {claim.state}"
    shared = claim.words & other.words
    before = _phrase(_BREAK.split(text[claim.place.start : claim.quantity.start])[-1].split()[::-1], shared)
    following = _BREAK.split(text[claim.quantity.end : claim.place.end])[0].split()
    after = _phrase(following, shared)
    if not claim.quantity.unit:
        where = [word for word in following[:1] if word in ("ở", "tại") and after]
        return " ".join(["số", claim.quantity.noun, *where, *after])
    what = " ".join(before[::-1] or after)
    return f"mức {what}" if what in ("tăng", "giảm") else what


def _phrase(words: list[str], shared: frozenset[str]) -> list[str]:
    """Return the words next to a figure, nearest first, as far as both papers have them."""
    kept: list[str] = []
    for word in words[:_LONGEST_PHRASE]:
        if canonical(word) in shared:
            kept.append(word)
        elif kept or canonical(word) not in _EMPTY:
            break
    return kept
