"""One process speaks for a bot: it takes the lease of the token, keeps it, and frees it at the end.

A second one says who holds it and waits. It takes over when the first frees it, is seen to be gone, or lets
it run out. Whoever loses it to another has been taken for dead, and must end: `lost` says so.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.failures import contained
from bot.operators import notices
from bot.telegram.owners import is_gone, spoken, this_process
from storage.delivery.leases import (
    LEASE_SECONDS,
    LeaseKey,
    find_owner,
    free_lease,
    lease_name,
    renew_lease,
    take_lease,
)
from storage.engine import Database
from storage.errors import StorageError

_LOOK_SECONDS = 1.0
_RENEW_SECONDS = LEASE_SECONDS / 5  # real ones: a lease is about processes, whatever the clock's rate
_FREE_SECONDS = 2.0
_log = structlog.get_logger(__name__)


class LeaseLostError(Exception):
    """Another process holds the lease now."""


class Lease:
    """The lease of `token` in this process's hands, or on the way there."""

    def __init__(self, database: Database, token: str) -> None:
        self.key = LeaseKey(lease_name(token), this_process())
        self.lost = asyncio.Event()
        self._database = database

    async def until_taken(self, stop: asyncio.Event) -> bool:
        """Wait for the lease; False when `stop` came before it."""
        holder: str | None = None
        while not stop.is_set():
            with contextlib.suppress(StorageError):  # the database may come back; until then nobody sends
                other = await self._take()
                if other is None:
                    return True
                if other != holder:
                    holder = other
                    _log.warning("waiting for the lease", problem=notices.lease_elsewhere(spoken(other)))
            await _until(stop, _LOOK_SECONDS)
        return False

    async def _take(self) -> str | None:
        """Take the lease; return who holds it if that cannot be."""
        async with self._database.write() as connection:
            owner = await find_owner(connection, self.key.name)
            gone = owner if owner is not None and is_gone(owner) else None
            return None if await take_lease(connection, self.key, instead_of=gone) else owner or ""

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep the lease during the block and free it afterwards."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
            with contained("lease"), contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FREE_SECONDS), self._database.write() as connection:
                    await free_lease(connection, self.key)

    async def _keep(self) -> None:
        while not self.lost.is_set():
            await asyncio.sleep(_RENEW_SECONDS)
            with contained("lease"):  # an unreachable database: nothing can be claimed meanwhile either
                async with self._database.write() as connection:
                    if not await renew_lease(connection, self.key):
                        self.lost.set()


async def _until(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
