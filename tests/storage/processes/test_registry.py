"""The table of processes: seen by the server's clock, forgotten at the end or after a day."""

import datetime as dt
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import make_url, update

from storage.engine import Database
from storage.processes.registry import (
    ProcessRow,
    end_frozen_statements,
    find_processes,
    forget_process,
    knows_processes,
    note_process,
    register_process,
)
from storage.tables import processes

ROW = ProcessRow("a", "bot", "send,chat", "", "1.0", "0270", "")


async def test_a_process_is_seen_with_what_it_does_until_it_is_forgotten(database: Database) -> None:
    async with database.write() as connection:
        assert await knows_processes(connection)
        await register_process(connection, ROW)
        assert await note_process(connection, replace(ROW, active="send"))
    async with database.read() as connection:
        [found] = await find_processes(connection)
    assert found.row == replace(ROW, active="send")
    assert not found.is_silent
    async with database.write() as connection:
        await forget_process(connection, "a")
        assert await find_processes(connection) == []
        assert not await note_process(connection, ROW), "it registers again"


async def test_one_not_seen_for_long_is_silent_and_after_a_day_forgotten(database: Database) -> None:
    async with database.write() as connection:
        await register_process(connection, ROW)
        seen_at = (await find_processes(connection))[0].started_at
        for ago, expected in ((14, False), (60, True)):
            moment = seen_at - dt.timedelta(seconds=ago)
            await connection.execute(update(processes).values(seen_at=moment))
            assert [one.is_silent for one in await find_processes(connection)] == [expected]
        await connection.execute(update(processes).values(seen_at=seen_at - dt.timedelta(days=2)))
        await register_process(connection, replace(ROW, name="b"))
        assert [one.row.name for one in await find_processes(connection)] == ["b"]


async def test_a_process_that_froze_in_the_middle_of_a_statement_keeps_no_lock(postgres_url: str) -> None:
    database = Database(postgres_url)
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    frozen, idle = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        async with database.write() as connection:
            await register_process(connection, ROW)
        await idle.execute("BEGIN")
        await frozen.execute("BEGIN; UPDATE processes SET active = ''")
        statement = await frozen.prepare("SELECT $1::int")  # parsed; the server waits for the rest
        async with database.read() as connection:
            assert await end_frozen_statements(connection) == 0, "it may still come"
            assert await end_frozen_statements(connection, dt.timedelta()) == 1
        async with database.write() as connection:
            assert await note_process(connection, ROW), "the row is not locked any more"
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await statement.fetch(1)
        await idle.execute("COMMIT")
    finally:
        frozen.terminate()
        idle.terminate()
        await database.close()
