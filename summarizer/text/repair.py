"""Repair scraped text so that equal words are equal, and map places back to the original text.

None of the repairs changes a word as a reader sees it. Intake removes markup and entities; `syllables` places
tones, for comparing only. Most text needs no repair and is only checked.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Unicode's composed form (NFC) in time that grows with the text, whatever was written.
#
# `unicodedata.normalize` sorts the marks on a letter by inserting each among those before it: a letter
# with 30,000 marks takes seconds. So only the first marks of a run are kept. Source: Unicode Standard
# Annex 15, 13 ("Stream-Safe Text Format"), which finds no letter of any language with more than 30.

_MARKS_COMPOSED = 30
# Blocks that hold no mark. Composed Vietnamese needs no others, and this check is far faster than the search
# for a run of marks.
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
    """Return a pattern that finds the marks beyond the 30th of each run."""
    return re.compile(f"(?<=[{_marks()}]{{{_MARKS_COMPOSED}}})[{_marks()}]+")


@cache
def _long_run() -> re.Pattern[str]:
    return re.compile(f"[{_marks()}]{{{_MARKS_COMPOSED + 1}}}")


@cache
def _marks() -> str:
    """Return the code points that normalising reorders, as ranges of a set."""
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_INVISIBLES = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters (PostgreSQL refuses NUL)
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # joiners, bidi
    "\ud800-\udfff\U000e0000-\U000e007f"  # lone surrogates (no encoding takes them), tags
)
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_ODD_SPACES = (
    "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u3164"
)
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARKS_KEPT = 3  # Vietnamese needs two (ế); "zalgo" text stacks dozens

_INVISIBLE = re.compile(f"[{_INVISIBLES}]+")
_BEFORE_LINE_FEED = re.compile("\r(?=\n)")
_EXCESS_MARKS = re.compile(f"(?<=[{_MARKS}]{{{_MARKS_KEPT}}})[{_MARKS}]+")
_SUSPECT = re.compile(f"[{_INVISIBLES}{_BREAKS}{_ODD_SPACES}Ðð{_MARKS}]")
_STAND_INS = str.maketrans(_BREAKS + _ODD_SPACES + "Ðð", "\n" * len(_BREAKS) + " " * len(_ODD_SPACES) + "Đđ")

_Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text; its character i came from code points `origins[i]` to `ends[i]` of the raw text."""

    text: str
    origins: Sequence[int] | _Places
    ends: Sequence[int] | _Places

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a half-open span of `text` back to the raw text; what was dropped around it stays outside.

        >>> repair("\\u200bHa\\u0300 Nội.\\r\\n").span(0, 7)
        (1, 9)
        """
        if start < end:
            return int(self.origins[start]), int(self.ends[end - 1])
        at = self.origins[start] if start < len(self.text) else (self.ends[-1] if len(self.ends) else 0)
        return int(at), int(at)


def repair(raw: str) -> Repaired:
    """Return `raw` in NFC, with true đ, plain spaces and line feeds, and nothing invisible.

    >>> repair("Ðà Nẵng\\xa0mưa\\u200b lớn").text
    'Đà Nẵng mưa lớn'
    """
    if _SUSPECT.search(raw) is None and not has_excess_marks(raw) and unicodedata.is_normalized("NFC", raw):
        return Repaired(raw, range(len(raw)), range(1, len(raw) + 1))
    places = np.arange(len(raw), dtype=np.int64)
    # The order matters: a mark composes with its letter once nothing invisible parts them.
    repaired = _without(_INVISIBLE, Repaired(raw, places, places + 1))
    repaired = _without(_BEFORE_LINE_FEED, repaired)
    repaired = Repaired(repaired.text.translate(_STAND_INS), repaired.origins, repaired.ends)
    return _without(_EXCESS_MARKS, _composed(repaired))


def _without(pattern: re.Pattern[str], repaired: Repaired) -> Repaired:
    keep = np.ones(len(repaired.text), bool)
    for found in pattern.finditer(repaired.text):
        keep[found.start() : found.end()] = False
    if keep.all():
        return repaired
    return Repaired(
        pattern.sub("", repaired.text), np.asarray(repaired.origins)[keep], np.asarray(repaired.ends)[keep]
    )


def _composed(repaired: Repaired) -> Repaired:
    """Compose letters and marks (NFC): the k-th letter with its marks stays the k-th."""
    if has_excess_marks(repaired.text):
        repaired = _without(excess_marks(), repaired)
    text = unicodedata.normalize("NFC", repaired.text)
    if text == repaired.text:
        return repaired
    firsts = np.flatnonzero(_begins_cluster(repaired.text))
    lasts = np.append(firsts[1:], len(repaired.text)) - 1
    cluster = np.cumsum(_begins_cluster(text)) - 1
    return Repaired(
        text, np.asarray(repaired.origins)[firsts[cluster]], np.asarray(repaired.ends)[lasts[cluster]]
    )


def _begins_cluster(text: str) -> NDArray[np.bool_]:
    """Tell which code points do not combine with the one before them, (n,)."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    attaching = _attaching()
    begins = ~attaching[np.minimum(codes, len(attaching) - 1)]
    begins[:1] = True
    return begins


@cache
def _attaching() -> NDArray[np.bool_]:
    """Tell which code points NFC may combine with the one before; the last entry is for all beyond."""
    table = np.zeros(0x1F000, bool)
    # Left out: CJK ideographs and Hangul syllables, which never combine with the code point before them.
    chars = [
        *map(chr, range(0x300, 0x3400)),
        *map(chr, range(0xA000, 0xAC00)),
        *map(chr, range(0xD7A4, 0x1EFFF)),
    ]
    table[[ord(char) for char in chars if unicodedata.combining(char)]] = True
    for char in filter(unicodedata.decomposition, chars):
        parts = unicodedata.decomposition(char)
        table[ord(char)] |= unicodedata.combining(unicodedata.normalize("NFD", char)[0]) > 0
        if " " in parts and not parts.startswith("<"):
            table[int(parts.split()[1], 16)] = True
    table[0x1161:0x1176] = table[0x11A8:0x11C3] = True  # Hangul jamo
    return table
