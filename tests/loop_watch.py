"""Watch how long each step of an event loop keeps it busy, in CPU time of the loop's thread.

CPU time and not the clock: on a busy machine a step may stand still for longer than it works. Set the
variable `DIEMTIN_LOOP_HOLDS` to a file's path, and every test adds a line to it: its longest step in
milliseconds, the test, and what ran.

    DIEMTIN_LOOP_HOLDS=holds.tsv pytest -n 2; sort -rn holds.tsv | head
"""

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Hold:
    """A step of the loop: the seconds of CPU it took, and what ran."""

    seconds: float
    what: str


@dataclass(slots=True)
class Holds:
    """What was seen: the longest step, and every one above `limit_seconds`."""

    limit_seconds: float
    longest: Hold = Hold(0.0, "nothing")
    over: list[Hold] = field(default_factory=list)

    def add(self, seconds: float, handle: asyncio.Handle) -> None:
        """Note a step."""
        if seconds > min(self.longest.seconds, self.limit_seconds):
            hold = Hold(seconds, _what(handle))
            self.longest = max(self.longest, hold)
            if seconds > self.limit_seconds:
                self.over.append(hold)


class _Collecting(threading.local):
    """The seconds of CPU that the collector of garbage took of this thread."""

    begun = 0.0
    seconds = 0.0

    def note(self, phase: str, _: dict[str, int]) -> None:
        """Be told of a collection, by `gc.callbacks`."""
        if phase == "start":
            self.begun = time.thread_time()
        else:
            self.seconds += time.thread_time() - self.begun


@contextmanager
def watched_loop(limit_seconds: float = 0.05) -> Iterator[Holds]:
    """Watch every step that any loop takes meanwhile.

    Collections of garbage do not count: they pass over the objects of all tests before, and the bot keeps its
    own short (`shorten_pauses`).
    """
    holds, collecting = Holds(limit_seconds), _Collecting()
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time() - collecting.seconds
        run(handle)
        holds.add(time.thread_time() - collecting.seconds - begun, handle)

    gc.callbacks.append(collecting.note)
    asyncio.Handle._run = timed  # type: ignore[method-assign] - the one place every step passes through
    try:
        yield holds
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign] - as it was
        gc.callbacks.remove(collecting.note)


def _what(handle: asyncio.Handle) -> str:
    """Name the task and the place where it waits now, or the callback."""
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return repr(handle._callback)
    stack = task.get_stack(limit=1)
    at = f"{stack[0].f_code.co_filename}:{stack[0].f_lineno}" if stack else "its end"
    return f"{task.get_coro().__qualname__} before {at}"  # type: ignore[union-attr] - a coroutine has a name
