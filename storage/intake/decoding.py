"""Bytes → text, in the charset that a file declares (BOM or XML declaration) or UTF-8; and its kind.

A wrong charset is refused and never guessed, because a wrong guess would change Vietnamese words unnoticed.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import chain

from storage.intake.drafts import UnreadableError
from storage.intake.rows import is_table
from summarizer.text.repair import repair

HEAD_BYTES = 65_536

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does: it must come first
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),  # XML without a BOM: its first characters are known
    (b"\0<\0?", "utf-16-be"),
)
# Only what papers have been seen to declare: some of Python's other codecs unpack archives.
_CHARSETS = {
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "us-ascii": "utf-8-sig",
    "windows-1258": "cp1258",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",  # as browsers read it
}
_NAMES = {"utf-8-sig": "UTF-8", "cp1258": "windows-1258", "cp1252": "windows-1252"}
_DECLARATION = re.compile(rb"<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_META = re.compile(rb"<meta\b[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([\w.:-]{1,40})", re.IGNORECASE)
_META_BYTES = 4_096
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\x0b\x0c\x1b")
_CONTROL_SHARE = 0.05  # a stray NUL is repaired; compressed and executable files hold 10 % and more

_PROLOGUE = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype\b[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<([a-z][\w:-]*)[\s/>]", re.IGNORECASE)
_FEED_ROOTS = frozenset(("rss", "feed", "rdf:rdf"))
_HTML_ROOTS = frozenset(
    ("html", "head", "meta", "body", "article", "section", "div", "p", "h1", "table", "script")
)
_ROW_ENDINGS = (".jsonl", ".ndjson")
_DOCUMENT_ENDINGS = (".json",)
_TABLE_ENDINGS = (".csv", ".tsv")
_ARRAY = re.compile(r"\[\s*(?:[{\[]|\]\s*$)")
_LIST_BEGINS = re.compile(r":\s*\[\s*\{")  # {"status": "ok", "articles": [{…
_LIST_BEGINS_WITHIN = 4_000
_OBJECT = re.compile(r"\{\s*(?:\"|\}\s*$)")
_FEED_ENDINGS = (".rss", ".atom", ".xml")


class Kind(Enum):
    """What a file holds."""

    TEXT = "text"
    ROWS = "rows"
    DOCUMENT = "document"
    TABLE = "table"
    FEED = "feed"
    PAGE = "page"


def charset_of(head: bytes, charset: str | None = None) -> str:
    """Return the codec for bytes that begin with `head`; their declaration precedes the server's `charset`.

    Raises:
        UnreadableError: the declared charset is not one that we read.
    """
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return codec
    name = (_declared(head) or charset or "utf-8").lower()
    if name not in _CHARSETS:
        raise UnreadableError(f"bảng mã «{name[:40]}» không được hỗ trợ, hãy chuyển tệp sang UTF-8")
    return _CHARSETS[name]


def _declared(head: bytes) -> str | None:
    start = head.lstrip()[:_META_BYTES]
    found = _DECLARATION.match(start) or (_META.search(start) if start.startswith(b"<") else None)
    return found[1].decode(errors="replace") if found else None


def decode(data: bytes, *, may_be_cut: bool = False, charset: str | None = None) -> str:
    """Return `data` as text, by its declared charset; `may_be_cut` drops a character cut at the end.

    Raises:
        UnreadableError: the charset is not known, or the bytes are not in it.
    """
    codec = charset_of(data, charset)
    try:
        return codecs.getincrementaldecoder(codec)().decode(data, final=not may_be_cut)
    except UnicodeDecodeError as error:
        raise UnreadableError(_complaint(codec, error)) from error


_PACKED = {  # what a file begins with, and what to do with it
    b"\x1f\x8b": "nén gzip, hãy giải nén trước",
    b"PK\x03\x04": "zip, xlsx hoặc docx, hãy giải nén hoặc lưu lại thành CSV hay văn bản UTF-8",
    b"7z\xbc\xaf": "nén 7z, hãy giải nén trước",
    b"Rar!": "nén RAR, hãy giải nén trước",
    b"%PDF": "PDF, hãy lưu lại thành văn bản UTF-8",
    b"\xd0\xcf\x11\xe0": "doc hoặc xls, hãy lưu lại thành CSV hay văn bản UTF-8",
    b"SQLite format 3": "cơ sở dữ liệu SQLite, hãy xuất ra CSV hoặc JSONL",
}


def _binary(head: bytes) -> str:
    """Say in Vietnamese what binary data is, and what to do with it."""
    found = (f"tệp nhị phân ({said})" for begin, said in _PACKED.items() if head.startswith(begin))
    return next(found, "tệp nhị phân, không phải văn bản")


def kind_of(head: bytes, name: str, charset: str | None = None) -> Kind:
    """Return the kind of a file that begins with `head`; its `name` decides if the content does not.

    Raises:
        UnreadableError: it is empty, binary, or XML and no feed.
    """
    codec = charset_of(head, charset)
    if codec.startswith("utf-8") and len(head) * _CONTROL_SHARE < len(head) - len(
        head.translate(None, _CONTROL)
    ):
        raise UnreadableError(_binary(head))
    as_decoded = head.decode(codec, errors="replace")
    text = repair(as_decoded).text.lstrip()
    if not text:
        raise UnreadableError("tệp rỗng")
    if text.startswith("<") and (kind := _kind_of_markup(text)):
        return kind
    if kind := _kind_of_json(text, name.lower()):
        return kind
    if name.lower().endswith(_TABLE_ENDINGS) or is_table(as_decoded):  # repair makes blanks of tabs
        return Kind.TABLE
    if name.lower().endswith(_FEED_ENDINGS):
        raise UnreadableError("không phải RSS/Atom")
    return Kind.TEXT


def _kind_of_markup(text: str) -> Kind | None:
    prologue = _PROLOGUE.match(text)
    root = _ROOT.match(text, prologue.end() if prologue else 0)
    name = root[1].lower() if root else ""
    if name in _FEED_ROOTS:
        return Kind.FEED
    if name in _HTML_ROOTS or text[:9].lower() == "<!doctype":
        return Kind.PAGE
    if text.startswith("<?xml"):
        raise UnreadableError("tệp XML nhưng không phải RSS/Atom")
    return None


def _kind_of_json(text: str, name: str) -> Kind | None:
    """Tell rows, an object a line, from a document: an array, or an object over several lines."""
    lines = [line.strip() for line in text.splitlines()[:20] if line.strip()]
    if _ARRAY.match(text):
        return Kind.DOCUMENT
    is_one_line = len(lines) == 1 and not name.endswith(_ROW_ENDINGS)
    if is_one_line and _OBJECT.match(text) and _LIST_BEGINS.search(text, 0, _LIST_BEGINS_WITHIN):
        return Kind.DOCUMENT
    if any(line.startswith("{") and line.endswith("}") for line in lines) and not _opens_object(lines):
        return Kind.ROWS
    if _OBJECT.match(text):
        return Kind.DOCUMENT if _opens_object(lines) else Kind.ROWS
    if name.endswith(_ROW_ENDINGS):
        return Kind.ROWS
    return Kind.DOCUMENT if name.endswith(_DOCUMENT_ENDINGS) else None


def _opens_object(lines: list[str]) -> bool:
    """Tell whether the first line begins an object that goes on in the second."""
    goes_on = len(lines) > 1 and lines[1][0] in '"}]' and not lines[0].endswith("}")
    return lines[0].startswith("{") and goes_on


def in_utf_8(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Yield the bytes of a text in `codec` as UTF-8, chunk by chunk; UTF-8 stays as it is.

    Raises:
        UnreadableError: the bytes are not in `codec`.
    """
    if codec.startswith("utf-8"):
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(codec)()
    done = 0
    for chunk in chain(chunks, (None,)):
        state = decoder.getstate()
        try:
            yield decoder.decode(chunk or b"", chunk is None).encode(errors="replace")
        except UnicodeDecodeError as error:
            decoder.setstate(state)
            yield decoder.decode((chunk or b"")[: error.start - len(state[0])]).encode(errors="replace")
            raise UnreadableError(_complaint(codec, error, done)) from error
        done += len(chunk or b"")


def _complaint(codec: str, error: UnicodeDecodeError, before: int = 0) -> str:
    at = before + error.start + 1
    if error.reason in ("unexpected end of data", "truncated data"):
        return f"tệp bị cắt cụt giữa một ký tự (byte {at})"
    return f"không đọc được theo bảng mã {_NAMES.get(codec, codec.upper())} (sai ở byte {at})"
