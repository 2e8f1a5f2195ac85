"""`diemtin ask`: a question, or a file of them, answered in sentences of the papers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.answers import reply_to
from bot.commands.opening import open_searching_desk, run, settings_or_exit
from bot.commands.searching import Queries, Words, answer_rows, question_or_exit
from bot.commands.terminal import Json, put, put_json
from bot.desk import Desk
from storage.articles import StoredArticle, find_articles

_NEAREST = 3  # articles named where none answers


def ask(words: Words = None, queries: Queries = None, json: Json = False) -> None:
    """Answer a question, or every question of a JSONL file."""
    text = question_or_exit("ask", words, queries)
    run(_answer_file(queries) if queries is not None else _answer_words(text, json=json))


async def _answer_file(path: str) -> None:
    async with open_searching_desk(settings_or_exit()) as desk:
        await answer_rows(path, partial(_answer, desk))


async def _answer_words(text: str, *, json: bool) -> None:
    async with open_searching_desk(settings_or_exit()) as desk:
        if json:
            put_json({"query": text} | await _answer(desk, text))
            return
        reply = await reply_to(desk, text, zone=desk.newsroom.zone)
        if not reply.is_answered:
            put(f"Không thấy bài nào nói đúng về «{text}».")
            if reply.found.suggestion:
                put(f"Ý bạn là «{reply.found.suggestion}»?")
        for quote in reply.answer.quotes:
            put(f"{quote.text} [{reply.ids.index(quote.article_id) + 1}]")
        articles = await _articles(desk, reply.answer.cited or reply.ids[:_NEAREST])
        for number, article in enumerate(articles, start=1):
            put(f"[{number}] {article.title} ({article.source})")


async def _answer(desk: Desk, text: str) -> dict[str, Any]:
    """Return whether `text` is answered, from which articles, in which sentences; articles by external id."""
    reply = await reply_to(desk, text, zone=desk.newsroom.zone)
    cited = {article.id: article.external_id for article in await _articles(desk, reply.answer.cited)}
    return {
        "answered": reply.is_answered,
        "suggestion": reply.found.suggestion,
        "citations": list(cited.values()),
        "sentences": [
            {
                "text": quote.text,
                "article": cited[quote.article_id],
                "field": quote.field,
                "start": quote.start,
                "end": quote.end,
            }
            for quote in reply.answer.quotes
            if quote.article_id in cited
        ],
    }


async def _articles(desk: Desk, ids: Sequence[int]) -> list[StoredArticle]:
    async with desk.database.read() as connection:
        found = await find_articles(connection, ids)
    return [found[one] for one in ids if one in found]
