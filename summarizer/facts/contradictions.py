"""What two papers tell that cannot both be right, and the things that all papers of a story differ on."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from summarizer.model import Disagreement, Figure, Place
from summarizer.stories.telling import Piece

_PAPERS_NAMED = 3


_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def are_of_one_day(*pieces: Piece) -> bool:
    """Tell whether articles came out on one day in Vietnam, as far as is known."""
    days = {piece.published_at and piece.published_at.astimezone(_VIETNAM).date() for piece in pieces}
    return len(days) == 1 and None not in days


class Mention(NamedTuple):
    """Words of one article: `start` to `end` of the field of `place`, their sentence."""

    article: int  # its number among those compared, the earliest first
    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two papers' words for one thing; `what` it is, and how surely it is one, up to 1."""

    sureness: float
    what: str
    one: Mention
    other: Mention

    @property
    def ends(self) -> frozenset[Mention]:
        """Return both mentions."""
        return frozenset((self.one, self.other))


def without_repetition(told: Sequence[Piece], pairs: Sequence[Contradiction]) -> Iterator[Disagreement]:
    """Yield each thing that papers differ on once, in the order of `pairs`, in up to three papers' words."""
    contradicting = {pair.ends for pair in pairs}
    used: set[Mention] = set()
    for pair in pairs:
        if used & pair.ends:
            continue
        ends = [pair.one, pair.other]
        linked = {end for other in pairs if other.ends & pair.ends for end in other.ends}
        for more in sorted(linked, key=_order):
            if len(ends) < _PAPERS_NAMED and _adds(told, ends, more, contradicting):
                ends.append(more)
        used.update(end for other in pairs if other.ends & set(ends) for end in other.ends)
        yield Disagreement(pair.what, tuple(_figure(told, end) for end in sorted(ends, key=_order)))


def _order(mention: Mention) -> tuple[int, str, int]:
    return mention.article, mention.place.field, mention.start


def _adds(
    told: Sequence[Piece],
    ends: Sequence[Mention],
    new: Mention,
    contradicting: set[frozenset[Mention]],
) -> bool:
    """Tell whether a further paper contradicts all that are named."""
    source = told[new.article].source
    return all(told[e.article].source != source and frozenset((e, new)) in contradicting for e in ends)


def _figure(told: Sequence[Piece], mention: Mention) -> Figure:
    piece, place = told[mention.article], mention.place
    value = " ".join(piece.document.field(place.field)[mention.start : mention.end].split())
    return Figure(piece.source_title, value, piece.article_id, place.field, place.start, place.end)
