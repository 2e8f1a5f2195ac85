"""`diemtin search`: a question, or a file of them, on the command line."""

from typing import Annotated, Any

import typer

from bot.answers import Answer, answer_question
from bot.commands.lines import opened, rows
from bot.commands.newsroom import Json
from bot.commands.opening import fail, open_desk, put, put_json, run
from bot.desk import Desk
from bot.rfc3339 import published_text

_MOST_RESULTS = 10


def search(
    words: Annotated[list[str] | None, typer.Argument(help="Từ cần tìm, có dấu hay không đều được.")] = None,
    queries: Annotated[str | None, typer.Option(help='Tệp JSONL có {"q"}; - là đầu vào chuẩn.')] = None,
    json: Json = False,
) -> None:
    """Tìm bài theo từ khóa."""
    if queries is not None:
        run(_search_file(queries))
    elif words:
        run(_search_words(" ".join(words), json=json))
    else:
        fail('✗ Hãy cho từ cần tìm, ví dụ: diemtin search "hạ long"', 2)


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
    """Answer each row of a JSONL file in order; a bad row gets an error and makes the exit code 1."""
    has_failed = False
    with opened(path) as stream:
        async with open_desk() as desk:
            for number, row in enumerate(rows(stream), 1):
                answer = await _search_row(desk, row, number)
                has_failed |= "error" in answer
                put_json(answer)
    if has_failed:
        raise typer.Exit(1)


async def _search_row(desk: Desk, row: object, number: int) -> dict[str, Any]:
    if not isinstance(row, dict) or not isinstance(row.get("q"), str):
        return {"id": number, "error": "dòng này không phải JSON có khóa «q» là chữ"}
    answer = await answer_question(desk, row["q"], limit=_MOST_RESULTS)
    return row | {"ids": [found.article.external_id for found in answer.found]}
