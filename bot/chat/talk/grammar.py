"""The rules of `vocabulary.toml`, read over one short message. Pure.

A rule matches if the whole message consists of its classes in order, of classes that it allows anywhere,
and of filler words ("giúp mình với"). One other word, and the rule does not match.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.text.syllables import canonical, folded

MOST_WORDS = 24
_LONGEST = 160  # characters
_FILE = Path(__file__).with_name("vocabulary.toml")
_NAMES_IN_A = {(before, "á") for before in ("châu", "việt", "đông", "nam", "bắc", "trung", "tây")}
_PUNCTUATION = re.compile(r"[?!…;\"'“”«»()~*^<>|=]|\.(?!\d)|[^\w\s.,/:+&–-]")
_COLON = re.compile(r"(?<!\d):|:(?!\d)(?!//)")
_CLASS = re.compile(r"@(?P<name>\w+)")
_OPEN = frozenset(("watched", "words", "other", "asked"))  # slots that take any words
_GAPPED = frozenset(("schedule", "days", "span"))  # slots whose words may be apart
_ANYWHERE = frozenset(("opener", "closer", "between", "please", "filler"))
_BEHIND = frozenset(("closer", "tail"))


@dataclass(frozen=True, slots=True)
class MessageTokens:
    """A message's words, and for each place the lengths of the phrases of each class that begin there."""

    words: tuple[str, ...]
    phrases: tuple[dict[str, frozenset[int]], ...]
    classes: frozenset[str]  # of all phrases

    def phrase_ends(self, at: int, names: frozenset[str]) -> Iterator[int]:
        """Yield the ends of phrases of these classes that begin at `at`."""
        for name in names & self.phrases[at].keys():
            yield from (at + length for length in self.phrases[at][name])

    def text(self, places: Iterable[int]) -> str:
        """Return the words at these places."""
        return " ".join(self.words[at] for at in places).strip(" ,")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say a wish: the classes before and after its slot, if any, and the optional classes."""

    wish: str
    before: tuple[str, ...]
    slot: str
    behind: tuple[str, ...]
    needed: frozenset[str]  # classes of `before` and `behind`
    extras: frozenset[str]
    extras_behind: frozenset[str]

    def readings(self, message: MessageTokens) -> Iterator[dict[str, str]]:
        """Yield the words of the slot for every way to read the message as the wish."""
        if not self.needed <= message.classes:
            return
        starts = self._ends_of_before(message)
        if not self.slot:
            if not starts.isdisjoint(_finishing(message, _BEHIND, {len(message.words)})):
                yield {}
            return
        ends = self._starts_of_behind(message) if starts else set[int]()
        ranges = [(start, end) for start in starts for end in ends if start < end]
        # A slot of any words is as short as possible, a slot of a value as long as possible.
        ranges.sort(key=lambda it: (-it[0], it[1]) if self.slot in _OPEN else (it[0] - it[1], it[0]))
        for start, end in ranges:
            yield {self.slot: message.text(range(start, end))}

    def reading_apart(self, message: MessageTokens) -> dict[str, str] | None:
        """Return the words of a slot that is split by other words of the rule: "mỗi ngày gửi lúc 8h"."""
        if self.slot not in _GAPPED:
            return None
        known = _ANYWHERE | _BEHIND | self.extras | self.extras_behind
        needed = [*self.before, *self.behind]
        left: list[int] = []  # places of words that the rule does not know
        at = 0
        while at < len(message.words):
            ends = list(message.phrase_ends(at, frozenset(needed[:1])))
            if ends:
                del needed[0]
            ends = ends or list(message.phrase_ends(at, known))
            left += [] if ends else [at]
            at = max(ends, default=at + 1)
        apart = message.text(left)
        return {self.slot: apart} if apart and not needed else None

    def _ends_of_before(self, message: MessageTokens) -> set[int]:
        reached = {0}
        for place in range(len(self.before) + 1):
            reached = _spread(message, reached, self._allowed(place))
            if place < len(self.before):
                needed = frozenset((self.before[place],))
                size = len(message.words)
                reached = {end for at in reached if at < size for end in message.phrase_ends(at, needed)}
        return reached

    def _starts_of_behind(self, message: MessageTokens) -> set[int]:
        """Return the places from which the rest of the message matches the part after the slot."""
        allowed = self.extras_behind if self.slot in _OPEN else _ANYWHERE | self.extras | self.extras_behind
        finishing = _finishing(message, _BEHIND, {len(message.words)})
        for name in (*self.behind[::-1], ""):
            finishing |= _finishing(message, allowed | _BEHIND, finishing)
            if name:
                needed = frozenset((name,))
                places = range(len(message.words))
                finishing = {at for at in places if not finishing.isdisjoint(message.phrase_ends(at, needed))}
        return finishing

    def _allowed(self, place: int) -> frozenset[str]:
        """Return the filler classes before the class at `place`; the last place is the slot's."""
        if self.slot not in _OPEN:
            return _ANYWHERE | self.extras | self.extras_behind
        if place == 0:
            return self.extras | {"opener"}
        return self.extras | ({"please"} if place == len(self.before) else {"between", "please", "filler"})


def _spread(message: MessageTokens, places: set[int], allowed: frozenset[str]) -> set[int]:
    """Return `places` and all places reachable from them over phrases of the allowed classes."""
    reached = set(places)
    for at in range(len(message.words)):
        if at in reached:
            reached.update(message.phrase_ends(at, allowed))
    return reached


def _finishing(message: MessageTokens, allowed: frozenset[str], ends: set[int]) -> set[int]:
    """Return `ends` and the places from which phrases of the allowed classes lead to one of them."""
    reached = set(ends)
    for at in range(len(message.words) - 1, -1, -1):
        if not reached.isdisjoint(message.phrase_ends(at, allowed)):
            reached.add(at)
    return reached


def prepared(text: str) -> str | None:
    """Return `text` prepared for the rules: canonical, commas as the only punctuation; None if too long.

    >>> prepared("Ok, cảm ơn BẠN nhé!!! 👍")
    'ok, cảm ơn bạn nhé'
    """
    if len(text) > _LONGEST:
        return None
    plain = " ".join(_COLON.sub(",", _PUNCTUATION.sub(" ", canonical(text))).replace(" ,", ",").split())
    plain = plain.strip(" ,:-–")
    return plain if plain.count(" ") < MOST_WORDS else None


def tokenize(plain: str) -> MessageTokens:
    """Return a prepared text with the phrases in it.

    A message of one word must have its diacritics: "dung" is a name, "dừng" a wish. Beside words with
    diacritics "cho" does not count as "chớ" without them.
    """
    words = tuple(plain.split())
    bare = tuple(word.strip(",") for word in words)
    is_exact = not plain.isascii()
    as_typed = frozenset(word for word in bare if len(bare) == 1 or (is_exact and word in _own_words()))
    found = tuple(
        {} if bare[at - 1 : at + 1] in _NAMES_IN_A else _phrases_at(bare[at : at + _longest()], as_typed)
        for at in range(len(bare))
    )
    return MessageTokens(words, found, frozenset(name for phrases in found for name in phrases))


def _phrases_at(words: tuple[str, ...], as_typed: frozenset[str]) -> dict[str, frozenset[int]]:
    """Return the phrases at the beginning of `words`; a word of `as_typed` must match with its diacritics."""
    found: dict[str, set[int]] = {}
    for (loose, strict), name, needs_diacritics in _by_first_word().get(words[0], ()):
        if len(loose) > len(words):
            continue
        forms = (
            strict[at] if needs_diacritics or words[at] in as_typed else loose[at] for at in range(len(loose))
        )
        if all(word in each for word, each in zip(words, forms, strict=False)):
            found.setdefault(name, set()).add(len(loose))
    return {name: frozenset(lengths) for name, lengths in found.items()}


@functools.cache
def _phrases(name: str) -> tuple[str, ...]:
    """Return the phrases of a class; "của @person" stands for one phrase for each of that class."""
    listed_here = (phrase.strip() for phrase in _vocabulary()["words"][name].split("|"))
    return tuple(whole for phrase in listed_here for whole in _with_classes(phrase))


def _with_classes(phrase: str) -> list[str]:
    found = _CLASS.search(phrase)
    if found is None:
        return [phrase]
    rest = _with_classes(phrase[found.end() :])
    return [phrase[: found.start()] + each + more for each in _phrases(found["name"]) for more in rest]


_Forms = tuple[frozenset[str], ...]  # for each syllable of a phrase how it may be typed


@functools.cache
def _by_first_word() -> dict[str, list[tuple[tuple[_Forms, _Forms], str, bool]]]:
    """Map first words to phrases: all forms, forms with diacritics, class, whether these are needed."""
    table: dict[str, list[tuple[tuple[_Forms, _Forms], str, bool]]] = {}
    for name in _vocabulary()["words"]:
        for phrase in _phrases(name):
            said = canonical(phrase.replace("!", "")).split()
            forms = tuple(_forms(each) for each in said), tuple(_forms(each, is_strict=True) for each in said)
            for first in forms[0][0]:
                table.setdefault(first, []).append((forms, name, "!" in phrase))
    return table


@functools.cache
def _own_words() -> frozenset[str]:
    """Return the syllables of the vocabulary as they are written."""
    phrases = (phrase for name in _vocabulary()["words"] for phrase in _phrases(name))
    return frozenset(word for phrase in phrases for word in canonical(phrase.replace("!", "")).split())


@functools.cache
def all_words() -> frozenset[str]:
    """Return every syllable of the vocabulary, in all forms."""
    return frozenset(
        form
        for table in _by_first_word().values()
        for (forms, _), *_ in table
        for form in frozenset().union(*forms)
    )


@functools.cache
def _full_forms() -> dict[str, str]:
    return {form: full for full, forms in _vocabulary()["short"].items() for form in forms.split()}


def full_form(word: str) -> str:
    """Return a word for the short form of it: "không" for "ko"; others as they are."""
    return _full_forms().get(word, word)


@functools.cache
def _longest() -> int:
    return max(len(phrase.split()) for name in _vocabulary()["words"] for phrase in _phrases(name))


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order in which they are tried."""
    return tuple(_rule(wish, order) for wish, orders in _vocabulary()["rules"].items() for order in orders)


def _rule(wish: str, order: str) -> Rule:
    elements = order.split()
    at = next((place for place, each in enumerate(elements) if each[0] == "<"), len(elements))
    before, behind = elements[:at], elements[at + 1 :]
    needed_before = tuple(each for each in before if each[-1] != "?")
    needed_behind = tuple(each for each in behind if each[-1] != "?")
    return Rule(
        wish,
        needed_before,
        elements[at].strip("<>") if at < len(elements) else "",
        needed_behind,
        frozenset((*needed_before, *needed_behind)),
        frozenset(each[:-1] for each in before if each[-1] == "?"),
        frozenset(each[:-1] for each in behind if each[-1] == "?"),
    )


@functools.cache
def listed(name: str) -> frozenset[str]:
    """Return the folded syllables of a list of the vocabulary."""
    syllables: str = _vocabulary()["lists"][name]
    return frozenset(folded(syllables).split())


@functools.cache
def listed_phrases(name: str) -> frozenset[str]:
    """Return the folded phrases of a list of the vocabulary."""
    phrases: str = _vocabulary()["lists"][name]
    return frozenset(" ".join(folded(phrase).split()) for phrase in phrases.split("|"))


@functools.cache
def _vocabulary() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@functools.cache
def _forms(syllable: str, *, is_strict: bool = False) -> frozenset[str]:
    """Return how a syllable may be typed."""
    short: str = _vocabulary()["short"].get(syllable, "")
    forms = {syllable, *short.split()}
    return frozenset(forms if is_strict else forms | {folded(form) for form in forms})
