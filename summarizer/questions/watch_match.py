"""Whether an article is news for a watch: does its head say what the watch asks? Pure.

The head is title and sapo, or the start of the body where there is no sapo: deep in a body nearly everything
is mentioned somewhere. Syllables are half words, so common ones must stand beside another word of the watch:
"giá" and "vàng" in two sentences are no news about gold. Source: measured on 2,998 articles, 300 watches of
two to four syllables: of the articles with all words somewhere in title and sapo 38 % were of another matter,
nearly all of which this keeps out; four times as many have the words in a body, mostly in passing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from summarizer.extraction.vectors import typed_rarity
from summarizer.model import Document
from summarizer.questions.query import Query
from summarizer.questions.spellings import Run
from summarizer.text.syllables import folded
from summarizer.text.words import Forms, word_forms

_RARE = 4.3  # IDF; such a syllable says something wherever it stands
_LEAD_WORDS = 60  # of a body without a sapo
_LEAD_CHARACTERS = 12 * _LEAD_WORDS
_MOST_LEAD_CHARACTERS = 3_000  # of a sapo; journalists write a quarter of it at most
_FIELD_END = Forms("¶", "¶")


class Head:
    """The words of an article by which it is known.

    `anchors` are these words without marks, and each two that stand side by side as `pair_of` writes them.
    """

    def __init__(self, document: Document) -> None:
        lead = word_forms(document.sapo[:_MOST_LEAD_CHARACTERS])
        if not lead:
            lead = word_forms(document.body[:_LEAD_CHARACTERS])[:_LEAD_WORDS]
        self._words = [*word_forms(document.title), _FIELD_END, *lead]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self._words):
            self._places[word.folded].append(place)
        pairs = (pair_of(one.folded, other.folded) for one, other in pairwise(self._words))
        self.anchors = frozenset((*self._places, *pairs))

    def places_of(self, run: Run) -> Iterator[int]:
        """Yield where `run` begins; a word with marks is only itself, one without is any."""
        bare = [folded(word) for word in run]
        for start in self._places.get(bare[0], ()):
            found = self._words[start : start + len(run)]
            if len(found) == len(run) and all(
                word.folded == plain and (wanted in (word.canonical, plain))
                for word, wanted, plain in zip(found, run, bare, strict=True)
            ):
                yield start


def pair_of(one: str, other: str) -> str:
    """Return two neighbours as one, whichever comes first."""
    return f"{one} {other}" if one < other else f"{other} {one}"


def is_news(query: Query, head: Head) -> bool:
    """Tell whether an article with this head is news for a watch that asks `query`.

    >>> from summarizer.questions.query import parse_query
    >>> titles = "Giá vàng tăng", "Huy chương vàng vô giá"
    >>> [is_news(parse_query("giá vàng"), Head(Document(title))) for title in titles]
    [True, False]
    """
    found = [_spans(group, head) for group in query.groups]
    if not all(found) or any(_has(run, head) for run in query.excluded):
        return False
    return len(found) == 1 or all(
        _is_beside_another(number, found) or any(map(stands_alone, group))
        for number, group in enumerate(query.groups)
    )


def stands_alone(run: Run) -> bool:
    """Tell whether a run says something wherever it stands: a phrase, or a rare word."""
    return len(run) > 1 or rarity(run[0]) >= _RARE


@lru_cache(maxsize=1 << 13)
def rarity(word: str) -> float:
    """Return the IDF of a word as typed: without marks the commonest word's so written, 0 of a number."""
    return 0.0 if word[0].isdigit() else typed_rarity(word)


def _spans(group: Sequence[Run], head: Head) -> list[tuple[int, int]]:
    """Return where any spelling of a wanted run stands: its first word and the one behind it."""
    return [(start, start + len(run)) for run in group for start in head.places_of(run)]


def _has(run: Run, head: Head) -> bool:
    return next(head.places_of(run), None) is not None


def _is_beside_another(number: int, found: Sequence[Sequence[tuple[int, int]]]) -> bool:
    """Tell whether one of the places of a run touches a place of another run."""
    others = [span for other, spans in enumerate(found) if other != number for span in spans]
    edges = {edge for start, end in others for edge in (("ends", start), ("begins", end))}
    return any(("ends", end) in edges or ("begins", start) in edges for start, end in found[number])
