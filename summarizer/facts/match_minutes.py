"""In which minute of a match something happened, where papers tell it differently."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from summarizer.facts.claims import names
from summarizer.facts.fact import Fact, search, where
from summarizer.model import Document
from summarizer.text.syllables import canonical

_MINUTE = re.compile(r"hút(?<=(?<!\w)[Pp]hút)(?:\sthứ)?\s(?P<minute>\d{1,3})(?!\w|[.,:]\d)")
_MOST_APART = 8  # minutes: more are two scenes
_LEAST_LIKE = 0.35


@dataclass(frozen=True, slots=True)
class MatchMinute(Fact):
    """A minute of a match, and the names in its sentence."""

    minute: int
    names: frozenset[str]

    @property
    def what(self) -> str:
        """Name the kind."""
        return "phút diễn ra tình huống"

    def contradicts(self, other: Self) -> float:
        """Rate two near minutes of a scene with the same players; one apart is how a minute is counted."""
        if not 1 < abs(self.minute - other.minute) <= _MOST_APART or not self.names & other.names:
            return 0.0
        likeness = self.likeness(other)
        return likeness if likeness >= _LEAST_LIKE else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both are about one minute."""
        return abs(self.minute - other.minute) <= 1


def find_match_minutes(document: Document) -> Iterator[MatchMinute]:
    """Yield the minutes of a match that an article tells of."""
    for found in search(document, _MINUTE):
        match, place = found
        known = map(canonical, names(match.string, place.start, place.start, place.end))
        yield MatchMinute(*where(found, "minute"), minute=int(match["minute"]), names=frozenset(known))
