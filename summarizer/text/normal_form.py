"""Unicode's composed form (NFC) in time that grows with the text, whatever was written.

`unicodedata.normalize` sorts the marks on a letter by inserting each among those before it: a letter with
30,000 marks takes seconds. So only the first marks of a run are kept. Source: Unicode Standard Annex 15, 13
("Stream-Safe Text Format"), which finds no letter of any language with more than 30.
"""

import re
import unicodedata
from functools import cache

_MARKS_KEPT = 30
# Blocks without any mark, in which composed Vietnamese is written: to see that is far faster than to look for
# a run of marks.
_WITHOUT_MARKS = re.compile("[\x00-\u02ff\u1e00-\u20cf]*+")


def composed(text: str) -> str:
    """Return `text` in NFC, without the marks of a letter beyond the 30th.

    >>> composed("Hạ") == "Hạ"
    True
    """
    return unicodedata.normalize("NFC", excess_marks().sub("", text) if has_excess_marks(text) else text)


def has_excess_marks(text: str) -> bool:
    """Tell whether some letter has more marks than any language needs."""
    return _WITHOUT_MARKS.fullmatch(text) is None and _long_run().search(text) is not None


@cache
def excess_marks() -> re.Pattern[str]:
    """Return a pattern that finds what is too much of each run of marks."""
    return re.compile(f"(?<=[{_marks()}]{{{_MARKS_KEPT}}})[{_marks()}]+")


@cache
def _long_run() -> re.Pattern[str]:
    return re.compile(f"[{_marks()}]{{{_MARKS_KEPT + 1}}}")


@cache
def _marks() -> str:
    """Return the code points that normalising moves about, as ranges of a set."""
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
