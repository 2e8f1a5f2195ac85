"""A question prepared for comparing with texts: its content words, their synonyms, and its parts."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from summarizer.questions.equivalents import Group, Phrase, widened
from summarizer.questions.phrases import Phrases, asking_phrase_places, asking_places, content_of, weights_of
from summarizer.questions.query import Query, parse_query
from summarizer.questions.watching import idf, stands_alone
from summarizer.text.syllables import Forms

# Parts of a question: its subject, without the words that only ask, and its halves.

_ASK_ANYWHERE, _ASK_LAST = {"gì", "nào", "mấy"}, {"không", "ko", "chưa", "thế", "vậy", "nhỉ", "à"}


def subject_of(text: str, today: dt.date) -> str:
    """Return `text` without times and words that only ask, or all of it if nothing else remains.

    >>> subject_of("Vì sao giá xăng tăng hôm qua?", dt.date(2026, 11, 22))
    'giá xăng tăng'
    """
    query = parse_query(text, today=today)
    phrases = [term.phrase for term in query.terms]
    asks = asking_phrase_places(phrases)
    left = [at for at, phrase in enumerate(phrases) if at not in asks and phrase[0] not in _ASK_ANYWHERE]
    while left and phrases[left[-1]][0] in _ASK_LAST:
        left.pop()
    if left and _asks_who(query, left[0]):
        del left[0]
    asking = (term.place for at, term in enumerate(query.terms) if at not in left)
    return query.without((*query.time_places, *asking)).strip(" ?!.") or text


def _asks_who(query: Query, at: int) -> bool:
    """Tell whether a word is the question word "ai": not AI, and not the Ai of Ai Cập."""
    term, following = query.terms[at], query.terms[at + 1 : at + 2]
    is_who = term.phrase == ("ai",) and query.text[slice(*term.place)] != "AI" and query.has_diacritics
    return is_who and not (following and following[0].phrase == ("cập",))


def halves(query: Query) -> tuple[str, ...]:
    """Return the first and the second half of a question's words, without filters; none for one word.

    >>> halves(parse_query("khủng long bạo chúa")), halves(parse_query("nguon:bao giá vàng"))
    (('khủng long', 'bạo chúa'), ('giá', 'vàng'))
    """
    words = query.shown.replace('"', " ").split()
    middle = (len(words) + 1) // 2
    return (" ".join(words[:middle]), " ".join(words[middle:])) if len(words) > 1 else ()


# The content words of a question, their synonyms, and neighbours that form one word.
#
# Words that only ask, or that any text has, are left out (`phrases`). Synonyms (`equivalents`) match too.

_MOST_GROUPS = 24  # of a long question those that matter most
_MOST_PLACES = 8  # of one group in a sentence; more add nothing
_SHORT_FORM = 3  # letters of "bh", "ntn"
_HARDLY_A_WORD = 6.5  # IDF from which on a short form is no word of its own
_LEAST = 1.2  # weight of a common word that is half of another one
_FIRST_HALVES = frozenset(("từ", "xin"))  # of "từ chức", "từ thiện", "xin lỗi"
_CHAT_LETTERS = frozenset("kjvrz")


class Occurrence(NamedTuple):
    """An occurrence of a group of a question: words `start` to `end` of a text."""

    group: int
    start: int
    end: int
    is_typed: bool  # as it was typed, not a synonym
    is_distinctive: bool  # it has a meaning by itself


class QuestionTerms:
    """The content groups of a question, in the order typed, each with its weight."""

    def __init__(self, query: Query, fixed_pairs: Iterable[Phrase] = ()) -> None:
        """Take a question, and the neighbours in it that the papers write as one word."""
        groups = widened(query.groups)
        weights = weights_of([(_meant(group),) for group in groups])
        content = {*content_of(weights), *_halves_of_words(groups, set(fixed_pairs))}
        if len(content) < 2:  # then "cái" of "sông Cái" counts as a content word
            content |= set(range(len(groups))) - asking_places([group[0] for group in groups])
        places = sorted(sorted(content, key=lambda at: -weights[at])[:_MOST_GROUPS])
        self.typed = query.words
        self.is_single = len(query.groups) == 1  # a question of one word
        self.groups: list[Group] = [groups[at] for at in places]
        self.weights = [max(_LEAST, weights[at]) for at in places]
        self.follows = [False, *(one + 1 == other for one, other in pairwise(places))][: len(places)]
        self._phrases = [(Phrases([group[0]] for group in self.groups), True)]
        if any(len(group) > 1 for group in self.groups):
            self._phrases.append((Phrases(group[1:] for group in self.groups), False))
        names = _typed_as_names(query)
        self._is_distinctive = [stands_alone(group[0]) or group[0] in names for group in self.groups]

    def occurrences(self, words: Sequence[Forms]) -> list[Occurrence]:
        """Return the occurrences of the groups in a sentence, with diacritics as typed."""
        found: list[Occurrence] = []
        counts = [0] * len(self.groups)
        for phrases, is_typed in self._phrases:
            for group, start, end, is_as_typed in phrases.find(words):
                if is_as_typed and counts[group] < _MOST_PLACES:
                    counts[group] += 1
                    other = tuple(word.canonical for word in words[start:end])
                    is_distinctive = self._is_distinctive[group] if is_typed else stands_alone(other)
                    found.append(Occurrence(group, start, end, is_typed, is_distinctive))
        return found

    def joins(self, fixed_pairs: Iterable[Phrase]) -> list[bool]:
        """Return for each group whether it makes one word with the group before it."""
        fixed = set(fixed_pairs)
        pairs = [(one[0][-1], other[0][0]) for one, other in pairwise(self.groups)]
        return [False, *(pair in fixed for pair in pairs)][: len(self.groups)]


def word_numbers(terms: QuestionTerms, joins: Sequence[bool], seen_joined: Sequence[bool]) -> list[int]:
    """Return for each group the number of its word.

    `joins`: groups that form one word with the one before, in the papers in general; `seen_joined`: those
    that do so in the articles that are read. A chain of joins is cut where these articles do not have it.
    """
    size = len(terms.groups)
    seen = [joins[at] and terms.follows[at] and seen_joined[at] for at in range(size)]
    in_seen = [seen[at] or (at + 1 < size and seen[at + 1]) for at in range(size)]
    numbers: list[int] = []
    for at in range(size):
        is_joined = at > 0 and joins[at] and terms.follows[at]
        is_cut = not is_joined or (not seen[at] and (in_seen[at - 1] or in_seen[at]))
        numbers.append(0 if at == 0 else numbers[-1] + is_cut)
    return numbers


def _meant(group: Group) -> Phrase:
    """Return the phrase that gives a group its weight: for a short form of chats, its long form."""
    typed = group[0]
    is_short = len(group) > 1 and len(typed) == 1 and len(typed[0]) <= _SHORT_FORM
    if is_short and (typed[0] in _CHAT_LETTERS or idf(typed[0]) > _HARDLY_A_WORD):
        return min(group[1:], key=lambda phrase: weights_of([(phrase,)])[0])
    return typed


def _typed_as_names(query: Query) -> set[Phrase]:
    """Return names: words after the first typed with a capital, if others were typed without."""
    first = [query.text[term.place[0] : term.place[1]][:1] for term in query.terms]
    has_small = any(letter.islower() for letter in first)
    later = zip(query.terms[1:], first[1:], strict=True)
    return {term.phrase for term, letter in later if has_small and letter.isupper()}


def _halves_of_words(groups: Sequence[Group], fixed_pairs: set[Phrase]) -> set[int]:
    """Return the common words that are half of another word here: "từ" of "từ chức"."""
    pairs = ((at, one[0][-1], other[0][0]) for at, (one, other) in enumerate(pairwise(groups)))
    return {at for at, one, other in pairs if one in _FIRST_HALVES and (one, other) in fixed_pairs}
