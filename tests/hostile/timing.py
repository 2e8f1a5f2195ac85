"""Measure how the time of a step grows with the length of its text, in CPU time of this thread."""

import gc
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise

FLOOR_SECONDS = 0.025  # what takes less is fast enough, and too short to tell its growth
MOST_GROWTH = 10.0  # times, where the text is four times as long; a quadratic step takes 16 times
_REPEATS = 3
_SURE_GROWTH = 6.0  # a linear step takes four times as long; this little needs no second measure
_FIRST_LENGTH = 256  # short, so that a step of a high power is seen and not waited for


def seconds(step: Callable[[], object]) -> float:
    """Return how long `step` computes.

    The collector of cyclic garbage is off meanwhile: it looks at all that the whole test run holds.
    """
    gc.disable()
    try:
        started = time.thread_time()
        step()
        return time.thread_time() - started
    finally:
        gc.enable()


def find_growth(step: Callable[[str], object], text: Callable[[int], str], longest: int) -> str | None:
    """Describe a growth worse than linear on texts of up to `longest` characters, None without one.

    A step that is fast at the greatest length is fast at all; the lengths in between are left out then.
    """
    lengths = [longest]
    while lengths[0] > _FIRST_LENGTH:
        lengths.insert(0, lengths[0] // 4)

    @cache
    def took(length: int) -> float:
        long = text(length)
        return seconds(lambda: step(long))

    if all(took(length) <= FLOOR_SECONDS for length in (lengths[0], *lengths[-3:-2], longest)):
        return None
    for shorter, length in pairwise([0, *lengths]):
        sure = _SURE_GROWTH * took(shorter) if shorter else 0.0
        if took(length) > max(FLOOR_SECONDS, sure):
            growth = _growth_at(step, text, length, took(length))
            if growth is not None:
                return growth
    return None


def _growth_at(
    step: Callable[[str], object], text: Callable[[int], str], length: int, took: float
) -> str | None:
    """Measure again and again, here and at a quarter of the length, and compare the shortest times."""
    long, short = text(length), text(length // 4)
    if took < 1:
        took = min(took, *(seconds(lambda: step(long)) for _ in range(_REPEATS - 1)))
    before = min(seconds(lambda: step(short)) for _ in range(_REPEATS))
    if took < FLOOR_SECONDS or took <= MOST_GROWTH * before:
        return None
    return f"{length} characters take {took:.3f} s, a quarter of them {before:.4f} s"
