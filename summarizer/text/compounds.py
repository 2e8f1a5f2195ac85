"""Which neighbouring words of a question are one word: Vietnamese puts a blank between syllables, not words.

The articles found tell: "giá" and "vàng" stand side by side in them, and mean gold only so.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from summarizer.questions.matching import Phrases
from summarizer.questions.spellings import Run
from summarizer.questions.watch_match import Head

_LONGEST_NUMBER = 3  # digits
_USUAL = 2 / 3  # of the heads that have both words have them side by side: they are one word

Group = tuple[Run, ...]  # a run and its other spellings


def compounded(groups: Sequence[Group], heads: Sequence[Head]) -> tuple[Group, ...]:
    """Return `groups` with those joined that the articles with these heads write as one word.

    >>> from summarizer.model import Document
    >>> heads = [Head(Document("Giá vàng ở Huế")), Head(Document("Huế: giá vàng tăng"))]
    >>> compounded([(("giá",),), (("vàng",),), (("huế",),)], heads)
    ((('giá', 'vàng'),), (('huế',),))
    """
    shares = _shares(groups, heads)
    usual = [share >= _USUAL for share in shares]
    # Now and then is enough for words that belong to no other.
    joined = [
        usual[at] or (share > 0 and not any(usual[max(0, at - 1) : at + 2]))
        for at, share in enumerate(shares)
    ]
    if len(groups) > 1 and _is_number_of(groups[-1], groups[-2]):
        joined[-1] = True
    return tuple(_joined(groups, joined))


def _is_number_of(last: Group, before: Group) -> bool:
    """Tell whether a question ends with the number of something: "bão số 12", "iPhone 12", but no year."""
    number = last[0][0]
    return (
        len(last) == len(before) == len(last[0]) == 1 and number.isdigit() and len(number) <= _LONGEST_NUMBER
    )


def _shares(groups: Sequence[Group], heads: Sequence[Head]) -> list[float]:
    """Return for each two neighbours in how many of the heads with both words these stand side by side.

    It is 0 for what has other spellings.
    """
    words = [group[0] for group in groups]
    pairs = [one + other for one, other in pairwise(words)]
    phrases = Phrases([[run] for run in (*words, *pairs)])
    found = [{match.group for match in phrases.find(head.words) if match.is_as_typed} for head in heads]
    shares = []
    for at, (one, other) in enumerate(pairwise(groups)):
        with_both = [there for there in found if {at, at + 1} <= there]
        side_by_side = sum(len(words) + at in there for there in with_both)
        shares.append(side_by_side / max(1, len(with_both)) if len(one) == len(other) == 1 else 0.0)
    return shares


def _joined(groups: Sequence[Group], with_next: Sequence[bool]) -> Iterator[Group]:
    run: Run = ()
    for group, is_begun in zip(groups, (*with_next, False), strict=False):
        run += group[0]
        if not is_begun:
            yield (run, *group[1:])
            run = ()
