"""Order hits by how well title and sapo meet the question: marks, neighbouring words, title, freshness.

Pure, and the same for both engines. Source: the weights were measured on known-item queries (docs/search.md);
the weight of freshness is a choice, small enough that it decides only between hits that are about equally
good.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.search.model import Hit
from summarizer.questions.query import Run
from summarizer.text.syllables import folded
from summarizer.text.words import Forms, fits, word_forms

_TITLE, _SAPO, _BODY = 3.0, 1.0, 0.1  # what an occurrence weighs
_MARKED = 0.8
_TITLE_PAIRS = 1.0
_SAPO_PAIRS = 0.8
_BODY_PAIRS = 0.4
_TITLE_WORDS = 0.1
_FRESH = 0.1
_HALF_LIFE = dt.timedelta(days=7)
_SATURATION, _USUAL_LENGTH = 1.2, 45  # a second occurrence says less; words of a usual title and sapo
_MOST_READ = 12_000  # characters of a field, more than reports have
_FIELD_GAP = 10  # positions between title and sapo, so that no run spans both

Groups = Sequence[Sequence[Run]]  # an article needs one run of each


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its points. `is_own`: every word typed with marks stands there with these."""

    hit: Hit
    points: float
    is_own: bool

    @property
    def order(self) -> tuple[float, float, int]:
        """Return the key that sorts best first; of equals the newer comes first."""
        return (-self.points, -self.hit.at.timestamp(), -self.hit.article_id)


def ranked(hits: Iterable[Hit], groups: Groups, *, now: dt.datetime) -> list[Ranked]:
    """Return `hits` best first; of equals the newer first."""
    sought = _Sought(groups)
    return sorted((sought.judge(hit, now) for hit in hits), key=lambda one: one.order)


def occurs(runs: Sequence[Run], hit: Hit) -> bool:
    """Tell whether one of the runs, which have no marks, stands in title or sapo."""
    for text in (hit.title, hit.sapo[:_MOST_READ]):
        words = f" {' '.join(word.folded for word in word_forms(text))} "
        if any(f" {' '.join(run)} " in words for run in runs):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A run of a group, with its words without marks."""

    group: int
    run: Run
    bare: Run


class _Sought:
    """What a question asks for, ready for comparing."""

    def __init__(self, groups: Groups) -> None:
        self.size = len(groups)
        self.starts: dict[str, list[_Wanted]] = defaultdict(list)
        for number, group in enumerate(groups):
            for run in group:
                wanted = _Wanted(number, run, tuple(map(folded, run)))
                self.starts[wanted.bare[0]].append(wanted)
        self.marked = {
            number for number, group in enumerate(groups) if any(folded(word) != word for word in group[0])
        }

    def judge(self, hit: Hit, now: dt.datetime) -> Ranked:
        title, sapo = word_forms(hit.title), word_forms(hit.sapo[:_MOST_READ])
        in_title, in_sapo = self._found(title), self._found(sapo)
        in_body = self._found(word_forms(hit.body[:_MOST_READ])) if hit.body else _Found({}, set(), 0)
        own = in_title.own | in_sapo.own | in_body.own
        counts = [
            _TITLE * in_title.counts.get(group, 0)
            + _SAPO * in_sapo.counts.get(group, 0)
            + _BODY * in_body.counts.get(group, 0)
            for group in range(self.size)
        ]
        points = (
            _weight(counts, len(title) + len(sapo))
            + _MARKED * _share(len(own & self.marked), len(self.marked))
            + _TITLE_PAIRS * _share(in_title.pairs, self.size - 1)
            + _SAPO_PAIRS * _share(in_sapo.pairs, self.size - 1)
            + _BODY_PAIRS * _share(in_body.pairs, self.size - 1)
            + _TITLE_WORDS * _share(len(in_title.counts), self.size)
            + _freshness(hit, now)
        )
        return Ranked(hit, points, own >= self.marked)

    def _found(self, words: Sequence[Forms]) -> "_Found":
        starts = self.starts
        places = [at for at, word in enumerate(words) if word.folded in starts]
        counts: dict[int, int] = {}
        own: set[int] = set()
        begun: list[tuple[int, int]] = []
        ended: set[tuple[int, int]] = set()
        for at in places:
            for wanted in starts[words[at].folded]:
                end = at + len(wanted.run)
                here = words[at:end]
                if end > at + 1 and tuple(word.folded for word in here) != wanted.bare:
                    continue
                counts[wanted.group] = counts.get(wanted.group, 0) + 1
                if all(map(fits, wanted.run, here)):
                    own.add(wanted.group)
                begun.append((wanted.group, at))
                ended.add((wanted.group, end))
        pairs = {group for group, at in begun if (group - 1, at) in ended}
        return _Found(counts, own, len(pairs))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a field holds: how often each group, which of them as typed, how many as neighbours in order."""

    counts: dict[int, int]
    own: set[int]
    pairs: int


def _weight(counts: Sequence[float], length: int) -> float:
    """Return the share of the question that a lead of so many words meets: a second occurrence says less."""
    room = _SATURATION * (0.25 + 0.75 * length / _USUAL_LENGTH)
    return _share(sum(count / (count + room) for count in counts), len(counts))


def _freshness(hit: Hit, now: dt.datetime) -> float:
    age = max(now - hit.at, dt.timedelta())
    return _FRESH * math.exp2(-(age / _HALF_LIFE))


def _share(found: float, of: int) -> float:
    return found / of if of > 0 else 0.0
