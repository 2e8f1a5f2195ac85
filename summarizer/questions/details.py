"""More of an article than an answer showed: its summary and its opening, without what was read already."""

from collections.abc import Iterator, Sequence

from summarizer.model import Place, Sentence
from summarizer.stories.telling import Piece, Quote, quote_of, reads_alone, repeats, within_share
from summarizer.text.furniture import ends_as_sentence, is_byline, is_furniture
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables

_MOST = 3  # sentences of an article
_OPENING_SENTENCES, _OPENING_CHARACTERS = 8, 4_000  # of a body
_FEWEST_SYLLABLES = 6


def further_sentences(piece: Piece, quoted: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return at most three sentences of an article that `quoted` does not have, in the order of the article.

    Together with `quoted` they are no more of it than may be shown; a source not to be quoted gives none.
    """
    if piece.quote != "full":
        return ()
    found: list[Quote] = []
    for sentence in (*piece.summary, *_opening(piece)):
        told = [*quoted, *found]
        if len(found) == _MOST or any(repeats(sentence.text, quote.text) for quote in told):
            continue
        if (
            within_share(piece, sentence, told)
            and _is_prose(sentence.text)
            and reads_alone(piece, sentence, told)
        ):
            found.append(quote_of(piece, sentence))
    return tuple(sorted(found, key=lambda quote: (quote.field == "body", quote.start)))


def _opening(piece: Piece) -> Iterator[Sentence]:
    body = piece.document.body[:_OPENING_CHARACTERS]
    for start, end in split(body)[:_OPENING_SENTENCES]:
        text = body[start:end]
        if len(syllables(text)) >= _FEWEST_SYLLABLES and ends_as_sentence(text):
            yield Sentence(text, Place(0, "body", start, end))


def _is_prose(text: str) -> bool:
    return not (is_furniture(text) or is_byline(text))
