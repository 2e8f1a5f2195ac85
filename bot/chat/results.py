"""Turn what a question found into one page of a message."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.chat.dates import publication_label
from bot.chat.markup import one_line, printable, safe_link, shortened
from bot.chat.templating import render
from storage.times import Published

RESULTS_PER_PAGE = 5
_LONGEST_TITLE = 200  # UTF-16 units: five results with everything at its longest stay under a message's limit
_LONGEST_SENTENCE = 360
_LONGEST_NAME = 64
_MARKS_SHOWN = 12  # a sentence: bold words are entities, and a message has 100


@dataclass(frozen=True, slots=True)
class Result:
    """One article found. `marks` are the spans of `sentence` that stand out: half-open, ascending."""

    title: str
    url: str | None
    source: str
    published: Published | None
    sentence: str = ""
    marks: tuple[tuple[int, int], ...] = ()


def render_results(
    query: str,
    results: Sequence[Result],
    *,
    total: int,
    page: int,
    now: dt.datetime,
    zone: str,
    total_is_exact: bool = True,
) -> str:
    """Return a page of results as Telegram HTML; `page` counts from 1, `results` are those of the page.

    Raises:
        ValueError: more than `RESULTS_PER_PAGE` results.
    """
    if len(results) > RESULTS_PER_PAGE:
        raise ValueError(f"{len(results)} results on a page of {RESULTS_PER_PAGE}")
    first = (page - 1) * RESULTS_PER_PAGE + 1
    return str(
        render(
            "results",
            query=shortened(one_line(query), _LONGEST_NAME),
            total=total,
            more_than_total=not total_is_exact,
            page=page,
            pages=math.ceil(total / RESULTS_PER_PAGE),
            results=[_row(number, result, now, zone) for number, result in enumerate(results, start=first)],
        )
    )


def _row(number: int, result: Result, now: dt.datetime, zone: str) -> dict[str, object]:
    label = publication_label(result.published, now=now, zone=zone)
    return {
        "number": number,
        "title": shortened(one_line(result.title), _LONGEST_TITLE),
        "url": safe_link(result.url),
        "byline": " · ".join(filter(None, (shortened(one_line(result.source), _LONGEST_NAME), label))),
        "stretches": list(_stretches(result.sentence, result.marks)),
    }


def _stretches(sentence: str, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Cut `sentence`, shortened, into stretches that are marked or not."""
    shown = shortened(sentence, _LONGEST_SENTENCE)
    last = len(shown) - (shown != sentence)  # the ellipsis is not the paper's
    done = 0
    for start, end in _joined(sentence, marks)[:_MARKS_SHOWN]:
        start, end = max(start, done), min(end, last)
        if start < end:
            yield printable(shown[done:start]), False
            yield printable(shown[start:end]), True
            done = end
    yield printable(shown[done:]), False


def _joined(sentence: str, marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join marks that only a blank parts: "Hạ Long" is one stretch, and one entity."""
    joined: list[tuple[int, int]] = []
    for start, end in marks:
        if joined and not sentence[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
