"""A clock that a test sets by hand."""

import asyncio
import datetime as dt
import heapq
import itertools

from bot.times.clock import Clock


class ManualClock(Clock):
    """A clock that stands still until `advance`. It belongs to one event loop."""

    def __init__(self, start: dt.datetime) -> None:
        super().__init__(start)
        self._first = self._start
        self._order = itertools.count()  # sleepers of one moment wake first come, first served
        self._sleepers: list[tuple[dt.datetime, int, asyncio.Future[None]]] = []

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        return self._start

    def elapsed(self) -> float:
        """Return the seconds that were advanced."""
        return (self._start - self._first).total_seconds()

    def real_seconds(self, simulated_seconds: float) -> float:
        """Return 0: nothing here waits for the machine."""
        return 0.0

    async def sleep(self, simulated_seconds: float) -> None:
        """Wait until `advance` has passed the end; for no time at all, only let others run once."""
        if simulated_seconds <= 0:
            await asyncio.sleep(0)
            return
        end = self._start + dt.timedelta(seconds=simulated_seconds)
        waiting = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (end, next(self._order), waiting))
        await waiting

    async def advance(self, seconds: float) -> None:
        """Move the clock forward, waking each sleeper at its own moment to run up to its next wait.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        end = self._start + dt.timedelta(seconds=seconds)
        while self._sleepers and self._sleepers[0][0] <= end:
            self._start, _, waiting = heapq.heappop(self._sleepers)
            if not waiting.done():  # cancelled meanwhile
                waiting.set_result(None)
                await asyncio.sleep(0)
        self._start = end
