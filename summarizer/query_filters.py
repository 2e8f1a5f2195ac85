"""Filters typed into a question: `nguon:tuoitre`, `chủ đề:"thể thao"`.

What a name stands for, the caller knows; `comparable` helps to compare.
"""

import re
from dataclasses import dataclass

from summarizer.syllables import folded

_MOST = 5  # names of a kind
_FILTER = re.compile(
    r"(?<!\S)(?:(?P<source>ngu[oồ]n)|ch[uủ] ?(?:d|đ)[eề]):"
    r' ?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s",;]+))[,;]?',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A question without its filters, and the names after `nguon:` and `chude:` as typed."""

    rest: str
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def take_filters(text: str) -> Typed:
    """Take the filters out of `text`, which is one line in NFC with straight quotes.

    >>> take_filters('bão nguon:tuoitre chủ đề:"thể thao"')
    Typed(rest='bão', sources=('tuoitre',), topics=('thể thao',))
    """
    sources: dict[str, str] = {}
    topics: dict[str, str] = {}
    for found in _FILTER.finditer(text):
        name = (found["phrase"] or found["plain"] or "").strip()
        if comparable(name):
            (sources if found["source"] else topics).setdefault(comparable(name), name)
    rest = " ".join(_FILTER.sub(" ", text).split())
    return Typed(rest, tuple(sources.values())[:_MOST], tuple(topics.values())[:_MOST])


def comparable(name: str) -> str:
    """Return `name` in the form in which typed names of sources and topics are equal.

    >>> comparable("Tuổi Trẻ") == comparable("tuoi-tre")
    True
    """
    return "".join(letter for letter in folded(name) if letter.isalnum())
