"""What the papers of a story disagree on, and what is new in it since a reader was told it.

Both are worked out for the few stories that a digest tells, and only from articles that may be quoted.
"""

from collections.abc import Sequence
from dataclasses import replace

from summarizer.facts.disagreements import find_disagreements
from summarizer.model import Place, Sentence
from summarizer.stories.news import what_is_new
from summarizer.stories.telling import Candidate, DigestStory, Piece, Quote, showable, within_share

_PIECES_COMPARED = 8  # of a long story, the newest: bounds the work


def with_disagreement(story: DigestStory, candidate: Candidate) -> DigestStory:
    """Add what the papers most surely disagree on, if anything."""
    found = find_disagreements(_quotable(candidate)[:_PIECES_COMPARED])
    return replace(story, disagreement=found[0]) if found else story


def news_of(known: Sequence[Piece], fresh: Candidate) -> Quote | None:
    """Return the sentence of `fresh` that best says what the `known` articles of the story do not, if any."""
    new = _quotable(fresh)[:_PIECES_COMPARED]
    return next((quote for quote in what_is_new(known, new) if _may_be_shown(quote, new)), None)


def _quotable(candidate: Candidate) -> list[Piece]:
    return [piece for piece in showable(candidate) if piece.quote == "full"]


def _may_be_shown(quote: Quote, pieces: Sequence[Piece]) -> bool:
    piece = next(piece for piece in pieces if piece.article_id == quote.article_id)
    sentence = Sentence(quote.text, Place(0, quote.field, quote.start, quote.end))
    return within_share(piece, sentence, ())
