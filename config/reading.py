"""Read the newsroom file: a `Newsroom`, or all problems in Vietnamese, by key and line."""

import hashlib
import importlib.resources
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.consistency import Complaint, complaints_between_tables
from config.newsroom import FileContext, General, Newsroom
from config.toml_lines import KeyPath, layout_of, line_of
from config.values import NewsroomError, Problem, nearest, shown


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in the type of a field, such as `tuple[Source, ...]` or `Health | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


_TABLES = {
    field.alias or name: next(_models_in(field.annotation)) for name, field in Newsroom.model_fields.items()
}
_TYPES = {
    "string_type": 'phải là chữ trong ngoặc kép, ví dụ name = "sang"',
    "int_type": "phải là số nguyên không có ngoặc kép, ví dụ 3",
    "bool_type": "phải là true hoặc false, không có ngoặc kép",
    "tuple_type": 'phải là danh sách trong ngoặc vuông, ví dụ ["06:30", "18:30"]',
    "frozen_set_type": 'phải là danh sách trong ngoặc vuông, ví dụ ["T2", "T3"]',
    "too_long": "danh sách quá dài; nhiều nhất {max_length} phần tử",
    "too_short": "danh sách không được để trống; hãy ghi ít nhất một phần tử",
    "greater_than_equal": "số quá nhỏ; nhỏ nhất là {ge}",
    "less_than_equal": "số quá lớn; lớn nhất là {le}",
    "literal_error": "chỉ nhận một trong các giá trị: {expected}",
}
_SYNTAX = {
    "Cannot declare": "bảng này đã khai báo ở trên; dùng [[…]] nếu muốn có nhiều bảng cùng loại",
    "Cannot overwrite": "khóa này đã ghi ở trên; hãy bỏ bớt một",
    "Cannot redefine": "bảng này đã khai báo ở trên theo cách khác",
    "Cannot mutate": "bảng này đã khép lại ở trên; hãy ghi các khóa của nó vào một chỗ",
    "Expected '='": "thiếu dấu = giữa khóa và giá trị; tên khóa viết không dấu, không khoảng trắng",
    "Expected newline": 'thừa chữ sau giá trị; chữ và giờ phải nằm trong ngoặc kép, ví dụ "06:30"',
    "Expected ']": "thiếu dấu ] khép tên bảng",
    "Duplicate inline": "khóa này đã ghi trong cùng bảng; hãy bỏ bớt một",
    "Unclosed array": "danh sách thiếu dấu ] ở cuối hoặc dấu phẩy giữa các phần tử",
    "Unclosed inline table": "bảng trên một dòng thiếu dấu } ở cuối hoặc dấu phẩy",
    "Unterminated string": "thiếu dấu ngoặc kép đóng",
    "Expected '\"": "thiếu dấu ngoặc kép đóng",
    "Expected \"'": "thiếu dấu nháy đóng",
    "Found invalid": "có ký tự không dùng được",
    "Illegal character": "có ký tự không dùng được, hoặc thiếu dấu ngoặc kép đóng",
    "Invalid statement": "dòng này không đúng cú pháp; hãy viết dạng khóa = giá trị",
    "Invalid initial character": "tên khóa không đúng; tên khóa viết không dấu, không khoảng trắng",
    "Invalid value": 'giá trị không đúng; chữ và giờ phải nằm trong ngoặc kép, ví dụ "06:30"',
    "Invalid date": "ngày giờ không đúng",
    "Unescaped '\\'": "dấu \\ trong ngoặc kép phải viết thành \\\\",
    "Invalid hex": "mã sau dấu \\ không đúng; dấu \\ thường phải viết thành \\\\",
    "Escaped character": "mã sau dấu \\ không phải là một ký tự",
    "Exceeds the limit": "số quá dài",
}


def value_message(details: ErrorDetails) -> str:
    """Describe the problem of the value at `details["loc"]`, and its correction."""
    kind, path = details["type"], details["loc"]
    context = details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if path == ("editions",) and kind in ("missing", "too_short"):
        return "chưa có bản tin nào; thêm một bảng [[editions]], hoặc chạy «diemtin init» để có tệp mẫu"
    if kind == "missing":
        return f"thiếu khóa «{path[-1]}»; hãy thêm một dòng {path[-1]} = …"
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if path[0] in ("sources", "topics", "editions") and (len(path) == 1 or kind == "model_type"):
        return f"phải là các bảng; hãy viết [[{path[0]}]] với hai lần ngoặc vuông trước mỗi bảng"
    if kind == "model_type":
        return f"phải là một bảng; hãy viết [{path[0]}] trên một dòng riêng"
    return _TYPES.get(kind, "giá trị không dùng được").format(**context).replace(" or ", " hoặc ")


def syntax_message(complaint: str) -> str:
    """Translate an error of tomllib into Vietnamese."""
    known = (message for start, message in _SYNTAX.items() if complaint.startswith(start))
    return f"sai cú pháp TOML: {next(known, 'hãy xem lại dòng này')}"


def _unknown_key(path: tuple[int | str, ...]) -> str:
    model = Newsroom if len(path) == 1 else _TABLES[str(path[0])]
    known = [field.alias or name for name, field in model.model_fields.items()]
    similar = nearest(str(path[-1]), known)
    hint = f"ý bạn là «{similar}»?" if similar else f"các khóa dùng được: {', '.join(known)}"
    return f"khóa {shown(str(path[-1]))} không có; {hint}"


MAX_BYTES = 1_000_000  # a larger file cannot be a newsroom file
# the commented file that `diemtin init` writes; valid as it stands
TEMPLATE = (importlib.resources.files("config") / "newsroom_template.toml").read_text(encoding="utf-8")
_TOO_LARGE = "tệp lớn hơn 1 MB, không giống tệp cấu hình; hãy xem lại đường dẫn"


def load_newsroom(path: Path) -> Newsroom:
    """Read the newsroom file at `path`.

    Raises:
        NewsroomError: the file cannot be read or used.
    """
    try:
        raw = first_bytes(path)
    except FileNotFoundError:
        raise NewsroomError.of_file(f"không có tệp {path}; chạy «diemtin init» để tạo tệp mẫu") from None
    except OSError as error:
        raise NewsroomError.of_file(
            f"không đọc được tệp {path} ({error.strerror}); hãy xem quyền đọc và đường dẫn"
        ) from error
    if len(raw) > MAX_BYTES:
        raise NewsroomError.of_file(_TOO_LARGE)
    try:
        text = raw.decode("utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NewsroomError.of_file("tệp không phải UTF-8; hãy lưu lại với bảng mã UTF-8", line) from error
    return parse_newsroom(text, base=path.absolute().parent)


def content_hash(path: Path) -> str:
    """Return a fingerprint of the file, cheap enough for every few seconds; "" if it cannot be read."""
    try:
        return hashlib.sha256(first_bytes(path)).hexdigest()
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
        newsroom = Newsroom.model_validate(document, context=FileContext(base, _general(document)))
    except ValidationError as error:
        details = error.errors(include_url=False)
        # pydantic counts only valid elements, so it also calls a list of invalid ones too short
        own = (each for each in details if each["type"] != "too_short" or not each["input"])
        complaints += [(each["loc"], value_message(each)) for each in own]
    if complaints:
        raise NewsroomError(_problems(complaints, text))
    return newsroom


def first_bytes(path: Path) -> bytes:
    """Return the content of a file; of one that is too large, one byte more than `MAX_BYTES`."""
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _document(text: str) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise NewsroomError.of_file(_TOO_LARGE)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise NewsroomError.of_file("các dấu ngoặc lồng nhau quá sâu; hãy viết đơn giản hơn") from None
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1
        raise NewsroomError.of_file(syntax_message(str(error)), line) from error


def _general(document: dict[str, Any]) -> General:
    try:
        return General.model_validate(document.get("newsroom", {}))
    except ValidationError:
        return General()  # the validation of the whole file reports it


def _problems(complaints: Iterable[Complaint], text: str) -> list[Problem]:
    lines = layout_of(text).lines
    problems = [Problem(_written(path), line_of(path, lines), message) for path, message in complaints]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.key))


def _written(path: KeyPath) -> str:
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return dotted.removeprefix(".")
