"""JSONL → drafts, one a line, streamed: a file of any length needs the memory of one line.

A row is `{"id"?, "url"?, "title", "sapo"?, "body", "published"?, "source"?, "topic"?}`: the body is text or a
list of lines, and unknown keys are ignored.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from storage.intake.drafts import Draft
from storage.intake.model import Refusal, UnreadableError

MAX_LINE_BYTES = 2_000_000
_TEXT_KEYS = ("url", "title", "sapo", "published", "source", "topic")


def read_rows(chunks: Iterable[bytes], name: str) -> Iterator[Draft | Refusal]:
    """Yield a draft, or why there is none, for each line that is not blank; places are `name:line`."""
    for number, line in enumerate(_lines(chunks), start=1):
        place = f"{name}:{number}"
        try:
            if line is None:
                raise UnreadableError(f"dòng dài quá {MAX_LINE_BYTES // 1_000_000} MB")
            if line.strip():
                yield _draft(line, place)
        except UnreadableError as error:
            yield Refusal(place, str(error))


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
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


def _draft(line: bytes, place: str) -> Draft:
    row = _row(line)
    url, title, sapo, published, source, topic = (_text(row, key) for key in _TEXT_KEYS)
    return Draft(place, title, sapo, _body(row), url, _id(row), source, topic, published)


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


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableError(f"{key!r} phải là chuỗi")
    return value


def _body(row: dict[str, Any]) -> str:
    body = row.get("body")
    if isinstance(body, list) and all(isinstance(line, str) for line in body):
        return "\n".join(body)
    if body is None or isinstance(body, str):
        return body or ""
    raise UnreadableError("'body' phải là chuỗi hoặc danh sách chuỗi")


def _id(row: dict[str, Any]) -> str:
    value = row.get("id")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableError("'id' phải là chuỗi hoặc số nguyên")
    return str(value)
