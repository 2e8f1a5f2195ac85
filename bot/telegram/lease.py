"""Leases: one process at a time speaks for a bot, or does one of its roles.

A second process logs who holds the lease, and waits. It takes over when the first frees the lease, is seen to
be gone, or lets it run out. A process that lost its lease to another must end: `lost` is set.
"""

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bot.operators import notices
from bot.process.lifetime import beside
from bot.process.metrics import log_errors
from storage.engine import Database
from storage.errors import StorageError
from storage.processes.leases import (
    LEASE_SECONDS,
    LeaseKey,
    find_holder,
    free_lease,
    lease_name,
    renew_lease,
    take_lease,
)

# The name of a process tells another one on the same machine whether it still runs. On Linux it holds the
# boot, the PID namespace, the PID and the time of the start. On other systems, or seen from another machine,
# no process counts as gone.

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_VIEW = Path("/proc/self/ns/pid")
_PARTS = 5


def this_process() -> str:
    """Return a name that no other process has: machine and boot, PID namespace, PID, start, random number."""
    number = os.getpid()
    return "|".join([*_surroundings(), str(number), _started(number) or "", secrets.token_hex(8)])


def describe_process(owner: str) -> str:
    """Return which process an owner is, in Vietnamese for operators.

    >>> describe_process("may-chu|view|4711|99|ab")
    'tiến trình 4711 trên máy may-chu'
    """
    parts = owner.split("|")
    host = parts[0].partition(" ")[0]
    return f"tiến trình {parts[2]} trên máy {host}" if len(parts) == _PARTS else "một tiến trình khác"


def is_gone(owner: str) -> bool:
    """Tell whether the process has certainly ended."""
    parts = owner.split("|")
    if len(parts) != _PARTS or parts[:2] != _surroundings() or not all(parts) or not parts[2].isdecimal():
        return False
    number = int(parts[2])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it runs, and belongs to another user
        return False
    return _started(number) not in (parts[3], None)


def _surroundings() -> list[str]:
    """Return machine with boot, and the PID namespace; "" where the system does not tell."""
    try:
        return [f"{socket.gethostname()} {_BOOT.read_text().strip()}", str(_VIEW.readlink())]
    except OSError:
        return [socket.gethostname(), ""]


def _started(number: int) -> str | None:
    """Return when a process started, in the kernel's ticks; "gone" for a zombie."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "gone" if fields[0] in "ZX" else fields[19]


_CHECK_SECONDS = 1.0
_RENEW_SECONDS = LEASE_SECONDS / 5  # real seconds, whatever the clock's rate
_FREE_SECONDS = 2.0
_log = structlog.get_logger(__name__)


class LeaseLostError(Exception):
    """Another process holds the lease now."""


class Lease:
    """The lease of `token`, or of one `role` of its bot.

    `owner` names this process. `lost` is set when another process takes the lease. The leases of one process
    share both.
    """

    def __init__(
        self,
        database: Database,
        token: str,
        role: str = "",
        *,
        owner: str | None = None,
        lost: asyncio.Event | None = None,
    ) -> None:
        self.key = LeaseKey(lease_name(token, role), owner or this_process())
        self.lost = lost or asyncio.Event()
        self._database = database
        self._role = role
        self._freed = asyncio.Event()
        self._sure_until = float("-inf")  # seconds since the machine started, sleep included

    @property
    def is_sure(self) -> bool:
        """Tell whether no other process can have taken the lease by now.

        False after a standstill that was longer than a lease lasts, until the lease is renewed.
        """
        return machine_seconds() < self._sure_until

    def wake(self) -> None:
        """Look now rather than within a second whether the lease is free."""
        self._freed.set()

    async def until_taken(self, stop: asyncio.Event) -> bool:
        """Wait for the lease; False when `stop` came before it."""
        holder: str | None = None
        while not stop.is_set():
            with contextlib.suppress(StorageError):  # the database may come back; until then no process sends
                other = await self._take()
                if other is None:
                    return True
                if other != holder:
                    holder = other
                    problem = notices.lease_elsewhere(describe_process(other), self._role)
                    _log.warning("waiting for the lease", problem=problem)
            await self._until_freed(stop)
        return False

    async def _until_freed(self, stop: asyncio.Event) -> None:
        """Wait for a second, or for `wake` or `stop`."""
        waits = [asyncio.ensure_future(each.wait()) for each in (stop, self._freed)]
        await asyncio.wait(waits, timeout=_CHECK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self._freed.clear()

    async def _take(self) -> str | None:
        """Take the lease; return its holder if another process has it."""
        async with self._database.read() as connection:
            holder = await find_holder(connection, self.key.name)
        gone = holder.owner if holder is not None and is_gone(holder.owner) else None
        if holder is not None and holder.is_live and gone is None and holder.owner != self.key.owner:
            return holder.owner  # reading is cheaper than trying, and locks nothing
        asked_at = machine_seconds()
        async with self._database.write() as connection:
            is_ours = await take_lease(connection, self.key, instead_of=gone)
            holder = None if is_ours else await find_holder(connection, self.key.name)
        if is_ours:
            self._sure_until = asked_at + LEASE_SECONDS
            return None
        return holder.owner if holder is not None else ""

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep the lease during the block and free it afterwards."""
        try:
            async with beside(self._keep()):
                yield
        finally:
            with log_errors("lease"), contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FREE_SECONDS), self._database.write() as connection:
                    await free_lease(connection, self.key)

    async def _keep(self) -> None:
        while not self.lost.is_set():
            await asyncio.sleep(_RENEW_SECONDS)
            with log_errors("lease"):  # an unreachable database: nothing can be claimed meanwhile either
                asked_at = machine_seconds()
                async with self._database.write() as connection:
                    is_ours = await renew_lease(connection, self.key)
                if is_ours:
                    self._sure_until = asked_at + LEASE_SECONDS
                else:
                    self.lost.set()


def machine_seconds() -> float:
    """Return monotonic seconds, on Linux with the time in which the machine was suspended."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
