"""The processes of one bot on one PostgreSQL database: each says that it is there, and sees the others.

A process of another schema is never worked beside: a new one waits until the old ones are gone before it
upgrades the schema, and an old one ends when it sees another schema. Another version is only told.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from bot.operators import fleet_notices as notices
from bot.operators.notices import database_awaited
from bot.process.health import retry
from bot.process.metrics import log_errors
from bot.telegram.lease import describe_process, is_gone
from storage.delivery.leases import find_live_owners
from storage.engine import Database
from storage.errors import StorageError
from storage.processes import (
    ProcessRow,
    SeenProcess,
    find_processes,
    forget_process,
    knows_processes,
    note_process,
    register_process,
)
from storage.upkeep.upgrade import find_objection, find_revision, head_revision

_BEAT_SECONDS = 3.0
_LOOK_SECONDS = 1.0
_FORGET_SECONDS = 2.0
_UNDONE_SECONDS = 20.0  # between two looks whether all roles are done; the first may start meanwhile
_log = structlog.get_logger(__name__)


class SchemaChangedError(Exception):
    """The database has another schema now than the one that this process was made for."""


async def find_live_processes(database: Database) -> list[str]:
    """Return the names of the processes that work with a database, as far as can be known."""
    async with database.read() as connection:
        names = set(await find_live_owners(connection))
        if await knows_processes(connection):
            names |= {one.row.name for one in await find_processes(connection) if not one.is_silent}
    return sorted(name for name in names if not is_gone(name))


async def find_blockers(database: Database) -> list[str]:
    """Return the names of live processes that an upgrade of the schema would break; none if none is due."""
    if not database.is_postgres:
        return []
    found = await find_revision(database)
    if found in (None, head_revision()) or find_objection(found):
        return []
    return await find_live_processes(database)


async def until_upgrade_is_safe(
    database: Database, stop: asyncio.Event, on_wait: Callable[[str], None]
) -> bool:
    """Wait while processes of an older schema work with the database; False when `stop` came before.

    `on_wait` is told what operators are to do meanwhile.

    Raises:
        StorageError: the database will not do, however long one waits.
    """
    told = ""
    awaited = database_awaited(database.place)
    while others := await retry(lambda: find_blockers(database), stop, problem=awaited):
        problem = notices.older_schema_at_work([describe_process(name) for name in others])
        if problem != told:
            told = problem
            _log.warning("waiting for processes of an older schema", problem=problem)
            on_wait(problem)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
    return not stop.is_set()


class Presence:
    """The row of this process, which says that it is there and what it does.

    `find_newsroom` returns a hash of the newsroom in place. `outdated` is set when the schema was changed.
    """

    def __init__(self, database: Database, row: ProcessRow, find_newsroom: Callable[[], str]) -> None:
        self.outdated = asyncio.Event()
        self._database = database
        self._row = row
        self._find_newsroom = find_newsroom
        self._changed = asyncio.Event()
        self._began = time.monotonic()
        self._looked_at = float("-inf")
        self.undone: str | None = None  # which roles no process does, where this one is to tell

    def note_active(self, active: Sequence[str]) -> None:
        """Say what this process does now."""
        self._row = replace(self._row, active=",".join(active))
        self._changed.set()

    @asynccontextmanager
    async def kept(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Be there during the block."""
        await retry(self._register, stop)
        beating = asyncio.create_task(self._beat(), name="presence")
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            with log_errors("presence"), contextlib.suppress(TimeoutError, StorageError):
                async with asyncio.timeout(_FORGET_SECONDS), self._database.write() as connection:
                    await forget_process(connection, self._row.name)

    async def _register(self) -> None:
        async with self._database.write() as connection:
            others = [one for one in await find_processes(connection) if not one.is_silent]
            await register_process(connection, replace(self._row, newsroom=self._find_newsroom()))
        for problem in notices.disagreements(self._row, others):
            _log.warning("processes disagree", problem=problem)

    async def _beat(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _BEAT_SECONDS)
            self._changed.clear()
            with log_errors("presence"):
                try:
                    await self._note()
                except StorageError as error:
                    _log.debug("presence not noted", error=str(error))

    async def _note(self) -> None:
        if await find_revision(self._database) != self._row.revision:
            self.outdated.set()
        self._row = replace(self._row, newsroom=self._find_newsroom())
        async with self._database.write() as connection:
            if not await note_process(connection, self._row):
                await register_process(connection, self._row)
        if time.monotonic() - max(self._looked_at, self._began) > _UNDONE_SECONDS:
            await self._look_at_others()

    async def _look_at_others(self) -> None:
        """Find out which roles nobody does; of all processes the one with the first name tells."""
        self._looked_at = time.monotonic()
        async with self._database.read() as connection:
            rows = [one.row for one in find_live(await find_processes(connection))]
        covered = {role for row in rows for role in row.roles.split(",")}
        missing = [role for role in notices.NEEDED if role not in covered]
        is_first = all(self._row.name <= row.name for row in rows)
        self.undone = notices.nobody_does(missing) if missing and is_first else None


def find_live(found: Sequence[SeenProcess]) -> list[SeenProcess]:
    """Return those that are there: seen lately, and not known to be gone."""
    return [one for one in found if not one.is_silent and not is_gone(one.row.name)]
