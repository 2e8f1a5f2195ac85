"""Decide by a poll's outcome when its source is due, what is wrong, and what admins are told. Pure."""

import datetime as dt
import itertools
import math
from dataclasses import dataclass, replace

from bot.fetching.responses import LASTING, Code, Validators
from storage.intake.date_text import DateOrder
from storage.sources import SourceState

BROKEN, QUIET, MOVED = "broken", "quiet", "moved"
OLD, AHEAD, UNDATED = "old", "ahead", "undated"  # faults of the times of all new items
_DATING = frozenset((OLD, AHEAD, UNDATED))
ELSEWHERE, CROWDED = "elsewhere", "crowded"  # see `Polled`

_TRIES_BEFORE_REPORT = 3
_LONGEST_BACKOFF = dt.timedelta(hours=6)
_LONGEST_FRESHNESS = dt.timedelta(hours=1)
_RECENT = dt.timedelta(days=14)  # an older item is pinned, or the feed is asleep
_FEWEST_DATED = 4
_GAPS_OF_SILENCE = 3
_SHORTEST_SILENCE = dt.timedelta(hours=12)  # the first night of a feed that was only seen by day
_SILENCE_UNLEARNT = dt.timedelta(days=7)
_HALF_LIFE = dt.timedelta(days=14)  # of a gap that has not come again


@dataclass(frozen=True, slots=True)
class Polled:
    """The source answered. `new` counts new and changed articles; `published` are the times of its items.

    `dating` names a fault of all these times; `date_order` is the order that they proved. `elsewhere` items
    lead to other hosts and `left_out` were too many; both are None if the answer has not changed.
    """

    validators: Validators
    body_hash: str | None
    fresh_seconds: float = 0.0
    moved_to: str | None = None
    new: int = 0
    published: tuple[dt.datetime, ...] = ()
    dating: str | None = None
    date_order: DateOrder | None = None
    elsewhere: int | None = None
    left_out: int | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The source could not be read."""

    code: Code
    detail: str = ""
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The new state, and the troubles that admins must be told of as begun or over."""

    state: SourceState
    begun: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()


def judge(
    before: SourceState,
    outcome: Polled | Failed,
    *,
    every: dt.timedelta,
    now: dt.datetime,
    chance: float,
    may_be_silent: bool = False,
) -> Verdict:
    """Return what follows from `outcome`.

    `chance`, from 0 to 1, keeps sources from coming due together. A page `may_be_silent`; a feed may not.
    """
    if isinstance(outcome, Failed):
        return _after_failure(before, outcome, every, now, chance)
    state = _after_success(before, outcome, every, now, chance)
    is_quiet = state.new_at is not None and now - state.new_at > silence_of(state, every)
    troubles = {QUIET} if is_quiet and not may_be_silent else set()
    troubles |= {MOVED} if outcome.moved_to else set()
    troubles |= {CROWDED} if state.left_out else set()
    reported = set(before.told)
    dating = {outcome.dating} if outcome.dating else set[str]()
    troubles |= dating if outcome.new else reported & _DATING
    troubles |= {ELSEWHERE} if state.elsewhere else {ELSEWHERE} & reported  # reported once for ever
    return Verdict(
        replace(state, told=tuple(sorted(troubles))),
        begun=frozenset(troubles - reported),
        over=frozenset(reported - troubles - {MOVED}),
    )


def silence_of(state: SourceState, every: dt.timedelta) -> dt.timedelta:
    """Return for how long a source may have nothing new before it counts as quiet."""
    if state.gap_seconds is None:
        return max(_SILENCE_UNLEARNT, _GAPS_OF_SILENCE * every)
    return max(_SHORTEST_SILENCE, _GAPS_OF_SILENCE * max(dt.timedelta(seconds=state.gap_seconds), every))


def _after_failure(
    before: SourceState, outcome: Failed, every: dt.timedelta, now: dt.datetime, chance: float
) -> Verdict:
    failures = before.failures + 1
    is_reported = BROKEN in before.told
    is_sure = failures >= _TRIES_BEFORE_REPORT or outcome.code in LASTING
    wait = (
        _LONGEST_BACKOFF if outcome.code in LASTING else min(every * 2 ** min(failures, 12), _LONGEST_BACKOFF)
    )
    wait = max(wait * (0.75 + chance / 2), dt.timedelta(seconds=outcome.wait_seconds or 0))
    state = replace(
        before,
        next_at=now + wait,
        tried_at=now,
        failures=failures,
        trouble=outcome.code,
        detail=outcome.detail,
        told=tuple(sorted({*before.told, BROKEN})) if is_sure else before.told,
    )
    return Verdict(state, begun=frozenset({BROKEN} if is_sure and not is_reported else ()))


def _after_success(
    before: SourceState, outcome: Polled, every: dt.timedelta, now: dt.datetime, chance: float
) -> SourceState:
    fresh = min(dt.timedelta(seconds=outcome.fresh_seconds), _LONGEST_FRESHNESS)
    return replace(
        before,
        etag=outcome.validators.etag,
        last_modified=outcome.validators.last_modified,
        body_hash=outcome.body_hash,
        next_at=now + max(every, fresh) * (0.95 + chance / 10),
        tried_at=now,
        fetched_at=now,
        new_at=now if outcome.new or before.new_at is None else before.new_at,
        gap_seconds=_learn_gap(before, outcome, now),
        items=before.items + outcome.new,
        failures=0,
        trouble=None,
        detail="",
        moved_to=outcome.moved_to,
        date_order=outcome.date_order or before.date_order,
        elsewhere=before.elsewhere if outcome.elsewhere is None else outcome.elsewhere,
        left_out=before.left_out if outcome.left_out is None else outcome.left_out,
    )


def _learn_gap(before: SourceState, outcome: Polled, now: dt.datetime) -> int | None:
    """Return the longest usual pause in seconds: the one seen now, or an earlier one that fades."""
    moments = sorted({at for at in outcome.published if now - at < _RECENT})
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    seen = max(gaps) if len(moments) >= _FEWEST_DATED else None
    if seen is None and outcome.new and before.new_at is not None:
        seen = min(now - before.new_at, _RECENT)
    if before.gap_seconds is None or before.fetched_at is None:
        return int(seen.total_seconds()) if seen is not None else before.gap_seconds
    faded = before.gap_seconds * math.pow(0.5, (now - before.fetched_at) / _HALF_LIFE)
    return round(max(faded, seen.total_seconds() if seen is not None else 0.0))
