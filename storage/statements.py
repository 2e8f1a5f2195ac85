"""The few words in which SQLite and PostgreSQL differ for ordinary rows."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

_T = TypeVar("_T")
Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: AsyncConnection, table: Table) -> Insert:
    """Return an INSERT that knows ON CONFLICT in the dialect of `connection`."""
    return postgresql.insert(table) if is_postgres(connection) else sqlite.insert(table)


def is_postgres(connection: AsyncConnection) -> bool:
    """Tell whether rows can be locked one by one and skipped by others."""
    return connection.dialect.name == "postgresql"


def chunks(rows: Sequence[_T], size: int) -> list[Sequence[_T]]:
    """Cut `rows` into runs of at most `size`: SQLite binds 32,766 values in one statement.

    >>> chunks([1, 2, 3], 2)
    [[1, 2], [3]]
    """
    return [rows[i : i + size] for i in range(0, len(rows), size)]


def replacing(connection: AsyncConnection, table: Table, **values: Any) -> Insert:
    """Return an INSERT of one row that takes the place of the row with the same primary key."""
    statement = insert_into(connection, table).values(**values)
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in values.items() if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
