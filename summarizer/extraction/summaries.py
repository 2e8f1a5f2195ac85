"""Summarise articles by their own sentences, each with its place in the original text.

A document comes raw. This module repairs, cleans and cuts a copy of it, and maps the chosen sentences back,
so that every sentence is the slice of the raw field at its place. The ranker chooses the sentences.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import NamedTuple

from summarizer.extraction.selection import RANKER, SummaryLimits, select
from summarizer.model import Document, FieldName, Place, Summary, sentence_at
from summarizer.text.cleaning import MOST_CHARACTERS, clean_body, is_subhead, lines_of
from summarizer.text.openings import is_cut, opens_with_credit
from summarizer.text.repair import Repaired, repair
from summarizer.text.sentences import sentences_of
from summarizer.text.syllables import syllables, tokens_of

_FEWEST_SYLLABLES = 4  # a shorter one is an exclamation or a label
_MOST_SENTENCES = (
    600  # of all articles together; a newspaper's longest has 200, and similarity costs their square
)
_MOST_SYLLABLES = 20_000  # of these sentences; ten times what a newspaper's longest article has
_LONG_SENTENCE = 300  # syllables that an article of many may have in any case
_DEFAULT_WITH_SAPO = 2
_SAID_BY_TITLE = 0.85  # share of a sapo's syllables in the title, from which the sapo adds nothing
_SAID_BY_SAPO = 0.4  # share of a body sentence's neighbouring syllables that the sapo has


class _Title(NamedTuple):
    """A repaired title and its syllables."""

    text: str
    words: list[str]


class _Candidate(NamedTuple):
    """A sentence that may be shown: its syllables, and its place in a repaired field."""

    text: str
    tokens: list[str]
    start: int
    end: int
    document: int
    field: FieldName
    repaired: Repaired

    @property
    def place(self) -> Place:
        """Return the place of the sentence in the original field."""
        return Place(self.document, self.field, *self.repaired.span(self.start, self.end))


def summarize(
    documents: Sequence[Document],
    *,
    sentences: int | None = None,
    max_syllables: int | None = None,
    ranker: str = RANKER,
    is_clean: bool = False,
) -> Summary:
    """Return the summary of `documents`: one article, or several on one event.

    Args:
        documents: raw; line breaks of a body end sentences.
        sentences: the number of sentences, or fewer if there are not so many; None leaves it to the ranker.
        max_syllables: the limit for all sentences together; a sentence that does not fit is left out.
        ranker: a name in `ranking.RANKERS`.
        is_clean: for one article: its body was cleaned at intake, and is not cleaned again.

    Raises:
        ranking.UnknownRankerError: `ranker` is none of them.
    """
    limits = SummaryLimits(sentences, max_syllables)
    if len(documents) == 1:
        chosen = _sum_up_article(documents[0], limits, ranker, is_clean=is_clean)
    else:
        chosen = _sum_up_story(documents, limits, ranker)
    return tuple(sentence_at(documents, candidate.place) for candidate in chosen)


def _sum_up_article(
    document: Document, limits: SummaryLimits, ranker: str, *, is_clean: bool
) -> list[_Candidate]:
    """Return the sapo's sentences, then the body's that add to them; without a sapo the body's."""
    title = _title_of(document)
    sapo = repair(document.sapo[:MOST_CHARACTERS])
    said = syllables(sapo.text)
    lead = _sapo_candidates(sapo, said, title)
    first = next(lead, None)
    body = _body_candidates(0, document, title, sapo.text, is_clean=is_clean)
    own = _within(body, _MOST_SENTENCES, _MOST_SYLLABLES, or_first=True)
    if first is None:
        return _rank([title], [own], limits, ranker)
    if limits.is_free:
        limits = SummaryLimits(_DEFAULT_WITH_SAPO)
    chosen, left = _fitting(chain([first], lead), limits)
    neighbours = set(pairwise(said))
    new = [candidate for candidate in own if not _repeats(candidate, neighbours)]
    return chosen + _rank([title], [new], left, ranker)


def _sum_up_story(documents: Sequence[Document], limits: SummaryLimits, ranker: str) -> list[_Candidate]:
    """Return sentences of the bodies; of an article that has no body, the sapo's."""
    titles = [_title_of(document) for document in documents]
    sentences = _MOST_SENTENCES // max(len(documents), 1)
    words = max(_MOST_SYLLABLES // max(len(documents), 1), _LONG_SENTENCE)
    texts = []
    for at, (document, title) in enumerate(zip(documents, titles, strict=True)):
        found = _body_candidates(at, document, title, "")
        first = next(found, None)
        if first is None:
            sapo = repair(document.sapo[:MOST_CHARACTERS])
            found = _sapo_candidates(sapo, syllables(sapo.text), title, at)
        else:
            found = chain([first], found)
        texts.append(_within(found, sentences, words))
    return _rank(titles, texts, limits, ranker)


def _rank(
    titles: Sequence[_Title], articles: Sequence[Sequence[_Candidate]], limits: SummaryLimits, ranker: str
) -> list[_Candidate]:
    texts = [[candidate.text for candidate in article] for article in articles]
    tokens = [[candidate.tokens for candidate in article] for article in articles]
    if ranker == RANKER:
        chosen = select([title.words for title in titles], texts, tokens, limits)
    else:
        from summarizer.extraction.ranking import rank  # sumy takes most of a second to load

        chosen = rank(ranker, [title.text for title in titles], texts, tokens, limits)
    candidates = [candidate for article in articles for candidate in article]
    return [candidates[i] for i in chosen]


def _title_of(document: Document) -> _Title:
    text = repair(document.title).text
    return _Title(text, syllables(text))


def _sapo_candidates(
    sapo: Repaired, words: Sequence[str], title: _Title, document: int = 0
) -> Iterator[_Candidate]:
    """Yield the sentences of a sapo with these syllables, none if it only repeats the title."""
    known = set(title.words)
    if not words or sum(word in known for word in words) >= _SAID_BY_TITLE * len(words):
        return
    for (start, end), tokens in tokens_of(sapo.text, sentences_of(sapo.text)):
        if tokens and _is_whole(sapo.text[start:end], "sapo"):
            yield _Candidate(sapo.text[start:end], tokens, start, end, document, "sapo", sapo)


def _body_candidates(
    at: int, document: Document, title: _Title, sapo: str, *, is_clean: bool = False
) -> Iterator[_Candidate]:
    """Yield the sentences of the body's prose, each once."""
    body = repair(document.body[:MOST_CHARACTERS])
    text = body.text
    lines = lines_of(text) if is_clean else clean_body(text, title=title.text, sapo=sapo).lines
    spans = (
        (line.start + start, line.start + end) for line in lines for start, end in sentences_of(line.text)
    )
    opening = list(islice(spans, 2))
    is_teaser = len(opening) == 1  # a body of one sentence often lacks its full stop
    said = {tuple(title.words)}
    for (start, end), tokens in tokens_of(text, chain(opening, spans)):
        sentence, key = text[start:end], tuple(tokens)
        if len(key) < _FEWEST_SYLLABLES or key in said:
            continue
        if _is_whole(sentence, "body") and (is_teaser or not is_subhead(sentence, tokens)):
            said.add(key)
            yield _Candidate(sentence, tokens, start, end, at, "body", body)


def _is_whole(text: str, field: FieldName) -> bool:
    return not (is_cut(text, field) or opens_with_credit(text))


def _fitting(
    candidates: Iterable[_Candidate], limits: SummaryLimits
) -> tuple[list[_Candidate], SummaryLimits]:
    """Return the candidates that fit, in order, and the remaining limits."""
    sentences, room = limits.sentences, limits.syllables
    taken: list[_Candidate] = []
    for candidate in candidates if sentences != 0 else ():
        length = len(candidate.tokens)
        if room is None or length <= room:
            taken.append(candidate)
            room = None if room is None else room - length
        if len(taken) == sentences or room == 0:
            break
    return taken, SummaryLimits(None if sentences is None else sentences - len(taken), room)


def _within(
    candidates: Iterable[_Candidate], sentences: int, words: int, *, or_first: bool = False
) -> list[_Candidate]:
    """Return at most so many of the first candidates, and syllables; with `or_first` the first in any case.

    Candidates are read no further than needed, so that the rest of a long text is not cut into sentences.
    """
    found: list[_Candidate] = []
    for candidate in islice(candidates, sentences):
        words -= len(candidate.tokens)
        if words < 0 and (found or not or_first):
            break
        found.append(candidate)
        if words < 0:
            break
    return found


def _repeats(candidate: _Candidate, said: set[tuple[str, str]]) -> bool:
    """Tell whether most pairs of syllables of the candidate are in the sapo (`said`)."""
    own = list(pairwise(candidate.tokens))
    return sum(map(said.__contains__, own)) >= _SAID_BY_SAPO * max(len(own), 1)
