"""Measure how the time of a step grows with the length of its text, in CPU time of this thread."""

import gc
import time
from collections.abc import Callable

FLOOR_SECONDS = 0.025  # what takes less is fast enough, and too short to tell its growth
MOST_GROWTH = 10.0  # times, where the text is four times as long; a quadratic step takes 16 times
_REPEATS = 3
_FIRST_LENGTH = 128  # short, so that a step of a high power is seen and not waited for


def seconds(step: Callable[[], object]) -> float:
    """Return how long `step` computes.

    The collector of cyclic garbage is off meanwhile: it looks at all that the whole test run holds.
    """
    gc.collect(0)
    gc.disable()
    try:
        started = time.thread_time()
        step()
        return time.thread_time() - started
    finally:
        gc.enable()


def find_growth(step: Callable[[str], object], text: Callable[[int], str], longest: int) -> str | None:
    """Describe a growth worse than linear on texts of up to `longest` characters, None without one."""
    length = _FIRST_LENGTH
    while True:
        if (growth := _growth_at(step, text, length)) is not None:
            return growth
        if length >= longest:
            return None
        length = min(longest, length * 4)


def _growth_at(step: Callable[[str], object], text: Callable[[int], str], length: int) -> str | None:
    long, short = text(length), text(length // 4)
    took = seconds(lambda: step(long))
    if took < FLOOR_SECONDS:
        return None
    if took < 1:
        took = min(took, *(seconds(lambda: step(long)) for _ in range(_REPEATS - 1)))
    before = min(seconds(lambda: step(short)) for _ in range(_REPEATS))
    if took < FLOOR_SECONDS or took <= MOST_GROWTH * before:
        return None
    return f"{length} characters take {took:.3f} s, a quarter of them {before:.4f} s"
