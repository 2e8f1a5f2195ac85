"""The program's one clock: the machine's, or one that starts elsewhere and runs faster."""

import asyncio
import datetime as dt
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
