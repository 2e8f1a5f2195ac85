"""Mend text as scraped so that equal words are equal, and keep the way back to the text as given.

Each repair is a pattern and what takes its place; none changes a word as a reader sees it. Markup and
entities are intake's business, tone placement is `syllables`' (it is for comparing only).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

_INVISIBLES = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters (PostgreSQL refuses NUL)
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # joiners, bidi
    "\ud800-\udfff\U000e0000-\U000e007f"  # lone surrogates (no encoding takes them), tags
)
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_ODD_SPACES = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164"
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARKS_KEPT = 3  # Vietnamese needs two (ế); "zalgo" text stacks dozens

_INVISIBLE = re.compile(f"[{_INVISIBLES}]")
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_ODD_SPACE = re.compile(f"[{_ODD_SPACES}]")
_ETH = re.compile("[Ðð]")
_EXCESS_MARKS = re.compile(f"(?<=[{_MARKS}]{{{_MARKS_KEPT}}})[{_MARKS}]+")
_SUSPECT = re.compile(f"[{_INVISIBLES}{_BREAKS}{_ODD_SPACES}Ðð{_MARKS}]")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A mended text; its character i came from code points `origins[i]` to `ends[i]` of the raw text."""

    text: str
    origins: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a half-open span of `text` back to the raw text; what was dropped around it stays outside.

        >>> repair("\\u200bHa\\u0300 Nội.\\r\\n").span(0, 7)
        (1, 9)
        """
        if start < end:
            return self.origins[start], self.ends[end - 1]
        at = self.origins[start] if start < len(self.text) else (self.ends[-1] if self.ends else 0)
        return at, at


def repair(raw: str) -> Repaired:
    """Return `raw` in NFC, with true đ, plain spaces and line feeds, and nothing invisible.

    >>> repair("Ðà Nẵng\\xa0mưa\\u200b lớn").text
    'Đà Nẵng mưa lớn'
    """
    mended = Repaired(raw, range(len(raw)), range(1, len(raw) + 1))
    if _SUSPECT.search(raw) is None and unicodedata.is_normalized("NFC", raw):
        return mended
    for pattern, mend in _repairs():
        mended = _replace(mended, pattern, mend)
    return mended


@cache
def _repairs() -> tuple[tuple[re.Pattern[str], Callable[[str], str]], ...]:
    # The order matters: a mark composes with its letter once nothing invisible parts them.
    return (
        (_INVISIBLE, _nothing),
        (_BREAK, _line_feed),
        (_ODD_SPACE, _space),
        (_ETH, _true_d),
        (_uncomposed(), _composed),
        (_EXCESS_MARKS, _nothing),
    )


def _nothing(_: str) -> str:
    return ""


def _line_feed(_: str) -> str:
    return "\n"


def _space(_: str) -> str:
    return " "


def _true_d(eth: str) -> str:
    return "Đ" if eth == "Ð" else "đ"


def _composed(letters: str) -> str:
    return unicodedata.normalize("NFC", letters)


def _uncomposed() -> re.Pattern[str]:
    """Return the pattern of what NFC can change: a letter with what attaches to it, or a deprecated one."""
    attaching, deprecated = [], []
    # Between are the CJK ideographs and the Hangul syllables, which stand alone; nothing beyond attaches.
    for code in (*range(0x300, 0x3400), *range(0xA000, 0xAC00), *range(0xD7A4, 0x1F000)):
        char = chr(code)
        parts = unicodedata.decomposition(char)
        first = unicodedata.normalize("NFD", char)[0] if parts else char
        if (
            unicodedata.combining(first) or 0x1161 <= code <= 0x1175 or 0x11A8 <= code <= 0x11C2
        ):  # Hangul jamo
            attaching.append(char)
        if parts and unicodedata.normalize("NFC", char) != char:
            deprecated.append(char)
        if " " in parts and not parts.startswith("<"):
            attaching.append(chr(int(parts.split()[1], 16)))
    deprecated += [chr(code) for code in range(0x2F800, 0x2FA1E)]  # CJK compatibility ideographs
    attached = "".join(map(re.escape, sorted(set(attaching))))
    return re.compile(f"(?s:.)[{attached}]+|[{''.join(map(re.escape, deprecated))}]")


def _replace(mended: Repaired, pattern: re.Pattern[str], mend: Callable[[str], str]) -> Repaired:
    pieces: list[str] = []
    origins: list[int] = []
    ends: list[int] = []
    done = 0
    for found in pattern.finditer(mended.text):
        start, end = found.span()
        new = mend(found.group())
        pieces += (mended.text[done:start], new)
        origins += mended.origins[done:start]
        origins += [mended.origins[start]] * len(new)
        ends += mended.ends[done:start]
        ends += [mended.ends[end - 1]] * len(new)
        done = end
    if not done:
        return mended
    origins += mended.origins[done:]
    ends += mended.ends[done:]
    return Repaired("".join(pieces) + mended.text[done:], origins, ends)
