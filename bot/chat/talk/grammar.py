"""The rules of `vocabulary.toml` as regular expressions over one short message. Pure.

A rule is only asked about texts that `prepared` returned: they are short, so that its many optional parts
cost little.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarizer.text.syllables import canonical, folded

MOST_WORDS = 20
_LONGEST = 160  # characters
_FILE = Path(__file__).with_name("vocabulary.toml")
_MARKS = re.compile(r"[?!…;\"'“”«»()~*^<>|=]|\.(?!\d)|[^\w\s.,/:+&–-]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say a wish: `order` is the line of the vocabulary.

    `needed` are, for each class that must be there, the syllables with which its phrases may begin. `greedy`
    is a slot at the end that may have words of `closer` in it, else "".
    """

    wish: str
    order: str
    needed: tuple[frozenset[str], ...]
    greedy: str

    def readings(self, text: str) -> Iterator[dict[str, str]]:
        """Return the words of each slot for every way to read `text` as the wish: none where it is not."""
        words = text.replace(",", "").split()
        if any(needed.isdisjoint(words) for needed in self.needed):
            return
        # A message of one word counts with its marks only: "dung" is a name, "dừng" a wish.
        found = _compiled(self.order, is_strict=len(words) == 1).fullmatch(f" {text}")
        if found is None:
            return
        slots = {name: said.strip(" ,") for name, said in found.groupdict().items()}
        yield slots
        words = slots[self.greedy].split() if self.greedy else []
        for end in range(len(words) - 1, 0, -1):
            if _closers().fullmatch(" " + " ".join(words[end:])):
                yield slots | {self.greedy: " ".join(words[:end]).strip(" ,")}


def prepared(text: str) -> str | None:
    """Return `text` as the rules read it: canonical, no punctuation but commas; None if it is too long.

    >>> prepared("Ok, cảm ơn BẠN nhé!!! 👍")
    'ok, cảm ơn bạn nhé'
    """
    if len(text) > _LONGEST:
        return None
    plain = " ".join(_MARKS.sub(" ", canonical(text)).replace(" ,", ",").split()).strip(" ,:-–")
    return plain if plain.count(" ") < MOST_WORDS else None


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order in which they are tried."""
    return tuple(
        Rule(
            wish,
            order,
            tuple(_beginnings(element) for element in order.split() if element[-1] not in "?*>"),
            order.rpartition("<")[2].removesuffix("+>") if order.endswith("+>") else "",
        )
        for wish, orders in _vocabulary()["rules"].items()
        for order in orders
    )


@functools.cache
def _beginnings(name: str) -> frozenset[str]:
    """Return the syllables with which phrases of a class may begin, in all forms."""
    phrases = [phrase.strip(" !") for phrase in _vocabulary()["words"][name].split("|")]
    return frozenset(form for phrase in phrases for form in _forms(canonical(phrase).split()[0]))


@functools.cache
def listed(name: str) -> frozenset[str]:
    """Return the folded syllables of a list of the vocabulary."""
    syllables: str = _vocabulary()["lists"][name]
    return frozenset(folded(syllables).split())


@functools.cache
def _vocabulary() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@functools.cache
def _compiled(order: str, *, is_strict: bool) -> re.Pattern[str]:
    """Return the pattern of a rule. It takes some milliseconds, and is made when the rule is first needed."""
    parts = [f"(?:{_class('opener', is_strict)})*"]
    for place, element in enumerate(order.split()):
        name = element.rstrip("?*")
        is_slot = name.startswith("<")
        if place:
            parts.append(f"(?:{_class('please' if is_slot else 'between', is_strict)})*")
        if is_slot:
            lazy = "" if name.endswith("+>") else "?"
            parts.append(rf"(?P<{name.strip('<+>')}>(?:[ ,]+[^ ,]+)+{lazy})")
        else:
            parts.append(f"(?:{_class(name, is_strict)}){element[len(name) :]}")
    return re.compile("".join(parts) + f"(?:{_class('closer', is_strict)})*")


@functools.cache
def _closers() -> re.Pattern[str]:
    return re.compile(f"(?:{_class('closer', False)})+")


@functools.cache
def _class(name: str, is_strict: bool) -> str:
    """Return a pattern for the phrases of a class, the longest first."""
    phrases = sorted(
        (each.strip() for each in _vocabulary()["words"][name].split("|")), key=len, reverse=True
    )
    patterns = (_phrase(each.lstrip("!"), is_strict=is_strict or each[0] == "!") for each in phrases)
    return f"[ ,]+(?:{'|'.join(patterns)})(?![^ ,])"


def _phrase(phrase: str, *, is_strict: bool) -> str:
    syllables = (_forms(each, is_strict=is_strict) for each in canonical(phrase).split())
    return " ".join(f"(?:{'|'.join(map(re.escape, forms))})" for forms in syllables)


def _forms(syllable: str, *, is_strict: bool = False) -> tuple[str, ...]:
    """Return how a syllable may be typed."""
    short: str = _vocabulary()["short"].get(syllable, "")
    forms = [syllable, *short.split()]
    forms += [] if is_strict else [folded(form) for form in forms]
    return tuple(dict.fromkeys(forms))
