"""Make the card of a story: more of its sentences, their papers and times, and its timeline.

A digest shows one or two sentences of a story (`summarizer.stories.digest_story`). Its card shows what else
may be shown, by the same rules of quoting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from summarizer.facts.same_figures import gives_other_figure
from summarizer.model import Candidate, Disagreement, Piece, Quote, Report, Sentence
from summarizer.stories.digest_story import (
    lead_sentences,
    leading,
    main_topic,
    quote_of,
    reads_alone,
    repeats,
    repeats_title,
    reports_of,
    showable,
    within_share,
)
from summarizer.stories.disagreements import find_disagreements

MOST_QUOTES = 8
_MOST_OF_AN_ARTICLE = 4
_MOST_ARTICLES = 6  # that sentences are taken from
_MOST_STEPS = 6  # of the timeline, the newest
_PIECES_COMPARED = 8  # for disagreements: bounds the work


@dataclass(frozen=True, slots=True)
class Step:
    """One report in a story's timeline."""

    report: Report
    headline: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A story at length."""

    story_id: int
    article_id: int
    title: str
    url: str | None
    topic: str | None
    quotes: tuple[Quote, ...]  # in the order of reading
    reports: tuple[Report, ...]  # the articles of headline and quotes
    steps: tuple[Step, ...]  # its reports, oldest first
    papers: int  # how many sources report the story
    disagreement: Disagreement | None = None


def make_card(candidate: Candidate) -> Card | None:
    """Make the card of a story; None when nothing of it may be shown."""
    pieces = leading(candidate)
    if not pieces:
        return None
    quotes = _quotes(pieces)
    quotable = [piece for piece in showable(candidate) if piece.may_be_quoted][:_PIECES_COMPARED]
    return Card(
        story_id=candidate.story_id,
        article_id=pieces[0].article_id,
        title=_headline(pieces[0]),
        url=pieces[0].url,
        topic=main_topic(showable(candidate)),
        quotes=quotes,
        reports=reports_of(pieces, quotes),
        steps=_steps(showable(candidate)),
        papers=len({piece.source for piece in candidate.pieces if not piece.advertorial}),
        disagreement=next(iter(find_disagreements(quotable)), None),
    )


def _quotes(pieces: Sequence[Piece]) -> tuple[Quote, ...]:
    """Return what may be shown, article by article, each in its own order."""
    title = pieces[0].document.title
    quotes: list[Quote] = []
    for piece in pieces[:_MOST_ARTICLES]:
        before = len(quotes)
        for sentence in _in_order(piece):
            if len(quotes) in (MOST_QUOTES, before + _MOST_OF_AN_ARTICLE):
                break
            shown = [quote.text for quote in quotes]
            if repeats_title(sentence.text, title) or any(repeats(sentence.text, text) for text in shown):
                continue
            if piece is not pieces[0] and gives_other_figure(sentence.text, [title, *shown]):
                continue
            if reads_alone(piece, sentence, quotes) and within_share(piece, sentence, quotes):
                quotes.append(quote_of(piece, sentence))
    return tuple(quotes)


def _in_order(piece: Piece) -> Iterator[Sentence]:
    """Yield the sentences of the lead and of the summary in the order in which the article has them."""
    if not piece.may_be_quoted:
        return
    found = {sentence.place: sentence for sentence in (*lead_sentences(piece.document), *piece.summary)}
    for place in sorted(found, key=lambda place: (place.field != "sapo", place.start)):
        yield found[place]


def _steps(pieces: Sequence[Piece]) -> tuple[Step, ...]:
    """Return the newest reports, oldest first, one of each headline; a story of one report has none."""
    by_headline = {_headline(piece).casefold(): piece for piece in pieces}  # the oldest of equal ones
    if len(by_headline) < 2:
        return ()
    newest_first = sorted(by_headline.values(), key=lambda p: (p.moment, p.article_id), reverse=True)
    return tuple(
        Step(
            Report(piece.article_id, piece.source_title, piece.published_at, piece.precision),
            _headline(piece),
            piece.url,
        )
        for piece in reversed(newest_first[:_MOST_STEPS])
    )


def _headline(piece: Piece) -> str:
    return " ".join(piece.document.title.split())
