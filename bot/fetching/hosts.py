"""Manners towards hosts: one request at a time, a pause after each, and rest where one is asked for."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.times.clock import Clock

# Waits are counted in seconds that only grow: a wall clock that is set back must not silence a host.
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
    """Who was asked when, by authority (`bao.example`, `127.0.0.1:8080`)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, authority: str) -> AsyncIterator[None]:
        """Wait for one's turn with a host, and keep it for the length of the block."""
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
        """Ask this host nothing for so long."""
        host = self._find(authority)
        host.free_at = max(host.free_at, self._clock.elapsed() + seconds)

    def seconds_to_wait(self, authority: str) -> float:
        """Return how long a host still wants to be left alone."""
        host = self._hosts.get(authority)
        return max(0.0, host.free_at - self._clock.elapsed()) if host else 0.0

    def _find(self, authority: str) -> _Host:
        if authority not in self._hosts and len(self._hosts) >= _MOST_REMEMBERED:
            now = self._clock.elapsed()
            self._hosts = {
                name: host for name, host in self._hosts.items() if host.waiting or host.free_at > now
            }
        return self._hosts.setdefault(authority, _Host(self._clock.elapsed()))
