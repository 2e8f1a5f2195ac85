"""Read what someone typed as a question: words to find, phrases, words to leave out.

Nothing typed is an error: what cannot be understood is read as plain words or dropped, and the work that a
query can cause is bounded here. Where and how the words are looked up is `storage.search`'s business.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from summarizer.syllables import folded
from summarizer.words import word_forms

MAX_CHARACTERS = 200
MAX_WORDS = 16

Run = tuple[str, ...]  # canonical words that stand side by side

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
_PART = re.compile(r'(?P<minus>(?<!\S)[-−])?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
_PIECE = re.compile(r"[^\W_]+")  # stays together: "u23" is the words u and 23 side by side


@dataclass(frozen=True, slots=True)
class Query:
    """A question as data. `text` is what was typed, cleaned, for showing.

    `wanted` are runs that must all occur: a plain word is a run of one, a quoted phrase of
    several. `excluded` are runs of which none may occur.
    """

    text: str
    wanted: tuple[Run, ...] = ()
    excluded: tuple[Run, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to look for."""
        return not self.wanted

    @property
    def words(self) -> Run:
        """Return all wanted syllables, in the order typed."""
        return tuple(word for run in self.wanted for word in run)

    @property
    def has_marks(self) -> bool:
        """Tell whether a wanted word was typed with a mark or đ, so that accented text is worth comparing."""
        return any(folded(word) != word for word in self.words)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the wanted syllables two by two, as neighbours."""
        return tuple(pairwise(self.words))


def parse_query(text: str) -> Query:
    """Read `text` as a query: quoted phrases, `-word` to leave out, plain words. Any string is taken.

    >>> parse_query('Hạ Long "du lịch" -tàu')
    Query(text='Hạ Long "du lịch" -tàu', wanted=(('hạ',), ('long',), ('du', 'lịch')), excluded=(('tàu',),))
    """
    shown = _clean(text)
    wanted: list[Run] = []
    excluded: list[Run] = []
    left = MAX_WORDS
    for part in _PART.finditer(shown.translate(_QUOTES)):
        together = part["minus"] or part["phrase"]
        pieces = [part["phrase"] or part["plain"] or ""] if together else _PIECE.findall(part["plain"] or "")
        for piece in pieces:
            run = tuple(word.canonical for word in word_forms(piece)[:left])
            left -= len(run)
            (excluded if part["minus"] else wanted).append(run)
    return Query(shown, _once(wanted), _once(excluded))


def _clean(text: str) -> str:
    """Drop what is not seen (controls, bidi marks, lone surrogates), join blanks, cut to the bound."""
    head = text[: 4 * MAX_CHARACTERS]
    seen = [" " if c.isspace() else c for c in head if c.isspace() or unicodedata.category(c)[0] != "C"]
    return " ".join(unicodedata.normalize("NFC", "".join(seen)).split())[:MAX_CHARACTERS].rstrip()


def _once(runs: list[Run]) -> tuple[Run, ...]:
    return tuple(dict.fromkeys(run for run in runs if run))
