"""The answer of a request: its headers, its body within a limit, or the reason of a failure."""

import asyncio
import datetime as dt
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

import aiohttp

Code = Literal[
    "address",
    "private",
    "dns",
    "connection",
    "tls",
    "timeout",
    "too_large",
    "redirects",
    "refused",
    "missing",
    "gone",
    "throttled",
    "server",
    "broken_answer",
    "robots",
    "unreadable",
]

LASTING: frozenset[Code] = frozenset(("address", "private", "gone", "robots"))
"""Failures that no later attempt mends: admins are told at once."""

_ADVICE: Mapping[str, tuple[str, str]] = {
    "address": ("địa chỉ không dùng được", "sửa địa chỉ trong tệp cấu hình"),
    "private": (
        "địa chỉ dẫn vào mạng nội bộ",
        "nếu đó là máy chủ của bạn, thêm allow_private = true vào nguồn này; "
        "chỉ máy và cổng ghi trong địa chỉ của nguồn được mở",
    ),
    "dns": ("không tìm thấy tên miền", "kiểm tra lại địa chỉ; nếu đúng thì chờ, bot tự thử lại"),
    "connection": ("không kết nối được", "bot tự thử lại; nếu kéo dài, mở thử địa chỉ trên trình duyệt"),
    "tls": ("chứng chỉ HTTPS không hợp lệ", "báo cho bên giữ trang, hoặc tạm bỏ nguồn này"),
    "timeout": ("trả lời quá chậm", "bot tự thử lại; nếu kéo dài, tăng every_minutes hoặc bỏ nguồn này"),
    "too_large": ("trả về quá nhiều dữ liệu", "tìm một địa chỉ RSS gọn hơn của báo này"),
    "redirects": ("chuyển hướng vòng quanh", "mở địa chỉ trên trình duyệt rồi ghi địa chỉ cuối cùng"),
    "refused": ("từ chối cho đọc", "báo này có thể chặn máy đọc tin; hỏi báo, hoặc bỏ nguồn này"),
    "missing": ("không có trang này", "tìm địa chỉ RSS mới của báo rồi sửa tệp cấu hình"),
    "gone": ("địa chỉ đã bị bỏ hẳn", "tìm địa chỉ RSS mới của báo rồi sửa tệp cấu hình"),
    "throttled": ("bảo hãy hỏi thưa hơn", "tăng every_minutes của nguồn này"),
    "server": ("máy chủ của báo đang lỗi", "bot tự thử lại"),
    "broken_answer": ("trả lời dở dang", "bot tự thử lại; nếu kéo dài, bỏ nguồn này"),
    "robots": (
        "tệp robots.txt không cho máy đọc địa chỉ này",
        "tìm địa chỉ RSS khác của báo, hoặc bỏ nguồn này; bot không đọc trái phép",
    ),
    "unreadable": ("nội dung không đọc được", "mở thử địa chỉ; nếu không phải RSS/Atom thì sửa lại"),
}


class FetchError(Exception):
    """An address could not be read. `detail` is for people; `wait_seconds`: as the host asked."""

    def __init__(self, code: Code, detail: str = "", *, wait_seconds: float | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.wait_seconds = wait_seconds


def describe_failure(code: str, detail: str = "") -> str:
    """Return in Vietnamese what happened.

    >>> describe_failure("missing", "HTTP 404")
    'không có trang này (HTTP 404)'
    """
    what, _ = _ADVICE.get(code, (code, ""))
    return f"{what} ({detail})" if detail else what


def advice(code: str) -> str:
    """Return in Vietnamese what an operator can do about it."""
    return _ADVICE[code][1] if code in _ADVICE else "xem nhật ký của bot"


LONGEST_WAIT_SECONDS = 24 * 3600.0
_LONGEST_VALIDATOR = 500
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Validators:
    """A host's identifiers for the version of an address that was fetched last."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        """Return the headers that ask for a newer version only."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Return the validators of an answer; those too long to be sent back are none.

    >>> validators_of({"etag": '"a1"'})
    Validators(etag='"a1"', last_modified=None)
    """
    return Validators(*(_short(headers.get(name)) for name in ("etag", "last-modified")))


def fresh_seconds(headers: Mapping[str, str]) -> float:
    """Return for how many seconds the host announces nothing new.

    >>> fresh_seconds({"cache-control": "public, max-age=300"})
    300.0
    """
    written = headers.get("cache-control", "")
    found = _MAX_AGE.search(written)
    if not found or "no-cache" in written.lower() or "no-store" in written.lower():
        return 0.0
    return float(found[1])


def retry_seconds(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Return for how many seconds the host wants no request, at most a day; dates are of its own clock."""
    written = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", written, re.ASCII):
        return min(float(written), LONGEST_WAIT_SECONDS)
    until, here = _date(written), _date(headers.get("date", ""))
    if until is None:
        return None
    return min(max(0.0, (until - (here or now)).total_seconds()), LONGEST_WAIT_SECONDS)


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= _LONGEST_VALIDATOR and value.isprintable() else None


def _date(text: str) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


MAX_BODY_BYTES = 5_000_000
ACCEPTED_ENCODINGS = "gzip, deflate"
_CHUNK_BYTES = 65_536
_PIECE_BYTES = 262_144  # unpacked at once; then other tasks may run


async def read_body(answer: aiohttp.ClientResponse, *, most: int = MAX_BODY_BYTES) -> bytes:
    """Read and unpack the body of an answer whose own unpacking is off.

    Raises:
        FetchError: more than `most` bytes, or it cannot be unpacked.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchError("broken_answer", f"Content-Encoding: {encoding[:20]}")
    if (answer.content_length or 0) > most:
        raise _too_large(most)
    chunks = answer.content.iter_chunked(_CHUNK_BYTES)
    pieces, length = [], 0
    async for piece in chunks if encoding in ("", "identity") else _unpacked(chunks):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            raise _too_large(most)
    return b"".join(pieces)


async def _unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, told by the first bytes
    try:
        async for chunk in chunks:
            while chunk:
                yield unpacker.decompress(chunk, _PIECE_BYTES)
                chunk = unpacker.unconsumed_tail
                if unpacker.eof and (chunk := unpacker.unused_data):
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # the next of several members
                await asyncio.sleep(0)
    except zlib.error as error:
        raise FetchError("broken_answer", "dữ liệu nén bị hỏng") from error
    if not unpacker.eof:
        raise FetchError("broken_answer", "dữ liệu nén bị cắt cụt")


def _too_large(most: int) -> FetchError:
    return FetchError("too_large", f"hơn {most / 1e6:g} MB")
