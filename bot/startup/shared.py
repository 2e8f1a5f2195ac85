"""What the roles of a process share, and the methods that each of them has."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bot.jobs.clock_watch import ClockWatch
from bot.jobs.digests.tick import Arrivals
from bot.jobs.intake.taking import SetAside
from bot.news.services import NotifyAdmins, Services
from bot.process.metrics import log_errors
from bot.process.scheduler import Job, Scheduler
from bot.startup.roles import Role
from bot.telegram.connection import Connection
from bot.text_work.worker import TextWorker
from storage.processes.signals import Signal


@dataclass(slots=True)
class Shared:
    """What the roles of a process work with. `is_fleet`: other processes may work with the same database.

    `wake_sender` makes the sender look for deliveries now; `ticks_ended` is set when the last tick has ended.
    """

    services: Services
    connection: Connection
    scheduler: Scheduler
    notify_admins: NotifyAdmins
    clock_watch: ClockWatch
    texts: TextWorker
    set_aside: SetAside
    arrivals: Arrivals
    is_fleet: bool
    lost: asyncio.Event
    owner: str = ""  # names this process in leases and claims
    wake_sender: Callable[[], None] = lambda: None
    ticks_ended: asyncio.Event = field(default_factory=asyncio.Event)
    background: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run `work` in the background and log an error of it."""

        async def run() -> None:
            with log_errors(name):
                await work

        task = asyncio.create_task(run(), name=name)
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    def at_right_time(self, job: Job) -> Job:
        """Return the job as one that does nothing while the clock is wrong."""

        async def run() -> None:
            if await self.clock_watch.is_right():
                await job()

        return run


class RoleParts:
    """The parts of one role; most of them need only some of these methods."""

    role: Role

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def begin(self, stop: asyncio.Event) -> None:
        """Start: this process has the role now."""

    async def end(self) -> None:
        """Finish what no other process may do at the same time; afterwards one may take the role.

        Called at the end of the process if the role was started.
        """

    async def finish(self) -> None:
        """Finish the rest. Called after `end`."""

    def hear(self, signal: Signal, detail: str) -> None:
        """React to a signal of another process."""

    def find_problem(self) -> str | None:
        """Return what is wrong with the role, in words for operators."""
        return None
