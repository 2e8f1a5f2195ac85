"""From a question to the articles that answer it best: parse, search, and a sentence of each.

Chat and the command line both ask here.
"""

import asyncio
from dataclasses import dataclass

from bot.desk import Desk
from storage.articles import StoredArticle, find_articles, find_summaries
from storage.search import search_articles
from summarizer.model import Summary
from summarizer.query import Query, parse_query
from summarizer.snippets import Snippet, best_snippet


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article, its summary, and the sentence of it that shows the words."""

    article: StoredArticle
    summary: Summary
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found. `ids` are at most 50, best first; `found` is the page that was asked for."""

    text: str
    total: int
    ids: tuple[int, ...]
    found: tuple[FoundArticle, ...]


async def answer_question(desk: Desk, text: str, *, limit: int) -> Answer:
    """Search for `text` and return the first `limit` articles."""
    query = parse_query(text)
    async with desk.database.read() as connection:
        hits = await search_articles(connection, query, now=desk.clock.now())
    found = await describe(desk, query, hits.ids[:limit])
    return Answer(text, hits.total, hits.ids, found)


async def describe(desk: Desk, query: Query, ids: tuple[int, ...]) -> tuple[FoundArticle, ...]:
    """Return these articles with a sentence each, in their order; one that is gone is left out."""
    async with desk.database.read() as connection:
        by_id = await find_articles(connection, ids)
        summaries = await find_summaries(connection, by_id.values())
    articles = [by_id[i] for i in ids if i in by_id]
    return await asyncio.to_thread(
        lambda: tuple(FoundArticle(a, summaries[a.id], best_snippet(a.document, query)) for a in articles)
    )
