"""One row of `diemtin summarize --jsonl`: a JSON value in, a JSON object out, never an exception.

A row is an article or several on one event. The input is hostile: a row that is no article is answered by its
id and a reason in Vietnamese. The command reads and prints the lines.
"""

import math
from typing import Any

from summarizer.extraction.summaries import summarize
from summarizer.model import Document

_MOST_DOCUMENTS = 200


class _BadRowError(ValueError):
    """The row cannot be summarised; the message is for the user."""


def summarize_row(
    row: object, *, sentences: int | None = None, max_syllables: int | None = None, ranker: str = "diemtin"
) -> dict[str, Any]:
    """Sum up one row, `{"id", "title", "sapo"?, "body"}` or `{"id", "documents": [...]}`; ignore other keys.

    The answer is `{"id", "summary": [sentence...], "places": [[document, field, start, end]...]}`, or
    `{"id", "error"}`. Offsets are code points of the field as given, a list body being joined by line feeds.

    >>> row = {"id": 7, "title": "Lũ rút", "body": ["Nước lũ ở hạ lưu đang rút.", "Ảnh: An"]}
    >>> summarize_row(row)["places"]
    [[0, 'body', 0, 26]]
    >>> summarize_row({"id": 8, "title": "Lũ rút", "body": 3})
    {'id': 8, 'error': 'body phải là chữ hoặc danh sách dòng chữ'}
    """
    number = row.get("id") if isinstance(row, dict) else None
    answer: dict[str, Any] = {"id": number if _is_printable_id(number) else None}
    try:
        summary = summarize(
            _documents_of(row), sentences=sentences, max_syllables=max_syllables, ranker=ranker
        )
    except _BadRowError as problem:
        return answer | {"error": str(problem)}
    places = [[p.document, p.field, p.start, p.end] for p in (sentence.place for sentence in summary)]
    return answer | {"summary": [sentence.text for sentence in summary], "places": places}


def _is_printable_id(value: object) -> bool:
    if isinstance(value, str):
        return _is_unicode(value)
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _documents_of(row: object) -> list[Document]:
    if not isinstance(row, dict):
        raise _BadRowError("dòng phải là một đối tượng JSON")
    if "documents" not in row:
        return [_document_of(row)]
    documents = row["documents"]
    if not isinstance(documents, list) or not documents:
        raise _BadRowError("documents phải là danh sách có ít nhất một bài")
    if len(documents) > _MOST_DOCUMENTS:
        raise _BadRowError(f"documents có hơn {_MOST_DOCUMENTS} bài")
    return [_document_of(document) for document in documents]


def _document_of(value: object) -> Document:
    if not isinstance(value, dict):
        raise _BadRowError("mỗi bài trong documents phải là một đối tượng JSON")
    document = Document(_text(value, "title"), _text(value, "sapo"), _body(value))
    if not any(text.strip() for text in (document.title, document.sapo, document.body)):
        raise _BadRowError("bài không có tiêu đề và nội dung")
    return document


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise _BadRowError(f"{key} phải là chữ")
    return _checked(text, key)


def _body(value: dict[str, Any]) -> str:
    body = value.get("body")
    if isinstance(body, list) and all(isinstance(line, str) for line in body):
        body = "\n".join(body)
    if body is not None and not isinstance(body, str):
        raise _BadRowError("body phải là chữ hoặc danh sách dòng chữ")
    return _checked(body or "", "body")


def _checked(text: str, key: str) -> str:
    if not _is_unicode(text):
        raise _BadRowError(f"{key} có ký tự không hợp lệ")
    return text


def _is_unicode(text: str) -> bool:
    """Tell whether the text can be printed at all: JSON may escape half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
