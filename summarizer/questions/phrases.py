"""The phrases of a question: their places in a text, and the weight of each in a search."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from summarizer.extraction.vectors import typed_idf
from summarizer.packaged_data import load_json
from summarizer.questions.equivalents import Phrase, is_typed_as
from summarizer.text.syllables import Forms, canonical, fits, folded

# Finding phrases in a text: one rule for ranking, snippets, answers and watches.
#
# A word typed with diacritics matches only itself, one typed without matches every word of that form, and d
# may stand for đ. Each caller decides which of the words are required.

MOST_READ = 12_000  # characters of a field that are compared with a question; reports are shorter
Groups = Sequence[Sequence[Phrase]]  # of each group any phrase will do


class Match(NamedTuple):
    """Words `start` to `end` of a text match a phrase of a group; `is_as_typed`: with its diacritics."""

    group: int
    start: int
    end: int
    is_as_typed: bool


class Phrases:
    """Groups of phrases, prepared for searching many texts."""

    def __init__(self, groups: Iterable[Iterable[Phrase]]) -> None:
        self._by_first_word: dict[str, list[tuple[int, Phrase, Phrase]]] = {}  # without diacritics
        for number, group in enumerate(groups):
            for phrase in group:
                bare = tuple(map(folded, phrase))
                self._by_first_word.setdefault(bare[0], []).append((number, phrase, bare))

    def find(self, words: Sequence[Forms]) -> list[Match]:
        """Return every place of every phrase among the words of a text, in the order of the text.

        >>> from summarizer.text.syllables import word_forms
        >>> Phrases([[("dường", "sắt")]]).find(word_forms("Ngành đường sắt"))
        [Match(group=0, start=1, end=3, is_as_typed=True)]
        """
        found = []
        by_first_word = self._by_first_word
        for start in [at for at, word in enumerate(words) if word[1] in by_first_word]:
            for group, phrase, bare in by_first_word[words[start][1]]:
                end = start + len(phrase)
                if len(phrase) == 1:
                    found.append(Match(group, start, end, fits(phrase[0], words[start])))
                elif tuple([word[1] for word in words[start:end]]) == bare:
                    found.append(Match(group, start, end, all(map(fits, phrase, words[start:end]))))
        return found

    def occur(self, words: Sequence[Forms]) -> bool:
        """Tell whether one of the phrases occurs in the words as typed."""
        return any(match.is_as_typed for match in self.find(words))


# Weights of the parts of a question. Words that only ask, or that any text has, get little weight.
#
# `data/asking_words.json` lists these words. Without diacritics many of them are also other words ("bao" is a
# storm), so they get more weight than with diacritics.

_LITTLE, _LESS = 0.15, 0.3  # for a word typed with diacritics, without
_MOST = 8.0
_OTHERS_WITHOUT_MARKS = {"sau", "hay"}  # words of _APART; typed so they may also be "sáu", "hãy"


def weights_of(groups: Sequence[Sequence[Phrase]]) -> list[float]:
    """Return the weight of each group of a question: more for a rarer one.

    >>> from summarizer.questions.query import parse_query
    >>> [weight > 1 for weight in weights_of(parse_query("giá vàng là bao nhiêu").groups)]
    [True, True, False, False, False]
    """
    return list(_weights(tuple(group[0] for group in groups)))


@lru_cache(maxsize=256)  # one question is weighed in several places
def _weights(phrases: tuple[Phrase, ...]) -> tuple[float, ...]:
    asks = asking_places(phrases)
    return tuple(_weight(phrase, at in asks) for at, phrase in enumerate(phrases))


def content_of(weights: Sequence[float]) -> list[int]:
    """Return the content groups of a question; all of them if none has more weight than the others."""
    content = [at for at, weight in enumerate(weights) if weight > 1]
    return content or list(range(len(weights)))


def _weight(phrase: Phrase, is_asking: bool) -> float:
    weight = sum(min(max(typed_idf(word), 1.2), _MOST) for word in phrase)
    if len(phrase) > 1 and not is_asking:
        return weight
    bare = folded(phrase[0])
    if is_asking:
        return _LITTLE * min(weight, 4)
    if phrase[0] in _function()[0] and phrase[0] != bare:
        return _LITTLE * min(weight, 4)
    is_function = bare in _function()[1] and phrase[0] == bare
    return _LESS * min(weight, 3) if is_function else weight


def asking_places(phrases: Sequence[Phrase]) -> set[int]:
    """Return the phrases that only ask, or that separate their neighbours like such words."""
    is_bare = all(folded(word) == word for phrase in phrases for word in phrase)
    apart = _apart() - _OTHERS_WITHOUT_MARKS if is_bare else _apart()
    return asking_phrase_places(phrases) | {at for at, phrase in enumerate(phrases) if phrase[0] in apart}


def asks_for_news(words: Phrase) -> bool:
    """Tell whether canonical `words` ask for news without a subject; true for no words at all.

    >>> asks_for_news(("tin", "nóng")), asks_for_news(("co", "gi", "moi")), asks_for_news(("tin", "bão"))
    (True, True, False)
    """
    return _news().issuperset(words)


def asking_phrase_places(phrases: Sequence[Phrase]) -> set[int]:
    """Return the places of words that together only ask: "bao nhiêu", "cho tôi biết"."""
    places = set[int]()
    heads = [folded(phrase[0]) if len(phrase) == 1 else "" for phrase in phrases]
    for at in range(len(phrases)):
        for size in (4, 3, 2):
            bare = tuple(heads[at : at + size])
            asking = _asking_phrases().get(bare)
            typed = tuple(phrase[0] for phrase in phrases[at : at + size])
            if asking and (size > 2 or is_typed_as(typed, asking)):
                places.update(range(at, at + size))
                break
    return places


def holds_asking_phrase(words: Collection[str]) -> bool:
    """Tell whether all words of an asking phrase are among these, in any order."""
    return any(set(asking) <= set(words) for asking in _asking_phrases().values())


@cache
def _asking_phrases() -> dict[Phrase, Phrase]:
    listed = (tuple(canonical(text).split()) for text in load_json("asking_words.json")["phrases"])
    return {tuple(map(folded, asking)): asking for asking in listed}


@cache
def _function() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that any text has, and those of them that count without diacritics too."""
    words = _listed("function")
    return words, _bare(words)


@cache
def _apart() -> frozenset[str]:
    """Return the words that separate their neighbours."""
    return _listed("apart") | _bare(_listed("apart"))


@cache
def _news() -> frozenset[str]:
    return _listed("news") | frozenset(map(folded, _listed("news")))


def _bare(words: frozenset[str]) -> frozenset[str]:
    """Return the words without diacritics, but for those that often are other words then."""
    return frozenset(map(folded, words)) - _listed("ambiguous_without_marks")


def _listed(name: str) -> frozenset[str]:
    return frozenset(map(canonical, load_json("asking_words.json")[name]))
