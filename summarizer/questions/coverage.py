"""How much of a question a stretch of text says: its words, weighed by how rare they are, and side by side.

Words that stand together in the question and apart in the text say less: the "Hà" of one name and the
"Giang" of another make no Hà Giang.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from summarizer.extraction.vectors import typed_rarity
from summarizer.questions.matching import Groups, Phrases
from summarizer.questions.spellings import Run
from summarizer.questions.watch_match import stands_alone
from summarizer.text.words import Forms

_COMMON = 1.5  # IDF of the words that any sentence may have: "ở", "của", "người"
_LEAST = 0.05
_NEEDED = 0.6  # a word that weighs as much is part of what is asked
_APART = 0.4  # taken off for each place where the question's words are parted or turned round
_MOST_PLACES = 8  # of one word in a stretch; more of them tell nothing new


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is said: `score` from 0 to 1; `is_whole` when nothing that was asked for is missing."""

    score: float = 0.0
    is_whole: bool = False


class _Place(NamedTuple):
    """Where a wish is met: words `start` to `end`.

    `worth`, `met` and `is_joined` are of the best chain of wishes that ends here: what it weighs, which they
    are, and whether two of them stand side by side.
    """

    wish: int
    start: int
    end: int
    worth: float
    met: frozenset[int]
    is_joined: bool = False


class Wanted:
    """What a question asks for, ready to be looked for in many stretches of text.

    Each wish is a word, or a name with its other spellings, of which any will do. Missing words that any
    sentence may have ("ở", "của") cost little; a text that lacks another one says something else.
    """

    def __init__(self, groups: Groups) -> None:
        """Take what is asked for: a run and its other spellings for each wish."""
        self._phrases = Phrases(groups)
        self._weights = [_weight(group[0]) for group in groups]
        self._needed = {at for at, weight in enumerate(self._weights) if weight >= _NEEDED}
        self._may_part = len(groups) < 2 or any(stands_alone(run) for group in groups for run in group)

    def coverage(self, words: Sequence[Forms]) -> Coverage:
        """Return how much the words of a stretch say. A word typed with marks is only itself, but d may be đ.

        >>> from summarizer.questions.query import parse_query
        >>> from summarizer.text.words import word_forms
        >>> wanted = Wanted(parse_query("ha long mua").groups)
        >>> round(wanted.coverage(word_forms("Hạ Long chiều nay mưa")).score, 2)
        0.91
        """
        best = max(self._chained(words), key=lambda place: place.worth, default=None)
        if best is None or best.worth <= 0:
            return Coverage()
        is_whole = best.met >= self._needed and (self._may_part or best.is_joined)
        return Coverage(best.worth / sum(self._weights), is_whole)

    def _chained(self, words: Sequence[Forms]) -> list[_Place]:
        """Return each place with the best chain of earlier wishes before it, which may stand anywhere."""
        chains: list[_Place] = []
        for wish, start, end in self._places(words):
            weight = self._weights[wish]
            best = _Place(wish, start, end, weight, frozenset((wish,)))
            for last in chains:
                if last.wish < wish and (last.end <= start or end <= last.start):
                    is_next = last.wish == wish - 1 and last.end == start
                    worth = last.worth + weight - (0 if is_next else _APART)
                    if worth > best.worth:
                        best = _Place(wish, start, end, worth, last.met | {wish}, is_next or last.is_joined)
            chains.append(best)
        return chains

    def _places(self, words: Sequence[Forms]) -> Iterator[tuple[int, int, int]]:
        """Yield number, start and end of what is met, in the order of the wishes."""
        met = Counter[int]()
        for wish, start, end, is_as_typed in sorted(self._phrases.find(words)):
            met[wish] += 1
            if is_as_typed and met[wish] <= _MOST_PLACES:
                yield wish, start, end


def _weight(run: Run) -> float:
    return max(_LEAST, sum(max(0.0, typed_rarity(word) - _COMMON) for word in run))
