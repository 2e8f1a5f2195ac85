"""Find the watches that an article is news for, at a cost that hardly grows with their number.

Each different question is kept once, under a pair of words that are neighbours in every article that answers
it, or under its rarest word. An article looks up the questions under its own words and pairs, and only these
are compared in full.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from sys import intern

from summarizer.extraction.vectors import typed_idf
from summarizer.model import Document
from summarizer.questions.equivalents import Phrase
from summarizer.questions.filters import comparable
from summarizer.questions.phrases import (
    Match,
    Phrases,
    asking_phrase_places,
    content_of,
    holds_asking_phrase,
    weights_of,
)
from summarizer.questions.query import Query, Term, parse_query
from summarizer.text.syllables import FIELD_END, folded, in_house_style, word_forms

# An article is news for a watch if its head matches the watch.
#
# The head is title and sapo, or title and the start of the body if there is no sapo: somewhere in a body
# nearly everything is mentioned. A syllable is often half a word, so a common one must be beside another word
# of the watch: "giá" and "vàng" in two sentences are not news about gold. Source: 300 watches of two to four
# syllables over 2,998 articles. Of the articles with all words somewhere in title and sapo 38 % were about
# something else; this rule excludes nearly all of them. Four times as many have the words in a body, mostly
# in passing.

_RARE = 4.3  # IDF; a syllable this rare may be alone
_LEAD_WORDS = 60  # of a body without a sapo
_LEAD_CHARACTERS = 12 * _LEAD_WORDS
_MOST_LEAD_CHARACTERS = 3_000  # of a sapo; journalists write a quarter of it at most


class ArticleHead:
    """The words of an article under which watches are looked up.

    `anchors` are these words without diacritics, and each pair of neighbours as `pair_of` writes it.
    """

    def __init__(self, document: Document) -> None:
        lead = word_forms(document.sapo[:_MOST_LEAD_CHARACTERS])
        if not lead:
            lead = word_forms(document.body[:_LEAD_CHARACTERS])[:_LEAD_WORDS]
        self.words = [*word_forms(document.title), FIELD_END, *lead]
        pairs = (pair_of(one.folded, other.folded) for one, other in pairwise(self.words))
        self.anchors = frozenset((*(word.folded for word in self.words), *pairs))


def pair_of(one: str, other: str) -> str:
    """Return two neighbours as one key, in either order."""
    return f"{one} {other}" if one < other else f"{other} {one}"


def is_news(query: Query, head: ArticleHead) -> bool:
    """Tell whether an article with this head is news for a watch that asks `query`.

    Words that only ask need not be there, as in an answer.

    >>> from summarizer.questions.query import parse_query
    >>> titles = "Giá vàng tăng", "Huy chương vàng vô giá"
    >>> [is_news(parse_query("giá vàng bao nhiêu"), ArticleHead(Document(title))) for title in titles]
    [True, False]
    """
    needed, wanted, excluded = _compiled(query)
    found: list[list[Match]] = [[] for _ in query.groups]
    for match in wanted.find(head.words):
        if match.is_as_typed:
            found[match.group].append(match)
    if not all(found[at] for at in needed) or excluded.occur(head.words):
        return False
    return len(needed) == 1 or all(
        _is_beside_another(at, found) or any(map(stands_alone, query.groups[at])) for at in needed
    )


def needed_groups(query: Query) -> list[int]:
    """Return which groups of `query` an article must have to be news for it."""
    return content_of(weights_of(query.groups))


@lru_cache(maxsize=1 << 12)  # an article calls up the same watches as the one before
def _compiled(query: Query) -> tuple[list[int], Phrases, Phrases]:
    return needed_groups(query), Phrases(query.groups), Phrases([phrase] for phrase in query.excluded)


def stands_alone(phrase: Phrase) -> bool:
    """Tell whether a phrase may be alone: if it has several words, or a rare one."""
    return len(phrase) > 1 or idf(phrase[0]) >= _RARE


@lru_cache(maxsize=1 << 13)
def idf(word: str) -> float:
    """Return the IDF of a word as typed; without diacritics that of the commonest spelling; of a number 0."""
    return 0.0 if word[0].isdigit() else typed_idf(word)


def _is_beside_another(number: int, found: list[list[Match]]) -> bool:
    """Tell whether one of the places of a phrase touches a place of another phrase."""
    others = [match for group in found[:number] + found[number + 1 :] for match in group]
    starts, ends = {match.start for match in others}, {match.end for match in others}
    return any(match.end in starts or match.start in ends for match in found[number])


_ANY_DAY = dt.date(2026, 1, 1)  # for finding words of time, whatever they stand for
_SOURCE, _TOPIC = "nguon:", "chude:"


def parse_watch(text: str) -> Query:
    """Read `text` as something to watch.

    >>> parse_watch("giá vàng hôm nay bao nhiêu").words
    ('giá', 'vàng')
    """
    return as_watch(parse_query(text, today=_ANY_DAY))


def as_watch(query: Query) -> Query:
    """Return a question without phrases that only ask and without times, because alerts are new anyway."""
    asks = asking_phrase_places([term.phrase for term in query.terms])
    terms = tuple(term for at, term in enumerate(query.terms) if at not in asks) or query.terms
    return replace(query, terms=terms, since=None, until=None, times=())


def watch_key(query: Query) -> str:
    """Return the key of `query`, the same for equal watches; "" if there is no word to find.

    >>> watch_key(parse_watch('xăng "Giá Dầu" nguồn:"Tin Sáng" -thô'))
    'giá_dầu xăng -thô nguon:tinsang'
    """
    if not query.terms:
        return ""
    parts = [
        *sorted("|".join(map("_".join, group)) for group in query.groups),
        *sorted(f"-{'_'.join(phrase)}" for phrase in query.excluded),
        *sorted(_SOURCE + comparable(name) for name in query.sources),
        *sorted(_TOPIC + comparable(name) for name in query.topics),
    ]
    return " ".join(parts)


@lru_cache(maxsize=1 << 12)  # an article calls up the same watches as the one before
def read_key(key: str) -> Query:
    """Return the question that `watch_key` wrote, its names in `comparable` form."""
    parts = key.split(" ")
    groups = [tuple(map(_phrase, part.split("|"))) for part in parts if ":" not in part and part[0] != "-"]
    return Query(
        "",
        tuple(Term(group[0], group[1:]) for group in groups),
        excluded=tuple(_phrase(part[1:]) for part in parts if part[0] == "-"),
        sources=tuple(part.removeprefix(_SOURCE) for part in parts if part.startswith(_SOURCE)),
        topics=tuple(part.removeprefix(_TOPIC) for part in parts if part.startswith(_TOPIC)),
    )


def current_key(key: str, text: str) -> str:
    """Return the present key of a watch of these words.

    Keys of earlier versions hold words that only ask, which no article has.

    >>> current_key("bao giá nhiêu vàng", "giá vàng bao nhiêu")
    'giá vàng'
    """
    kept = read_key(key)
    if not holds_asking_phrase(set(kept.words)):
        return key
    return watch_key(replace(parse_watch(text), sources=kept.sources, topics=kept.topics)) or key


def _phrase(written: str) -> Phrase:
    return tuple(map(in_house_style, written.split("_")))


@dataclass(frozen=True, slots=True)
class Arrived:
    """A new article. `sources` and `topics` are all its names, in `comparable` form."""

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
        """Add a watch; an existing one stays unchanged."""
        if watch_id in self._keys:
            return
        if key not in self._watches:
            self._watches[key] = []
            for anchor in _anchors(read_key(key)):
                self._anchored[intern(anchor)].append(key)
        self._watches[key].append(watch_id)
        self._keys[watch_id] = key

    def remove(self, watch_id: int) -> None:
        """Remove a watch; an unknown one is ignored."""
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
        """Return the watches that the article is news for, in any order."""
        head = ArticleHead(arrived.document)
        candidates = {key for anchor in head.anchors for key in self._anchored.get(anchor, ())}
        news = (key for key in candidates if _is_for(key, arrived, head))
        return [watch_id for key in news for watch_id in self._watches[key]]


def _is_for(key: str, arrived: Arrived, head: ArticleHead) -> bool:
    query = read_key(key)
    return (
        is_news(query, head)
        and (not query.sources or not set(query.sources).isdisjoint(arrived.sources))
        and (not query.topics or not set(query.topics).isdisjoint(arrived.topics))
    )


def _anchors(query: Query) -> set[str]:
    """Return words and pairs, at least one of which is in every article that answers `query`."""
    if found := list(_possible_anchors(query)):
        return min(found, key=len)
    needed = [query.groups[at] for at in needed_groups(query)]
    rarest = max(needed, key=lambda group: min(max(map(idf, phrase)) for phrase in group))
    return {folded(max(phrase, key=idf)) for phrase in rarest}


def _possible_anchors(query: Query) -> Iterator[set[str]]:
    """Yield sets of pairs: of a phrase, or of a common word and each word that it may be beside."""
    needed = needed_groups(query)
    for number in needed:
        group = query.groups[number]
        if all(len(phrase) > 1 for phrase in group):
            yield {_pair(max(pairwise(phrase), key=lambda pair: sum(map(idf, pair)))) for phrase in group}
        elif len(group) == 1 and len(needed) > 1 and not stands_alone(group[0]):
            rest = query.groups[:number] + query.groups[number + 1 :]
            others = (phrase for phrases in rest for phrase in phrases)
            yield {_pair((group[0][0], edge)) for phrase in others for edge in (phrase[0], phrase[-1])}


def _pair(words: tuple[str, str]) -> str:
    return pair_of(folded(words[0]), folded(words[1]))
