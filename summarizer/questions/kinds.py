"""What kind of thing a question asks for, and whether a sentence has one.

Kinds are a number, a time, a cause, a person, a place. The sentence must have it beside the question's own
words: a year, name or number that was typed answers nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from summarizer.text.sentences import UPPER
from summarizer.text.syllables import folded

Kind = Literal["number", "time", "cause", "person", "place"]

_UNITS = ("đồng", "triệu", "tỷ", "tỉ", "nghìn", "ngàn", "usd", "euro", "đô", "%", "phần trăm")
_MONEY = frozenset(
    ("tiền", "tien", "giá", "gia", "tỷ", "tỉ", "ty", "ti", "triệu", "trieu", "đồng", "dong", "đô", "do")
)
# Number words, and those that open a rough number
_LONGEST_COUNTED = 24  # characters behind a number in which what it counts stands
_SPELLED = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|chục|trăm|nghìn|ngàn|triệu|tỷ|vài|nửa|hàng|hơn|gần|cả"
_SOLDIERS = ("lính", "binh sĩ", "quân nhân", "bộ đội")
_SAME_COUNTED = {"lính": _SOLDIERS, "linh": _SOLDIERS}
_NUMBER = re.compile(
    rf"\d+(?:[.,]\d+)*|\b(?:{_SPELLED})(?: (?:{_SPELLED}|mươi|rưỡi|trăm))* (?=[^\W\d])", re.IGNORECASE
)
_TIME = re.compile(
    r"\b\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}(?:h|g)(?:\d\d)?\b|\b\d{1,2} giờ\b"
    r"|\b(?:ngày|mùng|tháng|năm|quý|thế kỷ) (?:\d|[IVX]+\b|này|sau|tới|trước|ngoái|nay)"
    r"|\b(?:sáng|trưa|chiều|tối|đêm|khuya|rạng sáng|hôm|ngày|tuần|(?:cuối|đầu) (?:tuần|tháng|năm))"
    r" (?:nay|qua|mai|kia|sau|tới|này|trước|\d)"
    r"|\bthứ (?:hai|ba|tư|năm|sáu|bảy)\b|\bchủ nhật\b|\b(?:dịp|trước|sau) tết\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:do|vì|bởi|nguyên nhân|lý do|lí do|xuất phát từ|bắt nguồn|nhằm|khiến|dẫn đến|dẫn tới|sau khi)\b",
    re.IGNORECASE,
)
_NAME = rf"[{UPPER}][^\W\d_]{{0,20}}"
_NAMES = rf"{_NAME}(?:[ -]{_NAME}){{0,5}}"
_TELLING = re.compile(rf"\d+|[{UPPER}][^\W\d_]{{0,20}}")  # a number or a name
_COUNTED_WORD = re.compile(r"\s*([^\W\d_]+)")
_PERSON = re.compile(
    rf"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Bb]é|[Tt]ướng|[Cc]a sĩ|[Tt]hủ tướng|[Cc]hủ tịch|[Bb]í thư"
    rf"|[Gg]iám đốc|[Vv]iện|[Cc]ông ty|[Ss]ở|[Bb]ộ|[Tt]òa|[Cc]ông an|[Bb]áo|[Đđ]ội) {_NAMES}"
    rf"|(?<!^)(?<![.“\"] )\b{_NAMES} {_NAMES}"
)
_PLACE = re.compile(
    rf"\b(?:ở|tại|vào|đến|tới|từ|về|sang|thuộc|giữa|qua|lên|xuống|tỉnh|huyện|quận|xã|phường|thành phố|thị xã"
    rf"|thị trấn|nước|đảo|biển|sông|núi|chợ|cảng|sân bay|đường|phố|vùng|khu vực|bờ biển)"
    rf"(?: [a-zà-ỹđ]+){{0,2}} (?P<name>(?:TP\.? ?)?{_NAMES})"
)

_ASKED: tuple[tuple[Kind, str], ...] = (
    (
        "time",
        "khi nào|bao giờ|lúc nào|hồi nào|ngày nào|năm nào|tháng nào|hôm nào|mấy giờ"
        "|ngày mấy|tháng mấy|năm mấy|thứ mấy",
    ),
    ("number", "bao nhiêu|bao lâu|bao xa"),
    ("cause", "vì sao|tại sao|vì đâu|sao lại|lý do gì|lí do gì|nguyên nhân gì|do đâu"),
    ("place", "ở đâu|chỗ nào|nơi nào|nước nào|tỉnh nào|vào đâu|đến đâu|đi đâu|quốc gia nào"),
    ("person", "là ai|những ai|với ai|của ai|cho ai"),
)
_BEARERS = "người|ông|bà|ca sĩ|diễn viên|cầu thủ|nghệ sĩ|bộ trưởng|chủ tịch|hãng|đội|công ty|cô|anh"
# Typed without marks these would be other words too often.
_ASKED_MARKED: tuple[tuple[Kind, str], ...] = (
    ("number", r"mấy(?! (?:chục|trăm|ngàn|nghìn|triệu|tỷ|hôm|bữa|nay))"),
    ("place", r"đâu$"),
    ("person", rf"ai|(?:{_BEARERS})(?: [^\W\d_]+){{0,3}} nào"),
)
_COUNTED_BARE = "nguoi|chuyen|ngay|thang|nam|con|cai|ba|lan|tuoi|tien|chiec|vu|nuoc|truong"
_ASKED_BARE: tuple[tuple[Kind, str], ...] = (("number", rf"may(?= (?:{_COUNTED_BARE}))"), ("person", "^ai"))


def _patterns(asked: Sequence[tuple[Kind, str]]) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")) for kind, words in asked)


_QUESTIONS_MARKED = _patterns((*_ASKED, *_ASKED_MARKED))
_QUESTIONS_BARE = _patterns((*((kind, folded(words)) for kind, words in _ASKED), *_ASKED_BARE))
_COUNTS_NOTHING = frozenset(
    (
        "và", "va", "một", "mot", "là", "la", "thì", "thi", "rồi", "roi", "vậy", "vay", "cho", "để",
        "trong", "ở",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What a question asks for: a kind of thing and, of a number, what is counted ("" where not said)."""

    kind: Kind
    counted: str = ""


def asked_for(question: str) -> AskedFor | None:
    """Return what the question asks for; None where it only names a matter.

    >>> asked_for("Vua Tự Đức có mấy bà vợ?")
    AskedFor(kind='number', counted='bà')
    >>> asked_for("giá vàng") is None
    True
    """
    text = " ".join(question.lower().rstrip(" ?!.").split())
    is_marked = folded(text) != text
    for kind, pattern in _QUESTIONS_MARKED if is_marked else _QUESTIONS_BARE:
        if found := pattern.search(text):
            after = _COUNTED_WORD.match(text, found.end())
            counted = after[1] if after and kind == "number" else ""
            return AskedFor(kind, "" if counted in _COUNTS_NOTHING else counted)
    return None


def has_kind(asked: AskedFor, text: str, question_words: Sequence[str] = ()) -> bool:
    """Tell whether a sentence has what is asked for, beside the words of the question.

    >>> [has_kind(AskedFor(kind), "Vua có 103 bà vợ.") for kind in ("number", "cause")]
    [True, False]
    """
    typed = {folded(word) for word in question_words}
    match asked.kind:
        case "number":
            return any(_is_new(found, typed) for found in _NUMBER.finditer(text))
        case "time":
            return any(_is_new(found, typed) for found in _TIME.finditer(text))
        case "cause":
            return _CAUSE.search(text) is not None
        case "person":
            return any(_is_new(found, typed) for found in _PERSON.finditer(text))
        case "place":
            return any(_says_more(found["name"], typed) for found in _PLACE.finditer(text))


def counts_it(asked: AskedFor, text: str, question_words: Sequence[str] = ()) -> bool:
    """Tell whether a number of just what is counted stands in a sentence: "103 bà vợ", "15 triệu đồng".

    >>> counts_it(AskedFor("number", "tiền"), "Nam hành khách bị phạt 15 triệu đồng")
    True
    """
    typed = {folded(word) for word in question_words}
    is_money = asked.counted in _MONEY or not asked.counted
    things = _UNITS if is_money else _SAME_COUNTED.get(asked.counted, (asked.counted,))
    return any(
        _are_behind(text[found.end() : found.end() + _LONGEST_COUNTED], things) and _is_new(found, typed)
        for found in _NUMBER.finditer(text)
    )


def _are_behind(after: str, things: Sequence[str]) -> bool:
    """Tell whether one of the things stands behind a number: at once, or after one or two words."""
    words = after.lower().split()
    within = [" ".join(words[at:]) for at in range(3) if all(map(str.isalnum, words[:at]))]
    at_once = folded(" ".join(words))
    return any(_opens_with(text, thing) for text in within for thing in things) or any(
        _opens_with(at_once, folded(thing)) for thing in things
    )


def _opens_with(text: str, thing: str) -> bool:
    return text.startswith(thing) and not text[len(thing) : len(thing) + 1].isalnum()


def _is_new(found: re.Match[str], typed: set[str]) -> bool:
    return _says_more(found.group(), typed)


def _says_more(text: str, typed: set[str]) -> bool:
    """Tell whether a number or name of `text` was not typed; a text with neither says something as it is."""
    telling = _TELLING.findall(text)
    return any(folded(word) not in typed for word in telling) if telling else bool(text.strip())
