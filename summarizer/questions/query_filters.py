"""Filters typed into a question: `nguon:tuoitre`, `chủ đề:"thể thao"`.

What a name stands for, the caller knows; `comparable` helps to compare.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from summarizer.text.syllables import folded

_MOST = 5  # names of a kind
_NAME = re.compile(r'[^\s",;:]+(?: [^\s",;:]+){1,5}')
LEAST_OF_A_NAME = 4  # letters of a long name that are enough to tell it
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


def with_whole_names(text: str, sources: Collection[str], topics: Collection[str]) -> str:
    """Return `text` with quotes around names of several words that are those, or parts, of known ones.

    >>> with_whole_names("nguon:kinh tế hải bão", ["Kinh tế Hải Cảng"], [])
    'nguon:"kinh tế hải" bão'
    """
    papers, subjects = list(map(comparable, sources)), list(map(comparable, topics))
    done, at = "", 0
    for found in _FILTER.finditer(text):
        if found["plain"] is None or found.start() < at:
            continue
        known = papers if found["source"] else subjects
        start, end = found.start("plain"), _end_of_name(text, found.start("plain"), known)
        if end > found.end("plain"):
            done, at = f'{done}{text[at:start]}"{text[start:end]}"', end
    return done + text[at:]


def _end_of_name(text: str, start: int, known: Sequence[str]) -> int:
    """Return where the longest run of words from `start` ends that stands in a known name."""
    run = _NAME.match(text, start)
    words = run.group().split(" ") if run else []
    for size in range(len(words), 1, -1):
        name = " ".join(words[:size])
        sought = comparable(name)
        if len(sought) >= LEAST_OF_A_NAME and any(sought in each for each in known):
            return start + len(name)
    return start


def comparable(name: str) -> str:
    """Return `name` in the form in which typed names of sources and topics are equal.

    >>> comparable("Tuổi Trẻ") == comparable("tuoi-tre")
    True
    """
    return "".join(letter for letter in folded(name) if letter.isalnum())
