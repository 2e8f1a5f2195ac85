"""`diemtin search` and `ask`: questions on the command line, one or a file of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import typer

from bot.commands.preparing import open_searching_services, run, settings_or_exit
from bot.commands.showing import place_json
from bot.commands.summarizing import open_input, rows
from bot.commands.terminal import Json, fail, put, put_json
from bot.news.answers import FoundArticle, Reply, describe, explain, look_up, reply_to
from bot.news.services import Services
from bot.operators.article_reasons import say_rank
from storage.articles import StoredArticle, find_articles
from storage.times import published_text

_MOST_RESULTS = 10


Words = Annotated[
    list[str] | None, typer.Argument(metavar="WORDS", help="Từ cần tìm, có dấu hay không đều được.")
]
Queries = Annotated[
    str | None, typer.Option(metavar="FILE", help='Tệp JSONL, mỗi dòng {"q": …}; - là đầu vào chuẩn.')
]


def search(
    words: Words = None,
    queries: Queries = None,
    why: Annotated[bool, typer.Option("--why", help="Nói vì sao mỗi bài đứng ở chỗ ấy.")] = False,
    json: Json = False,
) -> None:
    text = question_or_exit("search", words, queries)
    run(_answer_file(queries, _found_ids) if queries is not None else _search_words(text, why=why, json=json))


def question_or_exit(command: str, words: list[str] | None, queries: str | None) -> str:
    """Return the words as one question, "" if a file is given; exit if both or neither are given."""
    text = " ".join(words or []).strip()
    if (queries is not None) == bool(text):
        fail(f'✗ Hãy cho từ cần tìm, hoặc --queries FILE; ví dụ: diemtin {command} "hạ long"', 2)
    return text


async def _search_words(text: str, *, why: bool, json: bool) -> None:
    async with open_searching_services(settings_or_exit()) as services:
        zone = services.newsroom.zone
        reply = await look_up(services, text, zone=zone)
        found = await describe(services, reply.query, reply.ids[:_MOST_RESULTS])
        if json:
            put_json(_answer_row(text, reply, found, zone))
            return
        ranks = await explain(services, reply, [one.article.id for one in found]) if why else []
        put(f"{reply.results.total} bài")
        for place, one in enumerate(found):
            when = published_text(one.article.published, zone) or "không rõ ngày đăng"
            put(f"[{one.article.id}] {one.article.title}\n    {one.article.source} · {when}")
            put(f"    {one.snippet.text}")
            for line in say_rank(place, ranks, wants_newest=reply.query.wants_newest) if ranks else ():
                put(f"    - {line}")


def _answer_row(text: str, reply: Reply, found: Sequence[FoundArticle], zone: str) -> dict[str, Any]:
    return {
        "query": text,
        "total": reply.results.total,
        "results": [
            {
                "id": one.article.id,
                "title": one.article.title,
                "url": one.article.url,
                "source": one.article.source,
                "published": published_text(one.article.published, zone),
                "summary": [sentence.text for sentence in one.summary],
                "snippet": one.snippet.text,
                "marks": [list(mark) for mark in one.snippet.marks],
            }
            for one in found
        ],
    }


async def _found_ids(services: Services, text: str) -> dict[str, Any]:
    """Return `ids`: external ones, best first."""
    best = (await look_up(services, text, zone=services.newsroom.zone)).ids[:_MOST_RESULTS]
    return {"ids": [article.external_id for article in await _articles(services, best)]}


Answer = Callable[[Services, str], Awaitable[dict[str, Any]]]


async def _answer_file(path: str, answer: Answer) -> None:
    """Write each row of a JSONL file with the `answer` to its `q`; exit with 1 at the end if one was bad."""
    has_failed = False
    async with open_searching_services(settings_or_exit()) as services:
        with open_input(path) as stream:
            for row in rows(stream):
                answered = await _answered(row, services, answer)
                has_failed |= "error" in answered
                put_json(answered)
    if has_failed:
        raise typer.Exit(1)


async def _answered(row: object, services: Services, answer: Answer) -> dict[str, Any]:
    if not isinstance(row, dict):
        return {"id": None, "error": "dòng phải là một đối tượng JSON"}
    if not isinstance(row.get("q"), str):
        return {"id": row.get("id"), "error": "thiếu «q», hoặc «q» không phải chữ"}
    return row | await answer(services, row["q"])


_NEAREST = 3  # articles named if there is no answer


def ask(words: Words = None, queries: Queries = None, json: Json = False) -> None:
    text = question_or_exit("ask", words, queries)
    run(_answer_file(queries, _answer) if queries is not None else _answer_words(text, json=json))


async def _answer_words(text: str, *, json: bool) -> None:
    async with open_searching_services(settings_or_exit()) as services:
        if json:
            put_json({"query": text} | await _answer(services, text))
            return
        reply = await reply_to(services, text, zone=services.newsroom.zone)
        if not reply.is_answered:
            put(f"Không thấy bài nào nói đúng về «{text}».")
            if reply.results.suggestion:
                put(f"Ý bạn là «{reply.results.suggestion}»?")
        for quote in reply.answer.quotes:
            put(f"{quote.text} [{reply.ids.index(quote.article_id) + 1}]")
        articles = await _articles(services, reply.answer.cited or reply.ids[:_NEAREST])
        for number, article in enumerate(articles, start=1):
            put(f"[{number}] {article.title} ({article.source})")


async def _answer(services: Services, text: str) -> dict[str, Any]:
    """Return whether `text` is answered, from which articles, in which sentences; articles by external id."""
    reply = await reply_to(services, text, zone=services.newsroom.zone)
    cited = {article.id: article.external_id for article in await _articles(services, reply.answer.cited)}
    return {
        "answered": reply.is_answered,
        "suggestion": reply.results.suggestion,
        "citations": list(cited.values()),
        "sentences": [
            {"text": quote.text, "article": cited[quote.article_id]} | place_json(quote)
            for quote in reply.answer.quotes
            if quote.article_id in cited
        ],
    }


async def _articles(services: Services, ids: Sequence[int]) -> list[StoredArticle]:
    async with services.database.read() as connection:
        found = await find_articles(connection, ids)
    return [found[one] for one in ids if one in found]
