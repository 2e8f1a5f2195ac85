"""Decide whether an article answers a question: how much of it the article covers, by a logistic model."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, pairwise

from summarizer.model import FieldName, Piece, Place, Sentence
from summarizer.packaged_data import load_json
from summarizer.questions.equivalents import Phrase
from summarizer.questions.phrases import MOST_READ
from summarizer.questions.query import Query
from summarizer.questions.question_terms import Occurrence, QuestionTerms, word_numbers
from summarizer.questions.watching import idf
from summarizer.text.sentences import split
from summarizer.text.syllables import Forms, word_forms

# How much of a question a passage covers: whole words, close together.
#
# A Vietnamese syllable is often half a word: "chức" of "tổ chức" does not match "từ chức". So a common
# syllable counts in full only beside another one of the question, and a syllable of a known word only beside
# its neighbour.

_OTHER_WORDS = 0.9  # credit of a synonym
_ALONE = 0.4  # credit of a common syllable alone
_PARTED = 0.5  # deducted if the syllables of one word are apart
_BESIDE = 1  # most words between neighbours
_WITHIN = 2  # most groups in the question between neighbours
_SAID = 0.8  # least credit of a word that counts as covered
FAR = 3  # least words between occurrences in different sentences


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is covered: `share` of the question's words, 0 to 1, and the number of covered words."""

    share: float = 0.0
    words_said: int = 0


class QuestionWords:
    """A question cut into words, to be compared with many passages."""

    def __init__(self, terms: QuestionTerms, word_numbers: Sequence[int]) -> None:
        """Take the terms of a question and the number of the word that each group belongs to."""
        self._weights = terms.weights
        self._is_single = terms.is_single
        self._word_of = word_numbers
        self._groups_of: list[list[int]] = [[] for _ in range(word_numbers[-1] + 1 if word_numbers else 0)]
        for group, word in enumerate(word_numbers):
            self._groups_of[word].append(group)
        self._word_weights = [sum(self._weights[at] for at in groups) for groups in self._groups_of]

    @property
    def size(self) -> int:
        return len(self._groups_of)

    def most(self, occurrences: Sequence[Occurrence]) -> float:
        """Return an upper bound of the share for a passage with these occurrences; cheap."""
        return self._share(dict.fromkeys({one.group for one in occurrences}, 1.0))

    def coverage(self, occurrences: Sequence[Occurrence]) -> Coverage:
        """Return how much a passage with these occurrences covers. Sentences are `FAR` or more apart."""
        if not occurrences:
            return Coverage()
        credits = self._credits(occurrences)
        said = sum(any(credits.get(at, 0.0) >= _SAID for at in word) for word in self._groups_of)
        return Coverage(self._share(credits), said)

    def _share(self, credits: dict[int, float]) -> float:
        shares = (
            sum(self._weights[at] * credits.get(at, 0.0) for at in groups) / weight
            for groups, weight in zip(self._groups_of, self._word_weights, strict=True)
        )
        return sum(shares) / max(1, self.size)

    def _credits(self, occurrences: Sequence[Occurrence]) -> dict[int, float]:
        credits: dict[int, float] = {}
        for one in occurrences:
            stands = one.is_distinctive or self._is_beside(one, occurrences) or self._is_single
            credit = (1.0 if one.is_typed else _OTHER_WORDS) * (1.0 if stands else _ALONE)
            credits[one.group] = max(credits.get(one.group, 0.0), credit)
        touching = _touching(occurrences)
        for groups in self._groups_of:
            for at in groups if len(groups) > 1 else ():
                if at in credits and not {(at - 1, at), (at, at + 1)} & touching:
                    credits[at] *= _PARTED
        return credits

    def _is_beside(self, one: Occurrence, occurrences: Sequence[Occurrence]) -> bool:
        """Tell whether a place is beside one of a group that is near in the question too."""
        return any(
            one.group != other.group
            and self._are_near(one.group, other.group)
            and -1 <= _distance(one, other) <= _BESIDE
            for other in occurrences
        )

    def _are_near(self, one: int, other: int) -> bool:
        return abs(one - other) <= _WITHIN or abs(self._word_of[one] - self._word_of[other]) == 1


def _distance(one: Occurrence, other: Occurrence) -> int:
    """Return the number of words between two places."""
    return other.start - one.end if other.start >= one.end else one.start - other.end


def _touching(occurrences: Sequence[Occurrence]) -> set[tuple[int, int]]:
    """Return the groups that occur side by side with the next group of the question."""
    starts = {(one.group, one.start) for one in occurrences}
    return {(one.group, one.group + 1) for one in occurrences if (one.group + 1, one.end) in starts}


# The model: a small logistic regression over how much of the question an article covers.
#
# A threshold on the share of words in one sentence cannot tell a paraphrase, which lacks a word, from an
# invented event, which lacks the verb. So the model also uses how much of the headline was asked for, and the
# rank in the search. Its weights are in `data/answers.json`, made by `benchmarks/train_answers.py`.

ANSWERS = 0.5  # least likelihood of an article that answers
_MOST_LEAD = 12  # sentences of a sapo that are read together with the title
_WHOLE = 0.95  # least share that counts as complete
_FEW = 2  # a question of so few words must be covered completely
_LEAST_SHARE_SHOWN = 0.45  # least share of an article that is shown although it covers no whole word
_MOST_WORDS = 4  # covered words; more add nothing
_HEAVIEST = 8.0  # weight of the rarest word
FEATURES = (
    "always", "share", "title_asked", "rank", "is_whole_of_few", "is_of_two", "missing", "words_said",
    "in_title",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadSentence(Sentence):
    """A sentence of an article with its words and the places of the question's groups."""

    number: int  # in its field
    words: Sequence[Forms]
    occurrences: Sequence[Occurrence]


class ReadArticle:
    """An article cut into sentences, with the places of the question's groups."""

    def __init__(self, piece: Piece, terms: QuestionTerms) -> None:
        self.piece = piece
        self.terms = terms
        self.title = word_forms(piece.document.title[:MOST_READ])
        self.in_title = terms.occurrences(self.title)
        self.sapo = list(self._cut("sapo"))
        self.body = list(self._cut("body"))

    @property
    def text(self) -> str:
        """Return the part of the article that was read."""
        return "\n".join(self.piece.document.field(name)[:MOST_READ] for name in ("title", "sapo", "body"))

    def _cut(self, field: FieldName) -> Iterator[ReadSentence]:
        """Yield the sentences of a field, of a very long one only the first."""
        whole = self.piece.document.field(field)
        text = whole[:MOST_READ]
        for number, (start, end) in enumerate(split(text)):
            if end < len(text) or len(text) == len(whole):
                words = word_forms(text[start:end])
                place = Place(0, field, start, end)
                yield ReadSentence(text[start:end], place, number, words, self.terms.occurrences(words))

    @cached_property
    def in_lead(self) -> list[Occurrence]:
        """Return the places in title and sapo, every sentence far from the others."""
        return _apart([self.in_title, *(one.occurrences for one in self.sapo[:_MOST_LEAD])])

    def stretches(self) -> Iterator[list[Occurrence]]:
        """Yield the places in title and sapo, each sentence, with the title, and two neighbours."""
        yield self.in_lead
        for field in (self.sapo, self.body):
            for one in field:
                if one.occurrences:
                    yield list(one.occurrences)
                    yield _apart([self.in_title, one.occurrences])
            for one, other in pairwise(field):
                if one.occurrences and other.occurrences:
                    yield _apart([one.occurrences, other.occurrences])

    def groups(self) -> set[int]:
        fields = chain(self.sapo, self.body)
        return {one.group for one in chain(self.in_title, *(each.occurrences for each in fields))}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence that an article answers; `features` are in the order of `FEATURES`."""

    features: tuple[float, ...]

    @property
    def shares_enough(self) -> bool:
        """Tell whether an article that does not answer shares enough of the question to be shown."""
        named = dict(zip(FEATURES, self.features, strict=True))
        return named["words_said"] > 0 or named["share"] >= _LEAST_SHARE_SHOWN

    @property
    def likelihood(self) -> float:
        """Return how likely the article answers, 0 to 1."""
        weights = _weights()
        points = sum(weights[name] * value for name, value in zip(FEATURES, self.features, strict=True))
        return 1 / (1 + math.exp(-points))


def judge_articles(
    query: Query, pieces: Sequence[Piece], fixed_pairs: Sequence[Phrase]
) -> tuple[QuestionWords, list[tuple[Evidence, ReadArticle]]]:
    """Return a question cut into words, and each article, best first, with its evidence."""
    terms = QuestionTerms(query, fixed_pairs)
    reads = [ReadArticle(piece, terms) for piece in pieces]
    question = cut_into_words(terms, reads, fixed_pairs)
    return question, [(evidence_of(read, question, rank), read) for rank, read in enumerate(reads)]


def cut_into_words(
    terms: QuestionTerms, reads: Sequence[ReadArticle], fixed_pairs: Sequence[Phrase]
) -> QuestionWords:
    """Return the question cut into words; `fixed_pairs` are neighbours that the papers write as one word."""
    joins = terms.joins(fixed_pairs)
    touching = set[int]()
    for read in reads:
        for places in (read.in_title, *(one.occurrences for one in (*read.sapo, *read.body))):
            touching |= {following for _, following in _touching(places)}
    return QuestionWords(terms, word_numbers(terms, joins, [at in touching for at in range(len(joins))]))


def evidence_of(read: ReadArticle, question: QuestionWords, rank: int) -> Evidence:
    """Return the evidence for an article; `rank` is its rank in the search, from 0."""
    in_title = question.coverage(read.in_title)
    best = _best(read, question, in_title)
    missing = set(range(len(read.terms.groups))) - read.groups()
    lacks = max((read.terms.weights[at] for at in missing), default=0.0)
    return Evidence(
        (
            1.0,
            best.share,
            _share_of_title(read),
            1 / (1 + rank),
            best.share >= _WHOLE and question.size <= _FEW,
            question.size == _FEW,
            lacks / _HEAVIEST,
            min(best.words_said, _MOST_WORDS) / _MOST_WORDS,
            in_title.share >= best.share,
        )
    )


def _best(read: ReadArticle, question: QuestionWords, in_title: Coverage) -> Coverage:
    best = in_title
    for stretch in read.stretches():
        if question.most(stretch) > best.share:
            coverage = question.coverage(stretch)
            best = coverage if coverage.share > best.share else best
    return best


def _share_of_title(read: ReadArticle) -> float:
    """Return how much of the headline was asked for, its words weighed by IDF."""
    weights = [max(1.2, idf(word.canonical)) for word in read.title]
    matched = {at for one in read.in_title for at in range(one.start, one.end)}
    return sum(weights[at] for at in matched) / (sum(weights) or 1.0)


def _apart(parts: Sequence[Sequence[Occurrence]]) -> list[Occurrence]:
    """Return the places of several sentences as one text, with more than `FAR` words between sentences."""
    places: list[Occurrence] = []
    end = 0
    for part in parts:
        places += [one._replace(start=one.start + end, end=one.end + end) for one in part]
        end = max((one.end for one in places), default=0) + FAR + 1
    return places


@cache
def _weights() -> dict[str, float]:
    saved = load_json("answers.json")["weights"]
    return {name: float(saved[name]) for name in FEATURES}
