"""Drop lines of an article's body that are not prose, and keep the byline and source that they name.

There is one small function for each kind of line. It takes and returns lines, which keep their place in the
original body. `boilerplate` judges a line by itself; this module also uses its neighbours, its copies and the
head of the article. Subheads stay, because they separate paragraphs; `is_subhead` keeps them out of
summaries. `repair` repairs characters.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from summarizer.text.boilerplate import (
    ends_as_sentence,
    find_source,
    heads_related_links,
    is_advertorial_mark,
    is_boilerplate,
    is_byline,
    is_caption,
    is_related_link,
    without_credit,
)
from summarizer.text.sentences import LINE, split
from summarizer.text.syllables import syllables

MOST_CHARACTERS = 200_000  # of a text that are read: far beyond the longest report
_BRACKETS = re.compile(r"\A[(\[]([^()\[\]]*)[)\]]\.?\Z")
_LONG_PROSE = 60  # syllables; a repeated line of this length is prose pasted twice, not a caption
_LONG_LINE = 1_500  # characters; longer lines are copies only if all characters agree, which is faster
_INITIALS = re.compile(r"[^\w\n]{0,9}(\w)\w*+\W+(\w)\w*+\W+(\w)")  # of the first three words
_ADDED = 200  # characters that a dateline and a credit may add to a repeated text
_DATELINE = 4  # syllables of an agency's name before a repeated sapo


class Line(NamedTuple):
    """A line of the body without surrounding blanks, and its code points there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines that are prose or subheads, and the byline and source from the others."""

    lines: tuple[Line, ...]
    byline: str | None = None
    source_name: str | None = None
    source_url: str | None = None
    advertorial: bool = False

    @property
    def text(self) -> str:
        """The kept lines joined by line feeds."""
        return "\n".join(line.text for line in self.lines)


def clean_body(body: str, *, title: str = "", sapo: str = "") -> Cleaned:
    """Return the prose of `body` (repaired text), its byline and source, and whether it is paid for.

    >>> body = "Nước lên nhanh.\\nẢnh: An Nhiên\\nTrần Bình\\nNguồn Tin Sáng: https://tinsang.example/1"
    >>> cleaned = clean_body(body, title="Lũ về")
    >>> cleaned.text, cleaned.byline, cleaned.source_name, cleaned.source_url
    ('Nước lên nhanh.', 'Trần Bình', 'Tin Sáng', 'https://tinsang.example/1')
    """
    lines = lines_of(body)
    advertorial = any(is_advertorial_mark(line.text) for line in lines)
    lines, source_name, source_url = _without_source(lines)
    # Copies first: a caption printed with and without its credit must go twice.
    lines = [line for line in _without_repeats(lines) if not is_boilerplate(line.text)]
    lines, byline = _without_byline(_without_related_links(lines))
    lines = _without_echoes(lines, title, sapo)
    lines, last = _without_byline(_without_captions(lines))  # a byline before a caption is last now
    return Cleaned(tuple(lines), byline or last, source_name, source_url, advertorial)


def is_subhead(text: str, tokens: Sequence[str] | None = None) -> bool:
    """Tell whether a line is a heading between paragraphs: short, without a full stop.

    `tokens` are its syllables, where the caller has them already.

    >>> is_subhead("Ba việc phải làm ngay"), is_subhead("Nước rút dần.")
    (True, False)
    """
    return not ends_as_sentence(text) and len(tokens or syllables(text)) <= 25


def lines_of(body: str) -> list[Line]:
    """Return the lines of `body` that are not blank, up to `MOST_CHARACTERS`."""
    return [Line(*found.span(), found.group()) for found in LINE.finditer(body, 0, MOST_CHARACTERS)]


def _without_source(lines: list[Line]) -> tuple[list[Line], str | None, str | None]:
    kept: list[Line] = []
    name = url = None
    for line in lines:
        if source := find_source(line.text):
            name, url = source[0] or name, source[1] or url
        else:
            kept.append(line)
    return kept, name, url


def _without_related_links(lines: list[Line]) -> list[Line]:
    """Drop links to other articles, and a heading of such links with the titles below it."""
    kept: list[Line] = []
    below_heading = False
    for line in lines:
        if is_related_link(line.text):
            below_heading = heads_related_links(line.text)
        elif not below_heading or ends_as_sentence(line.text):
            below_heading = False
            kept.append(line)
    return kept


def _without_byline(lines: list[Line]) -> tuple[list[Line], str | None]:
    """Drop up to three lines at the end that name the authors; the first of them is the byline."""
    cut = len(lines)
    while cut > 1 and len(lines) - cut < 3 and is_byline(lines[cut - 1].text):
        cut -= 1
    return lines[:cut], (_BRACKETS.sub(r"\1", lines[cut].text) if cut < len(lines) else None)


def _key(text: str) -> str:
    """Return a key that copies of a line share: its syllables, without a credit at its end."""
    return text if len(text) > _LONG_LINE else " ".join(syllables(without_credit(text)))


def _keys(texts: Sequence[str]) -> list[str]:
    """Return a key of each text; texts that cannot have a copy among the others get a cheaper key."""
    openings = [found and found.group(1, 2, 3) for found in map(_INITIALS.match, texts)]
    count = Counter(openings)
    found = zip(texts, openings, strict=True)
    return [text if opening and count[opening] == 1 else _key(text) for text, opening in found]


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Drop all copies of a short repeated line, which is a caption; keep the first copy of long prose."""
    if len(lines) < 2:
        return lines
    keys = _keys([line.text for line in lines])
    count = Counter(keys)
    scraped_twice = len(keys) > 4 and 2 * sum(count[key] > 1 for key in keys) > len(keys)
    seen: set[str] = set()
    kept = []
    for line, key in zip(lines, keys, strict=True):
        if key not in seen and (scraped_twice or count[key] == 1 or key.count(" ") >= _LONG_PROSE):
            kept.append(line)
        seen.add(key)
    return kept


def _without_echoes(lines: list[Line], title: str, sapo: str) -> list[Line]:
    """Drop lines that repeat the title, the sapo or a sentence of it, perhaps after a dateline."""
    longest = max(len(title), len(sapo)) + _ADDED
    if all(len(line.text) > longest for line in lines):
        return lines
    said = {_key(text) for text in (title, sapo, *(sapo[start:end] for start, end in split(sapo)))} - {""}
    return [line for line in lines if len(line.text) > longest or not _is_echo(_key(line.text), said)]


def _is_echo(key: str, said: set[str]) -> bool:
    for _ in range(_DATELINE + 1):
        if key in said:
            return True
        key = key.partition(" ")[2]
        if key.count(" ") <= _DATELINE:
            return False
    return False


def _without_captions(lines: list[Line]) -> list[Line]:
    """Drop captions printed once, unless no line would remain."""
    texts = ["", *(line.text for line in lines), ""]
    around = zip(lines, texts, texts[2:], strict=False)
    kept = [line for line, before, after in around if not is_caption(line.text, before=before, after=after)]
    return kept or lines
