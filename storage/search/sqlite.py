"""The search index on SQLite: three contentless FTS5 tables.

Ranking every match of a frequent word costs seconds on a large store, so only the newest matches are ranked.
Source: measured on 150,000 articles, bm25 with weights 3 (title) and 1 (sapo) over the newest 2,000;
ranking whole texts costs more and decides less.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search.model import Hit, IndexedWords, Layer, Match, Page
from storage.statements import chunks
from storage.times import UtcTime
from summarizer.query import Run

_WINDOWS: dict[Layer, int] = {"accented": 2000, "folded": 2000, "whole": 500}
_LOOK_UP_SQL = """
    SELECT id, score, matches, title, sapo, coalesce(published_at, stored_at) AS at
    FROM (
        SELECT rowid AS found_id, score, count(*) OVER () AS matches
        FROM (
            SELECT rowid, RANK AS score FROM TABLE WHERE TABLE MATCH :match
            ORDER BY rowid DESC LIMIT :window
        )
        ORDER BY score LIMIT :limit
    )
    JOIN articles ON id = found_id
    ORDER BY score, id DESC
"""


def _look_up_statement(table: str, rank: str) -> Executable:
    return text(_LOOK_UP_SQL.replace("RANK", rank).replace("TABLE", table)).columns(at=UtcTime())


_LOOK_UP: dict[Layer, Executable] = {
    "accented": _look_up_statement("fts_acc", "bm25(fts_acc, 3.0, 1.0)"),
    "folded": _look_up_statement("fts_fold", "bm25(fts_fold, 3.0, 1.0)"),
    "whole": _look_up_statement("fts_body", "bm25(fts_body)"),
}
_PUT = {
    "fts_acc": "INSERT INTO fts_acc (rowid, title, sapo) VALUES (?, ?, ?)",
    "fts_fold": "INSERT INTO fts_fold (rowid, title, sapo) VALUES (?, ?, ?)",
    "fts_body": "INSERT INTO fts_body (rowid, body) VALUES (?, ?)",
}
_REMOVE = {
    "fts_acc": "INSERT INTO fts_acc (fts_acc, rowid, title, sapo) VALUES ('delete', ?, ?, ?)",
    "fts_fold": "INSERT INTO fts_fold (fts_fold, rowid, title, sapo) VALUES ('delete', ?, ?, ?)",
    "fts_body": "INSERT INTO fts_body (fts_body, rowid, body) VALUES ('delete', ?, ?)",
}


async def find_indexed(connection: AsyncConnection, ids: Iterable[int]) -> set[int]:
    """Return those of `ids` that are in the index."""
    found: set[int] = set()
    for batch in chunks(list(ids), 500):
        marks = ", ".join("?" * len(batch))
        # FTS5 itself cannot be asked: removing a row that is not there would spoil its counts.
        statement = f"SELECT id FROM fts_body_docsize WHERE id IN ({marks})"  # noqa: S608 - marks only
        found.update((await connection.exec_driver_sql(statement, tuple(batch))).scalars())
    return found


async def put(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Add rows that are not in the index."""
    await _tell(connection, _PUT, rows)


async def remove(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Take out rows that are in the index with exactly these words."""
    await _tell(connection, _REMOVE, rows)


async def _tell(connection: AsyncConnection, orders: dict[str, str], rows: Sequence[IndexedWords]) -> None:
    if not rows:
        return
    values: dict[str, list[tuple[Any, ...]]] = {
        "fts_acc": [(row.article_id, row.title, row.sapo) for row in rows],
        "fts_fold": [(row.article_id, row.folded_title, row.folded_sapo) for row in rows],
        "fts_body": [(row.article_id, row.whole) for row in rows],
    }
    for table, order in orders.items():
        await connection.exec_driver_sql(order, values[table])


async def look_up(connection: AsyncConnection, layer: Layer, match: Match, limit: int) -> Page:
    """Return at most `limit` hits, best first, looking at a bounded number of the newest matches."""
    window = _WINDOWS[layer]
    result = await connection.execute(
        _LOOK_UP[layer], {"match": expression(match), "window": window, "limit": limit}
    )
    rows = result.all()
    matches = rows[0].matches if rows else 0
    hits = tuple(Hit(row.id, -row.score, row.title, row.sapo, row.at) for row in rows)
    return Page(hits, matches, matches == window)


def expression(match: Match) -> str:
    """Write `match` in FTS5's language, every word quoted so that none is an operator.

    >>> print(expression(Match(((("ha",), ("du", "lich")),), excluded=(("tau",),))))
    (("ha" AND "du lich")) NOT ("tau")
    """
    wanted = " OR ".join(f"({' AND '.join(map(_quoted, runs))})" for runs in match.alternatives)
    excluded = " OR ".join(map(_quoted, match.excluded))
    return f"({wanted}) NOT ({excluded})" if excluded else wanted


def _quoted(run: Run) -> str:
    return f'"{" ".join(run)}"'
