"""Every regular expression of the packages takes time in proportion to the text, whatever a stranger wrote.

A pattern that is worse must only be applied to a few characters: it stands in `BOUNDED` with their number.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.patterns import Applied, applied_patterns, unread_patterns
from tests.hostile.texts import against, generic
from tests.hostile.timing import find_growth

LONGEST, LONGEST_OF_ALL = 16_384, 262_144
PARTS = 8  # so that several processes share the work
BOUNDED = {  # pattern: the most characters that it is applied to
    "summarizer.facts.numbers._WORD_BEFORE": 24,
    "summarizer.facts.numbers._OPENS_SENTENCE": 40,
    "summarizer.questions.typing_errors._TONE_KEY": 20,
    "summarizer.stories.leads._OPENS": 3,
    "summarizer.stories.leads._SCORE": 20,
    "summarizer.text.boilerplate._BETWEEN_NAMES": 300,
    "summarizer.text.sentences._LAST_WORD": 16,
}


def applying(applied: Applied, method: str) -> Callable[[str], object]:
    """Return a function that applies the pattern to a text and goes through all that is found."""
    is_bytes = isinstance(applied.pattern.pattern, bytes)
    call = getattr(applied.pattern, method)

    def apply(text: str) -> object:
        given: Any = text.encode("utf-8", "surrogatepass") if is_bytes else text
        if method in ("sub", "subn"):
            return call(b"" if is_bytes else "", given)
        found = call(given)
        return deque(found, maxlen=0) if method == "finditer" else found

    return apply


def superlinear(applied: Applied, longest: int) -> list[str]:
    """Return on which texts, and by which method, the time grows faster than the text."""
    longest = min(longest, BOUNDED.get(applied.where, longest))
    texts = [*generic(), *against(applied.pattern)]
    return [
        f"{applied.where}.{method} on {name}: {growth}"
        for method in applied.methods
        for name, text in texts
        if (growth := find_growth(applying(applied, method), text, longest))
    ][:3]


def test_every_pattern_of_the_packages_is_seen() -> None:
    assert unread_patterns() == []
    assert len(applied_patterns()) > 200
    assert set(BOUNDED) <= {applied.where for applied in applied_patterns()}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_takes_more_than_linear_time(part: int) -> None:
    patterns = applied_patterns()[part::PARTS]
    assert [found for applied in patterns for found in superlinear(applied, LONGEST)] == []


@pytest.mark.faults
@pytest.mark.timeout(1_800)
def test_no_pattern_takes_more_than_linear_time_on_long_texts() -> None:
    assert [found for applied in applied_patterns() for found in superlinear(applied, LONGEST_OF_ALL)] == []
