"""The program's one clock: the machine's, or one that starts elsewhere and runs faster."""

import asyncio
import datetime as dt
import heapq
import itertools
import time


class Clock:
    """The machine's clock; with a `start` or a `rate`, a simulated one.

    A simulated clock shows `start` (aware; default: now) when made and runs `rate` seconds a second. It
    follows the monotonic clock, so that a step of the machine's clock does not reach it.
    """

    def __init__(self, start: dt.datetime | None = None, rate: float = 1.0) -> None:
        if not rate > 0:
            raise ValueError("a clock's rate must be positive")
        if start is not None and start.tzinfo is None:
            raise ValueError("a clock starts at an aware moment")
        self.is_simulated = (
            start is not None or rate != 1.0
        )  # whether it shows another time than the machine's
        self._start = (start or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
        self._rate = rate
        self._made_at = time.monotonic()
        # What it shows beyond the machine's clock, unless simulated: to agree with a clock shared by several.
        self.ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        if not self.is_simulated:
            return self.machine_now() + self.ahead
        return self._start + dt.timedelta(seconds=self.elapsed())

    def machine_now(self) -> dt.datetime:
        """Return the moment by the machine's own clock, in UTC."""
        return dt.datetime.now(dt.UTC)

    def elapsed(self) -> float:
        """Return seconds that only grow, for waits: a step of the machine's wall clock changes nothing."""
        return (time.monotonic() - self._made_at) * self._rate

    def real_seconds(self, simulated_seconds: float) -> float:
        """Return how long the machine must wait for `simulated_seconds` to pass here."""
        return simulated_seconds / self._rate

    def simulated_seconds(self, real_seconds: float) -> float:
        """Return how long `real_seconds` of the machine, or of another server, are here."""
        return real_seconds * self._rate

    async def sleep(self, simulated_seconds: float) -> None:
        """Wait until `simulated_seconds` have passed here."""
        await asyncio.sleep(self.real_seconds(max(0.0, simulated_seconds)))


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
