"""The search index on SQLite: three contentless FTS5 tables.

The driver is asked directly, in one trip to its thread for each look-up: through SQLAlchemy's cursors the
trips cost more than the search.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.notes import find_note
from storage.search.model import REBUILD_NOTE, AllOf, Extent, Filters, IndexedWords, Layer, Match, Page
from storage.search.schema import SQLITE_TABLES, search_ddl
from storage.search.statements import Statement, look_up_statement, newest_statement, page_of
from storage.statements import chunks
from storage.times import UtcTime
from summarizer.questions.query import Run

_NEWEST: dict[Layer, str] = {
    "accented": "SELECT rowid AS id FROM fts_acc WHERE fts_acc MATCH :match{between}",
    "folded": "SELECT rowid AS id FROM fts_fold WHERE fts_fold MATCH :match{between}",
    "whole": "SELECT rowid AS id FROM fts_body WHERE fts_body MATCH :match{between}",
}
_TIME = UtcTime()
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
    return await _held_by("fts_body", connection, list(ids))


async def _held_by(table: str, connection: AsyncConnection, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for batch in chunks(ids, 500):
        marks = ", ".join("?" * len(batch))
        # FTS5 itself cannot be asked: removing a row that is not there would spoil its counts.
        statement = f"SELECT id FROM {table}_docsize WHERE id IN ({marks})"  # noqa: S608 - a name of ours, marks
        found.update((await connection.exec_driver_sql(statement, tuple(batch))).scalars())
    return found


async def put(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Add rows that are not in the index."""
    await _tell(connection, _PUT, rows)
    await _tell(connection, _rebuilt(_PUT), await _done_anew(connection, rows))


async def remove(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Take out rows that went in with exactly these words; those not in the index are passed over.

    The tables of a rebuild are asked for themselves: the index may have lost what they hold.
    """
    ids = [row.article_id for row in rows]
    held = await find_indexed(connection, ids)
    await _tell(connection, _REMOVE, [row for row in rows if row.article_id in held])
    if rows and await find_note(connection, REBUILD_NOTE) is not None:
        anew = await _held_by("fts_body_new", connection, ids)
        await _tell(connection, _rebuilt(_REMOVE), [row for row in rows if row.article_id in anew])


async def begin_rebuild(connection: AsyncConnection) -> None:
    """Make empty tables beside those of the index."""
    for name, statement in zip(SQLITE_TABLES, search_ddl("sqlite"), strict=True):
        await connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}_new")
        await connection.exec_driver_sql(statement.replace(name, f"{name}_new"))


async def put_rebuilt(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> None:
    """Put the next rows into the new tables."""
    await _tell(connection, _rebuilt(_PUT), rows)


async def finish_rebuild(connection: AsyncConnection) -> None:
    """Put the new tables in the place of the old ones."""
    for name in SQLITE_TABLES:
        await connection.exec_driver_sql(f"DROP TABLE {name}")
        await connection.exec_driver_sql(f"ALTER TABLE {name}_new RENAME TO {name}")


async def _done_anew(connection: AsyncConnection, rows: Sequence[IndexedWords]) -> Sequence[IndexedWords]:
    """Return those of `rows` that a rebuild under way has done already, or would have."""
    last = await find_note(connection, REBUILD_NOTE) if rows else None
    return [row for row in rows if row.article_id <= int(last)] if last else ()


def _rebuilt(orders: dict[str, str]) -> dict[str, str]:
    return {table: order.replace(table, f"{table}_new") for table, order in orders.items()}


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


async def look_up(
    connection: AsyncConnection, layer: Layer, match: Match, filters: Filters, extent: Extent
) -> Page:
    """Look at the newest matches, as far as `extent` goes, and return the newest of these first."""
    # FTS5 that goes backwards looks for the lower bound at matches only; `+` lets it come from there instead.
    newest = f"{_NEWEST[layer]} ORDER BY {'+rowid' if extent.steep else 'rowid'} DESC"
    asked = look_up_statement(newest, "rowid", expression(match), filters, extent, with_body=layer == "whole")
    return await _page(connection, asked)


async def newest(connection: AsyncConnection, filters: Filters, limit: int) -> Page:
    """Return the newest articles that pass `filters`."""
    return await _page(connection, newest_statement(filters, limit))


async def count_words(connection: AsyncConnection) -> dict[str, int]:
    """Return the folded words of titles and sapos and in how many articles each occurs."""
    return dict(await _fetch(connection, "SELECT term, doc FROM fts_words WHERE doc > 0", {}))


async def _page(connection: AsyncConnection, asked: Statement) -> Page:
    dialect = connection.dialect
    values = {
        name: _TIME.process_bind_param(value, dialect) if isinstance(value, dt.datetime) else value
        for name, value in asked.values.items()
    }
    rows = await _fetch(connection, asked.sql, values)
    return page_of(rows, asked.values, lambda stored: _moment(stored, dialect))


def _moment(stored: int, dialect: Dialect) -> dt.datetime:
    moment = _TIME.process_result_value(stored, dialect)
    assert moment is not None, "an article has a time of storing"  # noqa: S101 - tells the type checker
    return moment


async def _fetch(connection: AsyncConnection, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        rows: list[tuple[Any, ...]] = await driver.execute_fetchall(sql, values)
    except sqlite3.Error as error:  # told the same way as from everywhere else
        raise OperationalError(None, None, error) from error
    return rows


def expression(match: Match) -> str:
    """Write `match` in FTS5's language, every word quoted so that none is an operator.

    >>> wanted = AllOf(((("ha",),), (("du", "lich"), ("dl",))))
    >>> print(expression(Match((wanted,), excluded=(("tau",),))))
    (("ha" AND ("du lich" OR "dl"))) NOT ("tau")
    """
    wanted = " OR ".join(map(_all_of, match.alternatives))
    if not match.excluded:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(map(_quoted, match.excluded))})"


def _all_of(wanted: AllOf) -> str:
    groups = " AND ".join(map(_any_of, wanted.groups))
    return f"({{title}} : ({groups}))" if wanted.in_title else f"({groups})"


def _any_of(group: Sequence[Run]) -> str:
    return _quoted(group[0]) if len(group) == 1 else f"({' OR '.join(map(_quoted, group))})"


def _quoted(run: Run) -> str:
    return f'"{" ".join(run)}"'
