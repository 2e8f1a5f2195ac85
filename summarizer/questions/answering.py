"""Answer a question with one to three sentences of the articles found, word for word, or not at all.

The search chooses the articles; `evidence` decides whether an article answers. A question word asks for a
kind (`answer_kinds`): if no sentence has the number, time, cause, person or place, there is no answer.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from summarizer.facts.same_figures import gives_other_figure
from summarizer.model import Document, Piece, Quote
from summarizer.questions.answer_kinds import (
    ExpectedAnswer,
    expected_answer,
    has_count,
    has_kind,
    has_other_number,
)
from summarizer.questions.diacritics import restore_diacritics
from summarizer.questions.equivalents import Phrase
from summarizer.questions.evidence import (
    ANSWERS,
    Evidence,
    QuestionWords,
    ReadArticle,
    ReadSentence,
    judge_articles,
)
from summarizer.questions.query import Query
from summarizer.stories.digest_story import quote_of, repeats, repeats_title, within_share
from summarizer.stories.roundups import is_only_of_parts
from summarizer.text.boilerplate import ends_as_sentence, is_boilerplate, is_byline, similarity_to_captions
from summarizer.text.openings import is_cut, is_dangling, opens_with_credit
from summarizer.text.syllables import folded, syllables

MOST_READ = 6  # articles that are read, the best of the search
MAX_SENTENCES = 3
MAX_SYLLABLES = 90  # of an answer: a phone's screen
MAX_CHARACTERS = 800  # of an answer; bounds texts that are not made of words
# Ratings of a sentence, added to its share of the question
_LEAD, _SUMMARY, _OPENING = 0.25, 0.2, 0.1
_COUNTED = 0.4  # it has a number of exactly the thing that the question counts
_CAPTION, _SAYS_TITLE, _ASKS, _CUT_QUOTATION, _LONG, _ROW = 0.6, 0.3, 0.3, 0.3, 0.15, 0.3
_SECOND = 0.6  # least rating of a second sentence of the same article
_IN_LEAD = 0.8  # of the best sentence's share; with so much in its lead the article is about the question
_TO_THE_POINT = 0.5  # of the best sentence's share, which a sentence of another article needs to be quoted
_FEWEST_SYLLABLES, _LONG_SYLLABLES = 6, 45
_FIRST_SENTENCES = 3  # of a body
_NEWER = dt.timedelta(hours=6)  # a report this much newer may report a newer state
_CONTRAST = re.compile(
    r"(?:Tuy nhiên|Tuy vậy|Tuy thế|Thế nhưng|Nhưng|Song|Ngược lại|Trái lại|Dù vậy|Dẫu vậy)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question. An article that may not be quoted is cited without a sentence."""

    is_answered: bool = False
    quotes: tuple[Quote, ...] = ()  # sentences of the cited articles, in their order
    cited: tuple[int, ...] = ()  # the numbers of the articles that answer, the best first
    unrelated: tuple[int, ...] = ()  # articles that share too little of an unanswered question to be shown


@dataclass(frozen=True, slots=True)
class _Rated:
    """A sentence that may be quoted, with its rating, and whether it counts what the question counts."""

    rating: float
    sentence: ReadSentence
    counts: bool


class _Article:
    """An article that answers, with the sentences of it that may be quoted, best first.

    If a question word asks for a kind, only sentences with it `answer`.
    """

    def __init__(
        self, read: ReadArticle, likelihood: float, question: QuestionWords, expected: ExpectedAnswer | None
    ) -> None:
        self.piece = read.piece
        self.likelihood = likelihood
        typed = read.terms.typed
        self.sentences = _rated_sentences(read, question, expected) if read.piece.may_be_quoted else []
        self.answers = [
            one
            for one in self.sentences
            if expected is None or (one.sentence.occurrences and has_kind(expected, one.sentence.text, typed))
        ]
        in_title = expected is None or has_kind(expected, read.piece.document.title, typed)
        self.has_kind = expected is None or bool(self.answers) or (in_title and not read.piece.may_be_quoted)
        self.counts = any(one.counts for one in self.answers)
        sentences = (*read.sapo, *read.body)
        self.contrasts = [one for one in sentences if _CONTRAST.match(one.text) and _is_prose(one)]


def answer(
    query: Query,
    pieces: Sequence[Piece],
    fixed_pairs: Sequence[Phrase] = (),
    stories: Mapping[int, int | None] | None = None,
) -> Answer:
    """Answer `query` from `pieces`, the articles found, best first; `fixed_pairs` count as one word each.

    `stories` maps article numbers to stories: of one story the newest report comes first. Left out are
    sources that may not be quoted (`quote`), advertorials, round-ups that the question does not name, more of
    an article than its lead or a fifth, and sentences that depend on the one before. Every article answers a
    question without words, only filters.
    """
    typed = frozenset(syllables(folded(query.text)))
    shown = [p for p in pieces[:MOST_READ] if p.may_be_shown]
    shown = [p for p in shown if not is_only_of_parts(p.document.title, p.document.sapo, typed)]
    if not query.terms:
        return Answer(is_answered=bool(shown))
    expected = expected_answer(query.shown)
    question, judged = judge_articles(query, shown, fixed_pairs)
    likelihoods = _with_diacritics(query, judged, fixed_pairs)
    answering = [
        _Article(read, likelihood, question, expected)
        for likelihood, (_, read) in zip(likelihoods, judged, strict=True)
        if likelihood >= ANSWERS and not has_other_number(query.shown, read.text)
    ]
    matching = sorted(
        (one for one in answering if one.has_kind), key=lambda one: (not one.counts, -one.likelihood)
    )
    if query.wants_newest:
        matching.sort(key=lambda one: one.piece.moment, reverse=True)
    if not matching:
        unrelated = (read.piece.article_id for evidence, read in judged if not evidence.shares_enough)
        return Answer(unrelated=tuple(unrelated))
    of_story = stories or {}
    matching = _newest_state_first(matching, of_story)
    quotes = _quotes(matching, of_story)
    cited = dict.fromkeys([matching[0].piece.article_id, *(quote.article_id for quote in quotes)])
    return Answer(True, tuple(quotes), tuple(cited))


def _with_diacritics(
    query: Query, judged: Sequence[tuple[Evidence, ReadArticle]], fixed_pairs: Sequence[Phrase]
) -> list[float]:
    """Return how likely each article answers: less if it does not match the likeliest diacritics.

    Typed without diacritics, "ban nha" matches "Tây Ban Nha" although "bán nhà" is meant.
    """
    as_typed = [evidence.likelihood for evidence, _ in judged]
    meant = restore_diacritics(query, fixed_pairs) if max(as_typed, default=0.0) >= ANSWERS else None
    if meant is None:
        return as_typed
    marked, pairs, certainty = meant
    _, again = judge_articles(marked, [read.piece for _, read in judged], pairs)
    lost = (max(0.0, one - other.likelihood) for one, (other, _) in zip(as_typed, again, strict=True))
    return [one - certainty * less for one, less in zip(as_typed, lost, strict=True)]


def _newest_state_first(matching: list[_Article], stories: Mapping[int, int | None]) -> list[_Article]:
    """Put the newest report of the best article's story before the others, unless it is only hours newer."""
    best = matching[0]
    same = [one for one in matching if one.counts == best.counts and _is_same_story(one, best, stories)]
    newest = max(same, key=lambda one: one.piece.moment, default=best)
    if newest.piece.moment - best.piece.moment < _NEWER:
        return matching
    return [newest, *(one for one in matching if one is not newest)]


def _quotes(answering: Sequence[_Article], stories: Mapping[int, int | None]) -> list[Quote]:
    """Choose the best sentence of each article, papers in turn; of a lone one a second that adds to it."""
    quotes: list[Quote] = []
    first = answering[0]
    for one in _papers_in_turn(answering):
        alone = [each for each in one.answers if not is_dangling(each.sentence.text)]
        is_older = one.piece.moment < first.piece.moment - _NEWER and _is_same_story(one, first, stories)
        for rated in alone[:2]:
            shown = [first.piece.document.title, *(quote.text for quote in quotes)]
            if is_older and gives_other_figure(rated.sentence.text, shown):
                continue
            if rated.rating > 0 and _fits(one.piece, rated.sentence, quotes):
                quotes.append(quote_of(one.piece, rated.sentence))
                break
    if len(quotes) == 1 and quotes[0].article_id == first.piece.article_id:
        quotes += _second(first, quotes)
        quotes.sort(key=lambda quote: (quote.field == "body", quote.start))
    return _with_contrasts(answering, quotes)


def _is_same_story(one: _Article, other: _Article, stories: Mapping[int, int | None]) -> bool:
    story = stories.get(one.piece.article_id)
    return story is not None and story == stories.get(other.piece.article_id)


def _second(first: _Article, quotes: Sequence[Quote]) -> list[Quote]:
    """Return a second sentence of a lone article if one adds to the first."""
    for rated in first.sentences:
        leans = is_dangling(rated.sentence.text)
        if leans and not _follows(first.piece.document, rated.sentence, quotes[0]):
            continue
        if rated.rating > _SECOND and _fits(first.piece, rated.sentence, quotes):
            return [quote_of(first.piece, rated.sentence)]
    return []


def _with_contrasts(answering: Sequence[_Article], quotes: list[Quote]) -> list[Quote]:
    """Return the quotes, each with the following sentence if that restricts it ("Tuy nhiên ...")."""
    pieces = {one.piece.article_id: one for one in answering}
    extended = list(quotes)
    for quote in quotes:
        one = pieces[quote.article_id]
        for sentence in one.contrasts:
            if _follows(one.piece.document, sentence, quote) and _fits(one.piece, sentence, extended):
                extended.insert(extended.index(quote) + 1, quote_of(one.piece, sentence))
    return extended


def _papers_in_turn(answering: Sequence[_Article]) -> list[_Article]:
    """Order articles so that every paper comes once before one comes twice."""
    said: dict[str, int] = {}
    turns = []
    for one in answering:
        said[one.piece.source] = turn = said.get(one.piece.source, 0) + 1
        turns.append((turn, one))
    return [one for _, one in sorted(turns, key=lambda each: each[0])]


def _rated_sentences(
    read: ReadArticle, question: QuestionWords, expected: ExpectedAnswer | None
) -> list[_Rated]:
    """Return the sentences that may be quoted, best first."""
    shares = {one.place: question.coverage(one.occurrences).share for one in (*read.sapo, *read.body)}
    most = max(shares.values(), default=0.0)
    is_about_it = question.coverage(read.in_lead).share >= _IN_LEAD * most
    rated = []
    for one in (*read.sapo, *read.body):
        share = shares[one.place]
        if not (share or one.number < _FIRST_SENTENCES) or not (is_about_it or share >= _TO_THE_POINT * most):
            continue
        if _is_prose(one):
            counts = expected is not None and _counts(expected, one, read.terms.typed)
            rated.append(_Rated(_rate(read.piece, one, share) + _COUNTED * counts, one, counts))
    return sorted(rated, key=lambda each: -each.rating)


def _counts(expected: ExpectedAnswer, sentence: ReadSentence, typed: Sequence[str]) -> bool:
    return expected.kind == "number" and has_count(expected, sentence.text, typed)


def _is_prose(sentence: ReadSentence) -> bool:
    text = sentence.text
    return (
        len(sentence.words) >= _FEWEST_SYLLABLES
        and (sentence.place.field == "sapo" or ends_as_sentence(text))
        and not (is_boilerplate(text) or is_byline(text) or opens_with_credit(text))
        and not is_cut(text, sentence.place.field)
    )


def _rate(piece: Piece, sentence: ReadSentence, share: float) -> float:
    text, field = sentence.text, sentence.place.field
    rating = share
    rating += _LEAD * (field == "sapo") + _OPENING * (field == "body" and sentence.number < _FIRST_SENTENCES)
    rating += _SUMMARY * any(one.place == sentence.place for one in piece.summary)
    rating -= _CAPTION * similarity_to_captions(text, syllables(text)) * (field == "body")
    rating -= _SAYS_TITLE * repeats_title(text, piece.document.title)
    rating -= _ASKS * ("?" in text[-3:])
    rating -= _CUT_QUOTATION * (text.count("“") != text.count("”") or text.count('"') % 2)
    rating -= _ROW * text.startswith(("-", "–", "+", "•"))  # a row of a list says little alone
    return rating - _LONG * (len(sentence.words) > _LONG_SYLLABLES)


def _follows(document: Document, sentence: ReadSentence, quote: Quote) -> bool:
    """Tell whether the sentence directly follows `quote`."""
    place = sentence.place
    if quote.field != place.field or quote.end > place.start:
        return False
    return not document.field(place.field)[quote.end : place.start].strip()


def _fits(piece: Piece, sentence: ReadSentence, quotes: Sequence[Quote]) -> bool:
    together = [sentence.text, *(quote.text for quote in quotes)]
    return (
        len(together) <= MAX_SENTENCES
        and sum(map(len, together)) <= MAX_CHARACTERS
        and sum(len(syllables(text)) for text in together) <= MAX_SYLLABLES
        and not any(repeats(sentence.text, quote.text) for quote in quotes)
        and within_share(piece, sentence, quotes)
    )
