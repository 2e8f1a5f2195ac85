"""The composed form, in time that grows with the text."""

import unicodedata

from summarizer.text import repair
from summarizer.text.repair import composed, has_excess_marks


def test_the_blocks_that_are_passed_over_hold_no_mark() -> None:
    without = (chr(code) for code in range(0x20D0) if repair._WITHOUT_MARKS.fullmatch(chr(code)))
    assert [char for char in without if unicodedata.combining(char)] == []


def test_only_a_run_of_marks_that_no_language_needs_is_cut() -> None:
    assert not has_excess_marks("Việt Nam, \u0300 Vie\u0302\u0323t Nam")
    assert composed("Vie\u0302\u0323t") == "Việt"
    assert has_excess_marks("Hà Nội a" + 31 * "\u0300")
    assert len(composed("a" + 100 * "\u0301")) == 30
