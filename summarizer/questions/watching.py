"""Which of many watches an article is news for, at a cost that hardly grows with their number. Pure.

Each different question is kept once, under words that stand side by side in whatever it is answered by, or
under its rarest word where there are none such. An article calls up the questions under its own words and
pairs; few are called up in vain. These are read closely (`watch_match`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from sys import intern

from summarizer.model import Document
from summarizer.questions.importance import holds_asking_phrase, phrase_places
from summarizer.questions.query import Query, Term, parse_query
from summarizer.questions.query_filters import comparable
from summarizer.questions.spellings import Run
from summarizer.questions.watch_match import Head, is_news, needed_groups, pair_of, rarity, stands_alone
from summarizer.text.syllables import folded
from summarizer.text.words import in_house_style

_ANY_DAY = dt.date(2026, 1, 1)  # for finding words of time, whatever they stand for
_SOURCE, _TOPIC = "nguon:", "chude:"


def parse_watch(text: str) -> Query:
    """Read `text` as something to watch.

    >>> parse_watch("giá vàng hôm nay bao nhiêu").words
    ('giá', 'vàng')
    """
    return as_watch(parse_query(text, today=_ANY_DAY))


def as_watch(query: Query) -> Query:
    """Return a question without the phrases that only ask, and without times: what alerts is new anyway."""
    asks = phrase_places([term.run for term in query.terms])
    terms = tuple(term for at, term in enumerate(query.terms) if at not in asks) or query.terms
    return replace(query, terms=terms, since=None, until=None, times=())


def watch_key(query: Query) -> str:
    """Return `query` in the form in which two watches are the same; "" when there is no word to find.

    >>> watch_key(parse_watch('xăng "Giá Dầu" nguồn:"Tin Sáng" -thô'))
    'giá_dầu xăng -thô nguon:tinsang'
    """
    if not query.terms:
        return ""
    parts = [
        *sorted("|".join(map("_".join, group)) for group in query.groups),
        *sorted(f"-{'_'.join(run)}" for run in query.excluded),
        *sorted(_SOURCE + comparable(name) for name in query.sources),
        *sorted(_TOPIC + comparable(name) for name in query.topics),
    ]
    return " ".join(parts)


@lru_cache(maxsize=1 << 12)  # an article calls up the same watches as the one before
def read_key(key: str) -> Query:
    """Return the question that `watch_key` wrote, its names in `comparable` form."""
    parts = key.split(" ")
    groups = [tuple(map(_run, part.split("|"))) for part in parts if ":" not in part and part[0] != "-"]
    return Query(
        "",
        tuple(Term(group[0], group[1:]) for group in groups),
        excluded=tuple(_run(part[1:]) for part in parts if part[0] == "-"),
        sources=tuple(part.removeprefix(_SOURCE) for part in parts if part.startswith(_SOURCE)),
        topics=tuple(part.removeprefix(_TOPIC) for part in parts if part.startswith(_TOPIC)),
    )


def current_key(key: str, text: str) -> str:
    """Return the key of a watch of these words as it is written now.

    Those of earlier versions hold words that only ask, which no article has.

    >>> current_key("bao giá nhiêu vàng", "giá vàng bao nhiêu")
    'giá vàng'
    """
    kept = read_key(key)
    if not holds_asking_phrase(set(kept.words)):
        return key
    return watch_key(replace(parse_watch(text), sources=kept.sources, topics=kept.topics)) or key


def _run(written: str) -> Run:
    return tuple(map(in_house_style, written.split("_")))


@dataclass(frozen=True, slots=True)
class Arrived:
    """A new article. `sources` and `topics` are all the names it goes by, in `comparable` form."""

    document: Document
    sources: Collection[str] = ()
    topics: Collection[str] = ()


class WatchIndex:
    """All watches, by number; each is given as its `watch_key`."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}
        self._watches: dict[str, list[int]] = {}
        self._anchored: defaultdict[str, list[str]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._keys)

    def put(self, watch_id: int, key: str) -> None:
        """Add a watch; one that is there stays as it is."""
        if watch_id in self._keys:
            return
        if key not in self._watches:
            self._watches[key] = []
            for anchor in _anchors(read_key(key)):
                self._anchored[intern(anchor)].append(key)
        self._watches[key].append(watch_id)
        self._keys[watch_id] = key

    def remove(self, watch_id: int) -> None:
        """Take a watch out; one that is not there is passed over."""
        key = self._keys.pop(watch_id, None)
        if key is None:
            return
        self._watches[key].remove(watch_id)
        if not self._watches[key]:
            del self._watches[key]
            for anchor in _anchors(read_key(key)):
                self._anchored[anchor].remove(key)
                if not self._anchored[anchor]:
                    del self._anchored[anchor]

    def find(self, arrived: Arrived) -> list[int]:
        """Return the watches that the article is news for, in no order."""
        head = Head(arrived.document)
        called_up = {key for anchor in head.anchors for key in self._anchored.get(anchor, ())}
        return [
            watch_id for key in called_up if _is_for(key, arrived, head) for watch_id in self._watches[key]
        ]


def _is_for(key: str, arrived: Arrived, head: Head) -> bool:
    query = read_key(key)
    return (
        is_news(query, head)
        and (not query.sources or not set(query.sources).isdisjoint(arrived.sources))
        and (not query.topics or not set(query.topics).isdisjoint(arrived.topics))
    )


def _anchors(query: Query) -> set[str]:
    """Return words and pairs of which at least one stands in every article that answers `query`."""
    if found := list(_possible_anchors(query)):
        return min(found, key=len)
    needed = [query.groups[at] for at in needed_groups(query)]
    rarest = max(needed, key=lambda group: min(max(map(rarity, run)) for run in group))
    return {folded(max(run, key=rarity)) for run in rarest}


def _possible_anchors(query: Query) -> Iterator[set[str]]:
    """Yield sets of pairs: of a phrase, or of a common word and each word that it may stand beside."""
    needed = needed_groups(query)
    for number in needed:
        group = query.groups[number]
        if all(len(run) > 1 for run in group):
            yield {_pair(max(pairwise(run), key=lambda pair: sum(map(rarity, pair)))) for run in group}
        elif len(group) == 1 and len(needed) > 1 and not stands_alone(group[0]):
            others = (run for other, runs in enumerate(query.groups) if other != number for run in runs)
            yield {_pair((group[0][0], edge)) for run in others for edge in (run[0], run[-1])}


def _pair(words: tuple[str, str]) -> str:
    return pair_of(folded(words[0]), folded(words[1]))
