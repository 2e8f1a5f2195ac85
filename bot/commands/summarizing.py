"""Reading and writing JSONL; `diemtin summarize` and `stories`, which use no database."""

import datetime as dt
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import typer

from bot.commands.terminal import fail, put, put_json
from summarizer.extraction.jsonl import summarize_row

# JSONL: the order stays, memory does not grow, and a bad row gives an error row, never a traceback.

_LONGEST_LINE = 20_000_000  # bytes; no article is longer
_DEEPEST = 100  # of nesting: writing a row takes more of the stack than reading it


def standard_input() -> BinaryIO:
    """Return stdin as bytes, or exit if there is none."""
    if sys.stdin is None:
        fail("✗ Không có đầu vào chuẩn; hãy cho tên tệp.", 2)
    return sys.stdin.buffer


@contextmanager
def open_input(path: str) -> Iterator[BinaryIO]:
    """Open `path`, or standard input for `-`; exit with an error if it cannot be read."""
    if path == "-":
        yield standard_input()
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        fail(f"✗ {path}: {_why(error)}; hãy xem lại đường dẫn")
    with stream:
        yield stream


def rows(stream: BinaryIO) -> Iterator[object]:
    """Yield the value of each line, None if it is not JSON in UTF-8; skip empty lines.

    >>> import io
    >>> list(rows(io.BytesIO(b'{"q": 1}\\n\\nsai\\n')))
    [{'q': 1}, None]
    """
    lines = iter(lambda: stream.readline(_LONGEST_LINE), b"")
    for number, line in enumerate(lines):
        is_whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
        if not is_whole:
            _skip_line(stream)
        line = line if number else line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _parsed(line) if is_whole else None


def put_answers(answers: Iterable[Mapping[str, Any]]) -> None:
    """Write each answer at once, a line each; exit with 1 at the end if one was an error."""
    has_failed = False
    for answer in answers:
        has_failed |= "error" in answer
        put_json(answer)
    if has_failed:
        raise typer.Exit(1)


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _parsed(line: bytes) -> object:
    try:
        value = json.loads(line.decode(), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return value if _is_shallow(value) else None


def _is_shallow(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for one in level if isinstance(one, dict | list) for inner in _inside(one)]
        if not level:
            return True
    return False


def _inside(value: dict[str, object] | list[object]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):  # NaN and Infinity too, which Python reads and JSON does not have
        raise ValueError(f"{written} cannot be written as JSON again")
    return number


def _why(error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "đây là thư mục, không phải tệp"
    if isinstance(error, FileNotFoundError):
        return "không có tệp này"
    return f"không đọc được ({error.strerror})"


_LONGEST_TEXT = 20_000_000  # bytes

Ranker = Literal["diemtin", "lexrank", "textrank", "lsa", "edmundson"]


def summarize(
    path: Annotated[str, typer.Argument(metavar="PATH", help="Tệp; - hoặc bỏ trống là đầu vào chuẩn.")] = "-",
    sentences: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Lấy N câu, ít hơn nếu bài không đủ.")
    ] = None,
    max_syllables: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Cả thảy nhiều nhất N âm tiết.")
    ] = None,
    ranker: Annotated[
        Ranker, typer.Option(help="Cách chọn câu: của Điểm Tin, hay một cách của sumy để so sánh.")
    ] = "diemtin",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Mỗi dòng một bài JSON, in ra mỗi dòng một tóm tắt.")
    ] = False,
) -> None:
    """Summarise one text, whose first line is the title, or every row of JSONL."""
    with open_input(path) as stream:
        if jsonl:
            put_answers(
                summarize_row(row, sentences=sentences, max_syllables=max_syllables, ranker=ranker)
                for row in rows(stream)
            )
        else:
            _summarize_text(stream.read(_LONGEST_TEXT + 1), sentences, max_syllables, ranker)


def _summarize_text(data: bytes, sentences: int | None, max_syllables: int | None, ranker: str) -> None:
    if len(data) > _LONGEST_TEXT:
        fail(f"✗ Văn bản lớn hơn {_LONGEST_TEXT // 1_000_000} MB.")
    try:
        title, _, body = data.decode("utf-8-sig").strip().partition("\n")
    except UnicodeDecodeError:
        fail("✗ Đây không phải văn bản UTF-8.")
    row = {"id": None, "title": title, "body": body}
    answer = summarize_row(row, sentences=sentences, max_syllables=max_syllables, ranker=ranker)
    if not answer.get("summary"):
        fail(f"✗ {answer.get('error', 'không có câu nào để tóm tắt; dòng đầu được hiểu là tiêu đề')}")
    for sentence in answer["summary"]:
        put(sentence)


_ZONE = "Asia/Ho_Chi_Minh"  # of times without a zone: no source is declared here


def stories(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="Tệp JSONL; - hoặc bỏ trống là đầu vào chuẩn.")
    ] = "-",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Mỗi dòng một bài JSON; đây là dạng duy nhất.")
    ] = True,
) -> None:
    """Group the articles of a JSONL file; the groups are final when the input ends."""
    from bot.commands.preparing import clock_of, settings_or_exit  # `summarize` needs none of these
    from storage.intake.dates import parse_published
    from summarizer.stories.story_rows import group_rows

    clock = clock_of(settings_or_exit())

    def parse_time(text: str) -> dt.datetime | None:
        found = parse_published(text, _ZONE, clock.now())
        return found.at if found else None

    with open_input(path) as stream:
        put_answers(group_rows(rows(stream), parse_time=parse_time))
