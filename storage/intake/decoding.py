"""Bytes → text in the charset that the file declares (BOM or XML declaration) or UTF-8, and what it holds.

A wrong charset is refused, never guessed at: a guess turns Vietnamese into other words without a trace.
"""

import codecs
import re
from enum import Enum

from storage.intake.model import UnreadableError
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
_ROW_ENDINGS = (".jsonl", ".ndjson", ".json")
_FEED_ENDINGS = (".rss", ".atom", ".xml")


class Kind(Enum):
    """What a file holds."""

    TEXT = "text"
    ROWS = "rows"
    FEED = "feed"
    PAGE = "page"


def charset_of(head: bytes, charset: str | None = None) -> str:
    """Return the codec for bytes that begin with `head`; they go before `charset`, their server's word.

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


def kind_of(head: bytes, name: str, charset: str | None = None) -> Kind:
    """Return what a file that begins with `head` holds; its `name` counts where the content is silent.

    Raises:
        UnreadableError: it is empty, binary, or XML and no feed.
    """
    codec = charset_of(head, charset)
    if codec.startswith("utf-8") and len(head) * _CONTROL_SHARE < len(head) - len(
        head.translate(None, _CONTROL)
    ):
        raise UnreadableError("tệp nhị phân, không phải văn bản")
    text = repair(head.decode(codec, errors="replace")).text.lstrip()
    if not text:
        raise UnreadableError("tệp rỗng")
    if text.startswith("<") and (kind := _kind_of_markup(text)):
        return kind
    if _holds_rows(text) or name.lower().endswith(_ROW_ENDINGS):
        return Kind.ROWS
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


def _holds_rows(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines()[:20] if line.strip()]
    if lines[0] in ("{", "[", "[{"):
        raise UnreadableError("JSON nhiều dòng: mỗi bài phải nằm trọn trên một dòng (JSONL)")
    return any(line.startswith("{") and line.endswith("}") for line in lines) or lines[0].startswith(
        ('{"', '[{"')
    )


def _complaint(codec: str, error: UnicodeDecodeError) -> str:
    if error.reason in ("unexpected end of data", "truncated data"):
        return f"tệp bị cắt cụt giữa một ký tự (byte {error.start + 1})"
    return f"không đọc được theo bảng mã {_NAMES.get(codec, codec.upper())} (sai ở byte {error.start + 1})"
