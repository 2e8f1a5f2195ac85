"""JSONL → drafts, one a line, streamed: a file of any length needs the memory of one line.

A row is `{"id"?, "url"?, "title", "sapo"?, "body", "published"?, "source"?, "topic"?}`: the body is text or a
list of lines. `row_fields` knows the other names of these keys. JSON that is not a row a line is read in
`json_documents`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from storage.intake.drafts import Draft, Refusal, UnreadableError
from storage.intake.row_fields import draft_of
from storage.intake.row_shapes import articles_in

MAX_LINE_BYTES = 2_000_000


def read_rows(chunks: Iterable[bytes], name: str) -> Iterator[Draft | Refusal]:
    """Yield a draft, or why there is none, for each line that is not blank; places are `name:line`.

    A line that holds a list of articles gives them all, placed at `name:line#item`.
    """
    for number, line in enumerate(lines_of(chunks), start=1):
        place = f"{name}:{number}"
        try:
            if line is None:
                raise UnreadableError(f"dòng dài quá {MAX_LINE_BYTES // 1_000_000} MB")
            articles = articles_in(_row(line)) if line.strip() else []
        except UnreadableError as error:
            yield Refusal(place, str(error))
            continue
        for item, article in enumerate(articles, start=1):
            yield _draft(article, f"{place}#{item}" if len(articles) > 1 else place)


def _draft(article: Mapping[str, Any], place: str) -> Draft | Refusal:
    try:
        return draft_of(article, place)
    except UnreadableError as error:
        return Refusal(place, str(error))


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield each line, and None for one that is too long to be kept."""
    rest, is_too_long = b"", False
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield None if is_too_long or len(line) > MAX_LINE_BYTES else line
            is_too_long = False
        if len(rest) > MAX_LINE_BYTES:
            rest, is_too_long = b"", True
    if rest or is_too_long:
        yield None if is_too_long else rest


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"không phải UTF-8 (byte {error.start + 1} của dòng)") from error
    except json.JSONDecodeError as error:
        raise UnreadableError(f"JSON hỏng ở ký tự {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets without end
        raise UnreadableError("JSON quá lớn hoặc lồng quá sâu") from error
    if not isinstance(row, dict):
        raise UnreadableError("dòng không phải là một đối tượng JSON")
    return row


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise UnreadableError(f"khóa {twice[:40]!r} xuất hiện hai lần")
    return row


def _refuse_constant(constant: str) -> NoReturn:
    raise UnreadableError(f"{constant} không phải là JSON")
