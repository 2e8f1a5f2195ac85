"""Sum articles up in sentences of theirs, each with its place in the text as given.

A document comes raw. Its copy is repaired, cleaned and cut here; what is chosen is mapped back, so that every
sentence is the slice of the raw field at its place. Which sentences are good is the ranker's business.
"""

from collections.abc import Sequence
from itertools import accumulate, islice, pairwise, takewhile
from typing import NamedTuple

from summarizer.extraction.selection import RANKER, Limits, select
from summarizer.model import Document, FieldName, Place, Summary, sentence_at
from summarizer.text.cleaning import clean_body, is_subhead, lines_of
from summarizer.text.leads import is_cut, opens_with_credit
from summarizer.text.repair import Repaired, repair
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables
from summarizer.text.tokens import tokenize

_FEWEST_SYLLABLES = 4  # shorter is a cry or a label
_MOST_SENTENCES = (
    600  # of all articles together; a newspaper's longest has 200, and likeness costs their square
)
_MOST_SYLLABLES = 20_000  # of these sentences; ten times what a newspaper's longest article has
_LONG_SENTENCE = 300  # syllables that an article of many may have in any case
_DEFAULT_WITH_SAPO = 2
_SAID_BY_TITLE = 0.85  # share of a sapo's syllables that the title has: it says nothing more
_SAID_BY_SAPO = 0.4  # share of a body sentence's neighbouring syllables that the sapo has


class _Title(NamedTuple):
    """A repaired title and its syllables."""

    text: str
    words: list[str]


class _Candidate(NamedTuple):
    """A sentence that may be shown: its syllables, and where it stands in which repaired field."""

    text: str
    tokens: list[str]
    start: int
    end: int
    document: int
    field: FieldName
    repaired: Repaired

    @property
    def place(self) -> Place:
        """Return where the sentence stands in the field as given."""
        return Place(self.document, self.field, *self.repaired.span(self.start, self.end))


def summarize(
    documents: Sequence[Document],
    *,
    sentences: int | None = None,
    max_syllables: int | None = None,
    ranker: str = RANKER,
    is_clean: bool = False,
) -> Summary:
    """Return the sentences that sum `documents` up: one article, or several on one event.

    Args:
        documents: raw; at their bodies' line breaks sentences end.
        sentences: so many, or as many as there are; None leaves it to the ranker.
        max_syllables: whole sentences of at most so many syllables together; a longer one is left out.
        ranker: a name in `ranking.RANKERS`.
        is_clean: of one article: its body was cleaned when it came in, and is not again.

    Raises:
        ranking.UnknownRankerError: `ranker` is none of them.
    """
    limits = Limits(sentences, max_syllables)
    if len(documents) == 1:
        chosen = _sum_up_article(documents[0], limits, ranker, is_clean=is_clean)
    else:
        chosen = _sum_up_story(documents, limits, ranker)
    return tuple(sentence_at(documents, candidate.place) for candidate in chosen)


def _sum_up_article(document: Document, limits: Limits, ranker: str, *, is_clean: bool) -> list[_Candidate]:
    """Return the sapo's sentences, then the body's that add to them; without a sapo the body's."""
    title = _title_of(document)
    sapo = repair(document.sapo)
    lead = _sapo_candidates(sapo, title)
    body = _body_candidates(0, document, title, sapo.text, is_clean=is_clean)
    body = _within(body, _MOST_SENTENCES, _MOST_SYLLABLES) or body[:1]
    if not lead:
        return _rank([title], [body], limits, ranker)
    if limits.is_free:
        limits = Limits(_DEFAULT_WITH_SAPO)
    chosen, left = _fitting(lead, limits)
    said = set(_neighbours(sapo.text))
    new = [candidate for candidate in body if not _repeats(candidate, said)]
    return chosen + _rank([title], [new], left, ranker)


def _sum_up_story(documents: Sequence[Document], limits: Limits, ranker: str) -> list[_Candidate]:
    """Return sentences of the bodies; of an article that has no body, the sapo's."""
    titles = [_title_of(document) for document in documents]
    texts = []
    for at, (document, title) in enumerate(zip(documents, titles, strict=True)):
        body = _body_candidates(at, document, title, "")
        texts.append(body or _sapo_candidates(repair(document.sapo), title, at))
    sentences = _MOST_SENTENCES // max(len(texts), 1)
    words = max(_MOST_SYLLABLES // max(len(texts), 1), _LONG_SENTENCE)
    texts = [_within(article, sentences, words) for article in texts]
    return _rank(titles, texts, limits, ranker)


def _rank(
    titles: Sequence[_Title], articles: Sequence[Sequence[_Candidate]], limits: Limits, ranker: str
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


def _sapo_candidates(sapo: Repaired, title: _Title, document: int = 0) -> list[_Candidate]:
    """Return the sapo's sentences, none if it only says the title again."""
    if not sapo.text:
        return []
    words, known = syllables(sapo.text), set(title.words)
    if not words or sum(word in known for word in words) >= _SAID_BY_TITLE * len(words):
        return []
    spans = split(sapo.text)
    return [
        _Candidate(sapo.text[start:end], tokens, start, end, document, "sapo", sapo)
        for (start, end), tokens in zip(spans, tokenize(sapo.text, spans), strict=True)
        if tokens and _is_whole(sapo.text[start:end], "sapo")
    ]


def _body_candidates(
    at: int, document: Document, title: _Title, sapo: str, *, is_clean: bool = False
) -> list[_Candidate]:
    """Return the sentences of the body's prose, each once."""
    body = repair(document.body)
    text = body.text
    lines = lines_of(text) if is_clean else clean_body(text, title=title.text, sapo=sapo).lines
    spans = [(line.start + start, line.start + end) for line in lines for start, end in split(line.text)]
    is_teaser = len(spans) == 1  # a body of one sentence often lacks its full stop
    said = {tuple(title.words)}
    kept = []
    for (start, end), tokens in zip(spans, tokenize(body.text, spans), strict=True):
        text, key = body.text[start:end], tuple(tokens)
        is_prose = _is_whole(text, "body") and (is_teaser or not is_subhead(text))
        if len(key) >= _FEWEST_SYLLABLES and key not in said and is_prose:
            said.add(key)
            kept.append(_Candidate(text, tokens, start, end, at, "body", body))
    return kept


def _is_whole(text: str, field: FieldName) -> bool:
    return not (is_cut(text, field) or opens_with_credit(text))


def _fitting(candidates: Sequence[_Candidate], limits: Limits) -> tuple[list[_Candidate], Limits]:
    """Return the candidates that fit, in order, and what the limits leave for more."""
    sentences, room = limits.sentences, limits.syllables
    taken: list[_Candidate] = []
    for candidate in candidates:
        length = len(candidate.tokens)
        if (sentences is None or len(taken) < sentences) and (room is None or length <= room):
            taken.append(candidate)
            room = None if room is None else room - length
    return taken, Limits(None if sentences is None else sentences - len(taken), room)


def _within(candidates: Sequence[_Candidate], sentences: int, words: int) -> list[_Candidate]:
    """Return the first so many candidates, those that have at most so many syllables together."""
    ends = accumulate(len(candidate.tokens) for candidate in candidates)
    fitting = sum(1 for _ in takewhile(lambda end: end <= words, islice(ends, sentences)))
    return list(candidates[:fitting])


def _repeats(candidate: _Candidate, said: set[tuple[str, str]]) -> bool:
    """Tell whether the neighbouring syllables that the sapo has `said` are most of the candidate's."""
    own = list(pairwise(candidate.tokens))
    return sum(map(said.__contains__, own)) >= _SAID_BY_SAPO * max(len(own), 1)


def _neighbours(text: str) -> list[tuple[str, str]]:
    words = syllables(text)
    return list(pairwise(words))
