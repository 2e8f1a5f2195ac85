"""The phrases of a question: their places in a text, and the weight of each in a search."""

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from summarizer.extraction.vectors import typed_idf
from summarizer.questions.equivalents import Run
from summarizer.text.syllables import Forms, canonical, fits, folded

# Finding phrases in a text: one rule for ranking, snippets, answers and watches.
#
# A word typed with diacritics matches only itself, one typed without matches every word of that form, and d
# may stand for đ. Each caller decides which of the words are required.

MOST_READ = 12_000  # characters of a field that are compared with a question; reports are shorter
Groups = Sequence[Sequence[Run]]  # of each group any run will do


class Match(NamedTuple):
    """Words `start` to `end` of a text match a run of a group; `is_as_typed`: with its diacritics."""

    group: int
    start: int
    end: int
    is_as_typed: bool


class Phrases:
    """Groups of runs, prepared for searching many texts."""

    def __init__(self, groups: Iterable[Iterable[Run]]) -> None:
        self._runs: dict[str, list[tuple[int, Run, Run]]] = {}  # by the first word without diacritics
        for number, group in enumerate(groups):
            for run in group:
                bare = tuple(map(folded, run))
                self._runs.setdefault(bare[0], []).append((number, run, bare))

    def find(self, words: Sequence[Forms]) -> list[Match]:
        """Return every place of every run among the words of a text, in the order of the text.

        >>> from summarizer.text.syllables import word_forms
        >>> Phrases([[("dường", "sắt")]]).find(word_forms("Ngành đường sắt"))
        [Match(group=0, start=1, end=3, is_as_typed=True)]
        """
        found = []
        runs = self._runs
        for start in [at for at, word in enumerate(words) if word[1] in runs]:
            for group, run, bare in runs[words[start][1]]:
                end = start + len(run)
                if len(run) == 1:
                    found.append(Match(group, start, end, fits(run[0], words[start])))
                elif tuple([word[1] for word in words[start:end]]) == bare:
                    found.append(Match(group, start, end, all(map(fits, run, words[start:end]))))
        return found

    def occur(self, words: Sequence[Forms]) -> bool:
        """Tell whether one of the runs occurs in the words as typed."""
        return any(match.is_as_typed for match in self.find(words))


# Weights of the parts of a question. Words that only ask, or that any text has, get little weight.
#
# `data/asking_words.json` lists these words. Without diacritics many of them are also other words ("bao" is a
# storm), so they get more weight than with diacritics.

_LITTLE, _LESS = 0.15, 0.3  # for a word typed with diacritics, without
_MOST = 8.0
_OTHERS_WITHOUT_MARKS = {"sau", "hay"}  # words of _APART; typed so they may also be "sáu", "hãy"


def weights_of(groups: Sequence[Sequence[Run]]) -> list[float]:
    """Return the weight of each group of a question: more for a rarer one.

    >>> from summarizer.questions.query import parse_query
    >>> [weight > 1 for weight in weights_of(parse_query("giá vàng là bao nhiêu").groups)]
    [True, True, False, False, False]
    """
    return list(_weights(tuple(group[0] for group in groups)))


@lru_cache(maxsize=256)  # one question is weighed in several places
def _weights(runs: tuple[Run, ...]) -> tuple[float, ...]:
    asks = asking_places(runs)
    return tuple(_weight(run, at in asks) for at, run in enumerate(runs))


def content_of(weights: Sequence[float]) -> list[int]:
    """Return the content groups of a question; all of them if none has more weight than the others."""
    content = [at for at, weight in enumerate(weights) if weight > 1]
    return content or list(range(len(weights)))


def _weight(run: Run, is_asking: bool) -> float:
    weight = sum(min(max(typed_idf(word), 1.2), _MOST) for word in run)
    if len(run) > 1 and not is_asking:
        return weight
    bare = folded(run[0])
    if is_asking:
        return _LITTLE * min(weight, 4)
    if run[0] in _function()[0] and run[0] != bare:
        return _LITTLE * min(weight, 4)
    is_function = bare in _function()[1] and run[0] == bare
    return _LESS * min(weight, 3) if is_function else weight


def asking_places(runs: Sequence[Run]) -> set[int]:
    """Return the runs that only ask, or that separate their neighbours like such words."""
    is_bare = all(folded(word) == word for run in runs for word in run)
    apart = _apart() - _OTHERS_WITHOUT_MARKS if is_bare else _apart()
    return phrase_places(runs) | {at for at, run in enumerate(runs) if run[0] in apart}


def asks_for_news(words: Run) -> bool:
    """Tell whether canonical `words` ask for news without a subject; true for no words at all.

    >>> asks_for_news(("tin", "nóng")), asks_for_news(("co", "gi", "moi")), asks_for_news(("tin", "bão"))
    (True, True, False)
    """
    return _news().issuperset(words)


def phrase_places(runs: Sequence[Run]) -> set[int]:
    """Return the runs of phrases that only ask: "bao nhiêu", "cho tôi biết"."""
    places = set[int]()
    heads = [folded(run[0]) if len(run) == 1 else "" for run in runs]
    for at in range(len(runs)):
        for size in (4, 3, 2):
            phrase = tuple(heads[at : at + size])
            if phrase in _phrases() and (size > 2 or _is_as_typed(runs[at : at + size], _phrases()[phrase])):
                places.update(range(at, at + size))
                break
    return places


def holds_asking_phrase(words: Collection[str]) -> bool:
    """Tell whether all words of a phrase that only asks are among these, in any order."""
    return any(set(phrase) <= set(words) for phrase in _phrases().values())


def _is_as_typed(runs: Sequence[Run], phrase: Run) -> bool:
    return all(run[0] in (word, folded(word)) for run, word in zip(runs, phrase, strict=True))


@cache
def _phrases() -> dict[Run, Run]:
    phrases = (tuple(canonical(phrase).split()) for phrase in _words()["phrases"])
    return {tuple(map(folded, phrase)): phrase for phrase in phrases}


@cache
def _function() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that any text has, and those of them that count without diacritics too."""
    words = frozenset(map(canonical, _words()["function"]))
    return words, frozenset(map(folded, words)) - frozenset(_words()["ambiguous_without_marks"])


@cache
def _apart() -> frozenset[str]:
    """Return the words that separate their neighbours."""
    words = frozenset(map(canonical, _words()["apart"]))
    return words | (frozenset(map(folded, words)) - frozenset(_words()["ambiguous_without_marks"]))


@cache
def _news() -> frozenset[str]:
    words = frozenset(map(canonical, _words()["news"]))
    return words | frozenset(map(folded, words))


@cache
def _words() -> dict[str, list[str]]:
    saved: dict[str, list[str]] = json.loads(
        files("summarizer").joinpath("data/asking_words.json").read_text("utf-8")
    )
    return saved
