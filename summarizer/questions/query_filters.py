"""Filters typed into a question: `nguon:tuoitre`, `chủ đề:"thể thao"`.

What a name stands for, the caller knows; `comparable` helps to compare.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from summarizer.text.syllables import folded

_MOST = 5  # names of a kind
_NAME = re.compile(r'[^\s",;:]+(?: [^\s",;:]+){1,5}')
_NEWS_OF = re.compile(r"(?:ban tin|tin tuc|tin moi|tin nong|tin)(?: ve)? (?P<topic>.+)")
LEAST_OF_A_NAME = 4  # letters of a long name that are enough to tell it
_FILTER = re.compile(
    r"(?<!\S)(?:(?P<source>ngu[oồ]n)|ch[uủ] ?(?:d|đ)[eề]):"
    r' ?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s",;]+))[,;]?',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Names:
    """What papers and topics are called; `subjects` are the topics that "tin thể thao" may name."""

    sources: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()


NO_NAMES = Names()


@dataclass(frozen=True, slots=True)
class TypedFilters:
    """The names after `nguon:` and `chude:` as typed, and where the filters stand."""

    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    source_places: tuple[tuple[int, int], ...] = ()
    topic_places: tuple[tuple[int, int], ...] = ()


def find_filters(text: str, names: Names = NO_NAMES) -> TypedFilters:
    """Find the filters in `text`, which is one line in NFC with straight quotes.

    As many words belong to a name as stand in one of `names`.

    >>> find_filters('bão nguon:tuoitre chủ đề:"thể thao"').topics
    ('thể thao',)
    >>> find_filters("nguon:kinh tế hải bão", Names(sources=frozenset(["Kinh tế Hải Cảng"]))).sources
    ('kinh tế hải',)
    """
    known = {"source": names.sources, "topic": names.topics}
    typed: dict[str, dict[str, str]] = {"source": {}, "topic": {}}
    places: dict[str, list[tuple[int, int]]] = {"source": [], "topic": []}
    at = 0
    while found := _FILTER.search(text, at):
        kind = "source" if found["source"] else "topic"
        start, end = found.span("plain" if found["phrase"] is None else "phrase")
        if found["phrase"] is None:
            end = max(end, _end_of_name(text, start, known[kind]))
        name = text[start:end].strip()
        if comparable(name):
            typed[kind].setdefault(comparable(name), name)
        at = max(end, found.end())
        places[kind].append((found.start(), at))
    sources, topics = (tuple(each.values())[:_MOST] for each in typed.values())
    return TypedFilters(sources, topics, *map(tuple, places.values()))


def named_topic(text: str, names: Names) -> str | None:
    """Return the topic whose news are all that `text` asks for.

    >>> named_topic("tin the thao", Names(subjects=("Kinh tế", "Thể thao")))
    'Thể thao'
    """
    asked = _NEWS_OF.fullmatch(" ".join(folded(text).replace(",", " ").split()))
    return next((each for each in names.subjects if asked and folded(each) == asked["topic"]), None)


def _end_of_name(text: str, start: int, known: Iterable[str]) -> int:
    """Return where the longest run of words from `start` ends that stands in a known name."""
    run = _NAME.match(text, start)
    names = list(map(comparable, known)) if run else []
    words = run.group().split(" ") if run else []
    for size in range(len(words), 1, -1):
        name = " ".join(words[:size])
        sought = comparable(name)
        if len(sought) >= LEAST_OF_A_NAME and any(sought in each for each in names):
            return start + len(name)
    return start


def comparable(name: str) -> str:
    """Return `name` in the form in which typed names of sources and topics are equal.

    >>> comparable("Tuổi Trẻ") == comparable("tuoi-tre")
    True
    """
    return "".join(letter for letter in folded(name) if letter.isalnum())
