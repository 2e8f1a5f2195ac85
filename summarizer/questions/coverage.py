"""How much of a question a stretch of text says: its words whole, close together.

Syllables of Vietnamese are half words: "chức" of "tổ chức" does not say "từ chức". So a common syllable
counts in full only beside another one of the question, and a syllable of a known word only beside its
neighbour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from summarizer.questions.sought import Occurrence, Sought

_OTHER_WORDS = 0.9  # what a synonym says
_ALONE = 0.4  # what a common syllable says that stands by itself
_PARTED = 0.5  # taken off where the syllables of one word are parted
_BESIDE = 1  # words between two that stand beside each other
_WITHIN = 2  # groups in the question between such two
_SAID = 0.8  # credit from which on a word counts as said
FAR = 3  # words between what stands in different sentences


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is said: `share` of the question's words, 0 to 1, and how many of them `words_said` are."""

    share: float = 0.0
    words_said: int = 0


class Asked:
    """A question cut into words, to be compared with many stretches of text."""

    def __init__(self, sought: Sought, word_numbers: Sequence[int]) -> None:
        """Take what is sought and the number of the word that each group belongs to."""
        self._weights = sought.weights
        self._is_single = sought.is_single
        self._word_of = word_numbers
        self._groups_of: list[list[int]] = [[] for _ in range(word_numbers[-1] + 1 if word_numbers else 0)]
        for group, word in enumerate(word_numbers):
            self._groups_of[word].append(group)
        self._word_weights = [sum(self._weights[at] for at in groups) for groups in self._groups_of]

    @property
    def size(self) -> int:
        """Return how many words the question has."""
        return len(self._groups_of)

    def most(self, occurrences: Sequence[Occurrence]) -> float:
        """Return a share that a stretch with these occurrences cannot pass; cheap."""
        return self._share(dict.fromkeys({one.group for one in occurrences}, 1.0))

    def coverage(self, occurrences: Sequence[Occurrence]) -> Coverage:
        """Return how much a stretch says, where the groups stand so. Sentences are `FAR` or more apart."""
        if not occurrences:
            return Coverage()
        credits = self._credits(occurrences)
        said = sum(any(credits.get(at, 0.0) >= _SAID for at in word) for word in self._groups_of)
        return Coverage(self._share(credits), said)

    def _share(self, credits: dict[int, float]) -> float:
        shares = (
            sum(self._weights[at] * credits.get(at, 0.0) for at in groups) / weight
            for groups, weight in zip(self._groups_of, self._word_weights, strict=True)
        )
        return sum(shares) / max(1, self.size)

    def _credits(self, occurrences: Sequence[Occurrence]) -> dict[int, float]:
        credits: dict[int, float] = {}
        for one in occurrences:
            stands = one.is_telling or self._is_beside(one, occurrences) or self._is_single
            credit = (1.0 if one.is_typed else _OTHER_WORDS) * (1.0 if stands else _ALONE)
            credits[one.group] = max(credits.get(one.group, 0.0), credit)
        touching = _touching(occurrences)
        for groups in self._groups_of:
            for at in groups if len(groups) > 1 else ():
                if at in credits and not {(at - 1, at), (at, at + 1)} & touching:
                    credits[at] *= _PARTED
        return credits

    def _is_beside(self, one: Occurrence, occurrences: Sequence[Occurrence]) -> bool:
        """Tell whether a place touches one of a group that stands near in the question too."""
        return any(
            one.group != other.group
            and self._are_near(one.group, other.group)
            and -1 <= _distance(one, other) <= _BESIDE
            for other in occurrences
        )

    def _are_near(self, one: int, other: int) -> bool:
        return abs(one - other) <= _WITHIN or abs(self._word_of[one] - self._word_of[other]) == 1


def _distance(one: Occurrence, other: Occurrence) -> int:
    """Return how many words stand between two places."""
    return other.start - one.end if other.start >= one.end else one.start - other.end


def _touching(occurrences: Sequence[Occurrence]) -> set[tuple[int, int]]:
    """Return the groups that stand side by side with the next group of the question."""
    starts = {(one.group, one.start) for one in occurrences}
    return {(one.group, one.group + 1) for one in occurrences if (one.group + 1, one.end) in starts}
