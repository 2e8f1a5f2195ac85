"""Fit the weights by which articles are taken for answers: `summarizer/data/answers.json`.

    python benchmarks/train_answers.py store.sqlite3 questions.jsonl... [--save]

`store.sqlite3` holds the articles, processed by `diemtin ingest`, its index beside it. Each row of the files
is a question as people ask it, `{"q", "ids"}`, with the external ids of the articles that answer; none where
nothing does. The made-up events of `not_there.jsonl` are added. Questions are halved by a hash: the weights
are fitted on one half (of `not_there.jsonl` on "dev"), and both halves are reported. Without `--save` nothing
is written.

Each of the eight best articles of a question is one case; a logistic regression with an L2 penalty tells
those that answer from the others. Articles that the search did not rank first, and questions that nothing
answers, count less.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import Floats, fit_logistic, read_rows

from bot.news.answers import find_pieces, look_up
from bot.news.services import Services
from bot.startup.assembly import assemble
from bot.times.clock import Clock
from config.reading import TEMPLATE, parse_newsroom
from storage.articles import find_articles
from storage.engine import Database
from summarizer.questions.evidence import ANSWERS, FEATURES, ReadArticle, cut_into_words, evidence_of
from summarizer.questions.question_terms import QuestionTerms

_NOT_THERE = Path(__file__).with_name("not_there.jsonl")
_SAVED = Path(__file__).parent.parent / "summarizer/data/answers.json"
_ZONE = "Asia/Ho_Chi_Minh"
_PENALTY = 1.0
_NOT_FIRST, _NOTHING_ANSWERS = 0.3, 0.5  # weights of cases


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the features of its articles, and which of these answer it."""

    is_tuned: bool
    is_asked: bool  # something answers it
    features: Floats
    answers: Floats


async def main(store: str, *paths: str, saves: bool) -> None:
    database = Database(f"sqlite+aiosqlite:///{store}")
    services = Services(database, Clock(), assemble(parse_newsroom(TEMPLATE, base=Path.cwd())))
    cases = [case for row in _rows(paths) if (case := await _case(services, row)) is not None]
    await database.close()
    weights = _fitted([case for case in cases if case.is_tuned])
    print({name: round(float(weight), 2) for name, weight in zip(FEATURES, weights, strict=True)})
    for is_tuned in (True, False):
        _report(
            "fitted on" if is_tuned else "held out", [c for c in cases if c.is_tuned == is_tuned], weights
        )
    if saves:
        saved = {name: round(float(weight), 3) for name, weight in zip(FEATURES, weights, strict=True)}
        source = "benchmarks/train_answers.py: questions that people wrote, and made-up events"
        _SAVED.write_text(json.dumps({"source": source, "weights": saved}, indent=2) + "\n", encoding="utf-8")


def _rows(paths: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for row in read_rows(Path(path)):
            yield {"q": row["q"], "ids": row["ids"], "is_tuned": _is_even(row["q"])}
    for row in read_rows(_NOT_THERE):
        yield {"q": row["q"], "ids": [], "is_tuned": row["set"] == "dev"}


def _is_even(question: str) -> bool:
    return hashlib.md5(question.encode(), usedforsecurity=False).digest()[-1] % 2 == 0


async def _case(services: Services, row: dict[str, Any]) -> Case | None:
    looked = await look_up(services, row["q"], zone=_ZONE)
    async with services.database.read() as connection:
        pieces, _ = await find_pieces(connection, services.newsroom, looked.found.ids)
        stored = await find_articles(connection, [piece.article_id for piece in pieces])
    query, found = looked.query, looked.found
    if not pieces or not query.terms:
        return None
    terms = QuestionTerms(query, found.fixed_pairs)
    reads = [ReadArticle(piece, terms) for piece in pieces]
    asked = cut_into_words(terms, reads, found.fixed_pairs)
    features = [evidence_of(read, asked, rank).features for rank, read in enumerate(reads)]
    right = [stored[piece.article_id].external_id in row["ids"] for piece in pieces]
    return Case(row["is_tuned"], bool(row["ids"]), np.array(features, float), np.array(right, float))


def _fitted(cases: list[Case]) -> Floats:
    features = np.concatenate([case.features for case in cases])
    answers = np.concatenate([case.answers for case in cases])
    counts = np.concatenate([_counts(case) for case in cases])
    penalty = _PENALTY * np.r_[0.0, np.ones(features.shape[1] - 1)]
    return fit_logistic(features, answers, penalty, counts)


def _counts(case: Case) -> Floats:
    counts = np.full(len(case.answers), _NOT_FIRST)
    counts[0] = 1.0
    return counts if case.is_asked else counts * _NOTHING_ANSWERS


def _report(name: str, cases: list[Case], weights: Floats) -> None:
    asked = [case for case in cases if case.is_asked]
    absent = [case for case in cases if not case.is_asked]
    likely = {id(case): 1 / (1 + np.exp(-case.features @ weights)) for case in cases}
    best = {id(case): int(np.argmax(likely[id(case)])) for case in cases}
    answered = {id(case): likely[id(case)].max() >= ANSWERS for case in cases}
    right = sum(bool(answered[id(case)] and case.answers[best[id(case)]]) for case in asked)
    false = sum(bool(answered[id(case)]) for case in absent)
    print(f"{name}: first right {right}/{len(asked)}, answered though nothing answers {false}/{len(absent)}")


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--save"]
    asyncio.run(main(*arguments, saves="--save" in sys.argv))
