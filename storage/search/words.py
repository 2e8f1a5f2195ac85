"""Text as the index holds it: bounded lists of words, with marks and without.

The index forgets an article only when told the very words that it was given, so a change here or in
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
    return shortened(syllables(text[:_MAX_CHARACTERS])[:_MAX_WORDS])


def without_marks(words: Iterable[str]) -> list[str]:
    """Return canonical `words` folded.

    >>> without_marks(["đường", "thủy"])
    ['duong', 'thuy']
    """
    return folded(" ".join(words)).split()


def shortened(words: Iterable[str]) -> list[str]:
    """Return `words` no longer than the index keeps them."""
    return [word[:_MAX_WORD_LENGTH] for word in words]
