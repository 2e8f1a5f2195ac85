"""Whether an article is news for a watch: does its head say what the watch asks? Pure.

The head is title and sapo, or the start of the body where there is no sapo: deep in a body nearly everything
is mentioned somewhere. Syllables are half words, so common ones must stand beside another word of the watch:
"giá" and "vàng" in two sentences are no news about gold. Source: measured on 2,998 articles, 300 watches of
two to four syllables: of the articles with all words somewhere in title and sapo 38 % were of another matter,
nearly all of which this keeps out; four times as many have the words in a body, mostly in passing.
"""

from functools import lru_cache
from itertools import pairwise

from summarizer.extraction.vectors import typed_rarity
from summarizer.model import Document
from summarizer.questions.importance import content_of, weights_of
from summarizer.questions.matching import Match, Phrases
from summarizer.questions.query import Query
from summarizer.questions.spellings import Run
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
        self.words = [*word_forms(document.title), _FIELD_END, *lead]
        pairs = (pair_of(one.folded, other.folded) for one, other in pairwise(self.words))
        self.anchors = frozenset((*(word.folded for word in self.words), *pairs))


def pair_of(one: str, other: str) -> str:
    """Return two neighbours as one, whichever comes first."""
    return f"{one} {other}" if one < other else f"{other} {one}"


def is_news(query: Query, head: Head) -> bool:
    """Tell whether an article with this head is news for a watch that asks `query`.

    Words that only ask need not be there, as in an answer.

    >>> from summarizer.questions.query import parse_query
    >>> titles = "Giá vàng tăng", "Huy chương vàng vô giá"
    >>> [is_news(parse_query("giá vàng bao nhiêu"), Head(Document(title))) for title in titles]
    [True, False]
    """
    needed, wanted, excluded = _compiled(query)
    found: list[list[Match]] = [[] for _ in query.groups]
    for match in wanted.find(head.words):
        if match.is_as_typed:
            found[match.group].append(match)
    if not all(found[at] for at in needed) or excluded.occur(head.words):
        return False
    return len(needed) == 1 or all(
        _is_beside_another(at, found) or any(map(stands_alone, query.groups[at])) for at in needed
    )


def needed_groups(query: Query) -> list[int]:
    """Return which groups of `query` an article must have to be news for it."""
    return content_of(weights_of(query.groups))


@lru_cache(maxsize=1 << 12)  # an article calls up the same watches as the one before
def _compiled(query: Query) -> tuple[list[int], Phrases, Phrases]:
    return needed_groups(query), Phrases(query.groups), Phrases([run] for run in query.excluded)


def stands_alone(run: Run) -> bool:
    """Tell whether a run says something wherever it stands: a phrase, or a rare word."""
    return len(run) > 1 or rarity(run[0]) >= _RARE


@lru_cache(maxsize=1 << 13)
def rarity(word: str) -> float:
    """Return the IDF of a word as typed: without marks the commonest word's so written, 0 of a number."""
    return 0.0 if word[0].isdigit() else typed_rarity(word)


def _is_beside_another(number: int, found: list[list[Match]]) -> bool:
    """Tell whether one of the places of a run touches a place of another run."""
    others = [match for group in found[:number] + found[number + 1 :] for match in group]
    starts, ends = {match.start for match in others}, {match.end for match in others}
    return any(match.end in starts or match.start in ends for match in found[number])
