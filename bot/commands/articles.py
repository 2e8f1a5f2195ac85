"""`diemtin ingest`, `show` and `search`: articles in, and articles found again."""

import itertools
import json as json_module
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.answers import Answer, answer_question
from bot.commands.newsroom import Json
from bot.commands.opening import fail, open_desk, put, put_json, run, say
from bot.desk import Desk
from bot.jobs.intake import Intake, take_in
from bot.jobs.work_up import WorkUp
from bot.rfc3339 import published_text, to_rfc3339
from storage.articles import StoredArticle, Version, find_summaries, find_versions, get_article
from storage.errors import UnknownArticleError
from storage.intake import Origin, Taken, read_path, read_stream
from summarizer.model import Summary

_MOST_RESULTS = 10


def ingest(
    paths: Annotated[list[str] | None, typer.Argument(help="Tệp, thư mục; - là đầu vào chuẩn.")] = None,
    json: Json = False,
) -> None:
    """Nhận bài từ tệp và thư mục: văn bản, JSONL, RSS/Atom."""
    done = run(_ingest(paths or ["-"]))
    if json:
        put_json(asdict(done.tally) | {"rejected": [asdict(refusal) for refusal in done.refused]})
    else:
        put(f"mới {done.tally.new} · cập nhật {done.tally.updated} · trùng {done.tally.duplicate}")
        for refusal in done.refused:
            say(f"✗ {refusal.path}: {refusal.reason}")
    if done.refused:
        raise typer.Exit(1)


async def _ingest(paths: list[str]) -> Intake:
    async with open_desk() as desk:
        total = Intake()
        for path in paths:
            now = desk.clock.now()
            total += await take_in(desk.database, _read(path, desk), "ingest", now=now)
        await WorkUp(desk.database, desk.clock).run(most=sys.maxsize)
        return total


def _read(path: str, desk: Desk) -> Iterator[Taken]:
    origin = Origin(zone=desk.newsroom.zone)
    now = desk.clock.now()
    if path == "-":
        return read_stream(sys.stdin.buffer, "-", origin, now=now)
    return read_path(Path(path), origin, now=now)


def show(article_id: Annotated[str, typer.Argument(metavar="ID")], json: Json = False) -> None:
    """Xem một bài: phần chữ đã làm sạch, các bản cũ, và tóm tắt kèm vị trí từng câu."""
    row = run(_show(article_id))
    if json:
        put_json(row)
        return
    put(f"{row['title']}\n{row['source']} · {row['published'] or 'không rõ ngày đăng'} · {row['url'] or ''}")
    put(f"\n{row['sapo']}\n\n{row['body']}\n\nTóm tắt:")
    for sentence in row["summary"]:
        put(f"  • {sentence['text']}  [{sentence['field']} {sentence['start']}–{sentence['end']}]")
    put(f"\nPhiên bản {row['version']}, {len(row['versions'])} bản cũ")


async def _show(article_id: str) -> dict[str, Any]:
    async with open_desk() as desk:
        try:
            async with desk.database.read() as connection:
                article = await get_article(connection, article_id)
                versions = await find_versions(connection, article.id)
                summaries = await find_summaries(connection, [article])
        except UnknownArticleError:
            fail(f"✗ Không có bài {article_id!r}; tìm số của bài bằng: diemtin search")
        return _article_row(article, versions, summaries[article.id], desk.newsroom.zone)


def _article_row(
    article: StoredArticle, versions: list[Version], summary: Summary, zone: str
) -> dict[str, Any]:
    return {
        "id": article.id,
        "external_id": article.external_id,
        "url": article.url,
        "source": article.source,
        "topic": article.topic,
        "published": published_text(article.published, zone),
        "published_precision": article.published.precision if article.published else None,
        "stored": to_rfc3339(article.stored_at, zone),
        "story": article.story_id,
        "advertorial": article.advertorial,
        "title": article.title,
        "sapo": article.sapo,
        "body": article.body,
        "summary": [
            {"text": s.text, "field": s.place.field, "start": s.place.start, "end": s.place.end} for s in summary
        ],
        "version": article.version,
        "versions": [
            {"version": v.version, "replaced": to_rfc3339(v.replaced_at, zone)} | asdict(v.document)
            for v in versions
        ],
    }  # fmt: skip


def search(
    words: Annotated[list[str] | None, typer.Argument(help="Từ cần tìm, có dấu hay không đều được.")] = None,
    queries: Annotated[str | None, typer.Option(help="Tệp JSONL có {\"q\"}; - là đầu vào chuẩn.")] = None,
    json: Json = False,
) -> None:
    """Tìm bài theo từ khóa."""
    if queries is not None:
        run(_search_file(queries))
    elif words:
        run(_search_words(" ".join(words), json=json))
    else:
        fail("✗ Hãy cho từ cần tìm, ví dụ: diemtin search \"hạ long\"", 2)


async def _search_words(text: str, *, json: bool) -> None:
    async with open_desk() as desk:
        answer = await answer_question(desk, text, limit=_MOST_RESULTS)
        if json:
            put_json(_answer_row(answer, desk.newsroom.zone))
            return
        put(f"{answer.total} bài")
        for found in answer.found:
            when = published_text(found.article.published, desk.newsroom.zone)
            put(f"[{found.article.id}] {found.article.title}\n    {found.article.source} · {when or '?'}")
            put(f"    {found.snippet.text}")


def _answer_row(answer: Answer, zone: str) -> dict[str, Any]:
    return {
        "query": answer.text,
        "total": answer.total,
        "results": [
            {
                "id": found.article.id,
                "title": found.article.title,
                "url": found.article.url,
                "source": found.article.source,
                "published": published_text(found.article.published, zone),
                "summary": [sentence.text for sentence in found.summary],
                "snippet": found.snippet.text,
                "marks": [list(mark) for mark in found.snippet.marks],
            }
            for found in answer.found
        ],
    }


async def _search_file(path: str) -> None:
    """Answer each row of a JSONL file in order; a bad row gives an error and exit code 1."""
    has_failed = False
    async with open_desk() as desk:
        try:
            lines = sys.stdin if path == "-" else Path(path).open(encoding="utf-8", errors="replace")  # noqa: SIM115 - closed below
        except OSError as error:
            fail(f"✗ {path}: {error.strerror}")
        with lines:
            for number, line in zip(itertools.count(1), lines, strict=False):
                if line.strip():
                    row = await _search_row(desk, line, f"{path}:{number}")
                    has_failed |= "error" in row
                    put_json(row)
    if has_failed:
        raise typer.Exit(1)


async def _search_row(desk: Desk, line: str, place: str) -> dict[str, Any]:
    try:
        row = json_module.loads(line)
    except (ValueError, RecursionError):
        return {"id": place, "error": "dòng này không phải JSON"}
    if not isinstance(row, dict) or not isinstance(row.get("q"), str):
        return {"id": place, "error": "dòng này thiếu khóa «q» là chữ"}
    answer = await answer_question(desk, row["q"], limit=_MOST_RESULTS)
    return row | {"ids": [found.article.external_id for found in answer.found]}
