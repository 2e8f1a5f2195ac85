"""Texts that make a regular expression or an algorithm slow, each as long as it is asked for.

`generic()` holds for every pattern and function. `against(pattern)` reads the parsed pattern: what stands
before each repetition, then many of what is repeated, then something that does not fit.
"""

import re
from collections.abc import Callable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined] # the parsed form is not public
from typing import Any

Text = Callable[[int], str]

_PROBES = " \u3164\xa0\n\t1aAàÀ_.,;:-()[]\"'“”<>/@#=&!?…–»%*\\\u0301{}|+"
_MANY = 16  # a repetition that may be longer than this is attacked
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_MOST_PROBES = 5
_TAILS = ("", "\x00", " x!")
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_NOT_DIGIT: r"\D",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_NOT_SPACE: r"\S",
    _constants.CATEGORY_WORD: r"\w",
    _constants.CATEGORY_NOT_WORD: r"\W",
}


def pumped(before: str, pump: str, after: str = "") -> Text:
    """Return a text of many `pump`, as many as make it as long as it is asked for."""
    return lambda length: before + pump * max(1, length // len(pump)) + after


_RUNS = (
    *(" ", "\u3164", "\xa0", "\n", "\t", "\r\n", "1", "a", "A", "ă", "Đ", "_", ".", ",", ";", ":", "-", "–"),
    *("(", ")", "[", "]", "<", ">", '"', "“", "”", "'", "/", "\\", "@", "#", "=", "&", "!", "?", "…", "*"),
    *(
        "\u0301",
        "a\u0301",
        "e\u0302\u0301",
        "\u200b",
        "1.",
        "1,",
        "1/",
        "1-",
        "a.",
        "A.",
        "A. ",
        "a ",
        "A b ",
    ),
    *("a\n", " \n", "\n ", "() ", "(a) ", "[1] ", "<a>", "<a ", "</a>", "&amp;", "a@", "@a", "a@a.", "a-"),
    *(
        "Theo ",
        "theo\u3164",
        "Nguồn: ",
        "Ảnh: ",
        "http://a",
        "www.a.",
        "x" * 60 + " ",
        "123 ",
        "1 1 ",
        "12h30 ",
    ),
    *("“a” ", '"a', "‘", "một ", "Hà Nội ", "ông A ", "Ông Nguyễn Văn A ", "năm 2019, ", "ngày 1/2/2019 "),
)
_BEFORE_AND_AFTER = (
    *(("Theo", "\u3164", "Tin Sáng"), ("Nguồn: http://a", ")", " x"), ("Theo ", " ", "x"), ("(", " ", ")")),
    *(
        ("a", " ", "a"),
        ("1", " ", "a"),
        ("a", "\n", "a"),
        ('"', "a", "\n"),
        ("(", "(", ")"),
        ("x", "\u0301", "y"),
    ),
    *(("http://", "a.", ""), ("a@", "a.", "@"), ("<", "a", ""), ("<!--", "-", ""), ("Ảnh:", " ", "\n")),
    *(("Ảnh", " ", ""), ("theo", "\u3164", "x"), ("&#", "0", ""), ("d2", " ", ""), ("A", "\u3164", "b.")),
)


def generic() -> Iterator[tuple[str, Text]]:
    """Yield named texts that have slowed programs down before."""
    for run in _RUNS:
        yield repr(run), pumped("", run)
    for before, pump, after in _BEFORE_AND_AFTER:
        yield repr((before, pump, after)), pumped(before, pump, after)


_ARTICLES = (  # before, what is repeated, after
    *(("a", " ", "b"), ("a", "\n", "b"), ("", "a", ""), ("", "1", ""), ("", "1.", ""), ("", "A. ", "")),
    *(("", "một\n", ""), ("", "Ông A nói.\n", ""), ("", "a\r\n", ""), ("", "\r", ""), ("", "ab ", "")),
    *(
        ("a", "\u0301", ""),
        ("a", "\u0301\u0316", ""),
        ("", "a" + "\u0301\u0316" * 20, ""),
        ("", "a\u0301", ""),
    ),
    *(("a", "\u05b0\u0591", ""), ("\u1100", "\u1161", ""), ("", "İ ", ""), ("", "👨\u200d👩\u200d👧", "")),
    *(("", '"', ""), ("", "“a ", ""), ("", "(", ""), ("", "[(a) ", ""), ("", ".” ", ""), ("", "...", "")),
    *(
        ("", "Ảnh: An Nhiên\n", ""),
        ("", "Hiện trường vụ tai nạn. Ảnh: A\n", ""),
        ("Một tin.\n", "An Bình\n", ""),
    ),
    *(("", ". ", ""), ("", "một hai ba ", ""), ("", "hà nội một ngày theo ông ", ""), ("", "- ", "")),
    *(("", "Ông Nguyễn Văn A (quận 3) nói: “Lạ!” Chiều 5/11, giá 2,5 tỷ đồng. ", ""), ("", "\xa0a", "")),
    *(
        ("Theo", "\u3164", "Tin"),
        ("", "\u3164\n", ""),
        ("", "\u200b", ""),
        ("", "Theo ", ""),
        ("a", " Sau khi", ""),
    ),
    *(("", "Xem thêm: a\n", ""), ("Nguồn: http://a", ")", " x"), ("", "http://a.b/ ", ""), ("", "<a ", "")),
    *(
        ("", "Nguồn: http://a\n", ""),
        ("", "#a ", ""),
        ("Ông", " A Trong", ""),
        ("", "1. ", ""),
        ("", "1,5 tỷ ", ""),
    ),
    *(("", "Mưa lớn ở Hà Nội hôm nay. ", ""), ("", "12h30 ngày 1/2/2019 ", ""), ("", "\ud800", "")),
)


def _numbered(sentence: str) -> Text:
    """Return a text of sentences that differ."""
    return lambda length: "".join(sentence.format(at) for at in range(length // len(sentence.format(1_000))))


def articles() -> Iterator[tuple[str, Text]]:
    """Yield named texts that no newspaper prints, for the steps that an article goes through."""
    for case in _ARTICLES:
        yield repr(case), pumped(*case)
    yield "two kinds of marks", lambda length: "a" + "\u0301" * (length // 2) + "\u0316" * (length // 2)
    yield "brackets that close", lambda length: "(" * (length // 2) + ")" * (length // 2)
    for sentence in ("w{} ", "Ông w{} nói x{}. ".replace("x{}", "x"), "Ông w{} nói điều ấy hôm nay.\n"):
        yield f"numbered {sentence!r}", _numbered(sentence)


def against(pattern: re.Pattern[Any]) -> Iterator[tuple[str, Text]]:
    """Yield named texts made after `pattern`, nearly matching."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parsed = _parser.parse(source, pattern.flags & ~re.UNICODE)
    seen = set()
    whole = _sample(parsed)
    pairs = [(before, pump) for before, pump in _repetitions(parsed, "") if pump]
    if whole:
        pairs.append(("", whole))
    for before, pump in pairs:
        for case in (("", pump, ""), *((before, pump, tail) for tail in _TAILS), ("", before + pump, "\x00")):
            if case not in seen:
                seen.add(case)
                yield repr(case), pumped(*case)


def _repetitions(parsed: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each repetition, and what is repeated."""
    for op, value in parsed:
        if op in _REPEATS:
            _, most, inner = value
            if most > _MANY:
                yield from ((before, pump) for pump in _samples(inner))
            yield from _repetitions(inner, before)
        elif op is _constants.BRANCH:
            for branch in value[1]:
                yield from _repetitions(branch, before)
        elif op is _constants.SUBPATTERN:
            yield from _repetitions(value[-1], before)
        elif op is _constants.ATOMIC_GROUP:
            yield from _repetitions(value, before)
        elif op in (_constants.ASSERT, _constants.ASSERT_NOT):
            yield from _repetitions(value[1], before)
        before += _sample([(op, value)])


def _samples(parsed: Any) -> list[str]:
    """Return several texts that `parsed` matches, where it is one character out of a set."""
    if len(parsed) == 1 and parsed[0][0] in (_constants.IN, _constants.NOT_LITERAL, _constants.ANY):
        return _members(*parsed[0])[:_MOST_PROBES]
    if len(parsed) == 1 and parsed[0][0] is _constants.BRANCH:
        return [text for branch in parsed[0][1][1] for text in _samples(branch)][:_MOST_PROBES]
    if len(parsed) == 1 and parsed[0][0] is _constants.SUBPATTERN:
        return _samples(parsed[0][1][-1])
    return [_sample(parsed)]


def _sample(parsed: Any) -> str:
    """Return a text that `parsed` matches, but for what it looks at around itself."""
    text = ""
    for op, value in parsed:
        if op is _constants.LITERAL:
            text += chr(value)
        elif op in (_constants.IN, _constants.NOT_LITERAL, _constants.ANY):
            text += (_members(op, value) or [""])[-1]
        elif op is _constants.BRANCH:
            text += _sample(value[1][0])
        elif op is _constants.SUBPATTERN:
            text += _sample(value[-1])
        elif op is _constants.ATOMIC_GROUP:
            text += _sample(value)
        elif op in _REPEATS:
            text += _sample(value[2]) * max(1, value[0])
    return text


def _members(op: Any, value: Any) -> list[str]:
    """Return probes that the set holds, unlike ones first."""
    if op is _constants.ANY:
        return [probe for probe in _PROBES if probe != "\n"]
    if op is _constants.NOT_LITERAL:
        return [probe for probe in _PROBES if ord(probe) != value]
    negated = value[0][0] is _constants.NEGATE
    own = [
        chr(arg if kind is _constants.LITERAL else arg[0])
        for kind, arg in value
        if kind in (_constants.LITERAL, _constants.RANGE)
    ]
    return [
        probe for probe in dict.fromkeys([*own[:2] * (not negated), *_PROBES, *own]) if _holds(value, probe)
    ]


def _holds(items: Any, char: str) -> bool:
    negated = items[0][0] is _constants.NEGATE
    for kind, arg in items:
        if kind is _constants.LITERAL and ord(char) == arg:
            return not negated
        if kind is _constants.RANGE and arg[0] <= ord(char) <= arg[1]:
            return not negated
        if kind is _constants.CATEGORY and re.match(_CATEGORIES[arg], char):
            return not negated
    return negated
