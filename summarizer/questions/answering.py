"""Answer a question in two or three sentences of the articles that it found, word for word, or not at all.

An article answers when one sentence of it, two neighbours, or its headline with a sentence of the sapo say
all that was asked, and close together: words scattered over a long body are no answer. How a stretch of
text is weighed against a question is `coverage`'s business, which articles to look at the search's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from summarizer.model import Document, FieldName, Place, Sentence
from summarizer.questions.coverage import Coverage, Wanted
from summarizer.questions.importance import content_of, weights_of
from summarizer.questions.query import Query
from summarizer.questions.watch_match import Head
from summarizer.stories.telling import Piece, Quote, repeats, repeats_title, within_share
from summarizer.text.captions import likeness_to_captions
from summarizer.text.compounds import compounded
from summarizer.text.furniture import ends_as_sentence, is_byline, is_furniture
from summarizer.text.leads import is_cut, opens_with_credit
from summarizer.text.openers import is_dangling
from summarizer.text.sentences import split
from summarizer.text.syllables import folded, syllables
from summarizer.text.words import Forms, fits, word_forms

MOST_READ = 8  # articles looked at, the best of the search
MAX_SENTENCES = 3
MAX_SYLLABLES = 90  # of an answer: a phone's screen
MAX_CHARACTERS = 800  # of an answer, whose syllables may be no words
_MOST_CHARACTERS = 12_000  # of a body: an answer that stands further down is not what the article is about
_ANSWERS = 0.8  # from this coverage on; set on questions about what is and what is not there, see docs
_AS_GOOD = 2  # decimals of coverage in which articles differ; below that the search's order stands
# How much the words count by where they stand together
_IN_BODY, _WITH_TITLE, _IN_TWO = 0.95, 0.95, 0.85
# What a reader values in a sentence beside the words of the question
_LEAD, _SUMMARY, _OPENING = 0.25, 0.2, 0.1
_CAPTION, _SAYS_TITLE, _ASKS, _CUT_QUOTATION, _LONG = 0.6, 0.3, 0.3, 0.3, 0.15
_WORTH_ADDING = 0.6  # a second sentence of the same article
_TO_THE_POINT = 0.5  # how much a sentence says itself where the headline and the sapo do not answer
_FEWEST_SYLLABLES, _LONG_SYLLABLES = 6, 45
_FIRST_SENTENCES = 3  # of a body


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question is answered with.

    `cited` are the numbers of the articles that answer, the best first; `quotes` are whole sentences of
    theirs in that order. An article that may not be quoted is cited without one.
    """

    is_answered: bool = False
    quotes: tuple[Quote, ...] = ()
    cited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of an article with its words and how much of the question they say."""

    text: str
    place: Place
    number: int  # in its field
    words: Sequence[Forms]
    says: Coverage


class _Read:
    """An article read for a question. Its body is cut up only where that is needed: most of the work."""

    def __init__(
        self, piece: Piece, wanted: Wanted, compounds: Wanted, fixed_pairs: Sequence[tuple[str, str]]
    ) -> None:
        """Take what is asked for: its syllables tell sentences apart, its words decide."""
        self.piece = piece
        self._fixed = fixed_pairs
        self._wanted = wanted
        self._compounds = compounds
        self._sapo = list(self._cut("sapo"))
        in_lead = self._lead_score()
        self.score = in_lead or self._body_score()
        self.is_about_it = in_lead >= _ANSWERS

    @cached_property
    def _body(self) -> list[_Sentence]:
        return list(self._cut("body"))

    @property
    def sentences(self) -> list[_Sentence]:
        """Return the sentences of sapo and body."""
        return [*self._sapo, *self._body]

    def _cut(self, field: FieldName) -> Iterator[_Sentence]:
        """Yield the sentences of a field; of a very long one those of its beginning."""
        whole = self.piece.document.field(field)
        text = whole[:_MOST_CHARACTERS]
        for number, (start, end) in enumerate(split(text)):
            if end < len(text) or len(text) == len(whole):
                words = word_forms(text[start:end])
                place = Place(0, field, start, end)
                yield _Sentence(text[start:end], place, number, words, self._wanted.coverage(words))

    def _lead_score(self) -> float:
        """Return how much headline and sapo say; 0 when something is missing."""
        title = word_forms(self.piece.document.title)
        alone = self._best(title, *(sentence.words for sentence in self._sapo))
        return alone or _WITH_TITLE * self._best(*([*title, *each.words] for each in self._sapo))

    def _body_score(self) -> float:
        """Return how much a sentence of the body says, or two neighbours; 0 when something is missing."""
        alone = _IN_BODY * self._best(*(sentence.words for sentence in self._body if sentence.says.is_whole))
        pairs = (
            [*one.words, *other.words]
            for field in (self._sapo, self._body)
            for one, other in pairwise(field)
            if one.says.score and other.says.score
        )
        return alone or _IN_TWO * self._best(*pairs)

    def _best(self, *stretches: Sequence[Forms]) -> float:
        said = map(self._compounds.coverage, filter(self._has_fixed, stretches))
        return max((each.score for each in said if each.is_whole), default=0.0)

    def _has_fixed(self, words: Sequence[Forms]) -> bool:
        neighbours = list(pairwise(words))
        return all(any(_are(pair, two) for two in neighbours) for pair in self._fixed)


def _are(pair: tuple[str, str], words: tuple[Forms, Forms]) -> bool:
    return all(
        folded(typed) == word.folded and fits(typed, word) for typed, word in zip(pair, words, strict=True)
    )


def answer(query: Query, pieces: Sequence[Piece], fixed_pairs: Sequence[tuple[str, str]] = ()) -> Answer:
    """Answer `query` from `pieces`, the articles found, best first; `fixed_pairs` have to stand side by side.

    What a source may not show (`quote`), advertorials, more than a fifth of an article, and sentences that
    need the one before them are left out. A question without words, only filters, is answered by any article.
    """
    shown = [p for p in pieces[:MOST_READ] if p.quote != "none" and not p.advertorial]
    if not query.wanted:
        return Answer(is_answered=bool(shown))
    weights = weights_of(query.groups)
    groups = [query.groups[at] for at in content_of(weights)]
    wanted = Wanted(groups)
    compounds = Wanted(compounded(groups, [Head(piece.document) for piece in shown]))
    reads = [
        read for piece in shown if (read := _Read(piece, wanted, compounds, fixed_pairs)).score >= _ANSWERS
    ]
    if not reads:
        return Answer()
    reads.sort(key=lambda read: -round(read.score, _AS_GOOD))
    quotes = _quotes(reads)
    cited = dict.fromkeys([reads[0].piece.article_id, *(quote.article_id for quote in quotes)])
    return Answer(True, tuple(quotes), tuple(cited))


def _quotes(reads: Sequence[_Read]) -> list[Quote]:
    """Choose the best sentence of each article, papers in turn; of a lone one a second that adds to it."""
    quotes: list[Quote] = []
    for read in _papers_in_turn(reads):
        for value, sentence in _best_first(read)[:2]:
            if value > 0 and _fits(read.piece, sentence, quotes):
                quotes.append(_quote(read.piece, sentence))
                break
    first = reads[0]
    if len(quotes) == 1 and quotes[0].article_id == first.piece.article_id:
        for value, sentence in _best_first(first, after=quotes[0]):
            if value > _WORTH_ADDING and _fits(first.piece, sentence, quotes):
                quotes.append(_quote(first.piece, sentence))
                break
        quotes.sort(key=lambda quote: (quote.field == "body", quote.start))
    return quotes


def _papers_in_turn(reads: Sequence[_Read]) -> list[_Read]:
    """Order articles so that every paper has its say before one speaks twice."""
    said: dict[str, int] = {}
    turns = []
    for read in reads:
        said[read.piece.source] = turn = said.get(read.piece.source, 0) + 1
        turns.append((turn, read))
    return [read for _, read in sorted(turns, key=lambda each: each[0])]


def _best_first(read: _Read, after: Quote | None = None) -> list[tuple[float, _Sentence]]:
    """Return the sentences that may be quoted with their value; `after` stands before them in the answer."""
    if read.piece.quote != "full":
        return []
    valued = [
        (_value(read.piece, sentence), sentence)
        for sentence in read.sentences
        if (sentence.says.score or sentence.number < _FIRST_SENTENCES)
        and (read.is_about_it or sentence.says.score >= _TO_THE_POINT)
        and _is_prose(sentence)
        and (not is_dangling(sentence.text) or _follows(read.piece.document, sentence, after))
    ]
    return sorted(valued, key=lambda each: -each[0])


def _is_prose(sentence: _Sentence) -> bool:
    text = sentence.text
    return (
        len(sentence.words) >= _FEWEST_SYLLABLES
        and (sentence.place.field == "sapo" or ends_as_sentence(text))
        and not (is_furniture(text) or is_byline(text) or opens_with_credit(text))
        and not is_cut(text, sentence.place.field)
    )


def _value(piece: Piece, sentence: _Sentence) -> float:
    text, field = sentence.text, sentence.place.field
    value = sentence.says.score
    value += _LEAD * (field == "sapo") + _OPENING * (field == "body" and sentence.number < _FIRST_SENTENCES)
    value += _SUMMARY * any(one.place == sentence.place for one in piece.summary)
    value -= _CAPTION * likeness_to_captions(text, syllables(text)) * (field == "body")
    value -= _SAYS_TITLE * repeats_title(text, piece.document.title)
    value -= _ASKS * ("?" in text[-3:])
    value -= _CUT_QUOTATION * (text.count("“") != text.count("”") or text.count('"') % 2)
    return value - _LONG * (len(sentence.words) > _LONG_SYLLABLES)


def _follows(document: Document, sentence: _Sentence, quote: Quote | None) -> bool:
    """Tell whether nothing but blanks parts the sentence from `quote` before it."""
    place = sentence.place
    if quote is None or quote.field != place.field or quote.end > place.start:
        return False
    return not document.field(place.field)[quote.end : place.start].strip()


def _fits(piece: Piece, sentence: _Sentence, quotes: Sequence[Quote]) -> bool:
    together = [sentence.text, *(quote.text for quote in quotes)]
    return (
        len(together) <= MAX_SENTENCES
        and sum(map(len, together)) <= MAX_CHARACTERS
        and sum(len(syllables(text)) for text in together) <= MAX_SYLLABLES
        and not any(repeats(sentence.text, quote.text) for quote in quotes)
        and within_share(piece, Sentence(sentence.text, sentence.place), quotes)
    )


def _quote(piece: Piece, sentence: _Sentence) -> Quote:
    place = sentence.place
    return Quote(sentence.text, piece.article_id, place.field, place.start, place.end)
