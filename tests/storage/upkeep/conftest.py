"""What the tests of upkeep share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import Database


@pytest.fixture
async def empty(database: Database, tmp_path: Path) -> AsyncIterator[Database]:
    """Open a database without any table; the test runs once on each engine."""
    if not database.is_postgres:
        file = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
        yield file
        await file.close()
        return
    async with database.write() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    yield database
