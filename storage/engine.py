"""One database, SQLite or PostgreSQL, with two entries: `read` and `write`.

SQLite allows one writer at a time, and aiosqlite would mix the transactions of two tasks on one connection.
So every transaction has its own connection, and writers queue on an asyncio lock instead of polling the file
lock. Migrations are in `storage.upkeep.upgrade`.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import StorageError, describe, is_transient_at_connect, is_unwritable, without_values
from storage.private_files import create_private

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a delivery marked as sent must survive a power cut
    "busy_timeout=10000",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
)
WORKING_FOLDER = Path()  # holds the search index of a PostgreSQL database
_POSTGRES = {
    "idle_in_transaction_session_timeout": "20s",  # a frozen process must not block its successor
    "tcp_user_timeout": "20s",  # nor one whose machine vanished: the server looks as we do below
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
}

_SILENCE = {  # seconds, the first one milliseconds: after these the system ends a connection to PostgreSQL
    "TCP_USER_TIMEOUT": 20_000,
    "TCP_KEEPIDLE": 10,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 2,
}
_RESTED_SINCE, _TESTED_AFTER_SECONDS = "rested_since", 5.0
_POOLING = "pooling"  # our own key in the address, unknown to the drivers
_POOLED: dict[str, Any] = {
    # A statement prepared by name belongs to one server connection, which another client may get next. So
    # ours have no names. Settings at the start are left out, because a pooler refuses them.
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}


def _prepare_sqlite(engine: AsyncEngine, file: Path | None) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def _before_connect(*_given: object) -> None:
        if file is not None:
            with suppress(OSError):  # SQLite itself reports the reason
                create_private(file)

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin explicitly, below
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        if connection.get_execution_options().get("readonly", False):
            # It waits for no lock, so it cannot fail. One call of the driver's thread; a cursor would need
            # three.
            connection.connection.dbapi_connection.run_async(lambda driver: driver.execute("BEGIN"))
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _notice_silence(engine: AsyncEngine) -> None:
    """End a connection whose server no longer acknowledges bytes: a dead machine, a split network."""

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        transport = getattr(connection.driver_connection, "_transport", None)  # asyncpg has no public name
        line = transport.get_extra_info("socket") if transport is not None else None
        if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _SILENCE.items():
                if (option := getattr(socket, name, None)) is not None:  # not every system has each
                    line.setsockopt(socket.IPPROTO_TCP, option, value)


def _test_after_a_rest(engine: AsyncEngine) -> None:
    """Before use test a connection that rested for some seconds, and connect anew if it has failed.

    A test costs three exchanges with the server. A connection that the server closed is known without one.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def _on_checkin(_connection: Any, record: Any) -> None:
        record.info[_RESTED_SINCE] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _on_checkout(connection: Any, record: Any, _fairy: Any) -> None:
        since = record.info.get(_RESTED_SINCE)
        if since is None:  # new
            return
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - since >= _TESTED_AFTER_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except (engine.dialect.loaded_dbapi.Error, OSError) as error:
                raise InvalidatePoolError from error


class Database:
    """An open database. `url` is a SQLAlchemy address: `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`.

    `pooling=transaction` in its query means a pooler that may give every transaction another connection of
    the server (PgBouncer). `index` is the folder of the search index. By default it is beside a SQLite file,
    and in the working directory for PostgreSQL.
    """

    def __init__(self, url: str, index: Path | None = None) -> None:
        given = make_url(url)
        self.is_pooled = given.query.get(_POOLING) == "transaction"
        self.url = given.difference_update_query([_POOLING])
        self.is_postgres = self.url.get_backend_name() == "postgresql"
        self.index_folder = index or self._default_index
        self.engine = create_async_engine(
            self.url,
            connect_args=self._connect_arguments(),
            hide_parameters=True,  # they may hold words of people
            execution_options={"index_folder": self.index_folder},
        )
        # Writers wait for each other; on PostgreSQL they need not.
        self._turn: AbstractAsyncContextManager[object] = (
            nullcontext() if self.is_postgres else asyncio.Lock()
        )
        self._unwritable_at = float("-inf")
        if self.is_postgres:
            _notice_silence(self.engine)
            _test_after_a_rest(self.engine)
        else:
            _prepare_sqlite(self.engine, self.file)

    def _connect_arguments(self) -> dict[str, Any]:
        if not self.is_postgres:
            return {}
        return dict(_POOLED) if self.is_pooled else {"server_settings": _POSTGRES}

    @property
    def file(self) -> Path | None:
        """Return the SQLite file; None for PostgreSQL and for a database in memory."""
        name = None if self.is_postgres else self.url.database
        return Path(name) if name and name != ":memory:" else None

    @property
    def _default_index(self) -> Path:
        name = (self.url.database or "").strip(":/") or "diemtin"
        return Path(f"{self.file}.index") if self.file else WORKING_FOLDER / f"{name}.index"

    @property
    def place(self) -> str:
        """Return the location of the database: its file, or host, port and name. No secrets."""
        if self.is_postgres:
            return f"{self.url.host or 'localhost'}:{self.url.port or 5432}/{self.url.database}"
        return str(Path(self.url.database).resolve()) if self.url.database else ":memory:"

    @property
    def seconds_since_unwritable(self) -> float:
        """Return the time since a write failed because of a full disk or a disk error; inf if never."""
        return time.monotonic() - self._unwritable_at

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        try:
            async with self._connected() as connection:
                await connection.execution_options(readonly=True)
                await connection.begin()  # rolled back when the connection is given back
                yield connection
        except SQLAlchemyError as error:
            raise StorageError.of(error) from without_values(error)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction, committed at the end of the block and rolled back on an exception."""
        try:
            async with self._turn, self._connected() as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            if is_unwritable(error):
                self._unwritable_at = time.monotonic()
            raise StorageError.of(error) from without_values(error)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        """Take a connection. asyncpg reports an unreachable server by an OSError."""
        connection = self.engine.connect()
        try:
            await connection.start()
        except OSError as error:
            may_pass = is_transient_at_connect(error)
            raise StorageError(f"no connection: {describe(error)}", is_transient=may_pass) from error
        try:
            yield connection
        finally:  # a cancellation meanwhile must not leave it half closed
            await asyncio.shield(connection.close())

    async def close(self) -> None:
        await self.engine.dispose()


_T = TypeVar("_T")
Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: AsyncConnection, table: Table) -> Insert:
    """Return an INSERT with support for ON CONFLICT, in the dialect of `connection`."""
    return postgresql.insert(table) if is_postgres(connection) else sqlite.insert(table)


def insert_new(connection: AsyncConnection, table: Table, *on: str) -> Insert:
    """Return an INSERT that leaves out rows which are there, by the UNIQUE columns `on` or the primary key.

    Any other conflict, such as a number that was given twice, is an error.
    """
    key = on or tuple(column.name for column in table.primary_key)
    return insert_into(connection, table).on_conflict_do_nothing(index_elements=key)


def is_postgres(connection: AsyncConnection) -> bool:
    """Tell whether rows can be locked one by one and skipped by others."""
    return connection.dialect.name == "postgresql"


def chunks(rows: Sequence[_T], size: int) -> list[Sequence[_T]]:
    """Cut `rows` into runs of at most `size`: SQLite binds 32,766 values in one statement."""
    return [rows[i : i + size] for i in range(0, len(rows), size)]


def replacing(connection: AsyncConnection, table: Table, *on: str, **values: Any) -> Insert:
    """Return an INSERT of one row that replaces the row with the same `on`, by default its primary key."""
    keys = on or table.primary_key.columns.keys()
    changed = {name: value for name, value in values.items() if name not in keys}
    statement = insert_into(connection, table).values(**values)
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
