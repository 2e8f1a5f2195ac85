"""Write a question in the index's language: candidates by any of its words, matches of all of them.

Source of the weights: measured on questions that people asked (docs/search.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tantivy import FieldType, Occur, Query, Schema

from summarizer.questions.equivalents import Run
from summarizer.questions.hits import NO_FILTERS, Filters
from summarizer.questions.phrases import Groups, content_of, weights_of
from summarizer.text.syllables import folded

_FIELDS = (("title", 1.5), ("sapo", 1.2), ("body", 1.0))
_LEAD = ("title", "sapo")
_PAIR, _MARKED, _OTHER = 0.5, 0.5, 0.7
_MOST_GROUPS = 16  # of a long question those that matter most
_LIGHT = 0.35  # a group that matters less is looked for in title and sapo only


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for: groups of runs, of which any will do, how much each matters, and what narrows it."""

    groups: Groups
    excluded: tuple[Run, ...] = ()
    filters: Filters = NO_FILTERS

    @property
    def content(self) -> list[int]:
        """Return which groups an article must have to have all that was asked."""
        return content_of(weights_of(self.groups))


def any_words(schema: Schema, plan: Plan) -> Query:
    """Return what finds articles with any of the words, those with more and rarer ones first."""
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
    """Return what finds articles with all the words that matter, in any of the fields."""
    names = tuple(fields)
    wanted = [
        Query.boolean_query(
            [(Occur.Should, one) for run in plan.groups[at] for one in _stands(schema, run, names)]
        )
        for at in plan.content
    ]
    return _narrowed(schema, plan, wanted)


def all_but_one(schema: Schema, plan: Plan) -> Query:
    """Return what finds the words before and behind each group, both side by side, in one field."""
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
    """Return what finds every article that the plan does not leave out."""
    return _narrowed(schema, plan, [Query.all_query()])


def _group(
    schema: Schema, group: Sequence[Run], factor: float, fields: Sequence[tuple[str, float]]
) -> list[Query]:
    variants = [
        list(_variant(schema, run, factor * (1.0 if number == 0 else _OTHER), fields))
        for number, run in enumerate(group)
    ]
    if len(variants) == 1:
        return variants[0]
    either = [Query.boolean_query([(Occur.Should, part) for part in parts]) for parts in variants]
    return [Query.disjunction_max_query(either)]


def _variant(schema: Schema, run: Run, factor: float, fields: Sequence[tuple[str, float]]) -> Iterator[Query]:
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


def _stands(schema: Schema, run: Run, fields: Sequence[str]) -> Iterator[Query]:
    """Yield what finds the words of a run side by side, in each field; in bodies two by two."""
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
