"""`diemtin summarize` and `stories`: the language code on files, without a database."""

import datetime as dt
from typing import Annotated

import typer
from summarizer.jsonl import summarize_row

from bot.commands.lines import opened, rows
from bot.commands.opening import fail, put, put_json
from storage.intake.dates import parse_published
from summarizer.story_rows import group_rows

_ZONE = "Asia/Ho_Chi_Minh"


def summarize_command(
    path: Annotated[str, typer.Argument(help="Tệp; - là đầu vào chuẩn.")] = "-",
    sentences: Annotated[int | None, typer.Option(min=1, help="Đúng chừng này câu.")] = None,
    max_syllables: Annotated[int | None, typer.Option(min=1, help="Nhiều nhất chừng này âm tiết.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Mỗi dòng một bài JSON.")] = False,
) -> None:
    """Tóm tắt bài bằng những câu nguyên văn."""
    with opened(path) as stream:
        if not jsonl:
            _summarize_text(stream.read(), sentences, max_syllables)
            return
        has_failed = False
        for row in rows(stream):
            answer = summarize_row(row, sentences=sentences, max_syllables=max_syllables)
            has_failed |= "error" in answer
            put_json(answer)
    if has_failed:
        raise typer.Exit(1)


def _summarize_text(text: str, sentences: int | None, max_syllables: int | None) -> None:
    """Print the summary of one article: its first line is the title."""
    title, _, body = text.strip().partition("\n")
    row = {"id": "-", "title": title, "body": body}
    answer = summarize_row(row, sentences=sentences, max_syllables=max_syllables)
    if "error" in answer or not answer["summary"]:
        fail(f"✗ {answer.get('error', 'không có câu nào để tóm tắt')}")
    for sentence in answer["summary"]:
        put(sentence)


def stories(
    path: Annotated[str, typer.Argument(help="Tệp JSONL; - là đầu vào chuẩn.")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Mỗi dòng một bài JSON (dạng duy nhất).")] = True,
) -> None:
    """Gom các bài về cùng một sự kiện."""
    with opened(path) as stream:
        answers = group_rows(rows(stream), parse_time=_moment)
    for answer in answers:
        put_json(answer)
    if any("error" in answer for answer in answers):
        raise typer.Exit(1)


def _moment(text: str) -> dt.datetime | None:
    published = parse_published(text, _ZONE, dt.datetime.now(dt.UTC))
    return published.at if published else None
