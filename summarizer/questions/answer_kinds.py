"""The kind of thing that a question asks for, and whether a sentence has one.

Kinds are a number, a time, a cause, a person, a place. A year, name or number of the question itself does not
count. The words are in `data/kinds.json`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from summarizer.packaged_data import load_json
from summarizer.text.sentences import UPPER
from summarizer.text.syllables import canonical, folded

Kind = Literal["number", "time", "cause", "person", "place"]

_SAVED: dict[str, Any] = load_json("kinds.json")


def _any_of(name: str) -> str:
    return "|".join(_SAVED[name])


_LONGEST_COUNTED = 24  # characters behind a number in which what it counts stands
_MONEY, _COUNTS_NOTHING = frozenset(_SAVED["money"]), frozenset(_SAVED["counts_nothing"])
_SAME_COUNTED = dict.fromkeys(("lính", "linh"), _SAVED["soldiers"])
_SPELLED = _any_of("number_words")
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
_NUMBERED = re.compile(rf"\b({_any_of('numbered')}) (\d{{1,3}})\b(?![.,/]\d)")
_CAUSE = re.compile(rf"\b(?:{_any_of('cause_words')})\b", re.IGNORECASE)
_NAME = rf"[{UPPER}][^\W\d_]{{0,20}}"
_NAMES = rf"{_NAME}(?:[ -]{_NAME}){{0,5}}"
_NAME_OR_NUMBER = re.compile(rf"\d+|{_NAME}")  # a number or a name
_COUNTED_WORD = re.compile(r"\s*([^\W\d_]+)")
_TITLES = "|".join(f"[{title[0].upper()}{title[0]}]{title[1:]}" for title in _SAVED["person_titles"])
_PERSON = re.compile(rf"\b(?:{_TITLES}) {_NAMES}|(?<!^)(?<![.“\"] )\b{_NAMES} {_NAMES}")
_PLACE = re.compile(rf"\b(?:{_any_of('place_words')})(?: [a-zà-ỹđ]+){{0,2}} (?P<name>(?:TP\.? ?)?{_NAMES})")
_ASKED: list[tuple[Kind, str]] = [(kind, "|".join(words)) for kind, words in _SAVED["asked"].items()]
# Typed without marks these would be other words too often.
_ASKED_MARKED: list[tuple[Kind, str]] = [
    ("number", r"mấy(?! (?:chục|trăm|ngàn|nghìn|triệu|tỷ|hôm|bữa|nay))"),
    ("place", r"đâu$"),
    ("person", rf"ai|(?:{_any_of('bearers')})(?: [^\W\d_]+){{0,3}} nào"),
]
_ASKED_BARE: list[tuple[Kind, str]] = [
    ("number", rf"may(?= (?:{_any_of('counted_without_marks')}))"),
    ("person", "^ai"),
]


def _patterns(asked: Sequence[tuple[Kind, str]]) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")) for kind, words in asked)


_QUESTIONS_MARKED = _patterns([*_ASKED, *_ASKED_MARKED])
_QUESTIONS_BARE = _patterns([*((kind, folded(words)) for kind, words in _ASKED), *_ASKED_BARE])


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What a question asks for: a kind of thing and, for a number, what is counted ("" if unknown)."""

    kind: Kind
    counted: str = ""


def expected_answer(question: str) -> ExpectedAnswer | None:
    """Return what the question asks for; None if it only names a subject.

    >>> expected_answer("Vua Tự Đức có mấy bà vợ?")
    ExpectedAnswer(kind='number', counted='bà')
    >>> expected_answer("giá vàng") is None
    True
    """
    text = " ".join(question.lower().rstrip(" ?!.").split())
    is_marked = folded(text) != text
    for kind, pattern in _QUESTIONS_MARKED if is_marked else _QUESTIONS_BARE:
        if found := pattern.search(text):
            after = _COUNTED_WORD.match(text, found.end())
            counted = after[1] if after and kind == "number" else ""
            return ExpectedAnswer(kind, "" if counted in _COUNTS_NOTHING else counted)
    return None


def has_other_number(question: str, text: str) -> bool:
    """Tell whether a text has a numbered thing of the question, such as a season, only with other numbers.

    >>> texts = "Quán quân mùa 3 lộ diện", "Mùa 9 mở màn sau mùa 8", "Quán quân lộ diện"
    >>> [has_other_number("quán quân mùa 9", text) for text in texts]
    [True, False, False]
    """
    typed = _NUMBERED.findall(canonical(question))
    found = _NUMBERED.findall(canonical(text)) if typed else ()
    return any(
        thing in {each for each, _ in found} and (thing, int(number)) not in {(a, int(b)) for a, b in found}
        for thing, number in typed
    )


def has_kind(expected: ExpectedAnswer, text: str, question_words: Sequence[str] = ()) -> bool:
    """Tell whether a sentence has what is asked for, other than in the words of the question.

    >>> [has_kind(ExpectedAnswer(kind), "Vua có 103 bà vợ.") for kind in ("number", "cause")]
    [True, False]
    """
    typed = {folded(word) for word in question_words}
    match expected.kind:
        case "number":
            return any(_is_new(found.group(), typed) for found in _NUMBER.finditer(text))
        case "time":
            return any(_is_new(found.group(), typed) for found in _TIME.finditer(text))
        case "cause":
            return _CAUSE.search(text) is not None
        case "person":
            return any(_is_new(found.group(), typed) for found in _PERSON.finditer(text))
        case "place":
            return any(_is_new(found["name"], typed) for found in _PLACE.finditer(text))


def has_count(expected: ExpectedAnswer, text: str, question_words: Sequence[str] = ()) -> bool:
    """Tell whether a sentence has a number of exactly what is counted: "103 bà vợ", "15 triệu đồng".

    >>> has_count(ExpectedAnswer("number", "tiền"), "Nam hành khách bị phạt 15 triệu đồng")
    True
    """
    typed = {folded(word) for word in question_words}
    is_money = expected.counted in _MONEY or not expected.counted
    things = _SAVED["units"] if is_money else _SAME_COUNTED.get(expected.counted, (expected.counted,))
    return any(
        _follow_number(text[found.end() : found.end() + _LONGEST_COUNTED], things)
        and _is_new(found.group(), typed)
        for found in _NUMBER.finditer(text)
    )


def _follow_number(after: str, things: Sequence[str]) -> bool:
    """Tell whether one of the things follows a number: directly, or after one or two words."""
    words = after.lower().split()
    within = [" ".join(words[at:]) for at in range(3) if all(map(str.isalnum, words[:at]))]
    at_once = folded(" ".join(words))
    return any(_opens_with(text, thing) for text in within for thing in things) or any(
        _opens_with(at_once, folded(thing)) for thing in things
    )


def _opens_with(text: str, thing: str) -> bool:
    return text.startswith(thing) and not text[len(thing) : len(thing) + 1].isalnum()


def _is_new(text: str, typed: set[str]) -> bool:
    """Tell whether `text` has a number or name that was not typed; true for a text with neither."""
    found = _NAME_OR_NUMBER.findall(text)
    return any(folded(word) not in typed for word in found) if found else bool(text.strip())
