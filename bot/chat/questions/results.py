"""Turn what a question found into one page of a message."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.messages.markup import (
    MAX_ENTITIES,
    MAX_UNITS,
    count_entities,
    one_line,
    printable,
    render,
    safe_link,
    short_name,
    shortened,
    visible_length,
)
from bot.messages.spoken import publication_label
from storage.times import Published

RESULTS_PER_PAGE = 5
_LONGEST_TITLE = 200  # UTF-16 units: five results with everything at its longest stay under a message's limit
_LONGEST_SENTENCE = 360
_HIGHLIGHTS_SHOWN = 12  # a sentence: bold words are entities, and a message has 100


@dataclass(frozen=True, slots=True)
class Result:
    """One article found. `highlights` are the spans of `sentence` that stand out: half-open, ascending."""

    title: str
    url: str | None
    source: str
    published: Published | None
    sentence: str = ""
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of an answer, word for word, and the number and address of the article it is from.

    `day` is its publication day; empty if all sentences of the answer have the same.
    """

    text: str
    number: int
    url: str | None
    day: str = ""


@dataclass(frozen=True, slots=True)
class PageHeader:
    """The part of a page above its articles. `heading` and `notes` are HTML.

    `scope` says how many articles were searched. `lead` introduces articles that answer nothing.
    """

    heading: Markup
    notes: tuple[Markup, ...] = ()
    scope: str = ""
    quotes: tuple[CitedSentence, ...] = ()
    difference: str = ""
    lead: str = ""


def render_results(
    header: PageHeader, results: Sequence[Result], *, first: int, now: dt.datetime, zone: str
) -> Markup:
    """Return a page of results as Telegram HTML; they are numbered from `first` on.

    If the page would be too long for a message, the articles are without their sentences.

    Raises:
        ValueError: more than `RESULTS_PER_PAGE` results.
    """
    if len(results) > RESULTS_PER_PAGE:
        raise ValueError(f"{len(results)} results on a page of {RESULTS_PER_PAGE}")
    html = _rendered(header, results, first, now, zone)
    if visible_length(html) <= MAX_UNITS and count_entities(html) <= MAX_ENTITIES:
        return html
    return _rendered(header, [replace(result, sentence="") for result in results], first, now, zone)


def _rendered(
    header: PageHeader, results: Sequence[Result], first: int, now: dt.datetime, zone: str
) -> Markup:
    quotes = [replace(quote, text=printable(quote.text), url=safe_link(quote.url)) for quote in header.quotes]
    rows = [result_row(number, result, now, zone) for number, result in enumerate(results, start=first)]
    return render("results", header=header, quotes=quotes, results=rows)


def result_row(number: int, result: Result, now: dt.datetime, zone: str) -> dict[str, object]:
    """Return what a template shows of one article."""
    label = publication_label(result.published, now=now, zone=zone)
    return {
        "number": number,
        "title": shortened(one_line(result.title), _LONGEST_TITLE),
        "url": safe_link(result.url),
        "byline": " · ".join(filter(None, (short_name(result.source), label))),
        "stretches": list(_stretches(result.sentence, result.highlights)) if result.sentence else [],
    }


def _stretches(sentence: str, highlights: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Cut `sentence`, shortened, into stretches that are marked or not."""
    shown = shortened(sentence, _LONGEST_SENTENCE)
    last = len(shown) - (shown != sentence)  # the ellipsis is not the paper's
    done = 0
    for start, end in _joined(sentence, highlights)[:_HIGHLIGHTS_SHOWN]:
        start, end = max(start, done), min(end, last)
        if start < end:
            yield printable(shown[done:start]), False
            yield printable(shown[start:end]), True
            done = end
    yield printable(shown[done:]), False


def _joined(sentence: str, highlights: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join highlights with only a blank between them: "Hạ Long" is one stretch, and one entity."""
    joined: list[tuple[int, int]] = []
    for start, end in highlights:
        if joined and not sentence[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
