"""Cut the sentences of a text into canonical syllables, all at once.

What a syllable is, is `syllables`' business; here the text is lowered and its tones placed once, not once a
sentence, which is twice as fast.
"""

import re
from collections.abc import Iterable, Iterator

from summarizer.text.syllables import canonical, syllables

_WORD = re.compile(r"[^\W_]+")


def tokenize(text: str, spans: Iterable[tuple[int, int]]) -> list[list[str]]:
    """Return the syllables of each span of `text`, which is repaired and cut between words.

    >>> tokenize("Hoà ốm. Trời mưa 3,5 mm.", [(0, 7), (8, 24)])
    [['hòa', 'ốm'], ['trời', 'mưa', '3', '5', 'mm']]
    """
    return [tokens for _, tokens in tokens_of(text, spans)]


def tokens_of(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """Yield each span and its syllables, as they are asked for."""
    form = canonical(text)
    has_places = len(form) == len(text)  # a letter like İ grows in lowercase, and places would shift
    for start, end in spans:
        yield (start, end), _WORD.findall(form, start, end) if has_places else syllables(text[start:end])
