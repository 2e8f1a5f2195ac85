"""Compose one story of a digest: choose its headline, one or two sentences and its sources.

The sentences come word for word from the articles' stored summaries. Two limits say how much of an article
may be shown: its source's rule (`quote`), and our own: its lead, or two sentences and a fifth of it.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from summarizer.facts.claims import figures
from summarizer.facts.same_figures import gives_other_figure
from summarizer.model import (
    Candidate,
    DigestStory,
    Document,
    FieldName,
    Piece,
    Place,
    Quote,
    Report,
    Sentence,
    SourceLink,
    sentence_at,
)
from summarizer.stories.terms import article_terms, idf, similarity, term_hashes
from summarizer.text.openings import is_cut, is_dangling, opens_with_credit
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables

MAX_QUOTES = 2
_SHARE_OF_ARTICLE = 5  # beyond its lead, a fifth of an article at most
_PIECES_WEIGHED = 24  # of a long story, the newest: enough to find its centre
_COPY = 0.2  # similarity is capped here, so that copies of one agency text do not raise each other
_OUTDATED_HOURS = 24.0  # a report counts half if another one is this much newer
_REPEATS = 0.3  # share of the shorter sentence's pairs of syllables which the other has too
_REPEATS_TITLE = 0.75  # share of a sentence's syllables which the title has too
# Least share of a sentence's words, weighed by IDF, that are new. The leads of two papers say much the same.
_ADDS = 0.55
_OWN_ADDS = 0.3  # of the leading article's own sentences
_ADDS_FIGURE = 0.3  # of sentences with a new figure
_SUPERSEDED = dt.timedelta(hours=12)  # a report this much older than the leading one may be outdated
_FEWEST_SYLLABLES = 4  # fewer are a dateline cut off by its full stop: "(TTX)."
_ENOUGH_SYLLABLES = 30  # a first sentence this long stands alone when one paper tells the story


def showable(candidate: Candidate) -> list[Piece]:
    """Return the articles of a story that may be shown, newest first; advertorials never are."""
    pieces = (piece for piece in candidate.pieces if piece.may_be_shown and piece.document.title.strip())
    return sorted(pieces, key=lambda p: (p.moment, p.article_id), reverse=True)


def compose_story(
    candidate: Candidate, pieces: Sequence[Piece], *, max_quotes: int = MAX_QUOTES
) -> DigestStory:
    """Compose a story in the words of the first of `pieces` (see `leading`), and a second sentence that adds.

    The second sentence may be of any of `pieces` that is not hours older than the first, says something new,
    and gives no other figure for what the first one counts.

    Raises:
        ValueError: a summary's sentence is not what stands at its place.
    """
    quotes = _quotes(pieces, max_quotes)
    return DigestStory(
        story_id=candidate.story_id,
        title=" ".join(pieces[0].document.title.split()),
        topic=main_topic(showable(candidate)),
        quotes=quotes,
        sources=_sources([*pieces, *showable(candidate)]),
        published_at=max((p.published_at for p in pieces if p.published_at), default=None),
        articles=sum(not p.advertorial for p in candidate.pieces),
        reports=reports_of(pieces, quotes),
        picture=pieces[0].url if pieces[0].preview else None,
    )


def reports_of(pieces: Sequence[Piece], quotes: Sequence[Quote]) -> tuple[Report, ...]:
    """Return the report of the headline, which is the first piece's, and those of `quotes`, each once."""
    by_id = {piece.article_id: piece for piece in pieces}
    ids = dict.fromkeys([pieces[0].article_id, *(quote.article_id for quote in quotes)])
    return tuple(
        Report(piece.article_id, piece.source_title, piece.published_at, piece.precision)
        for piece in map(by_id.__getitem__, ids)
    )


def leading(candidate: Candidate) -> list[Piece]:
    """Return the articles of a story that may be shown, the most central first; perhaps none.

    Those that may be quoted come first, then those that share much with the others; older ones count less.
    """
    pieces = showable(candidate)[:_PIECES_WEIGHED]
    terms = [article_terms(p.document.title, p.document.sapo, p.document.body) for p in pieces]
    rated = []
    for number, piece in enumerate(pieces):
        shared = sum(min(_COPY, similarity(terms[number], other)) for other in terms)
        hours = (pieces[0].moment - piece.moment).total_seconds() / 3600
        rating = shared * 0.5 ** (hours / _OUTDATED_HOURS)
        can_be_quoted = piece.may_be_quoted and bool(piece.summary)
        rated.append((not can_be_quoted, -round(rating, 4), piece.article_id, piece))
    return [piece for *_, piece in sorted(rated, key=lambda row: row[:3])]


def main_topic(pieces: Sequence[Piece]) -> str | None:
    """Return the topic that most articles of a story are in; of equals the first in the alphabet."""
    topics = [p.topic for p in pieces if p.topic]
    return min(topics, key=lambda topic: (-topics.count(topic), topic), default=None)


def _quotes(pieces: Sequence[Piece], at_most: int) -> tuple[Quote, ...]:
    if not at_most:
        return ()
    title = pieces[0].document.title
    quotes: list[Quote] = []
    is_short = at_most <= MAX_QUOTES
    for piece, sentence in _sentences(pieces, at_length=not is_short):
        is_lone = is_short and len(pieces) == 1
        is_enough = quotes and is_lone and len(syllables(quotes[0].text)) >= _ENOUGH_SYLLABLES
        if is_enough or len(quotes) == at_most:
            break
        shown = [quote.text for quote in quotes]
        if repeats_title(sentence.text, title) or any(repeats(sentence.text, text) for text in shown):
            continue
        least = _OWN_ADDS if piece is pieces[0] else _ADDS
        if shown and not adds(sentence.text, [title, *shown], least=least):
            continue
        if piece is not pieces[0] and _may_be_outdated(piece, sentence, pieces[0], [title, *shown]):
            continue
        if reads_alone(piece, sentence, quotes) and within_share(piece, sentence, quotes):
            quotes.append(quote_of(piece, sentence))
    return tuple(quotes) or _lead_quote(pieces)


def _may_be_outdated(piece: Piece, sentence: Sentence, leading: Piece, shown: Sequence[str]) -> bool:
    """Tell whether another article's sentence may be out of date beside the leading one's."""
    return leading.moment - piece.moment > _SUPERSEDED or gives_other_figure(sentence.text, shown)


def _lead_quote(pieces: Sequence[Piece]) -> tuple[Quote, ...]:
    """Return the first sentence of a lead, for a story whose summaries have no sentence that may be shown."""
    for piece in pieces:
        if not piece.may_be_quoted:
            continue
        for sentence in lead_sentences(piece.document):
            is_repeated = repeats_title(sentence.text, pieces[0].document.title)
            if not is_repeated and reads_alone(piece, sentence, ()):
                return (quote_of(piece, sentence),)
    return ()


def lead_sentences(document: Document) -> Iterator[Sentence]:
    """Yield the whole sentences of the lead; without one, the first sentence of the body."""
    field: FieldName = "sapo" if document.sapo.strip() else "body"
    text = document.field(field)
    for start, end in split(text)[: None if field == "sapo" else 1]:
        if not is_cut(text[start:end], field):
            yield Sentence(text[start:end], Place(0, field, start, end))


def quote_of(piece: Piece, sentence: Sentence) -> Quote:
    place = sentence.place
    return Quote(sentence.text, piece.article_id, place.field, place.start, place.end)


def _sentences(pieces: Sequence[Piece], *, at_length: bool) -> Iterator[tuple[Piece, Sentence]]:
    """Yield quotable sentences by preference: those of the leading article, then the first of each other.

    Only the leading article gives a second sentence: after another paper's first one it could lack its
    context. `at_length`: the rest of the leading article's lead comes before the other articles.
    """
    for number, piece in enumerate(pieces):
        if piece.may_be_quoted:
            for sentence in piece.summary[: MAX_QUOTES if number == 0 else 1]:
                if sentence_at([piece.document], sentence.place) != sentence:
                    raise ValueError(
                        f"article {piece.article_id} does not say {sentence.text!r} at its place"
                    )
                yield piece, sentence
            if number == 0 and at_length:
                yield from ((piece, sentence) for sentence in lead_sentences(piece.document))


def reads_alone(piece: Piece, sentence: Sentence, quotes: Sequence[Quote]) -> bool:
    """Tell whether the sentence can be understood after `quotes`; a bare dateline never can."""
    if len(syllables(sentence.text)) < _FEWEST_SYLLABLES or opens_with_credit(sentence.text):
        return False
    if not is_dangling(sentence.text):
        return True
    place = sentence.place
    before = piece.document.field(place.field)[: place.start].rstrip()
    own = [quote for quote in quotes if (quote.article_id, quote.field) == (piece.article_id, place.field)]
    return any(quote.end == len(before) for quote in own)


def within_share(piece: Piece, sentence: Sentence, quotes: Sequence[Quote]) -> bool:
    """Tell whether the sentence may be shown beside `quotes`: the article's lead, or a fifth of the article.

    Without a lead, the first sentence of the body stands for it.
    """
    own = [quote for quote in quotes if quote.article_id == piece.article_id]
    document = piece.document
    starts = [(sentence.place.field, sentence.place.start), *((quote.field, quote.start) for quote in own)]
    if all(_is_lead(document, field, start) for field, start in starts):
        return True
    shown = sum(len(syllables(text)) for text in (*(quote.text for quote in own), sentence.text))
    whole = len(syllables(document.sapo)) + len(syllables(document.body))
    return shown * _SHARE_OF_ARTICLE <= whole


def _is_lead(document: Document, field: FieldName, start: int) -> bool:
    return field == "sapo" or (not document.sapo.strip() and not document.body[:start].strip())


def repeats(text: str, other: str) -> bool:
    """Tell whether two sentences say nearly the same."""
    mine, theirs = _pairs(text), _pairs(other)
    return len(mine & theirs) >= _REPEATS * max(1, min(len(mine), len(theirs)))


def adds(text: str, shown: Sequence[str], *, least: float = _ADDS) -> bool:
    """Tell whether a sentence adds to those `shown`: enough new words, or a new figure and some words.

    `least` is the share of its words, weighed by IDF, that must be new.

    >>> shown = ["Bệnh viện Bến Cau lắp 80 máy khử rung tim", "80 máy được đặt dọc bờ biển Bến Cau."]
    >>> adds("80 máy khử rung tim sẽ được lắp ở Bến Cau.", shown), adds("Mỗi máy giá 30 triệu đồng.", shown)
    (False, True)
    """
    share = newness(text, {word for one in shown for word in syllables(one)})
    return share >= least or (share >= _ADDS_FIGURE and not _values(text) <= _values(*shown))


def newness(text: str, known: Collection[str]) -> float:
    """Return the share of a text's syllables, weighed by IDF, that are not among the `known`."""
    words = list(dict.fromkeys(syllables(text)))
    weights = idf(term_hashes(words)[: len(words)])
    new = float(weights[[word not in known for word in words]].sum())
    return new / max(float(weights.sum()), 1e-9)


def _values(*texts: str) -> set[float]:
    return {quantity.value for text in texts for quantity in figures(text)}


def repeats_title(text: str, title: str) -> bool:
    """Tell whether a sentence says little that the headline does not."""
    words, known = syllables(text), set(syllables(title))
    return sum(word in known for word in words) >= _REPEATS_TITLE * max(1, len(words))


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(syllables(text)))


def _sources(pieces: Sequence[Piece]) -> tuple[SourceLink, ...]:
    links: dict[str, SourceLink] = {}
    for piece in pieces:
        links.setdefault(piece.source, SourceLink(piece.source_title, piece.url))
    return tuple(links.values())
