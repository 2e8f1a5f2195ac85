"""A reader's preferences: muted and wanted phrases, and traits of stories learnt from taps."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from summarizer.facts.particulars import find_person_names
from summarizer.model import Candidate, Document, Piece
from summarizer.questions.phrases import Phrases
from summarizer.questions.query import parse_query
from summarizer.stories.digest_story import leading, main_topic, showable
from summarizer.stories.terms import LEAD_CHARACTERS, idf, term_hashes
from summarizer.text.syllables import FIELD_END, Forms, folded, syllables, word_forms

# Find the stories of a slot with a muted or wanted phrase.
#
# Diacritics, spellings and phrases match as in questions (`summarizer.questions.phrases`). The search covers
# all text of a story that a digest may show, and the names of its topic.

LONGEST_PHRASE = 60  # characters
_READ = 1_500  # characters of a field; the sentences of a digest are within these


class Mentions:
    """Finds the stories with a phrase.

    `topic_names` maps all words for topics, folded, to topic names.
    """

    def __init__(
        self, stories: Sequence[tuple[Candidate, str | None]], topic_names: Mapping[str, str]
    ) -> None:
        self._topic_names = topic_names
        self._of_topic: defaultdict[str | None, set[int]] = defaultdict(set)
        self._words: dict[int, list[Forms]] = {}
        self._having: defaultdict[str, set[int]] = defaultdict(set)  # by a word without diacritics
        for candidate, topic in stories:
            story = candidate.story_id
            self._of_topic[topic].add(story)
            words = [word for piece in showable(candidate) for word in _words_of(piece)]
            self._words[story] = words
            for bare in {word.folded for word in words}:
                self._having[bare].add(story)

    def of(self, phrases: Iterable[str]) -> set[int]:
        """Return the stories with any of `phrases`."""
        return set[int]().union(*map(self.look_up, phrases))

    def look_up(self, phrase: str) -> set[int]:
        topic = self._topic_names.get(" ".join(folded(phrase).split()))
        found = set(self._of_topic[topic]) if topic else set()
        groups = read_phrase(phrase)
        if not groups:
            return found
        # Each group in one of its spellings.
        may_have = [set().union(*(self._with_all(words) for words in group)) for group in groups]
        for story in set.intersection(*may_have) - found:
            matches = Phrases(groups).find(self._words[story])
            if {match.group for match in matches if match.is_as_typed} == set(range(len(groups))):
                found.add(story)
        return found

    def _with_all(self, words: Sequence[str]) -> set[int]:
        return set.intersection(*(self._having.get(folded(word), set()) for word in words))


@lru_cache(maxsize=1 << 13)
def read_phrase(phrase: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return `phrase` as groups of its words and their other spellings; empty if it has no word.

    >>> read_phrase("Hạ Long")
    ((('hạ', 'long'),),)
    """
    words = " ".join(word.canonical for word in word_forms(phrase[:LONGEST_PHRASE]))
    return parse_query(f'"{words}"').groups if words else ()


def _words_of(piece: Piece) -> list[Forms]:
    document = piece.document
    fields = (document.title, document.sapo[:_READ], document.body[:_READ])
    words: list[Forms] = []
    for text in (*fields, *(sentence.text for sentence in piece.summary)):
        words += (*word_forms(text), FIELD_END)
    return words


# Traits of a story, by which a taste is learnt: words, people, topic, papers.
#
# A tap on "more of this" teaches the traits of one story. `Suitability` finds other stories with them.

TraitKind = Literal["topic", "paper", "person", "word"]
MOST_TASTES = 40  # of one reader, the strongest
STRONGEST = 3
_MOST_WORDS = 3
_MOST_PEOPLE = 2
_COMMONEST = 0.7  # IDF of syllables without a subject: "của" 0.1, "người" 0.2, "thành" 0.6
_FACTORS: dict[str, float] = {"topic": 1.2, "paper": 1.05, "person": 1.6, "word": 1.6}  # each step of weight
_MOST_FACTOR = 4.0  # greatest factor of all tastes together; the least is its inverse
_LEAST_PAIR_IDF = 3.0  # IDF of both syllables together: "giá vàng" 4.0, "việt nam" 2.3


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of a story. `key`: the name of a topic or source, or canonical syllables."""

    kind: TraitKind
    key: str


class Taste(NamedTuple):
    """A trait of stories and how much a reader wants it: -3 to 3, never 0."""

    kind: str
    key: str
    weight: int


def traits_of(candidate: Candidate) -> tuple[Trait, ...]:
    """Return a story's traits, at most seven: of its leading article, and its topic.

    The words are pairs of syllables of the headline, the rarest first, preferably those that the text
    repeats.
    """
    pieces = leading(candidate)
    if not pieces:
        return ()
    topic = main_topic(pieces)
    return (
        *([Trait("topic", topic)] if topic else []),
        Trait("paper", pieces[0].source),
        *(Trait("person", name) for name in _people(pieces[0])),
        *(Trait("word", word) for word in _words(pieces[0].document)),
    )


def _people(piece: Piece) -> list[str]:
    found = Counter(" ".join(name.syllables) for name in find_person_names(piece.document))
    return [name for name, _ in found.most_common(_MOST_PEOPLE)]


def _words(document: Document) -> list[str]:
    said = Counter(_pairs(f"{document.sapo}\n{document.body[:LEAD_CHARACTERS]}"))
    distinctive = [pair for pair in dict.fromkeys(_pairs(document.title)) if _is_distinctive(pair)]
    pairs = [pair for pair in distinctive if said[pair]] or distinctive
    pairs.sort(key=lambda pair: -max(1, said[pair]) * _idf_of(pair))
    chosen: list[tuple[str, str]] = []
    for pair in pairs:
        if not any(set(pair) & set(other) for other in chosen):
            chosen.append(pair)
    return [" ".join(pair) for pair in chosen[:_MOST_WORDS]]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return pairwise(syllables(text))


def _is_distinctive(pair: tuple[str, str]) -> bool:
    is_word = all(syllable.isalpha() and len(syllable) > 1 for syllable in pair)
    weights = idf(term_hashes(pair)[:2])
    return is_word and bool(np.all(weights > _COMMONEST)) and float(weights.sum()) >= _LEAST_PAIR_IDF


def _idf_of(pair: tuple[str, str]) -> float:
    return float(idf(term_hashes(pair)[:2]).sum())


def sum_up(taught: Iterable[tuple[int, Iterable[Sequence[str]]]]) -> list[Taste]:
    """Return the strongest tastes that taps taught: each tap is 1 or -1 and a story's traits, newest first.

    >>> sum_up([(-1, [("topic", "giai-tri")]), (-1, [("topic", "giai-tri"), ("word", "hậu trường")])])
    [Taste(kind='topic', key='giai-tri', weight=-2), Taste(kind='word', key='hậu trường', weight=-1)]
    """
    sums: Counter[tuple[str, str]] = Counter()
    for liking, traits in taught:
        for kind, key in traits:
            sums[kind, key] += liking
    learnt = [Taste(kind, key, weight) for (kind, key), weight in sums.items() if weight]
    strongest = sorted(learnt, key=lambda taste: -abs(taste.weight))[:MOST_TASTES]
    return [taste._replace(weight=max(-STRONGEST, min(STRONGEST, taste.weight))) for taste in strongest]


class Suitability:
    """Rates stories by the tastes of readers. The traits of a story are read once for all readers."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._having: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for candidate in candidates:
            for trait in _recognised(candidate):
                self._having[trait].add(candidate.story_id)

    def factors(self, tastes: Iterable[Taste]) -> dict[int, float]:
        """Return the factor of each story for a reader; stories that are absent have 1."""
        exponents: defaultdict[int, float] = defaultdict(float)
        for kind, key, weight in tastes:
            for story in self._having.get((kind, key), ()):
                exponents[story] += weight * math.log(_FACTORS.get(kind, 1.0))
        limit = math.log(_MOST_FACTOR)
        return {story: math.exp(max(-limit, min(limit, sum_))) for story, sum_ in exponents.items()}


def _recognised(candidate: Candidate) -> set[tuple[str, str]]:
    """Return the traits by which a taste applies to the story: more words and people than it teaches."""
    pieces = leading(candidate)
    if not pieces:
        return set()
    first = pieces[0]
    found = {("person", " ".join(name.syllables)) for name in find_person_names(first.document)}
    found |= {("word", " ".join(pair)) for pair in _pairs(f"{first.document.title}\n{first.document.sapo}")}
    topic = main_topic(pieces)
    return found | {("paper", first.source)} | ({("topic", topic)} if topic else set())
