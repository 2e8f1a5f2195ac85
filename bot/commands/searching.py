"""`diemtin search`: a question, or a file of them, on the command line."""

from typing import Annotated, Any

import typer

from bot.answers import Answer, answer_question
from bot.commands.lines import opened, rows
from bot.commands.opening import open_desk, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.desk import Desk
from bot.rfc3339 import published_text
from storage.articles import find_articles
from storage.search import search_articles
from summarizer.query import parse_query

_MOST_RESULTS = 10


def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="Từ cần tìm, có dấu hay không đều được.")
    ] = None,
    queries: Annotated[
        str | None, typer.Option(metavar="FILE", help='Tệp JSONL, mỗi dòng {"q": …}; - là đầu vào chuẩn.')
    ] = None,
    json: Json = False,
) -> None:
    """Search for words, or for every question of a JSONL file."""
    text = " ".join(words or []).strip()
    if (queries is not None) == bool(text):
        fail('✗ Hãy cho từ cần tìm, hoặc --queries FILE; ví dụ: diemtin search "hạ long"', 2)
    if queries is not None:
        run(_search_file(queries))
    else:
        run(_search_words(text, json=json))


async def _search_words(text: str, *, json: bool) -> None:
    async with open_desk(settings_or_exit()) as desk:
        answer = await answer_question(desk, text, limit=_MOST_RESULTS)
        if json:
            put_json(_answer_row(answer, desk.newsroom.zone))
            return
        put(f"{answer.total} bài")
        for found in answer.found:
            when = published_text(found.article.published, desk.newsroom.zone) or "không rõ ngày đăng"
            put(f"[{found.article.id}] {found.article.title}\n    {found.article.source} · {when}")
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
        async with open_desk(settings_or_exit()) as desk:
            for row in rows(stream):
                answer = await _answer_query(desk, row)
                has_failed |= "error" in answer
                put_json(answer)
    if has_failed:
        raise typer.Exit(1)


async def _answer_query(desk: Desk, row: object) -> dict[str, Any]:
    """Return the row with `ids`, external ones, best first; or its id and an error."""
    if not isinstance(row, dict):
        return {"id": None, "error": "dòng phải là một đối tượng JSON"}
    if not isinstance(row.get("q"), str):
        return {"id": row.get("id"), "error": "thiếu «q», hoặc «q» không phải chữ"}
    async with desk.database.read() as connection:
        hits = await search_articles(connection, parse_query(row["q"]), now=desk.clock.now())
        best = hits.ids[:_MOST_RESULTS]
        found = await find_articles(connection, best)
    return row | {"ids": [found[one].external_id for one in best if one in found]}
