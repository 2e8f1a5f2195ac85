"""The processes of one bot on one PostgreSQL database: each registers itself, and they wait for each other.

Processes of two schemas never work at the same time: a new process waits until the old ones have ended before
it upgrades the schema, and an old process ends when the schema changes. A different version is only reported.
A slot waits until the processes that take in and process articles have caught up after a downtime. All clocks
show the time of the database server.
"""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from bot.news.services import Services
from bot.operators import fleet_notices as notices
from bot.operators.notices import database_awaited
from bot.process.health import retry
from bot.process.lifetime import beside
from bot.process.metrics import log_errors
from bot.startup.roles import Role
from bot.telegram.lease import describe_process, is_gone
from bot.times.clock import Clock
from storage.engine import Database
from storage.errors import StorageError
from storage.notes import find_note, write_note
from storage.processes.leases import find_live_owners, server_now
from storage.processes.registry import (
    ProcessRow,
    SeenProcess,
    end_frozen_statements,
    find_processes,
    forget_process,
    knows_processes,
    note_process,
    register_process,
)
from storage.processing.article_turns import is_any_waiting, is_processing_steady
from storage.upkeep.upgrade import find_objection, find_revision, head_revision

_BEAT_SECONDS = 3.0
_CHECK_SECONDS = 1.0
_FORGET_SECONDS = 2.0
_CHECK_ROLES_SECONDS = 20.0  # between two checks that every role has a process
_log = structlog.get_logger(__name__)


class SchemaChangedError(Exception):
    """The schema of the database is no longer the one that this process was made for."""


async def find_blockers(database: Database) -> list[str]:
    """Return the names of live processes that an upgrade of the schema would break; none if none is due."""
    if not database.is_postgres:
        return []
    found = await find_revision(database)
    if found in (None, head_revision()) or find_objection(found):
        return []
    async with database.read() as connection:
        names = set(await find_live_owners(connection))
        if await knows_processes(connection):
            names |= {one.row.name for one in await find_processes(connection) if not one.is_silent}
    return sorted(name for name in names if not is_gone(name))


async def until_upgrade_is_safe(
    database: Database, stop: asyncio.Event, on_wait: Callable[[str], None]
) -> bool:
    """Wait while processes of an older schema work with the database; return False if `stop` is set.

    `on_wait` gets words for operators: what they can do.

    Raises:
        StorageError: the database cannot be used, and waiting would not help.
    """
    shown = ""
    awaited = database_awaited(database.place)
    while others := await retry(lambda: find_blockers(database), stop, problem=awaited):
        problem = notices.older_schema_at_work([describe_process(name) for name in others])
        if problem != shown:
            shown = problem
            _log.warning("waiting for processes of an older schema", problem=problem)
            on_wait(problem)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _CHECK_SECONDS)
    return not stop.is_set()


class Presence:
    """Keeps the row of this process up to date: that it is alive, and what it does.

    `find_newsroom` returns a hash of the newsroom in use. `outdated` is set when the schema has changed.
    """

    def __init__(self, database: Database, row: ProcessRow, find_newsroom: Callable[[], str]) -> None:
        self.outdated = asyncio.Event()
        self._database = database
        self._row = row
        self._find_newsroom = find_newsroom
        self._changed = asyncio.Event()
        self._checked_roles_at = time.monotonic()
        self.missing_roles: str | None = None  # words for the admins, if this process is to send them

    def note_active(self, active: Sequence[str]) -> None:
        self._row = replace(self._row, active=",".join(active))
        self._changed.set()

    @asynccontextmanager
    async def kept(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Register this process for the block, and renew its row."""
        await retry(self._register, stop)
        try:
            async with beside(self._beat(), "presence"):
                yield
        finally:
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
                    _log.debug("the row of this process was not renewed", error=str(error))

    async def _note(self) -> None:
        if await find_revision(self._database) != self._row.revision:
            self.outdated.set()
        self._row = replace(self._row, newsroom=self._find_newsroom())
        async with self._database.write() as connection:
            if not await note_process(connection, self._row):
                await register_process(connection, self._row)
            if ended := await end_frozen_statements(connection):
                _log.warning("connections of a frozen process ended", count=ended)
        if time.monotonic() - self._checked_roles_at > _CHECK_ROLES_SECONDS:
            await self._check_roles()

    async def _check_roles(self) -> None:
        """Find roles without a process; of all processes the one with the first name tells the admins."""
        self._checked_roles_at = time.monotonic()
        async with self._database.read() as connection:
            rows = [one.row for one in find_live(await find_processes(connection))]
        covered = {role for row in rows for role in row.roles.split(",")}
        missing = [role for role in notices.NEEDED if role not in covered]
        is_first = all(self._row.name <= row.name for row in rows)
        self.missing_roles = notices.nobody_does(missing) if missing and is_first else None


def find_live(processes: Sequence[SeenProcess]) -> list[SeenProcess]:
    """Return the processes that were seen lately and are not known to have ended."""
    return [one for one in processes if not one.is_silent and not is_gone(one.row.name)]


# After a downtime a slot waits for the processes that take in and process articles.

_TAKEN_IN = "arrivals taken in"  # a note: when a process last began to take in everything there was
_LONGEST_BREAK = dt.timedelta(minutes=10)  # in the work of a role; a longer one counts as a downtime
_CATCH_UP_CHECK_SECONDS = 0.5


async def note_taken_in(database: Database, began: dt.datetime) -> None:
    """Note that everything that had arrived when intake `began` is stored."""
    async with database.write() as connection:
        await write_note(connection, _TAKEN_IN, began.isoformat(), now=began)


async def until_caught_up(services: Services, roles: Collection[Role]) -> None:
    """Wait until the live processes with one of `roles` have taken in and processed what came in a downtime.

    A backlog is not waited for while articles are processed without a break.
    """
    while True:
        if await _has_caught_up(services, roles):
            return
        await asyncio.sleep(_CATCH_UP_CHECK_SECONDS)


async def _has_caught_up(services: Services, roles: Collection[Role]) -> bool:
    now = services.clock.now()
    async with services.database.read() as connection:
        note = await find_note(connection, _TAKEN_IN)
        is_processed = not await is_any_waiting(connection) or await is_processing_steady(
            connection, now=now, longest_break=_LONGEST_BREAK
        )
        found = await find_processes(connection)
    is_taken_in = note is not None and abs(now - dt.datetime.fromisoformat(note)) <= _LONGEST_BREAK
    live = {role for one in find_live(found) for role in one.row.roles.split(",")}
    awaited = live.intersection(roles)
    return (is_taken_in or Role.INTAKE not in awaited) and (is_processed or Role.PROCESS not in awaited)


# Processes compare moments that others wrote, so their clocks follow the server's and not their machine's.

_SLOWEST_SECONDS = 1.0  # a slower answer is too inexact
_SMALLEST_SKEW = dt.timedelta(seconds=0.1)  # smaller differences come from the time of the answer
_REPORTED_SKEW = dt.timedelta(seconds=5)


async def follow_server_clock(database: Database, clock: Clock) -> None:
    """Set `clock` by the server of the database, if there is one and the clock is not simulated.

    Raises:
        StorageError: the database does not answer.
    """
    if not database.is_postgres or clock.is_simulated:
        return
    async with database.read() as connection:
        began, asked_at = time.monotonic(), clock.machine_now()
        server = await server_now(connection)
        took = time.monotonic() - began
    ahead = server - asked_at - dt.timedelta(seconds=took / 2)
    if took > _SLOWEST_SECONDS or abs(ahead - clock.ahead) < _SMALLEST_SKEW:
        return
    if abs(ahead - clock.ahead) > _REPORTED_SKEW:
        _log.warning("the clocks of this machine and of the database differ", seconds=ahead.total_seconds())
    clock.ahead = ahead
