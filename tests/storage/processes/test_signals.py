"""Signals between processes, over a real PostgreSQL; on SQLite there are none."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from storage.engine import Database
from storage.processes.signals import Signal, SignalListener, send_signal


class Ear:
    """Keeps the signals that it received."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[Signal, str]] = asyncio.Queue()

    def __call__(self, signal: Signal, detail: str) -> None:
        """Receive a signal."""
        self.heard.put_nowait((signal, detail))

    async def next(self) -> tuple[Signal, str]:
        """Return the next signal."""
        return await asyncio.wait_for(self.heard.get(), 20)

    async def until_connected(self) -> None:
        """Receive the signals that are repeated after each connect, because they may have been missed."""
        told = {(await self.next())[0] for _ in range(6)}
        assert told == set(Signal) - {Signal.GATES, Signal.CALLED_OFF}


@pytest.fixture
async def ear(postgres_database: Database) -> AsyncIterator[Ear]:
    """A receiver of signals that listens."""
    ear = Ear()
    async with SignalListener(postgres_database, ear).listening():
        await ear.until_connected()
        yield ear


async def test_what_is_stored_wakes_those_who_wait_for_it(ear: Ear, postgres_database: Database) -> None:
    statements = [
        ("INSERT INTO deliveries SELECT * FROM deliveries", Signal.DELIVERIES),
        ("INSERT INTO articles SELECT * FROM articles", Signal.ARTICLES),
        ("UPDATE articles SET processed_at = NULL", Signal.PROCESSED),
        ("INSERT INTO updates SELECT * FROM updates", Signal.UPDATES),
        ("DELETE FROM leases", Signal.LEASES),
    ]
    for statement, signal in statements:
        async with postgres_database.write() as connection:
            await connection.execute(text(statement))
        assert await ear.next() == (signal, "")


async def test_a_signal_comes_with_its_detail_and_not_before_the_commit(
    ear: Ear, postgres_database: Database
) -> None:
    async with postgres_database.write() as connection:
        await send_signal(connection, Signal.CALLED_OFF, "-100")
        await asyncio.sleep(0.05)
        assert ear.heard.empty()
    assert await ear.next() == (Signal.CALLED_OFF, "-100")


async def test_a_lost_connection_is_made_again_and_what_was_missed_is_told(
    ear: Ear, postgres_database: Database
) -> None:
    async with postgres_database.write() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        await connection.execute(text(ended))
    await ear.until_connected()
    async with postgres_database.write() as connection:
        await send_signal(connection, Signal.GATES)
    assert await ear.next() == (Signal.GATES, "")


async def test_on_sqlite_nothing_is_sent_and_nobody_listens(sqlite_database: Database) -> None:
    ear = Ear()
    async with SignalListener(sqlite_database, ear).listening(), sqlite_database.write() as connection:
        await send_signal(connection, Signal.SENDING)
    assert ear.heard.empty()
