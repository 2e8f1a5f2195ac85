"""Where the phrases of a question stand in a text: one rule for ranking, snippets, answers and watches.

A word typed with diacritics means only itself, one typed without any means every word so written, and d may
have been typed for đ. Which of the words have to be there, each user decides.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from summarizer.questions.spellings import Run
from summarizer.text.syllables import folded
from summarizer.text.words import Forms, fits

Groups = Sequence[Sequence[Run]]  # of each group any run will do


class Match(NamedTuple):
    """Words `start` to `end` of a text are a run of a group, but perhaps for diacritics (`is_as_typed`)."""

    group: int
    start: int
    end: int
    is_as_typed: bool


class Phrases:
    """Groups of runs, ready to be looked for in many texts."""

    def __init__(self, groups: Iterable[Iterable[Run]]) -> None:
        self._runs: dict[str, list[tuple[int, Run, Run]]] = {}  # by the first word without diacritics
        for number, group in enumerate(groups):
            for run in group:
                bare = tuple(map(folded, run))
                self._runs.setdefault(bare[0], []).append((number, run, bare))

    def find(self, words: Sequence[Forms]) -> list[Match]:
        """Return every place of every run among the words of a text, in the order of the text.

        >>> from summarizer.text.words import word_forms
        >>> Phrases([[("dường", "sắt")]]).find(word_forms("Ngành đường sắt"))
        [Match(group=0, start=1, end=3, is_as_typed=True)]
        """
        found = []
        runs = self._runs
        for start in [at for at, word in enumerate(words) if word[1] in runs]:
            for group, run, bare in runs[words[start][1]]:
                end = start + len(run)
                if len(run) == 1:
                    found.append(Match(group, start, end, fits(run[0], words[start])))
                elif tuple([word[1] for word in words[start:end]]) == bare:
                    found.append(Match(group, start, end, all(map(fits, run, words[start:end]))))
        return found

    def occur(self, words: Sequence[Forms]) -> bool:
        """Tell whether one of the runs stands among the words as typed."""
        return any(match.is_as_typed for match in self.find(words))
