"""Find what two papers of a story count differently: the same thing, with figures that cannot both be true.

When two claims count the same thing is `same_thing`'s word, and what a claim is `claims`'.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from summarizer.facts.claims import FIELDS, Claim, figures, find_claims, what_is_counted
from summarizer.facts.contradictions import Contradiction, Mention, are_of_one_day
from summarizer.facts.numbers import Measure, Quantity
from summarizer.facts.same_thing import same_thing
from summarizer.stories.telling import Piece

_TOLL_RISES = dt.timedelta(hours=6)  # a toll that is higher this much later was brought up to date
_OUTDATED = dt.timedelta(hours=24)  # so was any figure told this much later
_MOST_APART = 3.0  # one figure is this many times the other: hardly the same thing


def differing_figures(told: Sequence[Piece]) -> Iterator[Contradiction]:
    """Yield the figures of two papers that cannot both be right; `told` are articles, the earliest first.

    Not counted: a toll that rose within hours and what was told a day later; a price unless both papers told
    it on one known day; a figure that the other paper tells too, or of which it tells several; figures that
    round to the same.
    """
    measures = _told_differently(told)
    claims = [find_claims(piece.document, measures) for piece in told]
    for one, other in combinations(range(len(told)), 2):
        if told[one].source != told[other].source:
            yield from _between(told, claims, one, other)


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


def _between(
    told: Sequence[Piece], claims: Sequence[Sequence[Claim]], one: int, other: int
) -> Iterator[Contradiction]:
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
            and _differ(mine, theirs)
            and _is_of_one_time(told[one], mine, told[other], theirs)
            and not (_tells(told[one], theirs) or _tells(told[other], mine))
        ):
            what = what_is_counted(told[one].document, mine, theirs)
            yield Contradiction(sureness, what, _mention(one, mine), _mention(other, theirs))


def _differ(one: Claim, other: Claim) -> bool:
    low, high = sorted((one.quantity.value, other.quantity.value))
    return not one.quantity.agrees_with(other.quantity) and high <= low * _MOST_APART


def _is_of_one_time(early: Piece, mine: Claim, late: Piece, theirs: Claim) -> bool:
    """Tell whether the later figure does not merely bring the earlier up to date."""
    if mine.is_price or theirs.is_price:
        return are_of_one_day(early, late)
    is_rising = bool(mine.state) and theirs.quantity.value > mine.quantity.value
    return late.moment - early.moment < (_TOLL_RISES if is_rising else _OUTDATED)


def _tells(piece: Piece, claim: Claim) -> bool:
    """Tell whether an article has that figure too, of whatever: then the papers may well agree."""
    return any(
        quantity.measure == claim.measure and quantity.agrees_with(claim.quantity)
        for quantity in _figures(piece)
    )


def _mention(article: int, claim: Claim) -> Mention:
    return Mention(article, claim.place, claim.quantity.start, claim.quantity.end)
