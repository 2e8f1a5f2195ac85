"""From the newsroom file to a `Newsroom`, or to everything that is wrong with it, by key and line."""

import hashlib
import importlib.resources
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.consistency import Complaint, complaints_between_tables
from config.messages import syntax_message, value_message
from config.newsroom import General, Newsroom, Surroundings
from config.problems import NewsroomError, Problem
from config.toml_lines import KeyPath, key_lines, line_of

MAX_BYTES = 1_000_000
"""A newsroom file larger than this is some other file."""

TEMPLATE = (importlib.resources.files("config") / "newsroom_template.toml").read_text(encoding="utf-8")
"""The commented newsroom file that `diemtin init` writes; valid as it stands."""

_TOO_LARGE = "tệp lớn hơn 1 MB, không giống tệp cấu hình; hãy xem lại đường dẫn"


def load_newsroom(path: Path) -> Newsroom:
    """Read the newsroom file at `path`.

    Raises:
        NewsroomError: the file cannot be read or used.
    """
    try:
        raw = _first_bytes(path)
    except FileNotFoundError:
        raise _refusal(f"không có tệp {path}; chạy «diemtin init» để tạo tệp mẫu") from None
    except OSError as error:
        raise _refusal(
            f"không đọc được tệp {path} ({error.strerror}); hãy xem quyền đọc và đường dẫn"
        ) from error
    if len(raw) > MAX_BYTES:
        raise _refusal(_TOO_LARGE)
    try:
        text = raw.decode("utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refusal("tệp không phải UTF-8; hãy lưu lại với bảng mã UTF-8", line) from error
    return parse_newsroom(text, base=path.absolute().parent)


def content_hash(path: Path) -> str:
    """Return what changes when the file's content does, cheaply enough to ask every few seconds; an empty
    string when the file cannot be read."""
    try:
        return hashlib.sha256(_first_bytes(path)).hexdigest()
    except OSError:
        return ""


def parse_newsroom(text: str, *, base: Path) -> Newsroom:
    """Read a newsroom file; `base` is the folder its relative paths start from.

    Raises:
        NewsroomError: all problems at once, in the order of their lines.
    """
    document = _document(text)
    complaints = [*complaints_between_tables(document)]
    try:
        newsroom = Newsroom.model_validate(document, context=Surroundings(base, _general(document)))
    except ValidationError as error:
        details = error.errors(include_url=False)
        # pydantic counts only the good elements, and so calls a list of bad ones too short as well
        told = (each for each in details if each["type"] != "too_short" or not each["input"])
        complaints += [(each["loc"], value_message(each)) for each in told]
    if complaints:
        raise NewsroomError(_problems(complaints, text))
    return newsroom


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _refusal(message: str, line: int | None = None) -> NewsroomError:
    return NewsroomError([Problem("", line, message)])


def _document(text: str) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise _refusal(_TOO_LARGE)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _refusal("các dấu ngoặc lồng nhau quá sâu; hãy viết đơn giản hơn") from None
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1
        raise _refusal(syntax_message(str(error)), line) from error


def _general(document: dict[str, Any]) -> General:
    try:
        return General.model_validate(document.get("newsroom", {}))
    except ValidationError:
        return General()  # told once, when the whole file is validated


def _problems(complaints: Iterable[Complaint], text: str) -> list[Problem]:
    lines = key_lines(text)
    problems = [Problem(_written(path), line_of(path, lines), message) for path, message in complaints]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.key))


def _written(path: KeyPath) -> str:
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return dotted.removeprefix(".")
