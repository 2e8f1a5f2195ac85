"""Databases with rows in every table, copied and compared."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
    insert,
    select,
)

from storage.engine import Database
from storage.tables import (
    UtcTime,
    leases,
    metadata,
    processes,
)
from storage.upkeep.copying import copy_database

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
ROWS = 4


def value(column: Column[Any], number: int) -> Any:
    """Return what row `number` holds: other values in each, and none in the second where it may."""
    if column.foreign_keys or (column.primary_key and isinstance(column.type, Integer)):
        return number
    if column.nullable and number == 2:
        return None
    if isinstance(column.type, UtcTime):
        return NOW + dt.timedelta(days=number, microseconds=number)
    if isinstance(column.type, Boolean):
        return number % 2 == 0
    if isinstance(column.type, JSON):
        return [None, {"chữ": "Đường \x01 phố", "số": 0.1}, [1, 2.0]][number % 3]
    if isinstance(column.type, LargeBinary):
        return bytes(range(number, number + 250))
    if isinstance(column.type, Text):
        return f"Mưa lớn {number} 🌧 'ngập' \\ \n\t “sâu”"
    return 30_000 + number


async def fill(database: Database) -> None:
    """Give every table some rows."""
    async with database.write() as connection:
        for table in metadata.sorted_tables:
            if table not in (leases, processes):
                rows = [{c.name: value(c, n) for c in table.c} for n in range(1, ROWS + 1)]
                await connection.execute(insert(table), rows)


async def copied(source: Database, target: Database, **given: Any) -> dict[str, Any]:
    """Copy without a bot anywhere."""
    values: dict[str, Any] = {"now": NOW, "is_gone": lambda _: False, "on_progress": lambda _: None}
    return await copy_database(source, target, **values | given)


async def raw(database: Database, table: Table) -> list[Any]:
    """Return a table as the program reads it."""
    async with database.read() as connection:
        return sorted(map(repr, await connection.execute(select(table))))
