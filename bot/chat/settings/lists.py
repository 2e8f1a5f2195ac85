"""The lists of a reader's choices, words and papers: what is put on, moved and taken off. Pure.

A word stands on one list only, and the latest wish counts. Lists are bounded; what is past the bound is left
off.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.chat.buttons.choice_intents import ChangePapers, ChangeWords, DropWord, SetPaper, spelled
from storage.profiles import Choices
from summarizer.muting import LONGEST_PHRASE, read_phrase

MOST_WORDS = 30  # of each list


def is_phrase(text: str) -> bool:
    """Tell whether there is something to look for, and not too much."""
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
    """Return a list in the order of spelling, which is the same for readers who chose the same."""
    gone = set(map(spelled, off))
    kept = {spelled(each): each for each in before if spelled(each) not in gone}
    for each in put:
        if spelled(each) in kept or len(kept) < MOST_WORDS:
            kept.setdefault(spelled(each), each)
    return tuple(kept[key] for key in sorted(kept))
