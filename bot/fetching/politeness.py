"""Politeness to hosts: one request at a time, pauses, and the rules of robots.txt."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from protego import Protego

from bot.fetching.dialling import Target
from bot.fetching.responses import FetchError
from bot.times.clock import Clock
from storage.off_loop import INTAKE

# Waits are in monotonic seconds: a wall clock that is set back must not lengthen them.
GAP = dt.timedelta(seconds=2)
LONGEST_GAP = dt.timedelta(minutes=1)
_MOST_REMEMBERED = 2_000


@dataclass(slots=True)
class _Host:
    free_at: float  # in seconds of `Clock.elapsed`
    gap: dt.timedelta = GAP
    waiting: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hosts:
    """When each host may be asked again, by authority (`bao.example`, `127.0.0.1:8080`)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, authority: str) -> AsyncIterator[None]:
        """Wait for the host's turn, and keep it during the block."""
        host = self._find(authority)
        host.waiting += 1
        try:
            async with host.lock:
                while (wait := host.free_at - self._clock.elapsed()) > 0:
                    await self._clock.sleep(wait)
                try:
                    yield
                finally:
                    host.free_at = max(host.free_at, self._clock.elapsed() + host.gap.total_seconds())
        finally:
            host.waiting -= 1

    def slow_down(self, authority: str, gap: dt.timedelta) -> None:
        """Pause `gap` after each request, at least the usual and at most a minute."""
        self._find(authority).gap = min(max(gap, GAP), LONGEST_GAP)

    def rest(self, authority: str, seconds: float) -> None:
        """Send this host no request for so many seconds."""
        host = self._find(authority)
        host.free_at = max(host.free_at, self._clock.elapsed() + seconds)

    def seconds_to_wait(self, authority: str) -> float:
        """Return for how many seconds a host may not be asked yet."""
        host = self._hosts.get(authority)
        return max(0.0, host.free_at - self._clock.elapsed()) if host else 0.0

    def _find(self, authority: str) -> _Host:
        if authority not in self._hosts and len(self._hosts) >= _MOST_REMEMBERED:
            now = self._clock.elapsed()
            self._hosts = {
                name: host for name, host in self._hosts.items() if host.waiting or host.free_at > now
            }
        return self._hosts.setdefault(authority, _Host(self._clock.elapsed()))


AGENT = "diemtin"
MOST_BYTES = 500_000  # Source: RFC 9309, 2.5: at least so much must be read
_KEPT = dt.timedelta(days=1)
_KEPT_UNREACHABLE = dt.timedelta(minutes=30)
_MOST_RULES_REMEMBERED = 1_000
_OF_THE_HOST = ("address", "private", "dns", "connection", "tls", "timeout")  # failed: the host itself
Ask = Callable[[Target, Target | None], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one host. `parsed` is None if it has none; `error` is why they could not be fetched."""

    until: float  # in seconds of `Clock.elapsed`
    parsed: Protego | None = None
    error: FetchError | None = None


class Robots:
    """The robots.txt rules of each host, fetched once a day.

    `ask` fetches an address; its second argument is an address whose host and port may be private.
    """

    def __init__(self, clock: Clock, ask: Ask) -> None:
        self._clock = clock
        self._ask = ask
        self._rules: dict[str, _Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def check(self, target: Target, robots: Target, *, private: Target | None) -> dt.timedelta | None:
        """Return the pause that the host wants between requests, if its rules at `robots` name one.

        Raises:
            FetchError: `target` may not be read, or the rules cannot be fetched.
        """
        rules = await self._find(robots, private)
        if rules.error is not None:
            raise rules.error
        if (parsed := rules.parsed) is None:
            return None
        if not await INTAKE.run(parsed.can_fetch, target.url, AGENT):
            raise FetchError("robots")
        delay = parsed.crawl_delay(AGENT)
        return dt.timedelta(seconds=min(delay, 3600)) if delay and delay > 0 else None

    async def _find(self, robots: Target, private: Target | None) -> _Rules:
        root = robots.root
        lock = self._asking.setdefault(root, asyncio.Lock())
        try:
            async with lock:
                found = self._rules.get(root)
                if found is None or found.until <= self._clock.elapsed():
                    found = await self._learn(robots, private)
                    if len(self._rules) >= _MOST_RULES_REMEMBERED:
                        self._rules.pop(next(iter(self._rules)))  # the oldest
                    self._rules.pop(root, None)
                    self._rules[root] = found
        finally:
            if not lock.locked():
                self._asking.pop(root, None)
        return found

    async def _learn(self, robots: Target, private: Target | None) -> _Rules:
        try:
            text = await self._ask(robots, private)
        except FetchError as error:
            if error.code in ("missing", "gone", "refused"):  # Source: RFC 9309, 2.3.1.3: 4xx, all is allowed
                return _Rules(self._clock.elapsed() + _KEPT.total_seconds())
            return _Rules(self._clock.elapsed() + _KEPT_UNREACHABLE.total_seconds(), error=_of_robots(error))
        parsed = await INTAKE.run(Protego.parse, text.decode(errors="replace"))
        return _Rules(self._clock.elapsed() + _KEPT.total_seconds(), parsed)


def _of_robots(error: FetchError) -> FetchError:
    """Return the error with robots.txt named, unless the host itself could not be reached."""
    if error.code in _OF_THE_HOST:
        return error
    detail = f"robots.txt: {error.detail}" if error.detail else "robots.txt"
    return FetchError(error.code, detail, wait_seconds=error.wait_seconds)
