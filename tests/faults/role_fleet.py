"""Processes of one bot, each with some of its roles, and a supervisor that starts a killed one again."""

import datetime as dt
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.processes.leases import lease_name
from storage.tables import leases
from tests.bot.processes.conftest import NEWSROOM, TOKEN, Run, Start
from tests.faults.conftest import Ledger

SINGLE_ROLES = ("intake", "process", "schedule", "send", "chat")


@dataclass(frozen=True)
class SharedClock:
    """A simulated clock that processes started at different moments share, but for the time they take to."""

    start: dt.datetime
    rate: float
    made_at: float = field(default_factory=time.monotonic)

    def now(self) -> dt.datetime:
        """Return the moment."""
        return self.start + dt.timedelta(seconds=(time.monotonic() - self.made_at) * self.rate)

    def environment(self) -> dict[str, str]:
        """Return what a process that starts now is told."""
        return {"DIEMTIN_NOW": self.now().isoformat(), "DIEMTIN_CLOCK_RATE": str(self.rate)}


class RoleFleet:
    """Processes by name; each is started with its roles, and again after a kill."""

    def __init__(
        self, start: Start, server: str, ledger: Ledger, *, newsroom: str = NEWSROOM,
        clock: SharedClock | None = None,
    ) -> None:  # fmt: skip
        self.runs: dict[str, Run] = {}
        self._start, self._server, self._ledger = start, server, ledger
        self._newsroom, self._clock = newsroom, clock
        self._roles: dict[str, tuple[str, dict[str, object]]] = {}
        self._open: dict[str, AbstractAsyncContextManager[Run]] = {}

    async def begin(self, name: str, roles: str, **given: object) -> Run:
        """Start a process; `given` goes to `start`."""
        self._roles[name] = roles, given
        time_told = self._clock.environment() if self._clock else {}
        environment = {"DIEMTIN_DATABASE_URL": self._ledger.url} | time_told | given
        opened = self._start(self._server, "--role", roles, newsroom=self._newsroom, **environment)
        self._open[name] = opened
        self.runs[name] = await opened.__aenter__()
        return self.runs[name]

    async def kill(self, name: str) -> None:
        """End a process as a power cut does, and start it again."""
        await self.runs[name].kill()
        await self.forget(name)
        roles, given = self._roles[name]
        await self.begin(name, roles, **given)

    async def forget(self, name: str) -> None:
        """Let go of a process that has ended, or end it."""
        del self.runs[name]
        await self._open.pop(name).__aexit__(None, None, None)

    async def stop(self) -> list[tuple[int, str]]:
        """Ask all to end; return exit codes and logs."""
        ended = [await self.runs[name].stop() for name in list(self.runs)]
        await self.close()
        return ended

    async def close(self) -> None:
        """End what runs."""
        for name in list(self.runs):
            await self.forget(name)

    async def holder(self, role: str = "") -> str | None:
        """Return the name of the process that does a role, the sender unless told, as far as it runs."""
        query = select(leases.c.owner).where(leases.c.name == lease_name(TOKEN, role))
        async with self._ledger.database.read() as connection:
            owner = (await connection.execute(query)).scalar_one_or_none()
        pid = owner.split("|")[2] if owner else ""
        return next((name for name, run in self.runs.items() if str(run.process.pid) == pid), None)


@asynccontextmanager
async def fleet_of(*given: object, **more: object) -> AsyncIterator[RoleFleet]:
    """Make a `RoleFleet` whose processes are ended at the end."""
    fleet = RoleFleet(*given, **more)  # type: ignore[arg-type] # as its own
    try:
        yield fleet
    finally:
        await fleet.close()
