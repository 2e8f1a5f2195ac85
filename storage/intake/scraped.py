"""Text as scraped → one draft: the first line is the title, the paragraph after it the sapo, then the body.

Captions, bylines and source lines are `summarizer.text.cleaning`'s business; here they must not become the
sapo.
"""

import re
from datetime import datetime

from storage.intake.dates import parse_date_line
from storage.intake.drafts import MAX_TEXT_CHARACTERS, Draft, check_length
from storage.intake.field_names import find_name
from storage.intake.model import Origin
from summarizer.text.cleaning import clean_body
from summarizer.text.repair import repair
from summarizer.text.syllables import syllables

_BLANK_LINES = re.compile(r"\n\s*\n")
_ADDRESS_LINE = re.compile(r"(?:(?P<label>[^\W\d_][^:]{0,30}?)\s*:\s+)?<?(?P<address>https?://[^\s<>]+)>?")
_LINES_FOR_A_DATE = 4  # a date line stands under the title or under the text
_BLOCKS_FOR_A_SAPO = 8
_SAPO_SYLLABLES = 8  # a shorter paragraph is a label, a name or a subhead


def read_scraped(text: str, name: str, origin: Origin, now: datetime) -> Draft:
    """Return the article that `text` is, placed at `name`. Raises UnreadableError where it is too long."""
    check_length("nội dung", len(text), MAX_TEXT_CHARACTERS)
    lines = repair(text).text.strip().split("\n")
    url = _take_address(lines)
    published = _take_date_line(lines, origin, now)
    title, *rest = lines
    sapo, body = lead_and_body("\n".join(rest), title)
    return Draft(name, title=title, sapo=sapo, body=body, url=url, published=published)


def lead_and_body(text: str, title: str) -> tuple[str, str]:
    """Return the paragraph that is the lead of `text`, "" where there is none, and the rest of it."""
    blocks = _blocks(text)
    at = _sapo_at(blocks, title)
    sapo = blocks.pop(at) if at is not None else ""
    return sapo, "\n".join(blocks)


def is_address(line: str) -> bool:
    """Tell whether a line is an address and nothing else, but for a label such as "Link:"."""
    return _address_of(line) != ""


def _address_of(line: str) -> str:
    found = _ADDRESS_LINE.fullmatch(line.strip())
    if found is None:
        return ""
    name = find_name(found["label"]) if found["label"] else None
    return found["address"] if not found["label"] or (name is not None and name.field == "url") else ""


def _take_address(lines: list[str]) -> str:
    """Remove the first line that is an address from near the head or the foot, and return the address.

    Whatever else stands in the text, one line is left to be the title.
    """
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
        if parse_date_line(lines[at].strip(), origin.zone, now):
            return lines.pop(at).strip()
    return ""


def _blocks(text: str) -> list[str]:
    """Cut at blank lines, or at every line where there are none."""
    blocks = _BLANK_LINES.split(text.strip("\n"))
    return [block for block in (blocks if len(blocks) > 1 else text.split("\n")) if block.strip()]


def _sapo_at(blocks: list[str], title: str) -> int | None:
    tokens = [syllables(block) for block in blocks[: _BLOCKS_FOR_A_SAPO + 1]]
    for at, block in enumerate(blocks[:_BLOCKS_FOR_A_SAPO]):
        is_caption = tokens[at] in tokens[:at] + tokens[at + 1 : at + 2]  # printed twice
        if len(tokens[at]) >= _SAPO_SYLLABLES and not is_caption and clean_body(block, title=title).text:
            return at
    return None
