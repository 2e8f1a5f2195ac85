"""Facts that papers may report differently, and the similarity of the sentences that state them.

Each kind of fact (an age, a clock time, a number plate) has a class that compares two of them, and a function
that finds them. `stories.disagreements` uses all kinds alike. Figures of counted things are in `claims`.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from re import Match, Pattern
from typing import NamedTuple, Self

from summarizer.extraction.vectors import lexicon
from summarizer.model import PROSE_FIELDS, Document, Place
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables

_CHARACTERS_READ = 5_000  # of a field; further down papers report other events
_SENTENCE_MARGIN = 500  # characters past these that the last sentence may need
_LONGEST_SENTENCE = 1_000  # characters; a longer one is a list, whose entries have nothing in common
_COMMONEST = 1.5  # IDF of words that any sentence may have


class PatternMatch(NamedTuple):
    """A match of a pattern in a field, and the sentence around it."""

    match: Match[str]
    place: Place


@dataclass(frozen=True, slots=True)
class Fact(ABC):
    """A fact in an article: its words are `start` to `end` of the field of `place`, its sentence.

    `words` are the distinctive syllables of the sentence.
    """

    place: Place
    start: int
    end: int
    words: frozenset[str]

    @property
    @abstractmethod
    def what(self) -> str:
        """Name the subject of the fact, to follow "khác nhau về": "giờ xảy ra"."""

    @abstractmethod
    def contradicts(self, other: Self) -> float:
        """Rate how certain it is that both are about one thing and cannot both be right: 0 (can be) to 1."""

    @abstractmethod
    def supports(self, other: Self) -> bool:
        """Tell whether an article with this fact also states `other`."""

    def similarity(self, other: Self) -> float:
        """Return how similar the two sentences are, by distinctive words weighed by IDF: 0 to 1."""
        if not self.words or not other.words:
            return 0.0
        shared = sum(map(_idf, self.words & other.words))
        return float(shared / (sum(map(_idf, self.words)) * sum(map(_idf, other.words))) ** 0.5)

    def similarity_from(self, other: Self, least: float) -> float:
        """Return `similarity`, or 0 if it is below `least`."""
        similarity = self.similarity(other)
        return similarity if similarity >= least else 0.0


def search(document: Document, pattern: Pattern[str]) -> Iterator[PatternMatch]:
    """Yield what `pattern` finds in the lead paragraph and the start of the body. Places: document 0.

    A pattern is found several times faster if it begins with a set of characters and looks behind only then.
    """
    for field in PROSE_FIELDS:
        text = document.field(field)
        for match in pattern.finditer(text, 0, _CHARACTERS_READ):
            start, end = sentence_around(text, match.start(), _CHARACTERS_READ + _SENTENCE_MARGIN)
            if end - start <= _LONGEST_SENTENCE:
                yield PatternMatch(match, Place(0, field, start, max(end, match.end())))


def sentence_around(text: str, at: int, characters: int) -> tuple[int, int]:
    """Return the sentence at a position within the first `characters`, which alone are cut into sentences."""
    spans = _sentences(text, characters)
    return spans[bisect_right(spans, (at, len(text))) - 1]


@lru_cache(maxsize=512)
def _sentences(text: str, characters: int) -> list[tuple[int, int]]:
    return split(text[:characters])


@lru_cache(maxsize=4_096)
def distinctive_words(text: str, start: int, end: int) -> frozenset[str]:
    """Return the distinctive syllables of a part of a text: no numbers and no common ones."""
    return frozenset(word for word in syllables(text[start:end]) if _idf(word) > _COMMONEST)


@lru_cache(maxsize=1 << 13)
def _idf(word: str) -> float:
    known = lexicon()
    return 0.0 if word[0].isdigit() else float(known.idf[known.index.get(word, 0)])


def fact_fields(found: PatternMatch, group: str | int = 0) -> tuple[Place, int, int, frozenset[str]]:
    """Return the first four attributes of the `Fact` whose words are a group of the match."""
    match, place = found
    return place, *match.span(group), distinctive_words(match.string, place.start, place.end)
