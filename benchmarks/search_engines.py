"""The engines that `benchmarks/search.py` stands side by side: a table of ours and three others.

Each gets the same articles and answers a question as typed with the numbers of its best ten articles.
"""

import datetime as dt
import re
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import bm25s
import tantivy
from sqlalchemy import insert

from storage.engine import Database
from storage.search.rebuild import rebuild_index
from storage.search.search import search_articles
from storage.tables import articles as article_table
from storage.upkeep.upgrade import upgrade
from summarizer.questions.query import parse_query
from summarizer.text.syllables import folded, word_forms

NOW = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)
TOP = 10
_BATCH = 500
_WORD = re.compile(r"\w+")

Ask = Callable[[str], Awaitable[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the benchmark needs it; its number is its place among the articles, from 1."""

    id: str
    title: str
    sapo: str
    body: str


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine with its index built. `index_bytes` is None where it is not on disk."""

    name: str
    ask: Ask
    build_seconds: float
    index_bytes: int | None = None


async def ours(articles: Iterable[Article], folder: Path) -> tuple[Contender, Database]:
    """Store and index the articles in a SQLite database of the product's own, without processing them."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'ours.sqlite3'}")
    await upgrade(database, now=NOW)
    same = {"source": "báo", "text_hash": "", "stored_at": NOW, "updated_at": NOW, "version": 1,
            "advertorial": False, "processed_at": NOW}  # fmt: skip
    values = (
        same
        | {"id": number, "key": str(number), "external_id": one.id}
        | {"title": one.title, "sapo": one.sapo, "body": one.body}
        for number, one in enumerate(articles, 1)
    )
    while batch := list(islice(values, _BATCH)):
        async with database.write() as connection:
            await connection.execute(insert(article_table), batch)
    begun = time.perf_counter()
    await rebuild_index(database, on_progress=lambda done, total: None)
    seconds = time.perf_counter() - begun

    async def ask(typed: str) -> Sequence[int]:
        async with database.read() as connection:
            return (await search_articles(connection, parse_query(typed), now=NOW, limit=50)).ids[:TOP]

    size = sum(file.stat().st_size for file in database.index_folder.rglob("*") if file.is_file())
    return Contender("Điểm Tin", ask, seconds, size), database


def plain_fts5(articles: Sequence[Article], folder: Path) -> Contender:
    """Index title and sapo with FTS5 as one gets it: unicode61 without diacritics, bm25 3:1."""
    connection = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    connection.execute("PRAGMA cache_size=-16000")
    connection.execute(
        "CREATE VIRTUAL TABLE f USING fts5(title, sapo, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    begun = time.perf_counter()
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO f (rowid, title, sapo) VALUES (?, ?, ?)",
        ((n, one.title, one.sapo) for n, one in enumerate(articles, 1)),
    )
    connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    sql = f"SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f, 3.0, 1.0) LIMIT {TOP}"  # noqa: S608 - a number

    async def ask(typed: str) -> Sequence[int]:
        words = _WORD.findall(typed.lower())
        match = f'"{" ".join(words)}"' if typed[0] == '"' else " ".join(f'"{word}"' for word in words)
        return [number for (number,) in connection.execute(sql, (match,))] if words else []

    return Contender("FTS5 as it comes", ask, seconds, (folder / "plain.sqlite3").stat().st_size)


def tantivy_folded(articles: Sequence[Article], folder: Path) -> Contender:
    """Index folded titles, sapos and bodies with tantivy; all words in title or sapo, the title thrice."""
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True)
    for name in ("title", "sapo", "body"):
        schema.add_text_field(name, tokenizer_name="whitespace")
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema.build(), path=str(folder / "tantivy"))
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    begun = time.perf_counter()
    for n, one in enumerate(articles, 1):
        texts = {"title": _bare(one.title), "sapo": _bare(one.sapo), "body": _bare(one.body)}
        writer.add_document(tantivy.Document(number=n, **texts))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    seconds = time.perf_counter() - begun
    searcher = index.searcher()

    async def ask(typed: str) -> Sequence[int]:
        words = _bare(typed)
        asked = f'"{words}"' if typed[0] == '"' else words
        query = index.parse_query(
            asked, ["title", "sapo"], field_boosts={"title": 3.0}, conjunction_by_default=True
        )
        hits = searcher.search(query, TOP).hits
        return [searcher.doc(place)["number"][0] for _, place in hits]

    size = sum(file.stat().st_size for file in (folder / "tantivy").iterdir())
    return Contender("tantivy, folded", ask, seconds, size)


def bm25s_folded(articles: Sequence[Article]) -> Contender:
    """Index folded titles (thrice) and sapos with bm25s, in memory; any word counts."""
    begun = time.perf_counter()
    index: Any = bm25s.BM25()
    tokens = [3 * _bare(one.title).split() + _bare(one.sapo).split() for one in articles]
    index.index(tokens, show_progress=False)
    seconds = time.perf_counter() - begun

    async def ask(typed: str) -> Sequence[int]:
        words = _bare(typed).split()
        if not words:
            return []
        places, _ = index.retrieve([words], k=TOP, show_progress=False)
        return [int(place) + 1 for place in places[0]]

    return Contender("bm25s, folded", ask, seconds)


def _bare(text: str) -> str:
    return " ".join(folded(word.canonical) for word in word_forms(text))
