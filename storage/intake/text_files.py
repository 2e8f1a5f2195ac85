"""A text file → its articles: labelled text, one article as scraped, or several with separators.

Several articles are separated by ruled lines, by blank lines, or by their labels. A file, or a part of it, is
refused if it holds several articles without separators, or no sign of an article (a first line that reads
like a headline, prose below it). A guess would publish what nobody wrote.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise

from storage.intake.drafts import MAX_TEXT_CHARACTERS, Draft, Origin, Refusal, UnreadableError, check_length
from storage.intake.row_fields import draft_of
from storage.intake.row_markup import plain_text, without_markdown
from storage.intake.text_shapes import UNLABELLED, is_address, lead_and_body, read_labelled, read_scraped
from summarizer.text.prose import find_objection
from summarizer.text.repair import repair
from summarizer.text.syllables import syllables

_RULE = re.compile(r"(?=(?:.*[-=*_#~+•—–─═]){3})[-=*_#~+•—–─═.\s\d]{3,}")
_ITEM = re.compile(r"\b(?:bài|tin|article|news|item|no|số)\b[.:]?", re.IGNORECASE)  # "--- Bài 2 ---"
_HEADING = re.compile(r"(#{1,4})\s++(?=.*[^#\s])(.*)")
_PART_MARK = "-----"
_END = re.compile(r"[.!?…][\"”’')\]]*$")
_SENTENCE_WITHIN = re.compile(r"\w{2}[.!?…][\"”’')\]]*\s+[^\W\d_a-z]")
_HEADLINE_WORDS = range(2, 41)
_LONG_HEADLINE_WORDS = 20  # a longer line with a full stop is no headline
_PART_HEADLINE_WORDS = range(5, 31)  # if only blank lines separate articles
_PROSE_WORDS, _SENTENCE_WORDS = 12, 6
_FEWEST_PART_LINES = 3
_LIKENESS = 0.5  # of a lead to its headline: the share of the headline's word pairs that it repeats
_MOST_LEADS = 3  # in one article: its own, and others by chance
_LINES_OF_AN_ARTICLE = 12  # more than one lead in so many lines is no chance
_REPEATED_WORDS = 8  # of a sentence whose repetition counts
_MOST_REPEATS = 3  # sentences that stand in a text three times
_MOST_LINES, _MOST_CHARACTERS = 150, 60_000  # of one article as scraped; 41 and 9,325 in 3,500 real ones
_MANY = "có vẻ nhiều bài trong một tệp; hãy đặt một dòng ----- giữa các bài, hoặc tách mỗi bài một tệp"


def read_texts(text: str, name: str, origin: Origin, now: datetime) -> Iterator[Draft | Refusal]:
    """Yield a draft, or why there is none, for each article of a text; places are `name`, or `name#item`."""
    lines = _without_heading_marks(repair(text).text.strip().split("\n"))
    lines = without_markdown("\n".join(lines)).split("\n")
    rows = [_with_lead(row) for row in read_labelled(lines)]
    parts = _parts(lines) if not rows else []
    many = len(rows or parts) > 1
    readers = [partial(draft_of, row, shown=plain_text) for row in rows] or [
        partial(_draft, part, origin=origin, now=now) for part in parts
    ]
    for number, read in enumerate(readers, start=1):
        place = f"{name}#{number}" if many else name
        try:
            yield read(place=place)
        except UnreadableError as error:
            yield Refusal(place, str(error))


def _with_lead(row: dict[str, str]) -> dict[str, str]:
    """Return a labelled text with lead and body of the text below its labels, if no label is for these."""
    text = row.get(UNLABELLED, "")
    if not text or row.get("sapo") or row.get("body"):
        return row
    sapo, body = lead_and_body(text, row.get("title", ""))
    return {key: value for key, value in row.items() if key != UNLABELLED} | {"sapo": sapo, "body": body}


def _without_heading_marks(lines: list[str]) -> list[str]:
    """Remove Markdown's marks from headings; if the first line is one, each of its level begins a part."""
    first = _HEADING.fullmatch(lines[0])
    level = first[1] if first else ""
    found: list[str] = []
    for at, line in enumerate(lines):
        heading = None if _is_rule(line) else _HEADING.fullmatch(line)
        if heading and heading[1] == level and at:
            found.append(_PART_MARK)
        found.append(heading[2].rstrip("# \t") if heading else line)
    return found


def _draft(lines: Sequence[str], *, place: str, origin: Origin, now: datetime) -> Draft:
    text = "\n".join(lines)
    check_length("nội dung", len(text), MAX_TEXT_CHARACTERS)
    if _holds_several(lines):
        raise UnreadableError(_MANY)
    draft = read_scraped(text, place, origin, now)
    _check_alive(draft, lines)
    return draft


def _parts(lines: Sequence[str]) -> list[list[str]]:
    """Return the articles of a text: split at ruled lines, else at the most blank lines, else one."""
    ruled = _split(lines, list(map(_is_rule, lines)))
    if len(ruled) > 1 and 2 * sum(map(_begins_like_article, ruled)) > len(ruled):
        return ruled
    for blank_lines in (2, 1):
        parts = _split(lines, _blank_runs(lines, blank_lines))
        if len(parts) > 1 and all(map(_is_whole_article, parts)):
            return parts
    return [list(lines)]


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(_ITEM.sub("", line).strip()) is not None


def _split(lines: Sequence[str], is_between: Sequence[bool]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line, between in zip(lines, is_between, strict=True):
        if between:
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if any(line.strip() for line in part)]


def _blank_runs(lines: Sequence[str], least: int) -> list[bool]:
    """Mark the blank lines that are in groups of at least `least`."""
    marks, run = [False] * len(lines), 0
    for at, line in enumerate(lines):
        run = 0 if line.strip() else run + 1
        if run >= least:
            marks[at - run + 1 : at + 1] = [True] * run
    return marks


def _begins_like_article(part: Sequence[str]) -> bool:
    filled = [line.strip() for line in part if line.strip()]
    title = next((line for line in filled if not is_address(line)), "")
    return _reads_like_headline(title) and any(_is_prose(line) for line in filled[1:])


def _is_whole_article(part: Sequence[str]) -> bool:
    """Tell whether lines without a blank one between them are an article: headline, lead, more text."""
    filled = [line.strip() for line in part if line.strip()]
    title = filled[0]
    return (
        len(filled) >= _FEWEST_PART_LINES
        and len(title.split()) in _PART_HEADLINE_WORDS
        and not _END.search(title)
        and not title.endswith((",", ":", ";"))
        and sum(map(_is_prose, filled[1:])) >= _FEWEST_PART_LINES - 1
    )


def _holds_several(lines: Sequence[str]) -> bool:
    """Tell whether several articles follow each other with nothing between them.

    Signs are lines that repeat the line before them, as a lead repeats its headline; repeated sentences; and
    great length.
    """
    words = [tuple(syllables(line)) for line in lines if line.strip()]
    leads = sum(_is_lead_of(title, lead) for title, lead in pairwise(words))
    again = Counter(line for line in words if len(line) >= _REPEATED_WORDS)
    repeats = sum(1 for count in again.values() if count >= _MOST_REPEATS)
    is_long = len(words) > _MOST_LINES or sum(map(len, lines)) > _MOST_CHARACTERS
    has_leads = leads > max(_MOST_LEADS, len(words) // _LINES_OF_AN_ARTICLE)
    return is_long or has_leads or repeats >= _MOST_REPEATS


def _is_lead_of(title: Sequence[str], lead: Sequence[str]) -> bool:
    if len(title) not in _PART_HEADLINE_WORDS or len(lead) <= len(title):
        return False
    pairs = set(pairwise(title))
    return len(pairs & set(pairwise(lead))) >= _LIKENESS * len(pairs)


def _check_alive(draft: Draft, lines: Sequence[str]) -> None:
    """Raise UnreadableError for a text that shows no sign of an article."""
    if not _reads_like_headline(draft.title):
        missing = "dòng đầu không đọc như một tiêu đề"
    elif not any(_is_prose(line.strip()) for line in lines if line.strip() != draft.title):
        missing = "dưới tiêu đề không có câu văn nào"
    else:
        return
    objection = find_objection("\n".join(lines))
    raise UnreadableError(objection or f"không có bài báo nào nhận ra được: {missing}")


def _reads_like_headline(title: str) -> bool:
    words = len(title.split())
    if words not in _HEADLINE_WORDS or title.endswith((",", ";", ":")):
        return False
    if _SENTENCE_WITHIN.search(title) and _END.search(title):
        return False
    return not (words > _LONG_HEADLINE_WORDS and title.endswith("."))


def _is_prose(line: str) -> bool:
    words = len(line.split())
    return words >= _PROSE_WORDS or (words >= _SENTENCE_WORDS and _END.search(line) is not None)
