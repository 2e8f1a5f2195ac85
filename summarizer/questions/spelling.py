"""Slips of typing: what a word that the index hardly knows was probably meant to be.

Pure: the words that there are, and in how many articles each occurs, come in as an argument. Source:
measured, correcting only words that fewer than 20 articles hold alarms falsely for 3.4 % of clean words,
correcting all of them for 16-29 %.
"""

from collections.abc import Mapping

from symspellpy import SymSpell, Verbosity  # type: ignore[import-untyped]  # ships no types
from symspellpy.editdistance import DistanceAlgorithm, EditDistance  # type: ignore[import-untyped]  # the same

from summarizer.extraction.vectors import lexicon
from summarizer.questions.spellings import Run
from summarizer.questions.typing_slips import keyed
from summarizer.text.syllables import folded

_KNOWN = 20  # articles that hold a word: enough to trust it
_SHARE = 500  # in a smaller index one more for each so many articles with its commonest word is enough
_SLIPS = 3  # articles that hold a word: enough to be more than slips of the papers themselves
_MOST_WORDS = 30_000  # of a large index, the most frequent: bounds the memory
_MOST_GUESSES = 8
_SHORTEST, _LONGEST = 3, 24  # letters of a word worth correcting
_SHORTEST_GLUED = 4
_LONGEST_SYLLABLE = 7


_distance = EditDistance(DistanceAlgorithm.DAMERAU_OSA)


def is_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter too many, too few, wrong or out of place makes `typed` of `meant`.

    >>> is_slip("thnah", "thanh"), is_slip("thanh", "thanh"), is_slip("2", "3")
    (True, False, False)
    """
    is_word = typed.isalpha() and len(typed) >= _SHORTEST - 1 and abs(len(typed) - len(meant)) <= 1
    return is_word and _distance.compare(typed, meant, 1) == 1


class Spelling:
    """The words of an index, ready to be compared with what was typed."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Take folded words and in how many articles each occurs."""
        self._counts = counts
        self._enough = min(_KNOWN, 1 + max(counts.values(), default=0) // _SHARE)
        least = min(_SLIPS, self._enough)
        kept = sorted((n, word) for word, n in counts.items() if n >= least and word.isalpha())
        self._speller = SymSpell(max_dictionary_edit_distance=1, prefix_length=_LONGEST_SYLLABLE)
        for count, word in kept[-_MOST_WORDS:]:
            self._speller.create_dictionary_entry(word, count)

    def knows(self, word: str) -> bool:
        """Tell whether enough articles hold the word, however its marks are, or it is a syllable as typed."""
        bare = folded(word)
        return self._counts.get(bare, 0) >= self._enough or (bare != word and word in lexicon().index)

    def guesses(self, run: Run) -> tuple[Run, ...]:
        """Return what a run may have been meant to be, without marks, likeliest first; at most 8.

        >>> Spelling({"long": 90, "ha": 80, "lon": 2}).guesses(("logn",))
        (('long',), ('lon',))
        """
        if len(run) == 1 and self.knows(run[0]):
            return ()
        if (whole := keyed("".join(run))) and folded(whole) in self._counts:
            return ((folded(whole),),)
        found: dict[Run, None] = {}
        for at, word in enumerate(run):
            if not self.knows(word):
                found |= dict.fromkeys(run[:at] + guess + run[at + 1 :] for guess in self._of_word(word))
        return tuple(found)[:_MOST_GUESSES]

    def _of_word(self, word: str) -> list[Run]:
        bare = folded(word)
        if not (_SHORTEST <= len(bare) <= _LONGEST and bare.isalpha()):
            return []
        near = self._speller.lookup(bare, Verbosity.ALL, max_edit_distance=1)
        least = 2 * self._counts.get(bare, 0)
        terms = [(one.count, one.term) for one in near if one.term != bare and one.count > least]
        glued = [parts] if (parts := self._apart(bare)) else []
        return [*glued, *((term,) for _, term in sorted(terms, reverse=True))]

    def _apart(self, word: str) -> Run:
        """Cut a glued word into two or three known ones, the rarest of which is as frequent as can be."""
        if len(word) < _SHORTEST_GLUED or word in self._counts:
            return ()
        cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1) if self.knows(word[:at])]
        pairs: list[Run] = [cut for cut in cuts if self.knows(cut[1])]
        triples: list[Run] = [
            (head, tail[:at], tail[at:])
            for head, tail in cuts
            for at in range(2, len(tail) - 1)
            if self.knows(tail[:at]) and self.knows(tail[at:])
        ]
        return max(pairs or triples, key=lambda cut: min(self._counts[part] for part in cut), default=())
