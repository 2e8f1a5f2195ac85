"""The lists of words and papers: what people type about them, and what is put on and taken off. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.chat.buttons.reader_intents import ChangePapers, ChangeWords, DropWord, SetPaper, spelled
from storage.profiles import Choices
from summarizer.reader_tastes import LONGEST_PHRASE, read_phrase
from summarizer.text.syllables import folded

# A word is on one list only: the latest wish counts. Lists are bounded; words past the bound are left out.

MOST_WORDS = 30  # of each list


def is_phrase(text: str) -> bool:
    """Tell whether `text` has words to look for and is not too long."""
    return 0 < len(text) <= LONGEST_PHRASE and bool(read_phrase(text))


def with_words(choices: Choices, change: ChangeWords | DropWord) -> Choices:
    """Return the choices after a change of words."""
    if isinstance(change, DropWord):
        of_it = [w for w in (*choices.words_out, *choices.words_in) if DropWord.of(w) == change]
        change = ChangeWords(gone=tuple(of_it))
    out = [word for word in change.out if is_phrase(word)]
    wanted = [word for word in change.wanted if is_phrase(word)]
    return replace(
        choices,
        words_out=_changed(choices.words_out, put=out, off=(*wanted, *change.gone)),
        words_in=_changed(choices.words_in, put=wanted, off=(*out, *change.gone)),
    )


def with_papers(choices: Choices, change: ChangePapers | SetPaper, known: Collection[str]) -> Choices:
    """Return the choices after a change of papers; one that the newsroom does not have changes nothing."""
    if isinstance(change, SetPaper):
        paper = (change.source,)
        change = ChangePapers(out=paper) if change.is_out else ChangePapers(gone=paper)
    out = [paper for paper in change.out if paper in known]
    wanted = [paper for paper in change.wanted if paper in known]
    return replace(
        choices,
        sources_out=_changed(choices.sources_out, put=out, off=(*wanted, *change.gone)),
        sources_in=_changed(choices.sources_in, put=wanted, off=(*out, *change.gone)),
    )


def _changed(before: Iterable[str], *, put: Iterable[str], off: Iterable[str]) -> tuple[str, ...]:
    """Return the changed list, sorted by spelling, so that equal choices share a profile."""
    gone = set(map(spelled, off))
    kept = {spelled(each): each for each in before if spelled(each) not in gone}
    for each in put:
        if spelled(each) in kept or len(kept) < MOST_WORDS:
            kept.setdefault(spelled(each), each)
    return tuple(kept[key] for key in sorted(kept))


# What people type after /tu and /nguon: "bỏ: showbiz, chứng khoán; thêm: Hạ Long". Pure.
#
# "bỏ" or a minus leaves out, "thêm" or a plus gives more, "gỡ" forgets. Names are parted by commas,
# wishes by semicolons or lines.

How = Literal["out", "wanted", "gone"]
MOST_CHARACTERS = 2_000  # of a line that is read
_OPENINGS: dict[str, How] = {
    "bo chan": "gone", "bo tat": "gone", "thoi bo": "gone", "go": "gone", "go bo": "gone", "xoa": "gone",
    "huy": "gone",
    "bo": "out", "bo tin": "out", "chan": "out", "tat": "out", "an": "out", "khong": "out",
    "tru": "out", "khong doc": "out", "khong muon": "out", "it": "out", "-": "out", "−": "out", "–": "out",
    "them": "wanted", "them tin": "wanted", "muon": "wanted", "thich": "wanted",
    "nhieu": "wanted", "uu tien": "wanted", "+": "wanted",
}  # fmt: skip
_LONGEST_OPENING = 2  # words
_SIGNS = "+-−–"
_SEGMENT = re.compile(r"[;\n]")
_TRIMMED = " \t\"'“”«».:,;"


class UnclearListError(ValueError):
    """The line does not say whether to leave out or to add; `words` is what it names."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(slots=True)
class TypedList:
    """The names in a line, by wish."""

    out: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def parse_list(text: str) -> TypedList:
    """Read a line.

    Raises:
        UnclearListError: see there; then nothing of the line counts.

    >>> typed = parse_list("bỏ: showbiz, chứng khoán; thêm: Hạ Long")
    >>> typed.out, typed.wanted
    (['showbiz', 'chứng khoán'], ['Hạ Long'])
    """
    typed = TypedList()
    how: How | None = None
    for name, opening in _names(text[:MOST_CHARACTERS]):
        how = opening or how
        if name and how is None:
            raise UnclearListError(name)
        if name and how:
            getattr(typed, how).append(name)
    return typed


def _names(text: str) -> Iterator[tuple[str, How | None]]:
    """Yield each name with the wish before it, if any."""
    for segment in _SEGMENT.split(text):
        for number, item in enumerate(segment.split(",")):
            how, rest = _opening(item, may_be_a_name=number > 0)
            yield " ".join(rest.split()).strip(_TRIMMED), how


def _opening(item: str, *, may_be_a_name: bool) -> tuple[How | None, str]:
    """Split an item into wish and name. After a comma only "bỏ", "thêm" and words with a colon are wishes."""
    item = item.strip()
    if item[:1] in _SIGNS and len(item) > 1:
        return _OPENINGS[item[0]], item[1:]
    head, colon, rest = item.partition(":")
    if colon and (how := _OPENINGS.get(_bare(head))):
        return how, rest
    words = item.split()
    for count in range(min(_LONGEST_OPENING, len(words) - 1), 0, -1):
        opening = _bare(" ".join(words[:count]))
        if opening in _OPENINGS and (not may_be_a_name or opening in ("bo", "them")):
            return _OPENINGS[opening], " ".join(words[count:])
    return None, item


def _bare(text: str) -> str:
    return " ".join(folded(text).split())
