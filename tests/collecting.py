"""Hooks of the collection: it costs little, and the tests that last long come first."""

import gc

import pytest


def pytest_collection() -> None:
    """Collect no garbage while thousands of tests are collected: there is none, and looking takes seconds."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that last long, the longest first.

    They mostly wait, so the processors are free for the tests of the other workers meanwhile. If one began
    near the end, the other workers would have nothing left to do.
    """
    items.sort(key=_lasting_seconds, reverse=True)  # stable: the others stay in their order


def _lasting_seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("lasts")
    return float(mark.kwargs["seconds"]) if mark else 0.0


def pytest_collection_finish() -> None:
    """Collect garbage again, but never look at the tests themselves, which stay till the end."""
    gc.freeze()
    gc.enable()
