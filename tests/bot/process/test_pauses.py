"""The interpreter's own pauses while the bot runs."""

import gc
import sys
from collections.abc import Iterator

import pytest

from bot.process.lifetime import shorten_pauses


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    turn, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(turn)
    gc.set_threshold(*thresholds)


def test_what_is_loaded_is_passed_over_by_later_collections_and_garbage_is_still_found() -> None:
    before, loaded = gc.get_freeze_count(), [[] for _ in range(1_000)]
    shorten_pauses()
    assert gc.get_freeze_count() > before + len(loaded)
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.isenabled()
    assert gc.collect() > 0


def test_full_collections_come_less_often_than_by_default() -> None:
    young, middle, old = gc.get_threshold()
    shorten_pauses()
    assert gc.get_threshold()[0] > young
    assert gc.get_threshold()[0] * gc.get_threshold()[1] * gc.get_threshold()[2] > young * middle * old


def test_a_thread_that_computes_gives_way_soon() -> None:
    shorten_pauses()
    assert sys.getswitchinterval() <= 0.001
