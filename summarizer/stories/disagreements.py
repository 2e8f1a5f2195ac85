"""Find disagreements between the papers of a story: one thing with values that cannot all be right.

Precision goes before recall: a false disagreement costs a reader's trust, a missed one little. The exclusions
are described beside the code.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from typing import NamedTuple

from summarizer.facts.claims import Claim, figures_of, find_claims, what_is_counted
from summarizer.facts.fact import Fact
from summarizer.facts.moments import (
    ClockTime,
    EventDate,
    MatchMinute,
    find_clock_times,
    find_event_dates,
    find_match_minutes,
)
from summarizer.facts.numbers import Measure
from summarizer.facts.particulars import find_ages, find_person_names, find_plates, find_wards
from summarizer.facts.same_figures import same_thing
from summarizer.model import VIETNAM, Disagreement, Document, Figure, Piece, Place

# Pairs of values from two papers, and disagreements of all papers of a story.

_PAPERS_NAMED = 3


def are_of_one_day(*pieces: Piece) -> bool:
    """Tell whether articles are known to be of one day in Vietnam."""
    days = {piece.published_at and piece.published_at.astimezone(VIETNAM).date() for piece in pieces}
    return len(days) == 1 and None not in days


class Mention(NamedTuple):
    """Words of one article: `start` to `end` of the field of `place`, their sentence."""

    article: int  # its number among those compared, the earliest first
    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two papers' words for one thing: `what` it is, and the certainty that it is one, up to 1."""

    certainty: float
    what: str
    one: Mention
    other: Mention

    @property
    def mentions(self) -> frozenset[Mention]:
        return frozenset((self.one, self.other))


def without_repetition(pieces: Sequence[Piece], pairs: Sequence[Contradiction]) -> Iterator[Disagreement]:
    """Yield each disagreement once, in the order of `pairs`, in the words of up to three papers."""
    contradicting = {pair.mentions for pair in pairs}
    used: set[Mention] = set()
    for pair in pairs:
        if used & pair.mentions:
            continue
        mentions = [pair.one, pair.other]
        linked = {end for other in pairs if other.mentions & pair.mentions for end in other.mentions}
        for more in sorted(linked, key=_order):
            if len(mentions) < _PAPERS_NAMED and _contradicts_all(pieces, mentions, more, contradicting):
                mentions.append(more)
        used.update(end for other in pairs if other.mentions & set(mentions) for end in other.mentions)
        yield Disagreement(pair.what, tuple(_figure(pieces, end) for end in sorted(mentions, key=_order)))


def _order(mention: Mention) -> tuple[int, str, int]:
    return mention.article, mention.place.field, mention.start


def _contradicts_all(
    pieces: Sequence[Piece],
    mentions: Sequence[Mention],
    new: Mention,
    contradicting: set[frozenset[Mention]],
) -> bool:
    """Tell whether a further paper contradicts all papers named so far."""
    source = pieces[new.article].source
    return all(pieces[e.article].source != source and frozenset((e, new)) in contradicting for e in mentions)


def _figure(pieces: Sequence[Piece], mention: Mention) -> Figure:
    piece, place = pieces[mention.article], mention.place
    value = " ".join(piece.document.field(place.field)[mention.start : mention.end].split())
    return Figure(piece.source_title, value, piece.article_id, place.field, place.start, place.end)


# Ages, times, days, names and places that two papers of a story report differently.

_KINDS: tuple[Callable[[Document], Iterator[Fact]], ...] = (
    find_plates,
    find_clock_times,
    find_event_dates,
    find_match_minutes,
    find_person_names,
    find_wards,
)
_FACTS_COMPARED = 60  # of a kind in an article, the first: bounds the work
_PASSING = (ClockTime, MatchMinute)  # a later report may be about the next moment
_OUTDATED = dt.timedelta(hours=24)  # how much later


def differing_facts(pieces: Sequence[Piece]) -> Iterator[Contradiction]:
    """Yield the facts of two papers that cannot both be right; `pieces` are articles, the earliest first.

    Not counted: a value that the other paper has too, whatever it is of; a time reported a day later; days of
    events unless both papers are of one day.
    """
    facts = [_facts(piece.document, piece.published_at and piece.published_at.year) for piece in pieces]
    for one, other in combinations(range(len(pieces)), 2):
        if pieces[one].source == pieces[other].source:
            continue
        skipped = _skipped(pieces[one], pieces[other])
        for mine, theirs in zip(facts[one], facts[other], strict=True):
            for fact, against, certainty in _contradicting(mine, theirs):
                if not isinstance(fact, skipped):
                    ends = _mention_of_fact(one, fact), _mention_of_fact(other, against)
                    yield Contradiction(certainty, fact.what, *ends)


def _skipped(early: Piece, late: Piece) -> tuple[type[Fact], ...]:
    """Return the kinds that do not count when the articles are this far apart."""
    outdated = _PASSING if late.moment - early.moment >= _OUTDATED else ()
    return outdated if are_of_one_day(early, late) else (*outdated, EventDate)


@lru_cache(maxsize=1_024)  # a story is composed for many profiles
def _facts(document: Document, year: int | None) -> tuple[tuple[Fact, ...], ...]:
    """Return the facts of an article of `year`, kind by kind."""
    found = (find_ages(document, year), *(find(document) for find in _KINDS))
    return tuple(tuple(islice(kind, _FACTS_COMPARED)) for kind in found)


def _contradicting(mine: Sequence[Fact], theirs: Sequence[Fact]) -> Iterator[tuple[Fact, Fact, float]]:
    for one in mine:
        for other in theirs:
            certainty = one.contradicts(other)
            if (
                certainty
                and not any(fact.supports(other) for fact in mine)
                and not any(fact.supports(one) for fact in theirs)
            ):
                yield one, other, certainty


def _mention_of_fact(article: int, fact: Fact) -> Mention:
    return Mention(article, fact.place, fact.start, fact.end)


# Figures of two papers for the same thing that cannot both be true.
#
# `summarizer.facts.same_figures` decides whether two claims count the same thing, `claims` what a claim is.

_TOLL_RISES = dt.timedelta(hours=6)  # a toll that is higher this much later is an update
_MOST_APART = 3.0  # one figure is this many times the other: hardly the same thing


def differing_figures(pieces: Sequence[Piece]) -> Iterator[Contradiction]:
    """Yield the figures of two papers that cannot both be right; `pieces` are articles, the earliest first.

    Not counted: a toll that rose within hours; figures reported a day later; a price unless both papers are
    of one known day; a figure that the other paper has too, or of which it has several; figures that agree
    when rounded.
    """
    measures = _disputed_measures(pieces)
    claims = [find_claims(piece.document, measures) for piece in pieces]
    for one, other in combinations(range(len(pieces)), 2):
        if pieces[one].source != pieces[other].source:
            yield from _between(pieces, claims, one, other)


def _disputed_measures(pieces: Sequence[Piece]) -> set[Measure]:
    """Return the measures in which two papers give different figures; only these are compared further."""
    values: defaultdict[Measure, set[tuple[str, float]]] = defaultdict(set)
    for piece in pieces:
        for quantity in figures_of(piece.document):
            values[quantity.measure].add((piece.source, quantity.value))
    return {
        measure
        for measure, given in values.items()
        if len({source for source, _ in given}) > 1 and len({value for _, value in given}) > 1
    }


def _between(
    pieces: Sequence[Piece], claims: Sequence[Sequence[Claim]], one: int, other: int
) -> Iterator[Contradiction]:
    alike = [
        (certainty, mine, theirs)
        for mine in claims[one]
        for theirs in claims[other]
        if (certainty := same_thing(mine, theirs))
    ]
    for certainty, mine, theirs in alike:
        is_unique = all(
            mine.quantity.value == m.quantity.value and theirs.quantity.value == t.quantity.value
            for rival, m, t in alike
            if rival >= certainty and (m is mine or t is theirs)
        )
        if (
            is_unique
            and _differ(mine, theirs)
            and _is_of_one_time(pieces[one], mine, pieces[other], theirs)
            and not (_has_figure(pieces[one], theirs) or _has_figure(pieces[other], mine))
        ):
            what = what_is_counted(pieces[one].document, mine, theirs)
            ends = _mention_of_claim(one, mine), _mention_of_claim(other, theirs)
            yield Contradiction(certainty, what, *ends)


def _differ(one: Claim, other: Claim) -> bool:
    low, high = sorted((one.quantity.value, other.quantity.value))
    return not one.quantity.agrees_with(other.quantity) and high <= low * _MOST_APART


def _is_of_one_time(early: Piece, mine: Claim, late: Piece, theirs: Claim) -> bool:
    """Tell whether the later figure is not just an update of the earlier one."""
    if mine.is_price or theirs.is_price:
        return are_of_one_day(early, late)
    is_rising = bool(mine.state) and theirs.quantity.value > mine.quantity.value
    return late.moment - early.moment < (_TOLL_RISES if is_rising else _OUTDATED)


def _has_figure(piece: Piece, claim: Claim) -> bool:
    """Tell whether an article has that figure too, whatever it counts: then the papers may agree."""
    return any(
        quantity.measure == claim.measure and quantity.agrees_with(claim.quantity)
        for quantity in figures_of(piece.document)
    )


def _mention_of_claim(article: int, claim: Claim) -> Mention:
    return Mention(article, claim.place, claim.quantity.start, claim.quantity.end)


_SHORTEST_NAME = 4  # letters: "mức" or "sau" does not name the thing counted


def find_disagreements(pieces: Sequence[Piece]) -> tuple[Disagreement, ...]:
    """Return the disagreements, the most certain first; two articles of one paper never disagree."""
    if len({piece.source for piece in pieces}) < 2:
        return ()
    ordered = sorted(pieces, key=lambda piece: (piece.moment, piece.article_id))
    pairs = [*differing_figures(ordered), *differing_facts(ordered)]
    pairs.sort(key=lambda pair: -pair.certainty)
    found = without_repetition(ordered, pairs)
    return tuple(one for one in found if len(one.what.removeprefix("số ")) > _SHORTEST_NAME)
