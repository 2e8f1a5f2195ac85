"""Find what is new in a story since a reader was told it: sentences of newer articles, word for word.

By rule: a sentence is news when it has a figure that differs from the older one for the same thing, or when
it names what no older article does. One whose words the older articles already have is none, whatever it
names.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from summarizer.facts.claims import FIELDS, Claim, figures, find_claims, names
from summarizer.facts.numbers import Measure
from summarizer.facts.same_thing import same_thing
from summarizer.model import Place, Sentence
from summarizer.stories.telling import Piece, Quote
from summarizer.text.leads import is_cut, opens_with_credit
from summarizer.text.openers import is_dangling
from summarizer.text.sentences import split
from summarizer.text.syllables import canonical, syllables

_MOST_REPEATED = 0.5  # of a sentence's pairs of syllables, in the older articles
_SHORTEST, _LONGEST = 8, 60  # syllables of a sentence that can stand alone
_LEAD_SENTENCES = 6  # of a body: what is new stands first
_FIGURE_CHANGED = 3.0  # is worth as much as this many new names


class _Known(NamedTuple):
    """What the older articles say."""

    pairs: frozenset[tuple[str, str]]
    words: frozenset[str]
    claims: tuple[Claim, ...]


def what_is_new(old: Sequence[Piece], new: Sequence[Piece]) -> tuple[Quote, ...]:
    """Return the sentences of `new` that say what `old` does not, the most telling first; it may be none."""
    if not old or not new:
        return ()
    known = _known(old, new)
    rated = [
        (rating, Quote(sentence.text, piece.article_id, place.field, place.start, place.end))
        for piece in sorted(new, key=lambda piece: (piece.moment, piece.article_id), reverse=True)
        for position, sentence in enumerate(_sentences(piece))
        if (rating := _news_in(piece, sentence, known) - position / _LEAD_SENTENCES) > 0
        for place in [sentence.place]
    ]
    return tuple(quote for _, quote in sorted(rated, key=lambda one: -one[0]))


def _known(old: Sequence[Piece], new: Sequence[Piece]) -> _Known:
    words: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for piece in old:
        for field in ("title", *FIELDS):
            told = syllables(piece.document.field(field))
            words.update(told)
            pairs.update(pairwise(told))
    measures = {
        quantity.measure
        for piece in new
        for field in FIELDS
        for quantity in figures(piece.document.field(field))
    }
    claims = [claim for piece in old for claim in find_claims(piece.document, measures)]
    return _Known(frozenset(pairs), frozenset(words), tuple(claims))


def _sentences(piece: Piece) -> Iterator[Sentence]:
    """Yield what may be shown of an article: the sentences of its summary first, then those it opens with."""
    seen = set()
    for sentence in (*piece.summary, *_opening(piece)):
        if sentence not in seen and _stands_alone(sentence):
            yield sentence
        seen.add(sentence)


def _opening(piece: Piece) -> Iterator[Sentence]:
    for field in FIELDS:
        text = piece.document.field(field)
        for start, end in split(text)[:_LEAD_SENTENCES]:
            yield Sentence(text[start:end], Place(0, field, start, end))


def _stands_alone(sentence: Sentence) -> bool:
    text = sentence.text
    return (
        _SHORTEST <= len(syllables(text)) <= _LONGEST
        and text.endswith((".", "!", "”", '"'))
        and not (is_dangling(text) or opens_with_credit(text) or is_cut(text, sentence.place.field))
    )


def _news_in(piece: Piece, sentence: Sentence, known: _Known) -> float:
    """Rate how much a sentence adds to what is known: 0 nothing."""
    place = sentence.place
    told = [claim for claim in known.claims if claim.measure in _measures(piece, place)]
    mine = find_claims(piece.document, {claim.measure for claim in told})
    if any(_has_changed(claim, told) for claim in mine if claim.place == place):
        return _FIGURE_CHANGED
    pairs = set(pairwise(syllables(sentence.text)))
    if len(pairs & known.pairs) >= _MOST_REPEATED * len(pairs):
        return 0.0
    text = piece.document.field(place.field)
    return float(
        sum(
            canonical(name) not in known.words
            for name in set(names(text, place.start, place.start, place.end))
        )
    )


def _measures(piece: Piece, place: Place) -> set[Measure]:
    inside = figures(piece.document.field(place.field))
    return {quantity.measure for quantity in inside if place.start <= quantity.start < place.end}


def _has_changed(claim: Claim, told: Sequence[Claim]) -> bool:
    """Tell whether an older figure of the same thing differs, and none agrees."""
    same = [older.quantity for older in told if same_thing(older, claim)]
    return bool(same) and not any(claim.quantity.agrees_with(older) for older in same)
