"""Read whole tables page by page in the order of their keys, and hash them alike on SQLite and PostgreSQL.

A row is hashed in one form: times in UTC, JSON as its stored text, and numbers, booleans and bytes as Python
has them. A table's hash is the sum of its rows' hashes, because the engines sort texts differently.
"""

import datetime as dt
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Select, Table, Text, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.tables import UtcTime
from storage.times import from_microseconds, to_microseconds

Rows = Sequence[Sequence[Any]]
FIRST_ROWS = 200
_PAGE_BYTES = 4_000_000  # about
_FEWEST_ROWS, _MOST_ROWS = 20, 5_000
_COLUMN_BYTES = 10  # about, of a number or a moment
_HASH_BYTES = 16


@dataclass(frozen=True, slots=True)
class TableHash:
    """How many rows a table has, and the sum of their hashes."""

    rows: int = 0
    sum: int = 0

    def __str__(self) -> str:
        return f"{self.sum:0{2 * _HASH_BYTES}x}"

    def with_rows(self, rows: Rows) -> "TableHash":
        """Return the hash with these rows added."""
        total = self.sum + sum(map(_row_hash, rows))
        return TableHash(self.rows + len(rows), total % 2 ** (8 * _HASH_BYTES))


def _row_hash(row: Sequence[Any]) -> int:
    plain = tuple([value.isoformat() if isinstance(value, dt.datetime) else value for value in row])
    digest = hashlib.blake2b(repr(plain).encode(errors="surrogatepass"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest)


async def count_rows(database: Database, table: Table) -> int:
    """Return how many rows a table has."""
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def pages(database: Database, table: Table) -> AsyncIterator[Rows]:
    """Yield all rows of a table, each page in a transaction of its own."""
    position, limit = None, FIRST_ROWS
    while True:
        async with database.read() as connection:
            rows = await find_page(connection, table, position, limit)
        if not rows:
            return
        yield rows
        position, limit = position_of(table, rows[-1]), next_limit(rows)


async def find_page(connection: AsyncConnection, table: Table, position: str | None, limit: int) -> Rows:
    """Return the next rows after a position by primary key; JSON as its text, byte for byte as stored."""
    query: Select[Any] = select(*(cast(c, Text) if isinstance(c.type, JSON) else c for c in table.c))
    keys = list(table.primary_key)
    if position is not None:
        values = zip(keys, json.loads(position), strict=True)
        known = [
            literal(from_microseconds(value) if isinstance(key.type, UtcTime) else value, key.type)
            for key, value in values
        ]
        query = query.where(tuple_(*keys) > tuple_(*known))
    found = await connection.execute(query.order_by(*keys).limit(limit))
    return [tuple(row) for row in found]


def position_of(table: Table, row: Sequence[Any]) -> str:
    """Return the primary key of a row as JSON."""
    values = dict(zip(table.c, row, strict=True))
    keys = [values[key] for key in table.primary_key]
    plain = [to_microseconds(value) if isinstance(value, dt.datetime) else value for value in keys]
    return json.dumps(plain, ensure_ascii=False)


def next_limit(rows: Rows) -> int:
    """Return how many rows make about a page of bytes, estimated from the last page."""
    size = sum(
        len(value) if isinstance(value, str | bytes) else _COLUMN_BYTES for row in rows for value in row
    )
    return min(_MOST_ROWS, max(_FEWEST_ROWS, _PAGE_BYTES * len(rows) // size))
