"""Signals between processes: PostgreSQL's LISTEN and NOTIFY, on a connection of its own.

Triggers send most signals, with the commit that stores what another process waits for. If a signal is lost,
that process finds it at its next tick. On SQLite there is one process, which wakes its own parts.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import asyncpg
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database, is_postgres

_CHANNEL = "diemtin"
_CONNECT_SECONDS = 10.0
_LONGEST_WAIT_SECONDS = 15.0  # between two tries to connect
_CHECK_SECONDS = 10.0  # between checks that the server is still there
_OF_THE_DIALECT = ("prepared_statement_cache_size", "prepared_statement_name_func")  # unknown to the driver
_log = structlog.get_logger(__name__)


class Signal(StrEnum):
    """What happened. The first five are sent by triggers, the others by `send_signal`."""

    DELIVERIES = "deliveries"  # some were queued
    ARTICLES = "articles"  # some were stored
    PROCESSED = "processed"  # some were processed
    UPDATES = "updates"  # of Telegram, some were kept
    LEASES = "leases"  # one was freed
    SENDING = "sending"  # an operator stopped it, or let it go on
    GATES = "gates"  # an operator answered at one
    CALLED_OFF = "called_off"  # a chat's data was deleted; the detail is its number


_BY_WORD = {signal.value: signal for signal in Signal}
_MAY_BE_MISSED = [one for one in Signal if one not in (Signal.GATES, Signal.CALLED_OFF)]
Hear = Callable[[Signal, str], None]


async def send_signal(connection: AsyncConnection, signal: Signal, detail: str = "") -> None:
    """Wake the processes that wait for `signal` when this transaction commits; on SQLite do nothing."""
    if is_postgres(connection):
        await connection.execute(select(func.pg_notify(_CHANNEL, f"{signal}:{detail}".rstrip(":"))))


class SignalListener:
    """Receives signals while `listening`.

    `hear` gets each with its detail and must return at once. After every connect `hear` gets the signals of
    the triggers and SENDING once: some may have been missed.
    """

    def __init__(self, database: Database, hear: Hear) -> None:
        self._database = database
        self._hear = hear

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen during the block, connecting again whenever the connection is lost."""
        if not self._database.is_postgres:
            yield
            return
        task = asyncio.create_task(self._run(), name="signals")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _run(self) -> None:
        wait = 1.0
        while True:
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    connection = await asyncpg.connect(**self._arguments())
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.info("no connection for signals", error=str(error), next_try_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(_LONGEST_WAIT_SECONDS, wait * 2)
                continue
            wait = 1.0
            try:
                await self._listen(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.info("connection for signals lost", error=str(error))
            finally:
                with contextlib.suppress(Exception):
                    connection.terminate()

    async def _listen(self, connection: Any) -> None:
        """Pass signals on until the connection fails."""
        await connection.add_listener(_CHANNEL, self._on_notification)
        for signal in _MAY_BE_MISSED:
            self._hear(signal, "")
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _CHECK_SECONDS)
            if not ended.is_set():
                await connection.execute("SELECT 1", timeout=_CONNECT_SECONDS)

    def _on_notification(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        word, _, detail = payload.partition(":")
        if signal := _BY_WORD.get(word):
            self._hear(signal, detail)

    def _arguments(self) -> dict[str, Any]:
        _, given = self._database.engine.dialect.create_connect_args(self._database.url)
        return {name: value for name, value in given.items() if name not in _OF_THE_DIALECT}
