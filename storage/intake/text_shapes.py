"""The two shapes of a text with one article: lines that are labelled, or text as scraped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from storage.intake.dates import parse_date_line
from storage.intake.drafts import MAX_TEXT_CHARACTERS, Draft, Origin, check_length
from storage.intake.row_shapes import TEXT_FIELDS, UNUSED, find_name
from summarizer.text.cleaning import clean_body
from summarizer.text.repair import repair
from summarizer.text.syllables import syllables

# Text with labelled lines ("Title: …", "Tiêu đề: …") → rows for `row_fields`, which knows the names.
#
# A label counts only at the beginning of a line, and only if the first lines have several: a colon in a
# headline or in prose is not a label. All text after the body's label is body, except labels at its end.

_LABEL = re.compile(
    r"[\s#>*•_\[【-]{0,6}(?P<name>[^\W\d_](?:[^\W_]|[ _-]){1,29}?)[\s*_\]】]{0,4}[:：][*_]{0,3}"
    r"(?:\s+|$)(?P<value>.*)"
)
_FIRST_LINES = 4  # after the first line, in which the labels of a head are searched
_FEWEST = 2  # labels of a head; the title has one or is a line before them
_MOST_WORDS = 5  # of a label
_QUOTED = re.compile(r"([\"'])([^\"']*)\1")
_RULE = re.compile(r"[\W_]{3,}")
_FRONT_RULE = "---"  # before and after YAML labels above a text
_MOST_FRONT_LINES = 60
_FOLDED = re.compile(r"[>|][+-]?")  # YAML: the text is on the lines below

UNLABELLED = "text"
"""The key of text that stands below the labels without one."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line; if it begins with a label, its `name`, `field` ("" for an unknown one) and `value`."""

    text: str
    name: str = ""
    field: str = ""
    value: str = ""


def read_labelled(lines: Sequence[str]) -> list[dict[str, str]]:
    """Return the articles of a labelled text, each as values by label; [] if the text is not labelled."""
    marked = [_line(text) for text in lines]
    if front := _front_matter(marked):
        return [front]
    heads = _heads(marked)
    ends = [*heads[1:], len(marked)][: len(heads)]
    return [_fields(marked[head:end]) for head, end in zip(heads, ends, strict=True)]


def _line(text: str) -> _Line:
    found = _LABEL.fullmatch(text.strip()) if ":" in text or "：" in text else None
    if found is None or len(found["name"].split()) > _MOST_WORDS:
        return _Line(text.strip())
    name = find_name(found["name"])
    return _Line(text.strip(), found["name"].strip(), name.field if name else "", found["value"].strip())


def _front_matter(lines: Sequence[_Line]) -> dict[str, str]:
    """Return the article with YAML labels between two rules at the head; {} if there are none."""
    if not lines or lines[0].text != _FRONT_RULE:
        return {}
    head = range(1, min(len(lines), _MOST_FRONT_LINES))
    end = next((at for at in head if lines[at].text == _FRONT_RULE), 0)
    names = {line.name for line in lines[1:end] if line.field}
    again = any(line.name in names for line in lines[end + 1 :] if line.field)
    if not end or len(names) < _FEWEST or (again and _FRONT_RULE in {line.text for line in lines[end + 1 :]}):
        return {}
    fields: dict[str, list[str]] = {}
    current = ""
    for line in lines[1:end]:
        if line.name:
            current = line.field or line.name
        said = line.value if line.name else line.text
        if said and not _FOLDED.fullmatch(said):
            fields.setdefault(current, []).append(said)
    row = {key: _yaml(values) for key, values in fields.items() if key != UNUSED}
    return row | {UNLABELLED: "\n".join(line.text for line in lines[end + 1 :])}


def _yaml(values: Sequence[str]) -> str:
    """Return the text of a value; of a list its first element."""
    first = values[0]
    if first.startswith("- "):
        return _joined([first[2:].strip()])
    if first.startswith("[") and first.endswith("]"):
        return _joined([first[1:-1].split(",", 1)[0].strip()])
    return _joined(values)


def _heads(lines: Sequence[_Line]) -> list[int]:
    """Return where articles begin: at lines with the first line's label. [] if the text is not labelled."""
    filled = [at for at, line in enumerate(lines) if line.text and not _RULE.fullmatch(line.text)]
    if not filled or not _is_head([lines[at] for at in filled[: _FIRST_LINES + 1]]):
        return []
    first = lines[filled[0]]
    if not first.field:  # its headline has no label
        return [filled[0]]
    label = first.name.lower()
    following = pairwise(filled[1:])
    return [filled[0], *(a for a, b in following if lines[a].name.lower() == label and lines[b].field)]


def _is_head(first: Sequence[_Line]) -> bool:
    """Tell whether the first lines are a head: labels from the first or second on, and a title."""
    labelled = [line.field for line in first if line.field]
    if first[0].field:
        return len(set(labelled)) >= _FEWEST and bool({"title", "url", "published", "source"} & set(labelled))
    below = [line.field for line in first[1:3]]
    return all(below) and len(set(below)) == len(below) >= _FEWEST and "title" not in labelled


def _fields(lines: Sequence[_Line]) -> dict[str, str]:
    """Return the values of one article's labels, unknown ones by their own names."""
    end = _end_of_text(lines)
    fields: dict[str, list[str]] = {}
    seen: set[str] = set()
    current, was_blank = "", False
    for at, line in enumerate(lines):
        if not line.text or (_RULE.fullmatch(line.text) and current not in ("body", UNLABELLED)):
            was_blank = True
            continue
        is_label = bool(line.name) and (at >= end or _counts(line, current, seen, is_after_blank=was_blank))
        if is_label:
            key = line.field or line.name
            seen.add(key)
            current = key
            fields.setdefault(key, []).append(line.value)
        elif not fields:
            fields["title"], current = [line.text], "title"
            seen.add("title")
        else:
            if current not in (*TEXT_FIELDS, UNLABELLED) and any(fields[current]):
                current = UNLABELLED
                seen.add(current)
            fields.setdefault(current, []).append(line.text)
        was_blank = False
    return {key: _joined(values) for key, values in fields.items() if key != UNUSED}


def _joined(values: Sequence[str]) -> str:
    """Return the value of one label, without the quotes of YAML around it."""
    quoted = _QUOTED.fullmatch(values[0]) if len(values) == 1 else None
    return quoted[2] if quoted else "\n".join(filter(None, values))


def _counts(line: _Line, current: str, seen: set[str], *, is_after_blank: bool) -> bool:
    """Tell whether a line with a label is a label: not in the body, not twice, unknown ones among others."""
    if current in ("body", UNLABELLED) or (line.field and line.field != UNUSED and line.field in seen):
        return False
    if line.field:
        return True
    return not is_after_blank and current not in TEXT_FIELDS


def _end_of_text(lines: Sequence[_Line]) -> int:
    """Return where the labels below the text begin: known ones, not of a text, not used above the body."""
    said = _said_above(lines)
    end = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if not line.text or _RULE.fullmatch(line.text):
            continue
        if not line.field or line.field in TEXT_FIELDS or line.field in said:
            break
        end = at
    return end


def _said_above(lines: Sequence[_Line]) -> set[str]:
    """Return the fields of the labels before the body's."""
    body = next((at for at, line in enumerate(lines) if line.field == "body"), len(lines))
    return {line.field for line in lines[:body] if line.field} - {UNUSED}


# Text as scraped → one draft: the first line is the title, the next paragraph the sapo, the rest the body.
#
# `summarizer.text.cleaning` removes captions, bylines and source lines; the code here only keeps them from
# becoming the sapo.

_BLANK_LINES = re.compile(r"\n\s*\n")
_ADDRESS_LINE = re.compile(r"(?:(?P<label>[^\W\d_][^:]{0,30}?)\s*:\s+)?<?(?P<address>https?://[^\s<>]+)>?")
_LINES_FOR_A_DATE = 4  # a date line is under the title or under the text
_BYLINE = re.compile(r"[^\W\d_][^,|·•–—\d-]{1,38}?\s?[,|·•–—-]\s?(?=\S)")
_BLOCKS_FOR_A_SAPO = 8
_SAPO_SYLLABLES = 8  # a shorter paragraph is a label, a name or a subhead


def read_scraped(text: str, name: str, origin: Origin, now: datetime) -> Draft:
    """Return `text` as one article with the place `name`. Raises UnreadableError if it is too long."""
    check_length("nội dung", len(text), MAX_TEXT_CHARACTERS)
    lines = repair(text).text.strip().split("\n")
    url = _take_address(lines)
    published = _take_date_line(lines, origin, now)
    title, *rest = lines
    sapo, body = lead_and_body("\n".join(rest), title)
    return Draft(name, title=title, sapo=sapo, body=body, url=url, published=published)


def lead_and_body(text: str, title: str) -> tuple[str, str]:
    """Return the lead paragraph of `text`, "" if there is none, and the rest."""
    blocks = _blocks(text)
    at = _sapo_at(blocks, title)
    sapo = blocks.pop(at) if at is not None else ""
    return sapo, "\n".join(blocks)


def is_address(line: str) -> bool:
    """Tell whether a line is only an address, perhaps after a label such as "Link:"."""
    return _address_of(line) != ""


def _address_of(line: str) -> str:
    found = _ADDRESS_LINE.fullmatch(line.strip())
    if found is None:
        return ""
    name = find_name(found["label"]) if found["label"] else None
    return found["address"] if not found["label"] or (name is not None and name.field == "url") else ""


def _take_address(lines: list[str]) -> str:
    """Remove the first address line near head or foot, and return it; one line always stays as the title."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if len(filled) > 1:
        for at in dict.fromkeys(filled[:_LINES_FOR_A_DATE] + filled[-_LINES_FOR_A_DATE:]):
            if address := _address_of(lines[at]):
                del lines[at : filled[1] if at == filled[0] else at + 1]
                return address
    return ""


def _take_date_line(lines: list[str], origin: Origin, now: datetime) -> str:
    """Remove the first line that is a date from near the head or the foot, and return it."""
    filled = [at for at, line in enumerate(lines) if line.strip()][1:]
    for at in dict.fromkeys(filled[:_LINES_FOR_A_DATE] + filled[-_LINES_FOR_A_DATE:]):
        for text in _may_be_dates(lines[at].strip()):
            if parse_date_line(text, origin.zone, now):
                del lines[at]
                return text
    return ""


def _may_be_dates(line: str) -> Iterator[str]:
    """Yield a line, and its text after a short name: "Báo Sông, 12/9/2026 8:15"."""
    bare = line.strip("*_ ")
    yield bare
    byline = _BYLINE.match(bare)
    if byline:
        yield bare[byline.end() :]


def _blocks(text: str) -> list[str]:
    """Cut at blank lines, or at every line if there are none."""
    blocks = _BLANK_LINES.split(text.strip("\n"))
    return [block for block in (blocks if len(blocks) > 1 else text.split("\n")) if block.strip()]


def _sapo_at(blocks: list[str], title: str) -> int | None:
    tokens = [syllables(block) for block in blocks[: _BLOCKS_FOR_A_SAPO + 1]]
    for at, block in enumerate(blocks[:_BLOCKS_FOR_A_SAPO]):
        is_caption = tokens[at] in tokens[:at] + tokens[at + 1 : at + 2]  # printed twice
        if len(tokens[at]) >= _SAPO_SYLLABLES and not is_caption and clean_body(block, title=title).text:
            return at
    return None
