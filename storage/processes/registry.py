"""The processes that work with a database: their roles, versions, and when each was last seen.

Times are the server's on PostgreSQL, so that the clocks of two machines do not matter. On SQLite there is
one process, which writes nothing here.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, inspect, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into, is_postgres
from storage.processes.leases import server_now
from storage.tables import processes

SILENT = dt.timedelta(seconds=15)  # a process that was not seen for so long is gone or frozen
_FORGOTTEN = dt.timedelta(days=1)
_MOST = 200
_FROZEN = dt.timedelta(seconds=10)
# "active" and "ClientRead": the server has a part of a statement and waits for the next one.
_END_FROZEN = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
    "AND state = 'active' AND wait_event = 'ClientRead' "
    "AND state_change < clock_timestamp() - CAST(:frozen AS interval)"
)


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process. Its name is `bot.telegram.lease.this_process`.

    `bot` is the name of its token's lease. `roles` are the roles that it may do, `active` those that it does
    now, separated by commas. `revision` is the schema of its version, `newsroom` a hash of its newsroom file.
    """

    name: str
    bot: str
    roles: str
    active: str
    version: str
    revision: str
    newsroom: str


@dataclass(frozen=True, slots=True)
class SeenProcess:
    """A process as it was last seen, the time `unseen` ago."""

    row: ProcessRow
    started_at: dt.datetime
    unseen: dt.timedelta

    @property
    def is_silent(self) -> bool:
        """Tell whether the process is gone or frozen."""
        return self.unseen > SILENT


async def register_process(connection: AsyncConnection, row: ProcessRow) -> None:
    """Record a process as seen now, and delete those that were not seen for a day."""
    now = await server_now(connection)
    values: dict[str, Any] = {name: getattr(row, name) for name in ProcessRow.__slots__}
    statement = insert_into(connection, processes).values(**values, started_at=now, seen_at=now)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={**values, "seen_at": now})
    await connection.execute(statement)
    await connection.execute(delete(processes).where(processes.c.seen_at < now - _FORGOTTEN))


async def note_process(connection: AsyncConnection, row: ProcessRow) -> bool:
    """Record that a process runs and what it does; return False if its row is gone."""
    values = {"seen_at": await server_now(connection), "active": row.active, "newsroom": row.newsroom}
    its_row = processes.c.name == row.name
    return (await connection.execute(update(processes).where(its_row).values(values))).rowcount == 1


async def forget_process(connection: AsyncConnection, name: str) -> None:
    await connection.execute(delete(processes).where(processes.c.name == name))


async def find_processes(connection: AsyncConnection) -> list[SeenProcess]:
    """Return the processes that were seen within a day, the latest first; at most 200."""
    p, now = processes.c, await server_now(connection)
    rows = await connection.execute(select(processes).order_by(p.seen_at.desc(), p.name).limit(_MOST))
    return [
        SeenProcess(
            ProcessRow(*(getattr(row, name) for name in ProcessRow.__slots__)),
            row.started_at,
            max(dt.timedelta(), now - row.seen_at),
        )
        for row in rows
    ]


async def end_frozen_statements(connection: AsyncConnection, frozen: dt.timedelta = _FROZEN) -> int:
    """End the connections on which PostgreSQL has waited for the rest of a statement for `frozen`.

    A process that freezes between the parts of a statement keeps the locks of its transaction, and neither
    `idle_in_transaction_session_timeout` nor `statement_timeout` ends that. Return how many were ended.
    """
    if not is_postgres(connection):
        return 0
    return len((await connection.execute(_END_FROZEN, {"frozen": frozen})).all())


async def knows_processes(connection: AsyncConnection) -> bool:
    """Tell whether the schema is new enough to have the table."""
    return await connection.run_sync(lambda sync: inspect(sync).has_table(processes.name))
