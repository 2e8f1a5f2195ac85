"""What a story is about, as a few traits by which a taste is learnt: words, people, topic, papers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from summarizer.facts.names import find_person_names
from summarizer.model import Candidate, Document, Piece
from summarizer.stories.telling import leading, main_topic
from summarizer.stories.terms import LEAD_CHARACTERS, rarity, term_hashes
from summarizer.text.syllables import syllables

TraitKind = Literal["topic", "paper", "person", "word"]
_MOST_WORDS = 3
_MOST_PEOPLE = 2
_FEWEST_TIMES = 1  # in lead and body, beside the headline
_COMMONEST = 0.7  # IDF of a syllable that carries no matter: "của" 0.1, "người" 0.2, "thành" 0.6
_LEAST_RARE = 3.0  # IDF of both syllables together: "giá vàng" 4.0, "việt nam" 2.3


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of a story. `key`: the name of a topic or source, or canonical syllables."""

    kind: TraitKind
    key: str


def traits_of(candidate: Candidate) -> tuple[Trait, ...]:
    """Return a story's traits, at most seven: of its leading article, and its topic.

    The words are pairs of syllables that the headline has and the text repeats, the most telling first.
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
    known = {pair: said[pair] for pair in _pairs(document.title) if said[pair] >= _FEWEST_TIMES}
    pairs = [pair for pair in known if _is_telling(pair)]
    pairs.sort(key=lambda pair: -known[pair] * _rarity(pair))
    chosen: list[tuple[str, str]] = []
    for pair in pairs:
        if not any(set(pair) & set(other) for other in chosen):
            chosen.append(pair)
    return [" ".join(pair) for pair in chosen[:_MOST_WORDS]]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return pairwise(syllables(text))


def _is_telling(pair: tuple[str, str]) -> bool:
    is_word = all(syllable.isalpha() and len(syllable) > 1 for syllable in pair)
    idf = rarity(term_hashes(pair)[:2])
    return is_word and bool(np.all(idf > _COMMONEST)) and float(idf.sum()) >= _LEAST_RARE


def _rarity(pair: tuple[str, str]) -> float:
    return float(rarity(term_hashes(pair)[:2]).sum())
