"""Text as the index holds it: a bounded number of words, with marks and without.

The SQLite index forgets an article only when told the very words that it was given, so a change here, in
`summarizer.text.words` or `summarizer.text.syllables` needs a migration that empties and refills the index.
"""

from summarizer.text.normal_form import composed
from summarizer.text.words import Forms, word_forms

# PostgreSQL counts positions up to 16,383 and takes a tsvector of 1 MB: a longer text is found by its
# beginning.
MAX_WORDS = 16_000
_MAX_CHARACTERS = 100_000

FIELD_END = Forms("¶", "¶")  # no question holds it, so no phrase is found across two fields


def indexed_forms(text: str) -> list[Forms]:
    """Return the words of `text` that the index keeps, in order.

    >>> [word.folded for word in indexed_forms("Thuỷ triều ở Hạ Long")]
    ['thuy', 'trieu', 'o', 'ha', 'long']
    """
    return word_forms(composed(text[:_MAX_CHARACTERS]))[:MAX_WORDS]


def accented(words: list[Forms]) -> str:
    """Return `words` with their marks, blanks between."""
    return " ".join([word.canonical for word in words])


def unaccented(words: list[Forms]) -> str:
    """Return `words` without marks, blanks between."""
    return " ".join([word.folded for word in words])
