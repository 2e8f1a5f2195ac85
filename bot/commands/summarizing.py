"""`diemtin summarize`: the language code on a file, without a database, and so without its start-up time."""

from typing import Annotated, Literal

import typer

from bot.commands.lines import opened, put_answers, rows
from bot.commands.terminal import fail, put
from summarizer.extraction.jsonl import summarize_row

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
    with opened(path) as stream:
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
