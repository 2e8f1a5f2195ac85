"""Find the ages, times, days, names and places that two papers of a story tell differently."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, islice

from summarizer.facts.ages import find_ages
from summarizer.facts.clock_times import ClockTime, find_clock_times
from summarizer.facts.contradictions import Contradiction, Mention, are_of_one_day
from summarizer.facts.event_dates import EventDate, find_event_dates
from summarizer.facts.fact import Fact
from summarizer.facts.match_minutes import MatchMinute, find_match_minutes
from summarizer.facts.person_names import find_person_names
from summarizer.facts.plates import find_plates
from summarizer.facts.wards import find_wards
from summarizer.model import Document
from summarizer.stories.telling import Piece

_KINDS: tuple[Callable[[Document], Iterator[Fact]], ...] = (
    find_plates,
    find_clock_times,
    find_event_dates,
    find_match_minutes,
    find_person_names,
    find_wards,
)
_FACTS_COMPARED = 60  # of a kind in an article, the first: bounds the work
_PASSING = (ClockTime, MatchMinute)  # a later report may tell of what came next
_OUTDATED = dt.timedelta(hours=24)  # so does one this much later


def differing_facts(told: Sequence[Piece]) -> Iterator[Contradiction]:
    """Yield the facts of two papers that cannot both be right; `told` are articles, the earliest first.

    Not counted: what the other paper tells too, of whatever; a time told a day later; days of events unless
    both papers came out on one day, for each day has its own.
    """
    facts = [_facts(piece.document, piece.published_at and piece.published_at.year) for piece in told]
    for one, other in combinations(range(len(told)), 2):
        if told[one].source == told[other].source:
            continue
        skipped = _skipped(told[one], told[other])
        for mine, theirs in zip(facts[one], facts[other], strict=True):
            for fact, against, sureness in _contradicting(mine, theirs):
                if not isinstance(fact, skipped):
                    yield Contradiction(sureness, fact.what, _mention(one, fact), _mention(other, against))


def _skipped(early: Piece, late: Piece) -> tuple[type[Fact], ...]:
    """Return the kinds that say nothing when the articles are this far apart."""
    outdated = _PASSING if late.moment - early.moment >= _OUTDATED else ()
    return outdated if are_of_one_day(early, late) else (*outdated, EventDate)


@lru_cache(maxsize=1_024)  # a story is composed for many profiles
def _facts(document: Document, year: int | None) -> tuple[tuple[Fact, ...], ...]:
    """Return the facts of an article told in `year`, kind by kind."""
    found = (find_ages(document, year), *(find(document) for find in _KINDS))
    return tuple(tuple(islice(kind, _FACTS_COMPARED)) for kind in found)


def _contradicting(mine: Sequence[Fact], theirs: Sequence[Fact]) -> Iterator[tuple[Fact, Fact, float]]:
    for one in mine:
        for other in theirs:
            sureness = one.contradicts(other)
            if (
                sureness
                and not any(fact.supports(other) for fact in mine)
                and not any(fact.supports(one) for fact in theirs)
            ):
                yield one, other, sureness


def _mention(article: int, fact: Fact) -> Mention:
    return Mention(article, fact.place, fact.start, fact.end)
