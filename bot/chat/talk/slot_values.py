"""Topics, times and spans in a message, wherever they stand. Pure."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.chat.buttons.intents import SetDays
from bot.chat.settings.typed_pauses import UnreadableSpanError, parse_pause
from bot.chat.settings.typed_settings import parse_schedule
from bot.chat.talk.rule_slots import Listener, find_topic_names
from bot.chat.talk.wishes import PauseUntil, SetSchedule, SetTopics, Wish
from summarizer.text.syllables import folded

Kind = Literal["topic", "hour", "date", "day", "span", "number"]
_COUNT = r"(?:[0-9]{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_KINDS: dict[Kind, re.Pattern[str]] = {  # over folded text; the first that fits counts
    "hour": re.compile(
        r"\b[0-9]{1,2} ?(?:h|gio|g|:)(?: ?(?:[0-5][0-9]|ruoi|kem [0-9]{1,2}))?(?![a-z0-9])"
        r"(?: (?:sang|trua|chieu|toi|dem)\b)?"
    ),
    "date": re.compile(
        r"\b(?:ngay |mung |mong )?[0-9]{1,2}(?:/| thang )[0-9]{1,2}\b|\b(?:ngay|mung|mong) [0-9]{1,2}\b"
    ),
    "day": re.compile(
        r"\b(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat|cn|cuoi tuan|ngay thuong)\b"
    ),
    "span": re.compile(
        rf"\b(?:{_COUNT} ?(?:ngay|tuan|thang|hom|bua|tieng)\b(?: ruoi)?(?: nua| toi)?"
        r"|nua (?:ngay|tuan|thang)\b)"
    ),
    "number": re.compile(r"\b[0-9]{1,2}\b"),
}
_ENDS = ("span", "date", "day", "hour")  # what a pause may last for, or until
_HOW: dict[str, Literal["only", "add", "drop"]] = {
    "topics only": "only",
    "topics add": "add",
    "topics drop": "drop",
}


@dataclass(frozen=True, slots=True)
class Value:
    """Words of a message that are a topic or a time."""

    kind: Kind
    start: int
    end: int
    words: str


def find_values(plain: str, topics: Mapping[str, str]) -> list[Value]:
    """Return the values in a prepared message, in their order; none overlap.

    >>> found = find_values("bỏ thể thao, gửi lúc 7h sáng", {"the thao": "the-thao"})
    >>> [(each.kind, each.words) for each in found]
    [('topic', 'thể thao'), ('hour', '7h sáng')]
    """
    bare = folded(plain)
    if len(bare) != len(plain):  # folding changed the length, so positions would be wrong
        return []
    kinds: list[tuple[Kind, re.Pattern[str]]] = [("topic", _names(tuple(topics))), *_KINDS.items()]
    found: list[Value] = []
    for kind, pattern in kinds if topics else kinds[1:]:
        for match in pattern.finditer(bare):
            start, end = match.span()
            if all(end <= each.start or each.end <= start for each in found):
                found.append(Value(kind, start, end, plain[start:end]))
    return sorted(found, key=lambda each: each.start)


def with_values_named(plain: str, values: list[Value]) -> str:
    """Return a message with the kinds of its values for their words.

    >>> with_values_named("gửi lúc 7h nhé", [Value("hour", 8, 10, "7h")])
    'gửi lúc <hour> nhé'
    """
    for value in reversed(values):
        plain = f"{plain[: value.start]}<{value.kind}>{plain[value.end :]}"
    return plain


def wish_of_values(kind: str, plain: str, values: list[Value], listener: Listener) -> Wish | None:
    """Return the wish of this kind with the values of a message; None if they are not enough for it."""
    if kind == "pause":
        return _pause([each for each in values if each.kind in _ENDS], listener)
    if kind in ("schedule", "days off"):
        times = [each for each in values if each.kind in ("hour", "day")]
        stretch = plain[times[0].start : times[-1].end] if times else ""  # "thứ hai đến thứ sáu"
        listed = ", ".join(each.words for each in times)
        are_off = kind == "days off"
        return _schedule(stretch, are_off=are_off) or _schedule(listed, are_off=are_off)
    if how := _HOW.get(kind):
        named = ", ".join(each.words for each in values if each.kind == "topic")
        topics = find_topic_names(named, listener.topics)
        return SetTopics(how, topics) if topics else None
    return None


def _pause(ends: list[Value], listener: Listener) -> Wish | None:
    if len(ends) != 1:
        return None
    (end,) = ends
    said = end.words if end.kind == "span" else f"đến {end.words}"
    try:
        return PauseUntil(parse_pause(said, now=listener.now, zone=listener.zone))
    except UnreadableSpanError:
        return None


def _schedule(said: str, *, are_off: bool) -> Wish | None:
    if not said:
        return None
    try:
        changes = parse_schedule(said).changes
    except ValueError:
        return None
    if not are_off:
        return SetSchedule(changes)
    match changes:
        case (SetDays(off),) if len(off) < 7:
            return SetSchedule((SetDays(tuple(day for day in range(7) if day not in off)),))
    return None


@functools.lru_cache(maxsize=4)
def _names(topics: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(topics, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
