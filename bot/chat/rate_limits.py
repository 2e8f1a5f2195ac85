"""Rate limits of askers: counted by this process, or with others in the database.

An asker is a chat, or a person in one. Limits are decided by pure functions; the time is an argument.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from bot.news.newsroom import Newsroom
from bot.news.services import Services
from storage.admissions import (
    KEPT,
    Admissions,
    AskerKey,
    find_admissions,
    forget_admissions,
    write_admissions,
)
from storage.engine import Database

_TIDIED_EACH = 500  # requests
MOST_ASKERS = 10_000  # the asker that has been silent longest is forgotten first
_BURST_GAP = dt.timedelta(minutes=1)  # a pause of this length ends a burst

Asker = tuple[int, int | None]  # a chat, and a person (or a card) in it; None for all of the chat


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `window`."""

    count: int
    window: dt.timedelta


def question_limits(newsroom: Newsroom, times: int = 1) -> tuple[Limit, Limit]:
    """Return the limits of questions, or those of requests of which `times` as many may come."""
    return (
        Limit(newsroom.questions_per_10_seconds * times, dt.timedelta(seconds=10)),
        Limit(newsroom.questions_per_hour * times, dt.timedelta(hours=1)),
    )


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether to answer. `wait`, the time until the next question may come, is set once a burst."""

    is_admitted: bool
    wait: dt.timedelta | None = None


class RequestLimiter:
    """Counts the admitted requests of each asker; refused ones do not count."""

    def __init__(self, most_askers: int = MOST_ASKERS) -> None:
        self._most_askers = most_askers
        self._askers: OrderedDict[Hashable, Admissions] = OrderedDict()

    def __len__(self) -> int:
        return len(self._askers)

    async def ask(self, asker: Asker, limits: Sequence[Limit], now: dt.datetime) -> Admission:
        return self.admit(asker, limits, now)

    def admit(self, asker: Hashable, limits: Sequence[Limit], now: dt.datetime) -> Admission:
        """Decide whether `asker` may ask at `now`, under all `limits`."""
        known = self._askers.pop(asker, Admissions((), None, now))
        admission, self._askers[asker] = decide_admission(known, limits, now)
        if len(self._askers) > self._most_askers:
            self._askers.popitem(last=False)
        return admission


def decide_admission(
    known: Admissions, limits: Sequence[Limit], now: dt.datetime
) -> tuple[Admission, Admissions]:
    """Decide whether an asker may ask at `now`, under all `limits`; also return what to remember of it."""
    began = now - max(limit.window for limit in limits)
    moments = tuple(one for one in known.moments if began < one <= now)  # later: a clock was set back
    wait = max(_wait(moments, limit, now) for limit in limits)
    if not wait:
        return Admission(is_admitted=True), Admissions((*moments, now), None, now)
    before = known.refused_at
    is_same_burst = before is not None and before <= now < before + _BURST_GAP
    told = None if is_same_burst else wait
    return Admission(is_admitted=False, wait=told), Admissions(moments, now, now)


def _wait(moments: Sequence[dt.datetime], limit: Limit, now: dt.datetime) -> dt.timedelta:
    """Return the time until one more request is within `limit`, zero if it already is."""
    if len(moments) < limit.count:
        return dt.timedelta()
    return max(dt.timedelta(), moments[-limit.count] + limit.window - now)


class SharedRequestLimiter:
    """A `RequestLimiter` for all processes. An asker has one request at a time, because chats take turns."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._asked = 0

    async def ask(self, asker: Asker, limits: Sequence[Limit], now: dt.datetime) -> Admission:
        """Decide whether `asker` may ask under all `limits`; the server's time replaces `now`."""
        key = AskerKey(self._name, asker[0], asker[1] or 0)
        self._asked += 1
        async with self._database.write() as connection:
            known = await find_admissions(connection, key)
            admission, kept = decide_admission(known, limits, known.now)
            await write_admissions(connection, key, kept)
            if not self._asked % _TIDIED_EACH:
                await forget_admissions(connection, before=known.now - KEPT)
        return admission


def limiter_for(services: Services, name: str) -> RequestLimiter | SharedRequestLimiter:
    """Return the limiter of the requests called `name`: of this process, or shared by all."""
    return SharedRequestLimiter(services.database, name) if services.shares_chats else RequestLimiter()
