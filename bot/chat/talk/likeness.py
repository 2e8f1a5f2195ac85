"""A message that no rule reads, by its likeness to examples. Pure.

A naive Bayes classifier over words and pairs of neighbours; it counts `examples.tsv` when it is first needed.
Topics, times and spans count as one word each (`values`). A message with words that no example has is a
question about the news.
"""

import functools
import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.chat.talk.grammar import full_form
from bot.chat.talk.rule_slots import Listener
from bot.chat.talk.slot_values import find_values, wish_of_values, with_values_named
from bot.chat.talk.wishes import Plain, Wish
from summarizer.text.syllables import folded

_FILE = Path(__file__).with_name("examples.tsv")
_QUESTION = "question"
_QUESTIONS_SHARE = 0.5  # of all messages: the prior probability
_SURE = 2.0  # natural logarithm of how much likelier a kind must be than the next one
_STRANGE = 2.0  # added to a question's logarithm for each word that no example has
_BACKGROUND = 0.5  # smoothing: weight, in examples, of a feature's share over all kinds
_OPEN_BACKGROUND = 50.0  # the same for questions, whose words are endless
_MOST_WORDS = 16
_WORDS_A_STRANGE_ONE = 4  # for each so many words, one that no example has is allowed
_PLAIN = {wish.value.removeprefix("panel "): wish for wish in Plain}


def most_like(plain: str, listener: Listener) -> Wish | None:
    """Return what a prepared message wants, going by the examples that it resembles; None for a question."""
    values = find_values(plain, listener.topics)
    words = with_values_named(plain, values).split()
    kind = _kind_of(words, is_marked=not plain.isascii())
    if kind is None:
        return None
    return wish_of_values(kind, plain, values, listener) or _PLAIN.get(kind.split()[0])


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
        scores[_QUESTION] += _STRANGE * sum(word not in self.known for word in words)
        return sorted(((score, kind) for kind, score in scores.items()), reverse=True)

    def _score(self, kind: str, features: list[str]) -> float:
        number = self.examples[kind]
        everything = self.examples.total()
        weight = _OPEN_BACKGROUND if kind == _QUESTION else _BACKGROUND
        score = math.log(_QUESTIONS_SHARE if kind == _QUESTION else (number + 3) / everything)
        for feature in features:
            share = self.total[feature] / everything
            score += math.log((self.features[kind][feature] + weight * share) / (number + weight))
        return score


def _kind_of(words: list[str], *, is_marked: bool) -> str | None:
    counts = _counts(is_marked=is_marked)
    words = [_counted(word, is_marked=is_marked) for word in words]
    strange = sum(word not in counts.known for word in words)
    if not 0 < len(words) <= _MOST_WORDS or strange > len(words) // _WORDS_A_STRANGE_ONE:
        return None
    (best, kind), (next_best, _), *_ = counts.scores(words)
    return kind if kind != _QUESTION and best - next_best > _SURE else None


def _counted(word: str, *, is_marked: bool) -> str:
    full = full_form(word.strip(","))
    return full if is_marked else folded(full)


def _features(words: list[str]) -> set[str]:
    ends = ["^", *words, "$"]
    return {*words, *(f"{first} {second}" for first, second in itertools.pairwise(ends))}


@functools.cache
def _counts(*, is_marked: bool) -> _Counts:
    counts = _Counts()
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, text = line.split("\t")
            counts.add(kind, [_counted(word, is_marked=is_marked) for word in text.split()])
    return counts
