"""The fields of the index for an article, and a question as tantivy's query."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query, Schema

from summarizer.questions.equivalents import Phrase
from summarizer.questions.hits import NO_FILTERS, Filters
from summarizer.questions.phrases import Groups, content_of, weights_of
from summarizer.text.repair import composed
from summarizer.text.syllables import Forms, folded, word_forms

# Words are cut here, and the index only splits at blanks. Title, sapo and body are separate fields, because a
# long body would outweigh a title.

FORMAT = 1  # of a folder; raise it when fields or words change, and every index is built again

MAX_WORDS = 16_000  # of a field: of a longer text only the beginning is indexed
_MAX_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article to index. `at` is when it came out; the topic may be unknown."""

    article_id: int
    title: str
    sapo: str
    body: str
    source: str
    topic: str | None
    at: dt.datetime


def make_schema() -> tantivy.Schema:
    """Return the fields: `x` is folded, `x_marked` has diacritics, `x_pairs` has two folded neighbours."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_integer_field("at", indexed=True, fast=True)
    for name in ("source", "topic"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name, detail in (("title", "position"), ("sapo", "position"), ("body", "freq")):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=detail)
        rest = "basic" if name == "body" else "freq"
        builder.add_text_field(f"{name}_marked", tokenizer_name="whitespace", index_option=rest)
        builder.add_text_field(f"{name}_pairs", tokenizer_name="whitespace", index_option=rest)
    return builder.build()


def document_of(article: IndexedArticle) -> tantivy.Document:
    """Return the document of an article."""
    document = tantivy.Document()
    document.add_unsigned("id", article.article_id)
    document.add_integer("at", int(article.at.timestamp()))
    document.add_text("source", article.source)
    document.add_text("topic", article.topic or "")
    for name, text in (("title", article.title), ("sapo", article.sapo), ("body", article.body)):
        words = indexed_forms(text)
        if words:
            bare = [word.folded for word in words]
            document.add_text(name, " ".join(bare))
            document.add_text(f"{name}_marked", " ".join([word.canonical for word in words]))
            document.add_text(f"{name}_pairs", " ".join([f"{a}_{b}" for a, b in pairwise(bare)]))
    return document


def indexed_forms(text: str) -> list[Forms]:
    """Return the words of `text` that the index keeps, in order.

    >>> [word.folded for word in indexed_forms("Thuỷ triều ở Hạ Long")]
    ['thuy', 'trieu', 'o', 'ha', 'long']
    """
    return word_forms(composed(text[:_MAX_CHARACTERS]))[:MAX_WORDS]


# A question as tantivy's query: candidates with any of its words, matches with all of them.
#
# Source of the weights: measured on questions that people asked (docs/search.md).

_FIELDS = (("title", 1.5), ("sapo", 1.2), ("body", 1.0))
_LEAD = ("title", "sapo")
_PAIR, _MARKED, _OTHER = 0.5, 0.5, 0.7
_MOST_GROUPS = 16  # of a long question the groups of the highest weights
_LIGHT = 0.35  # a group of a lower weight is searched in title and sapo only


@dataclass(frozen=True, slots=True)
class Plan:
    """What to search: groups of alternative phrases, excluded phrases, and filters."""

    groups: Groups
    excluded: tuple[Phrase, ...] = ()
    filters: Filters = NO_FILTERS

    @property
    def content(self) -> list[int]:
        """Return the numbers of the groups that an article must have to match the whole question."""
        return content_of(weights_of(self.groups))


def any_words(schema: Schema, plan: Plan) -> Query:
    """Return the query for articles with any of the words; more and rarer words give a higher score."""
    weights = weights_of(plan.groups)
    top = max(weights, default=1.0)
    kept = sorted(sorted(range(len(weights)), key=lambda at: -weights[at])[:_MOST_GROUPS])
    parts = []
    for at in kept:
        factor = 1.0 if weights[at] > 1 else 0.15
        fields = _FIELDS if factor > _LIGHT or top <= 1 else _FIELDS[:2]
        parts += _group(schema, plan.groups[at], factor, fields)
    for one, other in pairwise(kept):
        if other == one + 1:
            pair = f"{folded(plan.groups[one][0][-1])}_{folded(plan.groups[other][0][0])}"
            factor = _PAIR if min(weights[one], weights[other]) > 1 else _PAIR * 0.4
            parts += [_term(schema, f"{name}_pairs", pair, boost * factor) for name, boost in _FIELDS]
    return _narrowed(schema, plan, [Query.boolean_query([(Occur.Should, part) for part in parts])])


def all_words(schema: Schema, plan: Plan, fields: Iterable[str] = _LEAD) -> Query:
    """Return the query for articles with all content words, in any of the fields."""
    names = tuple(fields)
    wanted = [
        Query.boolean_query(
            [(Occur.Should, one) for run in plan.groups[at] for one in _stands(schema, run, names)]
        )
        for at in plan.content
    ]
    return _narrowed(schema, plan, wanted)


def all_but_one(schema: Schema, plan: Plan) -> Query:
    """Return the query for the words before and after each group, each side by side, in one field."""
    runs = [[folded(word) for word in group[0]] for group in plan.groups]
    either = []
    for at in range(len(runs)):
        sides = [[word for run in side for word in run] for side in (runs[:at], runs[at + 1 :])]
        for name in _LEAD:
            both = [_side_by_side(schema, name, side) for side in sides if side]
            either.append((Occur.Should, Query.boolean_query([(Occur.Must, one) for one in both])))
    return _narrowed(schema, plan, [Query.boolean_query(either)])


def _side_by_side(schema: Schema, field: str, words: list[str]) -> Query:
    if len(words) == 1:
        return Query.term_query(schema, field, words[0], "basic")
    return Query.phrase_query(schema, field, list(words))


def everything(schema: Schema, plan: Plan) -> Query:
    """Return the query for every article that the plan does not exclude."""
    return _narrowed(schema, plan, [Query.all_query()])


def _group(
    schema: Schema, group: Sequence[Phrase], factor: float, fields: Sequence[tuple[str, float]]
) -> list[Query]:
    variants = [
        list(_variant(schema, run, factor * (1.0 if number == 0 else _OTHER), fields))
        for number, run in enumerate(group)
    ]
    if len(variants) == 1:
        return variants[0]
    either = [Query.boolean_query([(Occur.Should, part) for part in parts]) for parts in variants]
    return [Query.disjunction_max_query(either)]


def _variant(
    schema: Schema, run: Phrase, factor: float, fields: Sequence[tuple[str, float]]
) -> Iterator[Query]:
    bare = [folded(word) for word in run]
    for name, boost in fields:
        for word, plain in zip(run, bare, strict=True):
            yield _term(schema, name, plain, boost * factor)
            if word != plain:
                yield _term(schema, f"{name}_marked", word, boost * factor * _MARKED)
        for one, other in pairwise(bare):
            yield _term(schema, f"{name}_pairs", f"{one}_{other}", boost * factor * _PAIR)


def _term(schema: Schema, field: str, value: str, boost: float) -> Query:
    return Query.boost_query(Query.term_query(schema, field, value, "freq"), boost)


def _stands(schema: Schema, run: Phrase, fields: Sequence[str]) -> Iterator[Query]:
    """Yield queries for the words of a phrase side by side, in each field; in bodies as pairs."""
    bare = [folded(word) for word in run]
    for name in fields:
        if name == "body" and len(bare) > 1:
            pairs = [Query.term_query(schema, "body_pairs", f"{a}_{b}", "basic") for a, b in pairwise(bare)]
            yield Query.boolean_query([(Occur.Must, pair) for pair in pairs])
        else:
            yield _side_by_side(schema, name, bare)


def _narrowed(schema: Schema, plan: Plan, wanted: Sequence[Query]) -> Query:
    parts = [(Occur.Must, one) for one in wanted]
    parts += [(Occur.Must, Query.const_score_query(one, 0.0)) for one in _filters(schema, plan.filters)]
    parts += [(Occur.MustNot, one) for run in plan.excluded for one in _stands(schema, run, _LEAD)]
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _filters(schema: Schema, filters: Filters) -> Iterator[Query]:
    for name, values in (("source", filters.source_names), ("topic", filters.topics)):
        if values:
            yield Query.term_set_query(schema, name, list(values))
    if filters.since or filters.until:
        first, last = (int(each.timestamp()) if each else None for each in (filters.since, filters.until))
        yield Query.range_query(schema, "at", FieldType.Integer, first, last)
