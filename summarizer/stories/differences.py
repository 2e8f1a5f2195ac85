"""Add to a story as told what its papers disagree on, and what is new since the reader was told it.

Both are worked out for the few stories that a digest tells, and only from articles that may be quoted.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from summarizer.facts.disagreements import find_disagreements
from summarizer.model import Place, Sentence
from summarizer.stories.news import what_is_new
from summarizer.stories.telling import (
    MAX_QUOTES,
    Candidate,
    DigestStory,
    Piece,
    Quote,
    repeats,
    reports_of,
    showable,
    within_share,
)

_PIECES_COMPARED = 8  # of a long story, the newest: bounds the work


def with_disagreement(story: DigestStory, candidate: Candidate) -> DigestStory:
    """Add what the papers most surely disagree on, if anything."""
    found = find_disagreements(_quotable(candidate))
    return replace(story, disagreement=found[0]) if found else story


def with_news(story: DigestStory, candidate: Candidate, told_at: dt.datetime) -> DigestStory:
    """Open the story with what is new since `told_at`, and let a sentence of the story follow.

    A story in which nothing is new by rule stays as it is: its newer articles may tell it better.
    """
    pieces = _quotable(candidate)
    old = [piece for piece in pieces if piece.was_ready_at <= told_at]
    new = [piece for piece in pieces if piece.was_ready_at > told_at]
    news = next((quote for quote in what_is_new(old, new) if _may_be_shown(quote, new)), None)
    if news is None:
        return story
    others = [
        quote
        for quote in story.quotes
        if quote.article_id != news.article_id and not repeats(quote.text, news.text)
    ]
    quotes = (news, *others)[:MAX_QUOTES]
    return replace(story, quotes=quotes, reports=reports_of(candidate.pieces, quotes), is_update=True)


def _quotable(candidate: Candidate) -> list[Piece]:
    return [piece for piece in showable(candidate) if piece.quote == "full"][:_PIECES_COMPARED]


def _may_be_shown(quote: Quote, pieces: Sequence[Piece]) -> bool:
    piece = next(piece for piece in pieces if piece.article_id == quote.article_id)
    sentence = Sentence(quote.text, Place(0, quote.field, quote.start, quote.end))
    return within_share(piece, sentence, ())
