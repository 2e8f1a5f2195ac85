"""The types of configuration values, and the Vietnamese messages about wrong ones."""

import datetime as dt
import difflib
import functools
import re
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

# Problems of a configuration, the error that carries them, and "did you mean".
# Every message is Vietnamese, says how to correct the value, and never repeats a secret.


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem.

    `key` is a variable (`DIEMTIN_ADMINS`) or a path into the newsroom file (`editions[1].times[0]`; empty for
    the file as a whole); `line` counts from 1.
    """

    key: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = f"dòng {self.line}: " if self.line else ""
        return f"{where}{self.key}: {self.message}" if self.key else f"{where}{self.message}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds everything that is wrong, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class NewsroomError(ConfigError):
    @classmethod
    def of_file(cls, message: str, line: int | None = None) -> "NewsroomError":
        """Return an error about the file as a whole, or about a line of it."""
        return cls([Problem("", line, message)])


def check_report(problems: Sequence[Problem]) -> dict[str, object]:
    """Return what `diemtin check --json` prints; no problem means `ok`.

    >>> check_report([])
    {'ok': True, 'errors': []}
    """
    errors = [{"key": each.key, "line": each.line, "message": each.message} for each in problems]
    return {"ok": not errors, "errors": errors}


def shown(written: str) -> str:
    """Return an operator's text for use in a message: in quotes, short, without control characters.

    >>> shown("Mars/X")
    '«Mars/X»'
    """
    letters = (letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in written[:60])
    return f"«{''.join(letters)}»"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that was most likely meant by `word`.

    >>> nearest("tile", ["title", "times"])
    'title'
    """
    # difflib is quadratic, and no known name is longer than 64 characters.
    close = difflib.get_close_matches(word, list(known), n=1) if len(word) <= 64 else []
    return close[0] if close else None


# The types of the values of a newsroom file. Each error says in Vietnamese how to write the value.

WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")  # as the file writes them, Monday first
_SCHEME_SLIP = re.compile(r"(?:https?:/?|//)(?=[^/])", re.IGNORECASE)  # "https:/bao.vn", "//bao.vn"
_HOST_AND_PATH = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}(?::\d{1,5})?/.*", re.IGNORECASE)
_HOST_ALONE = re.compile(
    r"(?:[a-z0-9-]{1,63}\.)+(?:vn|com|net|org|info|news|edu|gov)(?::\d{1,5})?", re.IGNORECASE
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_SPAN = re.compile(r"(?=[0-9])(?:([0-9]{1,2})h)?(?:([0-9]{1,3})m)?")


@functools.cache
def known_zones() -> frozenset[str]:
    """Return the zones that name a place, and UTC.

    Left out: `Etc/GMT+7`, which is seven hours *west* of Greenwich, and abbreviations such as `EST`.
    """
    places = {key for key in zoneinfo.available_timezones() if "/" in key and not key.startswith("Etc/")}
    return frozenset(places | {"UTC"})


def _zone(value: str) -> str:
    if value not in known_zones():
        raise ValueError(f"không có múi giờ {shown(value)}; viết theo vùng/thành phố, ví dụ Asia/Ho_Chi_Minh")
    return value


def _slug(value: str) -> str:
    if len(value) > 32 or not _SLUG.fullmatch(value):
        raise ValueError(
            "tên chỉ gồm chữ thường không dấu, chữ số và gạch nối, dài nhất 32 ký tự, ví dụ ban-tin-sang"
        )
    return value


def _title(value: str) -> str:
    if not value.strip() or len(value) > 64 or not value.isprintable():
        raise ValueError('tên hiển thị phải có chữ, viết trên một dòng, dài nhất 64 ký tự, ví dụ "Tin sáng"')
    return value.strip()


def _alias(value: str) -> str:
    if not value.strip() or len(value) > 64:
        raise ValueError('tên gọi khác phải có chữ và dài nhất 64 ký tự, ví dụ "bóng đá"')
    return value.strip()


def _local_time(value: object) -> dt.time:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError('giờ phải viết HH:MM trong ngoặc kép, từ "00:00" đến "23:59", ví dụ "06:30"')
    return dt.time.fromisoformat(value)


def _approval_span(value: object) -> dt.timedelta:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    span = dt.timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) if found else dt.timedelta()
    if not dt.timedelta(minutes=5) <= span <= dt.timedelta(hours=12):
        raise ValueError(
            'thời gian chờ duyệt phải viết bằng giờ (h) và phút (m) trong ngoặc kép, từ "5m" đến "12h", '
            'ví dụ "20m" hoặc "1h30m"'
        )
    return span


def _weekday(value: object) -> int:
    if not isinstance(value, str) or value not in WEEKDAYS:
        raise ValueError('ngày phải là một trong "T2", "T3", "T4", "T5", "T6", "T7", "CN"')
    return WEEKDAYS.index(value)


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", value):
        raise ValueError('phải là tên máy hoặc địa chỉ IP, ví dụ "127.0.0.1"')
    return value


def leads_to_web(address: str) -> bool:
    """Tell whether an address is one of http(s) with a host and a possible port."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its own words would be English and could repeat a password
        return False


def web_address(value: str) -> str:
    """Return a web address without blanks around it. Raises ValueError, in Vietnamese, if it is none."""
    address = value.strip()
    if not leads_to_web(address) or len(address) > 2_000 or " " in address or not address.isprintable():
        raise ValueError('phải là một địa chỉ http(s), ví dụ "https://bao.example/rss/tin-moi.rss"')
    if "@" in urlsplit(address).netloc:
        raise ValueError(
            "không ghi tên và mật khẩu trong địa chỉ; nguồn cần đăng nhập thì bot không đọc được"
        )
    return address


def lacks_scheme(value: str) -> bool:
    """Tell whether `value` looks like a web address whose `https://` was forgotten or mistyped.

    >>> [lacks_scheme(text) for text in ("bao.example/rss", "https:/bao.vn", "tin/moi.rss", "moi.rss")]
    [True, True, False, False]
    """
    text = value.strip()
    bare = bare_address(text)
    is_named = _HOST_AND_PATH.fullmatch(bare) or _HOST_ALONE.fullmatch(bare)
    return bool(is_named) or (bare != text and not text.startswith("//"))


def bare_address(value: str) -> str:
    """Return an address without its (mistyped) scheme.

    >>> bare_address("https:/bao.vn/rss")
    'bao.vn/rss'
    """
    text = value.strip()
    slip = _SCHEME_SLIP.match(text)
    return text[slip.end() :] if slip else text


def _contact(value: str) -> str:
    if not re.fullmatch(r"[!-'*-~]{3,120}", value):
        raise ValueError(
            'phải là thư điện tử hoặc địa chỉ trang, viết liền không dấu, ví dụ "toasoan@bao.example"'
        )
    return value


_Element = TypeVar("_Element")
Slug = Annotated[str, AfterValidator(_slug)]
Title = Annotated[str, AfterValidator(_title)]
Alias = Annotated[str, AfterValidator(_alias)]
Zone = Annotated[str, AfterValidator(_zone)]
LocalTime = Annotated[dt.time, BeforeValidator(_local_time)]
ApprovalSpan = Annotated[dt.timedelta, BeforeValidator(_approval_span)]
Weekday = Annotated[int, BeforeValidator(_weekday)]
Host = Annotated[str, AfterValidator(_host)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Contact = Annotated[str, AfterValidator(_contact)]
Listed = Annotated[tuple[_Element, ...], Field(strict=False)]  # TOML arrays arrive as lists
