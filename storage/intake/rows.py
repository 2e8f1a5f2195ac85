"""JSONL, CSV and TSV → drafts, one a row, streamed: a file of any length needs the memory of one row."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn

from storage.intake.drafts import Draft, Refusal, UnreadableError
from storage.intake.row_fields import draft_of, draft_or_refusal
from storage.intake.row_shapes import TEXT_FIELDS, articles_in, find_name

# JSONL. A row is `{"id"?, "url"?, "title", "sapo"?, "body", "published"?, "source"?, "topic"?}`; the body is
# text or a list of lines. `row_fields` knows the other names of these keys. `json_documents` reads other
# JSON.

MAX_LINE_BYTES = 2_000_000
TOO_LONG = f"dòng dài quá {MAX_LINE_BYTES // 1_000_000} MB"


def read_rows(chunks: Iterable[bytes], name: str, *, first_line: int = 1) -> Iterator[Draft | Refusal]:
    """Yield a draft or a refusal for each line that is not blank; places are `name:line`.

    If a line holds a list of articles, each is placed at `name:line#item`.
    """
    for number, line in enumerate(lines_of(chunks), start=first_line):
        place = f"{name}:{number}"
        try:
            if line is None:
                raise UnreadableError(TOO_LONG)
            articles = articles_in(_parsed(line)) if line.strip() else []
        except UnreadableError as error:
            yield Refusal(place, str(error))
            continue
        for item, article in enumerate(articles, start=1):
            yield draft_or_refusal(article, f"{place}#{item}" if len(articles) > 1 else place)


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield each line, None for one that is too long."""
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


def _parsed(line: bytes) -> dict[str, Any]:
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


# CSV and TSV with a header; places are `name:line`, the row's first line.
#
# The delimiter is the one that splits the header into known names (`row_shapes`). A broken row is refused and
# the next line is read as a row, so an unclosed quote costs only its own row.

_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 500
_MOST_NAMED = 12
_LONGEST_HEADER = 20_000
_LONGEST_NAME = 40  # of a column, if only the header shows that a text is a table
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?", re.IGNORECASE)  # Excel's own first line


def is_table(text: str) -> bool:
    """Tell whether a text begins with the header of a table: at least two known names, and only names."""
    header = text[:_LONGEST_HEADER].lstrip("\ufeff\n\r ").split("\n", 1)[0].rstrip("\r")
    if _SEPARATOR_LINE.fullmatch(header):
        return True
    names = _cells(header, _delimiter_of(header))
    return len(_known(names)) >= 2 and max(map(len, names)) <= _LONGEST_NAME


def read_table(chunks: Iterable[bytes], name: str) -> Iterator[Draft | Refusal]:
    """Yield a draft or a refusal for each row of a table in UTF-8.

    Raises:
        UnreadableError: it has no header, no title or no text among its columns, or too many columns.
    """
    lines = _Lines(chunks)
    header = lines.header()
    marked = _SEPARATOR_LINE.fullmatch(header)
    delimiter = marked[1] if marked else _delimiter_of(header)
    columns = _cells(lines.header() if marked else header, delimiter)
    _check(columns)
    _allow_long_cells()
    if lines.is_over():
        raise UnreadableError("bảng chỉ có dòng tên cột")
    while not lines.is_over():
        place = f"{name}:{lines.number + 1}"
        try:
            if cells := lines.row(delimiter):
                yield draft_of(_row_of_cells(columns, cells), place)
        except UnreadableError as error:
            yield Refusal(place, str(error))


class _Lines:
    """The lines of a table, of which some may be read again; `number` is the number of lines read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.number = 0
        self._coming = lines_of(chunks)
        self._again: list[bytes | None] = []  # the next line last

    def header(self) -> str:
        """Return the first line that is not blank. Raises UnreadableError if it is too long."""
        while not self.is_over():
            line = self._next()
            if line is None or len(line) > MAX_LINE_BYTES // 2:
                raise UnreadableError("dòng tên cột của bảng dài quá 1 MB")
            if text := _decoded(line).strip("\ufeff\r\n "):
                return text
        raise UnreadableError("bảng không có dòng nào")

    def row(self, delimiter: str) -> list[str]:
        """Return the cells of the next row, [] for a blank line.

        After a broken row, reading goes on at the line after its first one.
        """
        used: list[bytes | None] = []
        try:
            return next(csv.reader(self._until_row_ends(used), delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            self._read_again(used[1:])
            raise UnreadableError(_complaint(error)) from error
        except UnreadableError:
            self._read_again(used[1:])
            raise

    def is_over(self) -> bool:
        """Tell whether there is no further line."""
        if not self._again:
            self._again = list(islice(self._coming, 1))
        return not self._again

    def _next(self) -> bytes | None:
        self.number += 1
        return self._again.pop()

    def _read_again(self, lines: Sequence[bytes | None]) -> None:
        self.number -= len(lines)
        self._again.extend(reversed(lines))

    def _until_row_ends(self, used: list[bytes | None]) -> Iterator[str]:
        size = 0
        while not self.is_over():
            line = self._next()
            used.append(line)
            size += len(line or b"")
            if line is None or size > MAX_LINE_BYTES:
                raise UnreadableError(
                    f"dòng của bảng dài quá {MAX_LINE_BYTES // 1_000_000} MB, hoặc ngoặc kép không được đóng"
                )
            yield _decoded(line).rstrip("\r") + "\n"


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"không phải UTF-8 (byte {error.start + 1} của dòng); hãy lưu bảng lại bằng UTF-8"
        ) from error


def _delimiter_of(header: str) -> str:
    """Return the delimiter that gives the most known names in the header, then the most columns."""
    return max(_DELIMITERS, key=lambda one: (len(_known(_cells(header, one))), header.count(one)))


def _cells(header: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        cells = header.split(delimiter)
    return [" ".join(cell.split()) for cell in cells]


def _known(names: Sequence[str]) -> set[str]:
    """Return the known ones among the first names."""
    return {one for one in names[:_MOST_COLUMNS] if find_name(one)}


def _check(columns: Sequence[str]) -> None:
    if len(columns) > _MOST_COLUMNS:
        raise UnreadableError(f"bảng có {len(columns)} cột (nhiều nhất {_MOST_COLUMNS})")
    fields = {name.field for column in columns if (name := find_name(column))}
    twice = next((column for column in columns if column and columns.count(column) > 1), None)
    if twice is not None:
        raise UnreadableError(f"bảng có hai cột cùng tên «{twice[:_LONGEST_NAME]}»")
    missing = [] if "title" in fields else ["cột tiêu đề (title)"]
    missing += [] if TEXT_FIELDS & fields else ["cột nội dung (sapo hoặc body)"]
    if missing:
        shown = ", ".join(f"«{column[:_LONGEST_NAME]}»" for column in columns[:_MOST_NAMED])
        raise UnreadableError(f"bảng không có {' và '.join(missing)}; các cột: {shown}")


def _row_of_cells(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise UnreadableError(
            f"dòng có {len(cells)} ô mà bảng có {len(columns)} cột;"
            " ô có dấu phân cách phải nằm trong ngoặc kép"
        )
    return {column: cell for column, cell in zip(columns, cells, strict=False) if column}


def _complaint(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "ngoặc kép mở ở dòng này không được đóng"
    return "ngoặc kép đặt sai chỗ trong dòng này (trong ô phải viết hai lần)"


def _allow_long_cells() -> None:
    """Raise the limit of a cell to that of a row, because `csv` refuses the cell of a long report."""
    if csv.field_size_limit() < MAX_LINE_BYTES:
        csv.field_size_limit(MAX_LINE_BYTES)
