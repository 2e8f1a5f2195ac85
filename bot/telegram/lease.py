"""One process speaks for a bot: it takes the lease of the token, keeps it, and frees it at the end.

A second one says who holds it and waits. It takes over when the first frees it, is seen to be gone, or lets
it run out. Whoever loses it to another has been taken for dead, and must end: `lost` says so.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bot.operators import notices
from bot.process.metrics import log_errors
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

# Name a process so that another one on the same machine can tell whether it is still there.
#
# Linux says enough: which boot, which container's view of the processes, which number, started when.
# Elsewhere, or from another machine, nobody is ever called gone.

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_VIEW = Path("/proc/self/ns/pid")
_PARTS = 5


def this_process() -> str:
    """Return a name that no other process has: machine, view, number, start and a random end."""
    number = os.getpid()
    return "|".join([*_surroundings(), str(number), _started(number) or "", secrets.token_hex(8)])


def spoken(owner: str) -> str:
    """Say which process an owner is, for operators.

    >>> spoken("may-chu|view|4711|99|ab")
    'tiến trình 4711 trên máy may-chu'
    """
    parts = owner.split("|")
    host = parts[0].partition(" ")[0]
    return f"tiến trình {parts[2]} trên máy {host}" if len(parts) == _PARTS else "một tiến trình khác"


def is_gone(owner: str) -> bool:
    """Tell whether the process is certainly there no more."""
    parts = owner.split("|")
    if len(parts) != _PARTS or parts[:2] != _surroundings() or not all(parts) or not parts[2].isdecimal():
        return False
    number = int(parts[2])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:  # there, and another user's
        return False
    return _started(number) not in (parts[3], None)


def _surroundings() -> list[str]:
    """Return machine and boot, and which processes are seen from here; "" where that is not told."""
    try:
        return [f"{socket.gethostname()} {_BOOT.read_text().strip()}", str(_VIEW.readlink())]
    except OSError:
        return [socket.gethostname(), ""]


def _started(number: int) -> str | None:
    """Return when a process started, in the kernel's ticks; "gone" for a dead one not yet buried."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "gone" if fields[0] in "ZX" else fields[19]


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
            with log_errors("lease"), contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FREE_SECONDS), self._database.write() as connection:
                    await free_lease(connection, self.key)

    async def _keep(self) -> None:
        while not self.lost.is_set():
            await asyncio.sleep(_RENEW_SECONDS)
            with log_errors("lease"):  # an unreachable database: nothing can be claimed meanwhile either
                async with self._database.write() as connection:
                    if not await renew_lease(connection, self.key):
                        self.lost.set()


async def _until(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
