"""Claims on sources: one process at a time reads a source, of all processes on a PostgreSQL database.

A claim lasts some seconds and is renewed while its process lives. So another process takes over the sources
of one that was killed. On SQLite a single process takes in, and needs no claims.
"""

import asyncio
import os
from collections.abc import Callable, Collection
from functools import cache

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.process.metrics import log_errors
from bot.telegram.lease import is_gone, this_process
from storage.engine import Database
from storage.processes.leases import (
    end_claims_on,
    extend_claims,
    find_claimants,
    find_claimed,
    find_claims_of,
    take_claims,
)

CLAIM_SECONDS = 30.0  # more than a round of intake
_RENEW_SECONDS = CLAIM_SECONDS / 6
_PREFIX = "source "


@cache
def _name_of(_process_id: int) -> str:
    return this_process()


def own_name() -> str:
    """Return the name under which this process claims, the same at each call."""
    return _name_of(os.getpid())


class Claims:
    """The claims of the process `owner` on sources."""

    def __init__(self, database: Database, owner: str | None = None) -> None:
        self._database = database
        self._owner = owner or own_name()

    async def take(self, sources: Collection[str]) -> set[str]:
        """Claim sources by name; return those that this process has now."""
        if not self._database.is_postgres:
            return set(sources)
        names = {_name(source) for source in sources}
        async with self._database.read() as connection:
            owners = await find_claimants(connection, names)
        gone = {owner for owner in owners if owner != self._owner and is_gone(owner)}
        async with self._database.write() as connection:
            return _plain(await take_claims(connection, self._owner, names, seconds=CLAIM_SECONDS, gone=gone))

    async def end_all(self) -> None:
        """Release all sources, at the end of the process."""
        if self._database.is_postgres:
            async with self._database.write() as connection:
                names = await find_claims_of(connection, self._owner)
                own = [name for name in names if name.startswith(_PREFIX)]
                await end_claims_on(connection, self._owner, own)

    async def end(self, connection: AsyncConnection, source: str) -> bool:
        """Release a source with this transaction; return whether this process had it until now."""
        if not self._database.is_postgres:
            return True
        return bool(await end_claims_on(connection, self._owner, [_name(source)]))

    async def are_elsewhere(self, sources: Collection[str]) -> set[str]:
        """Return those that another process has."""
        if not self._database.is_postgres:
            return set()
        async with self._database.read() as connection:
            names = {_name(source) for source in sources}
            return _plain(await find_claimed(connection, names, but=self._owner))

    async def renew(
        self, find_sources: Callable[[], Collection[str]], on_lost: Callable[[str], object]
    ) -> None:
        """Renew claims on what `find_sources` returns until cancelled; `on_lost` gets each lost source."""
        while self._database.is_postgres:
            await asyncio.sleep(_RENEW_SECONDS)
            with log_errors("claims"):
                if not (sources := set(find_sources())):
                    continue
                async with self._database.write() as connection:
                    names = {_name(source) for source in sources}
                    kept = await extend_claims(connection, self._owner, names, seconds=CLAIM_SECONDS)
                for source in sources - _plain(kept):
                    on_lost(source)


def _name(source: str) -> str:
    return f"{_PREFIX}{source}"


def _plain(names: set[str]) -> set[str]:
    return {name.removeprefix(_PREFIX) for name in names}
