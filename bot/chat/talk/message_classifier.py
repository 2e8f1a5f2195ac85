"""The wish of a message that no rule matches: a classifier compares it with examples. Pure.

A naive Bayes classifier over words and pairs of neighbours; it counts `examples.tsv` when it is first needed.
Topics, times and spans count as one word each. A message with words that no example has is a question about
the news.
"""

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.chat.buttons.intents import SetDays
from bot.chat.settings.typed_pauses import UnreadableSpanError, parse_pause
from bot.chat.settings.typed_settings import How, parse_schedule
from bot.chat.talk.grammar import full_form
from bot.chat.talk.rule_slots import ParseContext, find_topic_names
from bot.chat.talk.wishes import SIMPLE_WISHES, PauseUntil, SetSchedule, SetTopics, Wish
from summarizer.text.syllables import folded

_FILE = Path(__file__).with_name("examples.tsv")
_QUESTION = "question"
_QUESTION_PRIOR = 0.5  # the share of questions among all messages
_LEAST_MARGIN = 2.0  # natural logarithm of how much likelier a kind must be than the next one
_UNKNOWN_WORD = 2.0  # added to a question's logarithm for each word that no example has
_SMOOTHING = 0.5  # weight, in examples, of a feature's share over all kinds
_QUESTION_SMOOTHING = 50.0  # the same for questions, whose words are endless
_MOST_WORDS = 16
_WORDS_PER_UNKNOWN = 4  # for each so many words, one that no example has is allowed


def classify(plain: str, parsing: ParseContext) -> Wish | None:
    """Return what a prepared message wants, going by the examples that it resembles; None for a question."""
    values = find_values(plain, parsing.topics)
    words = with_values_named(plain, values).split()
    kind = _kind_of(words, has_diacritics=not plain.isascii())
    if kind is None:
        return None
    return wish_of_values(kind, plain, values, parsing) or SIMPLE_WISHES.get(kind.split()[0])


@dataclass(slots=True)
class _Counts:
    """How many examples of each kind have a feature; `total` is over all kinds."""

    examples: Counter[str] = field(default_factory=Counter)
    features: dict[str, Counter[str]] = field(default_factory=dict)
    total: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)  # words of examples that are no questions

    def add(self, kind: str, words: list[str]) -> None:
        """Count one example."""
        features = _features(words)
        self.examples[kind] += 1
        self.features.setdefault(kind, Counter()).update(features)
        self.total.update(features)
        if kind != _QUESTION:
            self.known.update(words)

    def scores(self, words: list[str]) -> list[tuple[float, str]]:
        """Return the logarithm of each kind's likelihood, best first."""
        features = [each for each in _features(words) if each in self.total]
        scores = {kind: self._score(kind, features) for kind in self.examples}
        scores[_QUESTION] += _UNKNOWN_WORD * sum(word not in self.known for word in words)
        return sorted(((score, kind) for kind, score in scores.items()), reverse=True)

    def _score(self, kind: str, features: list[str]) -> float:
        number = self.examples[kind]
        everything = self.examples.total()
        weight = _QUESTION_SMOOTHING if kind == _QUESTION else _SMOOTHING
        score = math.log(_QUESTION_PRIOR if kind == _QUESTION else (number + 3) / everything)
        for feature in features:
            share = self.total[feature] / everything
            score += math.log((self.features[kind][feature] + weight * share) / (number + weight))
        return score


def _kind_of(words: list[str], *, has_diacritics: bool) -> str | None:
    counts = _counts(has_diacritics=has_diacritics)
    words = [_counted(word, has_diacritics=has_diacritics) for word in words]
    unknown = sum(word not in counts.known for word in words)
    if not 0 < len(words) <= _MOST_WORDS or unknown > len(words) // _WORDS_PER_UNKNOWN:
        return None
    (best, kind), (next_best, _), *_ = counts.scores(words)
    return kind if kind != _QUESTION and best - next_best > _LEAST_MARGIN else None


def _counted(word: str, *, has_diacritics: bool) -> str:
    full = full_form(word.strip(","))
    return full if has_diacritics else folded(full)


def _features(words: list[str]) -> set[str]:
    ends = ["^", *words, "$"]
    return {*words, *(f"{first} {second}" for first, second in itertools.pairwise(ends))}


@functools.cache
def _counts(*, has_diacritics: bool) -> _Counts:
    counts = _Counts()
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, text = line.split("\t")
            counts.add(kind, [_counted(word, has_diacritics=has_diacritics) for word in text.split()])
    return counts


# Values: topics, times and spans, wherever they are in a message.

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
_HOW: dict[str, How] = {"topics only": "only", "topics add": "add", "topics drop": "drop"}


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


def wish_of_values(kind: str, plain: str, values: list[Value], parsing: ParseContext) -> Wish | None:
    """Return the wish of this kind with the values of a message; None if they are not enough for it."""
    if kind == "pause":
        return _pause([each for each in values if each.kind in _ENDS], parsing)
    if kind in ("schedule", "days off"):
        times = [each for each in values if each.kind in ("hour", "day")]
        stretch = plain[times[0].start : times[-1].end] if times else ""  # "thứ hai đến thứ sáu"
        listed = ", ".join(each.words for each in times)
        are_off = kind == "days off"
        return _schedule(stretch, are_off=are_off) or _schedule(listed, are_off=are_off)
    if how := _HOW.get(kind):
        named = ", ".join(each.words for each in values if each.kind == "topic")
        topics = find_topic_names(named, parsing.topics)
        return SetTopics(how, topics) if topics else None
    return None


def _pause(ends: list[Value], parsing: ParseContext) -> Wish | None:
    if len(ends) != 1:
        return None
    (end,) = ends
    said = end.words if end.kind == "span" else f"đến {end.words}"
    try:
        return PauseUntil(parse_pause(said, now=parsing.now, zone=parsing.zone))
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
