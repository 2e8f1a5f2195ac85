"""Text as the index holds it: bounded lists of words, with marks and without.

The SQLite index forgets an article only when told the very words that it was given, so a change here or in
`summarizer.syllables` needs a migration that empties and refills the index.
"""

from collections.abc import Iterable

from summarizer.syllables import folded, syllables

# PostgreSQL counts positions up to 16,383 and takes a tsvector of 1 MB; no article is longer.
_MAX_CHARACTERS = 200_000
_MAX_WORDS = 16_000
_MAX_WORD_LENGTH = 64


def accented_words(text: str) -> list[str]:
    """Return the canonical words of `text` in order.

    >>> accented_words("Thuỷ triều ở Hạ Long")
    ['thủy', 'triều', 'ở', 'hạ', 'long']
    """
    return [shortened(word) for word in syllables(text[:_MAX_CHARACTERS])[:_MAX_WORDS]]


def shortened(word: str) -> str:
    """Return as much of `word` as the index keeps."""
    return word[:_MAX_WORD_LENGTH]


def without_marks(words: Iterable[str]) -> str:
    """Return canonical `words` folded, with blanks between.

    >>> without_marks(["đường", "thủy"])
    'duong thuy'
    """
    return folded(" ".join(words))
