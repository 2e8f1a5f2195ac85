"""Find what the papers of a story disagree on: the same thing counted, with figures that cannot both be true.

Precision goes before recall: a wrong "the papers disagree" costs a reader's trust, a missed one little. What
is left out is told in `find_disagreements`; when two claims count the same thing is `same_thing`'s word, and
what a claim is `summarizer.claims`'.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from summarizer.claims import FIELDS, Claim, figures, find_claims, what_is_counted
from summarizer.model import Disagreement, Figure
from summarizer.numbers import Measure, Quantity
from summarizer.quantity_words import AGES
from summarizer.same_thing import same_thing
from summarizer.telling import Piece

_TOLL_RISES = dt.timedelta(hours=6)  # a toll that is higher this much later was brought up to date
_OUTDATED = dt.timedelta(hours=24)  # so was any figure told this much later, save what does not change
_MOST_APART = 3.0  # one figure is this many times the other: hardly the same thing
_PAPERS_NAMED = 3
_SHORTEST_NAME = 4  # letters: "mức" or "sau" tells nobody what is counted


@dataclass(frozen=True, slots=True)
class _Pair:
    sureness: float
    one: tuple[int, Claim]  # number of the piece
    other: tuple[int, Claim]


def find_disagreements(pieces: Sequence[Piece]) -> tuple[Disagreement, ...]:
    """Return what the papers disagree on, the surest first.

    Not counted: what one paper tells in two articles; a toll that rose within hours and what was told a day
    later; a figure that the other paper tells too, or of which it tells several; figures that round to the
    same.
    """
    if len({piece.source for piece in pieces}) < 2:
        return ()
    told = sorted(pieces, key=lambda piece: (piece.moment, piece.article_id))
    measures = _told_differently(told)
    claims = [find_claims(piece.document, measures) for piece in told]
    pairs = [
        pair
        for one, other in combinations(range(len(told)), 2)
        if told[one].source != told[other].source
        for pair in _disagreeing(told, claims, one, other)
    ]
    pairs.sort(key=lambda pair: -pair.sureness)
    found = _without_repetition(told, pairs)
    return tuple(disagreement for disagreement in found if len(disagreement.what) > _SHORTEST_NAME)


def _told_differently(pieces: Sequence[Piece]) -> set[Measure]:
    """Return the measures in which two papers give different figures: the only ones worth a closer look."""
    values: defaultdict[Measure, set[tuple[str, float]]] = defaultdict(set)
    for piece in pieces:
        for quantity in _figures(piece):
            values[quantity.measure].add((piece.source, quantity.value))
    return {
        measure
        for measure, told in values.items()
        if len({source for source, _ in told}) > 1 and len({value for _, value in told}) > 1
    }


def _figures(piece: Piece) -> Iterator[Quantity]:
    for field in FIELDS:
        yield from figures(piece.document.field(field))


def _disagreeing(
    told: Sequence[Piece], claims: Sequence[Sequence[Claim]], one: int, other: int
) -> Iterator[_Pair]:
    alike = [
        (sureness, mine, theirs)
        for mine in claims[one]
        for theirs in claims[other]
        if (sureness := same_thing(mine, theirs))
    ]
    for sureness, mine, theirs in alike:
        is_told_once = all(
            mine.quantity.value == m.quantity.value and theirs.quantity.value == t.quantity.value
            for rival, m, t in alike
            if rival >= sureness and (m is mine or t is theirs)
        )
        if (
            is_told_once
            and _differ(mine, theirs, told[other].moment - told[one].moment)
            and not (_tells(told[one], theirs) or _tells(told[other], mine))
        ):
            yield _Pair(sureness, (one, mine), (other, theirs))


def _differ(early: Claim, late: Claim, later: dt.timedelta) -> bool:
    low, high = sorted((early.quantity.value, late.quantity.value))
    if early.quantity.agrees_with(late.quantity) or high > low * _MOST_APART:
        return False
    if early.quantity.unit in AGES:
        return True
    is_rising = bool(early.state) and late.quantity.value > early.quantity.value
    return later < (_TOLL_RISES if is_rising else _OUTDATED)


def _tells(piece: Piece, claim: Claim) -> bool:
    """Tell whether an article has that figure too, of whatever: then the papers may well agree."""
    return not claim.owner and any(
        quantity.measure == claim.measure and quantity.agrees_with(claim.quantity)
        for quantity in _figures(piece)
    )


def _without_repetition(told: Sequence[Piece], pairs: Sequence[_Pair]) -> Iterator[Disagreement]:
    """Yield each thing disagreed on once, with every paper that has a figure of its own."""
    used: set[tuple[int, int, str]] = set()
    for pair in pairs:
        ends = [pair.one, pair.other]
        if any(_key(*end) in used for end in ends):
            continue
        for more in pairs:
            for end, link in ((more.one, more.other), (more.other, more.one)):
                if link in ends and len(ends) < _PAPERS_NAMED and _adds(told, ends, end):
                    ends.append(end)
        used.update(
            _key(*end)
            for more in pairs
            for end in (more.one, more.other)
            if {more.one, more.other} & set(ends)
        )
        ends.sort(key=lambda end: end[0])
        yield _disagreement(told, ends)


def _key(number: int, claim: Claim) -> tuple[int, int, str]:
    return number, claim.quantity.start, claim.place.field


def _adds(told: Sequence[Piece], ends: Sequence[tuple[int, Claim]], new: tuple[int, Claim]) -> bool:
    source = told[new[0]].source
    return all(
        told[number].source != source and not claim.quantity.agrees_with(new[1].quantity)
        for number, claim in ends
    )


def _disagreement(told: Sequence[Piece], ends: Sequence[tuple[int, Claim]]) -> Disagreement:
    first = ends[0][1]
    document = told[ends[0][0]].document
    what = what_is_counted(document, first, ends[1][1])
    return Disagreement(what, tuple(_figure(told[number], claim) for number, claim in ends))


def _figure(piece: Piece, claim: Claim) -> Figure:
    place = claim.place
    value = " ".join(piece.document.field(place.field)[claim.quantity.start : claim.quantity.end].split())
    return Figure(piece.source_title, value, piece.article_id, place.field, place.start, place.end)
