"""Connections to PostgreSQL that are used again: tested after a rest, made anew when they are closed."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

import storage.engine
from storage.engine import Database


async def backend(database: Database) -> int:
    """Return the number of the server's process that answers."""
    async with database.read() as connection:
        return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


@pytest.fixture
def pings(postgres_database: Database, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every test of a connection."""
    seen, dialect = list[object](), postgres_database.engine.dialect
    ping = dialect.do_ping

    def note_and_ping(connection: Any) -> bool:
        seen.append(connection)
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", note_and_ping)
    return seen


async def test_a_connection_that_was_just_used_is_not_tested(
    postgres_database: Database, pings: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await backend(postgres_database)
    assert await backend(postgres_database) == first
    assert pings == []
    monkeypatch.setattr(storage.engine, "_TESTED_AFTER_SECONDS", 0.0)
    assert await backend(postgres_database) == first
    assert len(pings) == 1


async def test_a_connection_that_the_server_closed_is_made_anew_without_a_test(
    postgres_database: Database, pings: list[object]
) -> None:
    ended = asyncio.Event()
    async with postgres_database.read() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        driver.add_termination_listener(lambda _: ended.set())
        first = driver.get_server_pid()
    await end(postgres_database, first)
    await asyncio.wait_for(ended.wait(), 20)
    assert await backend(postgres_database) != first
    assert pings == []


async def test_a_connection_that_fails_its_test_is_made_anew(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a rest in which a router forgot it: neither side heard of that."""
    first, dialect = await backend(postgres_database), postgres_database.engine.dialect

    def fail(_connection: Any) -> bool:
        raise dialect.loaded_dbapi.InterfaceError("connection is gone")  # type: ignore[attr-defined] - untyped

    monkeypatch.setattr(dialect, "do_ping", fail)
    monkeypatch.setattr(storage.engine, "_TESTED_AFTER_SECONDS", 0.0)
    assert await backend(postgres_database) != first


async def end(database: Database, number: int) -> None:
    """Have the server end one of its processes."""
    other = Database(database.url.render_as_string(hide_password=False))
    async with other.read() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    await other.close()
