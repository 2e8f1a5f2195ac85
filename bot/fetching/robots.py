"""robots.txt: what a host lets programs read. Asked once a day and host; nothing is read against it."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protego import Protego

from bot.fetching.addresses import Target
from bot.fetching.errors import FetchError
from bot.threads import INTAKE
from bot.times.clock import Clock

AGENT = "diemtin"
MOST_BYTES = 500_000  # Source: RFC 9309, 2.5: at least so much must be read
_KEPT = dt.timedelta(days=1)
_KEPT_UNREACHABLE = dt.timedelta(minutes=30)
_MOST_REMEMBERED = 1_000
Ask = Callable[[Target, Target | None], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class _Rules:
    """`parsed` is None where a host has none; `error` is why they could not be had."""

    until: float  # in seconds of `Clock.elapsed`
    parsed: Protego | None = None
    error: FetchError | None = None


class Robots:
    """The rules of each host.

    `ask` returns the text at an address, given the address whose host and port may lie inside.
    """

    def __init__(self, clock: Clock, ask: Ask) -> None:
        self._clock = clock
        self._ask = ask
        self._rules: dict[str, _Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def check(self, target: Target, robots: Target, *, private: Target | None) -> dt.timedelta | None:
        """Return the pause that the host wants between requests, if its rules at `robots` name one.

        Raises:
            FetchError: `target` may not be read, or the rules cannot be had: then nothing may.
        """
        rules = await self._find(robots, private)
        if rules.error is not None:
            raise rules.error
        if rules.parsed is None:
            return None
        parsed = rules.parsed
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
                    self._remember(root, found)
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

    def _remember(self, root: str, rules: _Rules) -> None:
        if len(self._rules) >= _MOST_REMEMBERED:
            self._rules.pop(next(iter(self._rules)))  # the one learnt longest ago
        self._rules.pop(root, None)
        self._rules[root] = rules


def _of_robots(error: FetchError) -> FetchError:
    detail = f"robots.txt: {error.detail}" if error.detail else "robots.txt"
    return FetchError(error.code, detail, wait_seconds=error.wait_seconds)
